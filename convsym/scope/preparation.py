"""What is rewritten in all formulas of a document together, before the first of them is read."""

from __future__ import annotations

from collections.abc import Mapping

from convsym.latex.syntax import Equation
from convsym.scope.bold import with_bold_names
from convsym.scope.bracketed import with_indexed_cells
from convsym.scope.capitals import with_one_case
from convsym.scope.composites import with_composites
from convsym.scope.plainer import with_plain_sums
from convsym.scope.signs import with_signed_factors
from convsym.scope.tagged import with_tags
from convsym.scope.variances import with_variances


def prepared(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations with names, cells, signs and entries of functions written in one way.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    named = with_tags(with_variances(with_bold_names(dict(equations))))
    cells = with_one_case(with_plain_sums(with_indexed_cells(named)))
    return with_composites(with_signed_factors(cells))
