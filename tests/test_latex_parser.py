import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from latex_trees import outline, shape, spans

from convsym.errors import LatexError
from convsym.latex.parser import parse, parse_rows
from convsym.latex.plain import parse_plain
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Equation, Name, Number
from convsym.latex.tokens import tokenize


def notations():
    found = []
    for line in (Path(__file__).parent / "latex_notations.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            found[-1][1].append(line.strip())
        elif line and not line.startswith("#"):
            found.append((line, []))
    return found


NOTATIONS = notations()


@pytest.mark.parametrize(("source", "trees"), NOTATIONS, ids=[source[:40] for source, _ in NOTATIONS])
def test_a_notation_is_read_as_its_tree(source, trees):
    assert outline(parse(source)).split("\n") == trees


@pytest.mark.parametrize("source", [source for source, _ in NOTATIONS])
def test_a_printed_statement_reads_back_as_itself(source):
    for row in parse(source).rows:
        assert shape(parse(to_latex(row)).rows) == shape((row,))


@pytest.mark.parametrize("source", [source for source, _ in NOTATIONS])
def test_every_span_lies_in_its_parent_and_shows_what_it_was_read_from(source):
    for node, span in spans(parse(source).rows):
        assert 0 <= span.start <= span.end <= len(source)
        shown = source[span.start : span.end]
        if isinstance(node, Number) and not set(shown) & set("₀₁₂₃²"):
            assert re.sub(r"\{,\}|\\,", "", shown) == node.text
        if isinstance(node, Name) and len(node.text) == 1 and shown.isascii() and node.text.isalpha():
            assert node.text in shown


def test_offsets_of_tokens_point_into_the_text_given():
    source = r"  z_{1,1} &= \frac{x}{4} % note"
    for token in tokenize(source):
        assert source[token.start : token.end].strip() != ""
    assert [token.start for token in tokenize(source) if token.text == "z"] == [2]


ERRORS = [
    (r"\frac{a}", "expected an argument, found the end", 8),
    (r"a + ", "expected a number, a name or a bracket, found the end", 3),
    (r"a = (b + c", "expected ) to close the bracket, found the end", 10),
    (r"x_1_2", "expected one subscript, found '_'", 3),
    (r"x + \foo", r"unknown command \foo", 4),
    (r"x + {a", "expected } to close this brace, found the end", 4),
    (r"x}", "expected no }, found one without its {", 1),
    (r"\begin{matrix} a", r"expected \end{matrix}, found the end", 0),
    (r"\begin{tikzpicture}", "the environment tikzpicture is not supported", 0),
    ("a \x00 b", "expected mathematics, found the character U+0000", 2),
    ("1.2.3", "expected the end of the statement behind the full stop", 4),
    (r"\text{a", "expected } to close this brace, found the end", 5),
    (r"a &= b \\ & c", "expected a relation or an operator at the beginning of this row", 12),
    (r"a = b \\ -c = d", "expected a row that begins with a relation", 9),
    (r"a = b \quad c", "expected a relation or an operator behind the wide space", 12),
    ("", "expected a formula, found nothing", 0),
]


@pytest.mark.parametrize(("source", "message", "offset"), ERRORS)
def test_an_error_says_what_was_expected_and_where(source, message, offset):
    with pytest.raises(LatexError) as caught:
        parse(source)
    assert caught.value.message.startswith(message)
    assert caught.value.offset == offset


PLAIN = [
    ("2*(o11 - y11)", "(* 2 * (br( (sum +(o _11) -(y _11))))"),
    ("2(o_{1,1}-y_{1,1})", "(* 2 (br( (sum +(o _<1, 1>) -(y _<1, 1>))))"),
    ("x[1,1]/4", "(* x (br[ 1 1) / 4)"),
    ("exp(-z)", "(* exp (br( (- z)))"),
    ("sigma(z)*(1-sigma(z))", "(* sigma (br( z) * (br( (sum +1 -(* sigma (br( z)))))"),
    ("o11^2 + o11**2", "(sum +(o _11 ^2) +(o _11 ^2))"),
    ("1/4 x11", "(* (frac 1 4) (x _11))"),
    ("dL/do11", "(frac (* d L) (* d (o _11)))"),
    ("dL/dk_1_1 = -x", "{(frac (* d L) (* d (k _<1, 1>))) = (- x)}"),
    ("∂L/∂k₁₁", "(frac (* partial L) (* partial (k _11)))"),
    ("1/(1+e^(-z))", "(* 1 / (br( (sum +1 +(e ^(- z)))))"),
    ("x^12 + x**-1", "(sum +(x ^12) +(x ^(- 1)))"),
    ("x11k11", "(* (x _11) (k _11))"),
    ("K_W*K_H", "(* (K _W) * (K _H))"),
    ("$x_{1,1}$", "(x _<1, 1>)"),
    (r"\frac{x_{11}}{4}", "(frac (x _11) 4)"),
    ("σ(z)", "(* sigma (br( z))"),
    ("eta*x", "(* eta * x)"),
]


@pytest.mark.parametrize(("text", "tree"), PLAIN)
def test_what_a_learner_types_is_read(text, tree):
    assert outline(parse_plain(text)) == tree


# -- random trees ----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["x", "k", r"\sigma", r"\mathbf{W}", r"\hat{y}", r"\text{conv}", r"\exp", "L"])
ATOMS = st.one_of(NAMES, st.integers(0, 99).map(str), st.sampled_from(["0.5", r"\infty"]))


def grow(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(NAMES, inner, inner).map(lambda t: f"{t[0]}_{{{t[1]},{t[2]}}}"),
        st.tuples(NAMES, inner).map(lambda t: f"{t[0]}^{{{t[1]}}}"),
        pair.map(lambda t: rf"\frac{{{t[0]}}}{{{t[1]}}}"),
        pair.map(lambda t: f"({t[0]} + {t[1]})"),
        pair.map(lambda t: f"({t[0]} - {t[1]})^2"),
        pair.map(lambda t: rf"({t[0]}) \cdot ({t[1]})"),
        pair.map(lambda t: rf"({t[0]}) \odot -({t[1]})"),
        pair.map(lambda t: rf"\sum_{{i=1}}^{{{t[0]}}} ({t[1]})"),
        pair.map(lambda t: rf"\max({t[0]}, {t[1]})"),
        inner.map(lambda t: rf"\sqrt{{{t}}}"),
        inner.map(lambda t: f"-({t})'"),
        inner.map(lambda t: rf"\lfloor {t} \rfloor"),
        pair.map(lambda t: rf"\begin{{bmatrix}} {t[0]} & {t[1]} \\ 1 & \end{{bmatrix}}"),
        pair.map(lambda t: rf"\begin{{cases}} {t[0]} & x > 0 \\ {t[1]} & \text{{otherwise}} \end{{cases}}"),
    )


FORMULAS = st.recursive(ATOMS, grow, max_leaves=12)


@settings(max_examples=150, deadline=None)
@given(FORMULAS, FORMULAS)
def test_a_random_formula_prints_and_reads_back_as_itself(left, right):
    tree = parse(f"{left} = {right}")
    printed = to_latex(tree)
    again = parse(printed)
    assert shape(again.rows) == shape(tree.rows)
    assert to_latex(again) == printed


@settings(max_examples=60, deadline=None)
@given(FORMULAS, st.integers(1, 40), st.integers(1, 40))
def test_white_space_changes_no_tree(formula, first, second):
    spaced = re.sub(r"([+=])", lambda found: " " * (first % 5) + found.group() + "\n" * (second % 2), formula)
    assert shape(parse(spaced).rows) == shape(parse(formula).rows)


# -- hostile input ---------------------------------------------------------------------------------------

HOSTILE = {
    "braces": "{" * 100_000,
    "closed braces": "{" * 49_000 + "x" + "}" * 49_000,
    "brackets": "(" * 9_000 + "x" + ")" * 9_000,
    "sized brackets": r"\left(" * 3_000 + "x" + r"\right)" * 3_000,
    "fractions": r"\frac1" * 8_000,
    "powers": "x^" * 9_000 + "x",
    "minuses": "-" * 15_000 + "x",
    "sums": r"\sum " * 10_000 + "x",
    "primes": "x" + "'" * 15_000,
    "bars": "|x" * 9_000,
    "accents": r"\hat " * 9_000 + "x",
    "a megabyte": "x" * 1_000_000,
    "letters": "x" * 19_000,
    "texts": r"\text{" * 10_000,
    "environments": r"\begin{aligned}" * 3_000 + "x" + r"\end{aligned}" * 3_000,
    "stacked": r"\underset{a}{" * 5_000 + "x" + "}" * 5_000,
    "negations": r"\not" * 20_000,
    "digits": "9" * 5_000,
    "braces of fonts": r"{\bf " * 9_000 + "x" + "}" * 9_000,
    "typed powers": "x^(" * 5_000 + "x" + ")" * 5_000,
    "control characters": "\x00\x1b[31m\x07",
    "a dunder": r"\operatorname{__import__}('os')",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("reader", [parse, parse_plain])
def test_hostile_input_ends_in_a_tree_or_an_error(reader, source):
    begun = time.process_time()
    try:
        to_latex(reader(source))
    except LatexError as problem:
        assert len(str(problem)) < 600
    assert time.process_time() - begun < 5  # about one


MARKS = st.sampled_from(
    [*"{}()[]|_^&\\$'.,=-+*/%~\n\0", r"\\", r"\left", r"\right.", r"\begin{cases}", r"\end{cases}",
     r"\frac", r"\text{", r"\sum", r"\hat", r"\overset{a}{=}", r"\quad ", r"\tag{1}", r"\over ", "²", "₁",
     r"\underbrace",
     r"\not"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([source for source, _ in NOTATIONS]),
    st.lists(st.tuples(st.integers(0, 200), MARKS), max_size=4),
)
@example("x", [(0, "\\")])
def test_a_damaged_formula_is_a_tree_or_an_error(source, damage):
    for at, mark in damage:
        source = source[: at % (len(source) + 1)] + mark + source[at % (len(source) + 1) + 1 :]
    for reader in (parse, parse_plain):
        try:
            tree = reader(source)
        except LatexError as problem:
            assert 0 <= problem.offset <= len(source)
        else:
            assert isinstance(to_latex(tree), str)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_tree_or_an_error(text):
    try:
        assert isinstance(parse(text), Equation)
    except LatexError as problem:
        assert problem.message


@pytest.mark.parametrize(
    ("source", "whole"),
    [
        (r"\frac{a}{\partial ((k)_{r} } = 1 + b", r"\frac{a}{\partial ((k)_{r}) } = 1 + b"),
        (r"x^{2(n + 1} = y", r"x^{2(n + 1)} = y"),
    ],
)
def test_a_bracket_that_an_argument_leaves_open_ends_with_it(source, whole):
    assert to_latex(parse_rows(source).rows[0]) == to_latex(parse_rows(whole).rows[0])


@pytest.mark.parametrize("source", ["a = (b + c", r"\frac{a)}{b} = 1", r"\frac{a(}{)b} = (1"])
def test_other_open_brackets_are_errors(source):
    with pytest.raises(LatexError):
        parse_rows(source)
