"""One notation for the formulas of a document, before any of them is understood."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from convsym.latex.syntax import Equation
from convsym.scope.argued import with_plain_losses
from convsym.scope.assignments import with_assignments
from convsym.scope.bold import with_bold_names
from convsym.scope.boxes import with_sums_by_letter
from convsym.scope.bracketed import with_indexed_cells
from convsym.scope.capitals import with_one_case
from convsym.scope.composites import with_composites
from convsym.scope.functionlabels import with_named_functions, with_unit_functions
from convsym.scope.keywords import with_plain_arguments
from convsym.scope.labelled import with_labelled_entries
from convsym.scope.lettered import with_lettered_layers
from convsym.scope.levels import with_numbered_levels
from convsym.scope.named import with_marks
from convsym.scope.ones import with_sums_by_ones
from convsym.scope.padded import with_full_convolutions
from convsym.scope.plainer import with_plain_sums
from convsym.scope.primed import with_primed_names
from convsym.scope.raised import with_raised_transposes
from convsym.scope.relative import with_relative_layers
from convsym.scope.repeated import with_operators_applied, with_single_derivatives
from convsym.scope.sampled import with_one_sample
from convsym.scope.sets import WholeSets, with_whole_sets
from convsym.scope.sigmas import with_sum_signs
from convsym.scope.signs import with_signed_factors
from convsym.scope.standards import with_standards
from convsym.scope.superscripts import with_layers_above
from convsym.scope.timing import Timing, with_time_indices
from convsym.scope.variables import with_marked_variables
from convsym.scope.variances import with_variances


def in_one_notation(
    equations: Mapping[int, Equation], labels: Collection[tuple[str, str]] = ()
) -> tuple[dict[int, Equation], Timing, dict[int, str], dict[int, WholeSets], dict[str, tuple[str, str]]]:
    """The formulas with times, names, tags, brackets, capitals, signs and functions of vectors in one form.

    Args:
        equations: the formulas of a document by their number; not changed.
        labels: the letter and the label of each function that the text introduces by both.

    Returns:
        The formulas, how the document writes time, what standard functions stand for in some formulas that the
        document leaves unsaid, which sums stand there over sets that it does not list, and the letter and the label
        that the name of a function with a label stands for.
    """
    whole, sets = with_whole_sets(with_sums_by_letter(with_sum_signs(with_single_derivatives(equations))))
    assigned = with_marked_variables(
        with_primed_names(with_assignments(with_full_convolutions(with_plain_arguments(whole))))
    )
    numbered = with_numbered_levels(assigned)
    plain = with_operators_applied(with_plain_losses(with_raised_transposes(numbered)))
    layered = with_layers_above(plain)
    lettered = with_relative_layers(with_lettered_layers(with_one_sample(layered)))
    timed, timing = with_time_indices(lettered)
    of_units = with_unit_functions(with_variances(with_bold_names(timed)))
    labelled, meant = with_named_functions(of_units, labels)
    named = with_marks(labelled)
    cells = with_signed_factors(with_one_case(with_plain_sums(with_indexed_cells(named))))
    written = with_standards(with_labelled_entries(cells))
    summed = with_sums_by_ones(with_labelled_entries(written.equations))
    return with_composites(summed), timing, written.meanings, sets, meant
