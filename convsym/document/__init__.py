"""Markdown, LaTeX and notebook files taken apart into formulas, prose and directives with exact places."""

from convsym.document.items import Anchor, Directive, Display, Document, Item, Place, Prose
from convsym.document.reader import read_document

__all__ = ["Anchor", "Directive", "Display", "Document", "Item", "Place", "Prose", "read_document"]
