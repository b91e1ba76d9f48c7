"""A learner's formula is accepted in any form, and a known slip is named without telling the answer."""

import pytest
from sympy import Symbol, diff, exp, sympify

from convsym.answer import check_answer, slips_of
from convsym.functions import sigmoid
from convsym.widgets import formula_check

RIGHT = [
    ("2*(o11 - y11)", r"2(o_{1,1} - y_{1,1})"),
    ("2 o_{1,1} - 2 y_{1,1}", r"2(o_{1,1} - y_{1,1})"),
    ("dL/do11 = 2*(o11 - y11)", r"2(o_{1,1} - y_{1,1})"),
    ("exp(-z)/(1+exp(-z))**2", r"\sigma(z)(1-\sigma(z))"),
    (r"\frac{x_{1,1}}{4}", r"0.25 x_{1,1}"),
]


@pytest.mark.parametrize(("answer", "expected"), RIGHT)
def test_a_right_answer_is_proved(answer: str, expected: str) -> None:
    assert check_answer(answer, expected).status == "proved"


SLIPS = [
    ("2*(y11 - o11)", r"2(o_{1,1} - y_{1,1})", "sign"),
    ("o11 - y11", r"2(o_{1,1} - y_{1,1})", "lost factor"),
    ("x11", r"\frac{x_{1,1}}{4}", "lost factor"),
    ("x32", r"x_{2,3}", "transpose"),
    ("x11 k11", r"x_{1,1}k_{1,1} + x_{2,1}k_{2,1}", "missing term"),
    ("x22 k11 + x32 k21", r"x_{1,1}k_{1,1} + x_{2,1}k_{2,1}", "index shifted"),
    ("x11 k21 + x21 k11", r"x_{1,1}k_{1,1} + x_{2,1}k_{2,1}", "flip"),
    ("(o11-y11) x11", r"(o_{1,1}-y_{1,1}) o_{1,1}(1-o_{1,1}) x_{1,1}", "lost o(1-o)"),
    ("(o11-y11) o11 x11", r"(o_{1,1}-y_{1,1}) o_{1,1}(1-o_{1,1}) x_{1,1}", "lost 1-o"),
    ("1/x11", r"x_{1,1}", "upside down"),
]


@pytest.mark.parametrize(("answer", "expected", "name"), SLIPS)
def test_a_slip_is_refuted_and_named(answer: str, expected: str, name: str) -> None:
    verdict = check_answer(answer, expected)
    assert verdict.status == "refuted"
    assert verdict.method == f"slip: {name}"
    assert verdict.witness is not None
    assert verdict.repair is None


def test_the_counterexample_separates_the_two() -> None:
    verdict = check_answer("x11*k11", r"x_{1,1}k_{1,1} + x_{2,1}k_{2,1}")
    point = {Symbol(name): value for name, value in verdict.witness.values}
    x11, x21, k11, k21 = (Symbol(name) for name in ("x_{1,1}", "x_{2,1}", "k_{1,1}", "k_{2,1}"))
    assert (x11 * k11).subs(point) == sympify(verdict.witness.left)
    assert (x11 * k11 + x21 * k21).subs(point) == sympify(verdict.witness.right)


def test_an_expression_is_expected_as_well() -> None:
    z = Symbol("z_{1,1}")
    expected = diff(sigmoid(z), z)
    assert check_answer("exp(-z11)/(1+exp(-z11))^2", expected).status == "proved"
    assert check_answer("exp(-z11)/(1+exp(-z11))", expected).status == "refuted"
    assert diff(1 / (1 + exp(-z)), z).equals(expected.subs(sigmoid(z), 1 / (1 + exp(-z))))


def test_definitions_give_names_their_meaning() -> None:
    definitions = {r"o_{1,1}": r"\frac{1}{1+e^{-z_{1,1}}}"}
    expected = r"\sigma(z_{1,1})(1-\sigma(z_{1,1}))"
    assert check_answer("o11*(1-o11)", expected, definitions=definitions).status == "proved"
    assert check_answer("o11*(1+o11)", expected, definitions=definitions).status == "refuted"


def test_a_slip_of_ones_own_is_found_first() -> None:
    verdict = check_answer("x22", "x_{1,1}", slips={"The window does not begin there.": "x_{2,2}"})
    assert verdict.reason == "The window does not begin there."


@pytest.mark.parametrize(
    "answer", ["", "\\frac{", "__import__('os').system('x')", "x" * 100_000, "((((((" * 1000, "1/0", "\x00"]
)
def test_hostile_and_broken_answers_are_not_understood(answer: str) -> None:
    assert check_answer(answer, "x_{1,1}").status in ("unsupported", "undecided", "refuted")
    assert check_answer(answer, "x_{1,1}").status != "proved"


def test_the_sizes_formula_needs_its_floor() -> None:
    expected = r"\left\lfloor \frac{X - K + 2P}{S} \right\rfloor + 1"
    assert check_answer(r"\lfloor (X - K + 2P)/S \rfloor + 1", expected).status == "proved"
    assert check_answer(r"(X - K + 2P)/S + 1", expected).status == "refuted"


def test_no_slip_equals_the_answer_itself() -> None:
    from convsym.prover import prove_equal
    from convsym.verdict import Refuted

    x, k = Symbol("x_{1,2}"), Symbol("k_{2,1}")
    expected = 2 * x * k + 3 * x
    slips = list(slips_of(expected))
    assert len(slips) > 8
    assert all(isinstance(prove_equal(slip.formula, expected), Refuted) for slip in slips)


def test_a_wrong_formula_is_answered_with_the_values_at_which_it_differs():
    said = formula_check("2*(o11 - y11)")("o11*y11")
    assert not said.right
    assert said.message == "Not equal. With o₁,₁ = 1, all else 0 yours comes to 0, the right one to 2."
    assert "With" not in formula_check("2*(o11 - y11)")("2*(y11 - o11)").message


def test_names_in_what_is_said_to_a_wrong_formula_are_readable() -> None:
    said = formula_check("x_{1,1}/4")("x11/4 + o11").message
    assert said.startswith("Not equal: o₁,₁ does not belong in it.")
