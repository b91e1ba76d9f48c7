"""The algebra of finite indexed sums: normal form, equality for all sizes, derivative, instances."""

from convsym.sums.derivative import differentiate
from convsym.sums.equality import Equality, NormalForm, equal_for_all_sizes, find_equality, normal_form
from convsym.sums.facts import Facts, FamilyRange
from convsym.sums.instances import cell, instantiate
from convsym.sums.writing import sum_of

__all__ = [
    "Equality",
    "Facts",
    "FamilyRange",
    "NormalForm",
    "cell",
    "differentiate",
    "equal_for_all_sizes",
    "find_equality",
    "instantiate",
    "normal_form",
    "sum_of",
]
