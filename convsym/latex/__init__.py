"""LaTeX mathematics to syntax trees and back: tokens, layout, descent, plain notation, printer."""
