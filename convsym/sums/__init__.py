"""The algebra of finite indexed sums: normal form, equality for all sizes, derivative, instances."""

from convsym.sums.facts import Facts, FamilyRange

__all__ = ["Facts", "FamilyRange"]
