"""Nothing of a document is passed over: each display and each inline relation has a record."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import convsym
from convsym.document import read_document


def judged(text, kind="markdown"):
    return convsym.check(text, kind=kind, timeout=2.0).verdicts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$$a + b$$", ["definition"]),
        ("$$= 2$$", ["unsupported"]),
        ("$$ $$", ["unsupported"]),
        ("$$a = 1", ["unsupported"]),
        ("$$\na = 1\n\n```\ncode\n```\n\n$$1 = 2$$", ["unsupported", "refuted"]),
        ("\\[\na = 1\n\ntext", ["unsupported"]),
        ("$$\n\n$$\n\n\\[1 = 2\\]\n\n$$3 = 3$$", ["unsupported", "refuted", "proved"]),
        ("$$\n\n$$\n\nwords\n\n$$3 = 3$$", ["unsupported", "proved"]),
        ("$$\n\n$$3 = 3$$\n\n$$1 = 2$$", ["unsupported", "proved", "refuted"]),
        ("$$\n\n$$\n3 = 3\n$$\n\n$$1 = 2$$", ["unsupported", "proved", "refuted"]),
        ("$$3 = \\left\\[3\\right\\]$$\n\n$$1 = 2$$", ["proved", "refuted"]),
        ("$$x\n\n\\[1 = 2\\]\n\n$$3 = 3$$", ["unsupported", "refuted", "proved"]),
        ("\\begin{align}\na = 1\n\ntext", ["unsupported"]),
        ("<!-- never closed $$1 = 2$$", ["refuted"]),
        ("$$\\newcommand{\\R}{\\mathbb{R}}$$", ["definition"]),
        ("$$a = a \\Rightarrow 1 = 2$$", ["proved", "refuted"]),
        ("$$1 = 2 \\iff 3 = 3$$", ["refuted", "proved"]),
        ("$$(1 = 2)$$", ["refuted"]),
        ("$$\\begin{cases} 1 = 2 \\\\ 3 = 3 \\end{cases}$$", ["refuted", "proved"]),
        ("$$\\left\\{ \\begin{array}{l} 1 = 2 \\\\ 3 = 3 \\end{array} \\right.$$", ["refuted", "proved"]),
        ("$$\\text{a = b}$$", ["unsupported"]),
        ("so $P(X = 1)$ holds", ["unsupported"]),
        ("so $\\sum_{i=1}^{n} i$ and $x$ stand there", []),
        ("so $1 = 2$ and $\\{1 = 2\\}$", ["refuted", "refuted"]),
        ("$x = " + "y" * 30_000 + "$", ["unsupported"]),
        ("$$" + "{" * 100_000 + "a = b" + "}" * 100_000 + "$$", ["unsupported"]),
        ("$$a = " + "+".join("b" * 300_000) + "$$\n\n$$1 = 2$$", ["unsupported", "refuted"]),
        ("$$a\0 = b$$", ["unsupported"]),
    ],
)
def test_every_formula_that_could_say_something_has_its_records(text, found):
    assert [str(verdict.status) for verdict in judged(text)] == found


TEX = [
    ("\\[ 1 = 2 \\]", 1),
    ("\\[ 1 = 2", 1),
    ("$$ 1 = 2 \n\n text $$", 2),
    ("\\begin{equation} 1 = 2", 1),
    ("\\newcommand{\\be}{\\begin{equation}}\\be 1 = 2", 1),
    ("\\begin{empheq}{align} 1 &= 2 \\end{empheq}", 1),
]


@pytest.mark.parametrize(("text", "least"), TEX)
def test_a_broken_display_of_latex_is_reported(text, least):
    assert len(judged(text, "tex")) >= least


BODIES = st.lists(
    st.sampled_from(
        ["a", "=", "1", "2", "+", "b_{1}", "\\frac{1}{2}", "\\sum_{i=1}^{3} x_i", "{", "}", "(", ")", "&", "\\\\",
         "\\quad", ",", "\\Rightarrow", "\\text{for }", "\\begin{cases}", "\\end{cases}", "^", "\\foo", "\0", "é", "<"]
    ),
    max_size=9,
).map(" ".join)  # fmt: skip
FRAMES = st.sampled_from(
    [
        "$${}$$",
        "$$\n{}\n$$",
        "\\[ x + {} \\]",
        "\\begin{{align}} {} \\end{{align}}",
        "\\begin{{equation*}}\n{}\n\\end{{equation*}}",
    ]
)
_OBVIOUS = re.compile(
    r"\$\$.*?\$\$|\\\[.*?\\\]|\\begin\{align\}.*?\\end\{align\}|\\begin\{equation\*\}.*?\\end\{equation\*\}",
    re.DOTALL,
)


@settings(max_examples=60, deadline=None)
@example([("$${}$$", r"a = a \\ a")], "markdown")
@given(st.lists(st.tuples(FRAMES, BODIES), min_size=1, max_size=4), st.sampled_from(["markdown", "tex"]))
def test_there_are_at_least_as_many_records_as_displays(displays, kind):
    text = "\n\n".join(frame.format(body) for frame, body in displays)
    records = judged(text, kind)
    assert len(records) >= len(_OBVIOUS.findall(text))
    places = [(record.line, record.column) for record in records]
    assert places == sorted(places)
    assert all(record.reason and record.line >= 1 and record.column >= 1 for record in records)


def test_every_display_of_a_document_has_a_record_of_its_own():
    text = "\n\n".join(["$$a + b$$", "$$1 = 2$$", "$$= 3$$", "$$\\foo$$", "$$x \\Rightarrow y$$"])
    lines = {record.line for record in judged(text)}
    assert lines == {display.line for display in read_document(text).displays()}


def test_a_report_prints_as_a_line_a_verdict() -> None:
    printed = str(convsym.check("$a = 2 b$ and $\\frac{\\partial a}{\\partial b} = 3$", kind="markdown"))
    first, second = printed.splitlines()
    assert first == "<text>:1:2: definition: a = 2 b: introduces its left side"
    assert second.startswith("<text>:1:16: refuted: \\frac{\\partial a}{\\partial b} = 3: the sides differ")
