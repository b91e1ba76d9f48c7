"""Two expressions to a verdict: proved exactly, refuted by a certified witness, or undecided with a reason.

Nothing here guesses. A proof is a polynomial identity in generators that are independent, or free; a
refutation is a point at which both sides were evaluated exactly or enclosed in intervals that do not touch.
"""

from convsym.prover.dispatch import equal_modular, is_zero_modular, prove_equal
from convsym.prover.equality import never_equal

__all__ = ["equal_modular", "is_zero_modular", "never_equal", "prove_equal"]
