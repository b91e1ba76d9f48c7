"""Lines wrong alike: no true definition gives way to them, and a wrong one still does."""

from __future__ import annotations

import pytest

from convsym.checker import check
from convsym.verdict import Status

PROVED, REFUTED, DEFINITION, OPEN = Status.PROVED, Status.REFUTED, Status.DEFINITION, Status.UNSUPPORTED


def statuses(*lines: str) -> list[Status]:
    return [v.status for v in check("\n\n".join(f"$${line}$$" for line in lines)).verdicts]


HIDDEN = r"u_i = \tanh(s_i)"
ERROR = r"J = \frac14 \sum_{i=1}^{2} (u_i - r_i)^2"


def test_a_definition_gives_way_to_no_line_that_takes_it_as_given() -> None:
    found = statuses(
        HIDDEN,
        ERROR,
        r"J = (u_1 - r_1)^2 + (u_2 - r_2)^2",
        r"\frac{\partial J}{\partial u_1} = 2 (u_1 - r_1)",
    )
    assert found[:2] == [DEFINITION, DEFINITION]
    assert PROVED not in found
    right = statuses(
        HIDDEN,
        ERROR,
        r"J = \frac14 (u_1 - r_1)^2 + \frac14 (u_2 - r_2)^2",
        r"\frac{\partial J}{\partial u_1} = \frac12 (u_1 - r_1)",
    )
    assert right == [DEFINITION, DEFINITION, PROVED, PROVED]


def test_a_definition_gives_way_to_lines_that_say_otherwise_what_it_is() -> None:
    """The near miss: here the lines speak of the quantity itself."""
    found = statuses(
        r"u_i = w_i s_i + c",
        r"u_1 = w_1 s_1 - c",
        r"u_2 = w_2 s_2 - c",
        r"u_3 = w_3 s_3 - c",
    )
    assert found == [REFUTED, PROVED, PROVED, PROVED]


POOL = r"P_{i,j} = \frac{1}{4} \sum_{m=0}^{1} \sum_{n=0}^{1} V_{2i+m, 2j+n}"


def test_a_line_that_another_denies_speaks_for_no_repair() -> None:
    found = statuses(
        POOL,
        r"P_{0,2} = \frac{1}{4} (V_{0,4} + V_{0,5} + V_{1,4} + V_{1,5})",
        r"P_{1,0} = \frac{1}{4} (V_{1,0} + V_{1,1} + V_{2,0} + V_{2,1})",
        r"\frac{\partial P_{1,1}}{\partial V_{1,2}} = \frac{1}{4}",
        r"\frac{\partial P_{1,1}}{\partial V_{1,2}} = 0",
    )
    assert found == [DEFINITION, PROVED, REFUTED, REFUTED, PROVED]


def test_a_standard_function_defined_as_usual_is_never_the_wrong_one() -> None:
    lines = (
        r"\sigma(-u) = \sigma(u) - 1",
        r"\sigma'(u) = \sigma(u) (1 + \sigma(u))",
        r"\tanh(u) = 2 \sigma(u) - 1",
    )
    assert statuses(r"\sigma(u) = \frac{e^u}{e^u + 1}", *lines) == [DEFINITION, REFUTED, REFUTED, REFUTED]
    right = (
        r"\sigma(-u) = 1 - \sigma(u)",
        r"\sigma'(u) = \sigma(u) (1 - \sigma(u))",
        r"\tanh(u) = 2 \sigma(2u) - 1",
    )
    assert statuses(r"\sigma(u) = \frac{e^u}{e^u + 1}", *right) == [DEFINITION, PROVED, PROVED, PROVED]
    # The definition is not the usual one: the lines that hold of that one are not the wrong ones.
    assert REFUTED not in statuses(r"\sigma(u) = \frac{1}{1 + e^u}", *right[1:])[1:]


def test_unrelated_lines_do_not_outvote_a_function() -> None:
    found = statuses(r"g(x) = x^2 + 1", r"g(-x) = -g(x)", r"g'(x) = x", r"g(3) = g(2) + 1")
    assert found[0] is DEFINITION
    assert PROVED not in found


LOGISTIC = (
    r"q = \sigma(s) = \frac{1}{1 + e^{-s}}, \quad s = v u + c",
    r"J = -r \log q - (1 - r) \log(1 - q)",
)


@pytest.mark.parametrize(
    ("given", "wrong", "right"),
    [
        (
            LOGISTIC,
            (r"\frac{\partial J}{\partial s} = r - q", r"\frac{\partial J}{\partial v} = (r - q) u"),
            (r"\frac{\partial J}{\partial s} = q - r", r"\frac{\partial J}{\partial v} = (q - r) u"),
        ),
        (
            (r"q = \frac{1}{1 + e^{-s}}", r"J = \frac12 (q - r)^2"),
            (r"\frac{\partial J}{\partial q} = r - q", r"\frac{\partial J}{\partial s} = (r - q) q (1 - q)"),
            (r"\frac{\partial J}{\partial q} = q - r", r"\frac{\partial J}{\partial s} = (q - r) q (1 - q)"),
        ),
    ],
)
def test_a_sign_carried_through_the_slopes_is_refuted(
    given: tuple[str, ...], wrong: tuple[str, str], right: tuple[str, str]
) -> None:
    assert statuses(*given, *wrong)[-2:] == [REFUTED, REFUTED]
    assert statuses(*given, *right)[-2:] == [PROVED, PROVED]


@pytest.mark.parametrize(
    "given",
    [
        # The minus before the loss is missing, or the one in the exponent: the slopes are right.
        (LOGISTIC[0], r"J = r \log q + (1 - r) \log(1 - q)"),
        (r"q = \frac{1}{1 + e^{s}}, \quad s = v u + c", LOGISTIC[1]),
        # A factor is missing before the whole.
        (LOGISTIC[0], r"J = -2 r \log q - 2 (1 - r) \log(1 - q)"),
    ],
)
def test_slopes_that_a_missing_sign_in_a_definition_explains_stay_open(given: tuple[str, ...]) -> None:
    found = statuses(
        *given, r"\frac{\partial J}{\partial s} = q - r", r"\frac{\partial J}{\partial v} = (q - r) u"
    )
    assert REFUTED not in found[-2:]


def test_the_definition_that_may_be_wrong_is_named() -> None:
    lines = (
        r"y_i = \sum_{j=1}^{2} w_j x_{i+j-1}",
        r"J = \frac12 \sum_{i=1}^{2} (y_i - t_i)^2",
        r"\frac{\partial J}{\partial y_1} = 2 (y_1 - t_1)",
        r"\frac{\partial J}{\partial w_1} = 2 (y_1 - t_1) x_1 + 2 (y_2 - t_2) x_2",
    )
    found = check("\n\n".join(f"$${line}$$" for line in lines)).verdicts
    assert [v.status for v in found] == [DEFINITION, DEFINITION, OPEN, OPEN]
    assert all("contradicts line 3" in v.reason for v in found[2:])


def test_a_slip_said_twice_is_one_voice() -> None:
    found = statuses(
        r"y_1 = w_1 x_1 + w_2 x_2",
        r"y_2 = w_1 x_2 + w_2 x_3",
        r"J = \frac12 ((y_1 - t_1)^2 + (y_2 - t_2)^2)",
        r"d_i = y_i - t_i",
        r"\frac{\partial J}{\partial w_1} = (y_2 - t_2) x_1 + (y_2 - t_2) x_2",
        r"\frac{\partial J}{\partial w_1} = d_2 x_1 + d_2 x_2",
    )
    assert found[-2:] == [REFUTED, REFUTED]
