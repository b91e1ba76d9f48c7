"""One notation for the formulas of a document, before any of them is understood."""

from __future__ import annotations

from collections.abc import Mapping

from convsym.latex.syntax import Equation
from convsym.scope.bold import with_bold_names
from convsym.scope.bracketed import with_indexed_cells
from convsym.scope.capitals import with_one_case
from convsym.scope.plainer import with_plain_sums
from convsym.scope.tagged import with_tags
from convsym.scope.timing import Timing, with_time_indices
from convsym.scope.variances import with_variances


def in_one_notation(equations: Mapping[int, Equation]) -> tuple[dict[int, Equation], Timing]:
    """The formulas with times, bold names, squares that are names, tags, brackets and capitals in one form.

    Args:
        equations: the formulas of a document by their number; not changed.

    Returns:
        The formulas, and how the document writes time.
    """
    timed, timing = with_time_indices(equations)
    named = with_tags(with_variances(with_bold_names(timed)))
    return with_one_case(with_plain_sums(with_indexed_cells(named))), timing
