import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convsym.document import Directive, Display, Prose, read_document
from convsym.errors import DocumentError


def formulas(text, kind="markdown"):
    return [(item.latex, item.inline) for item in read_document(text + "\n", kind=kind).formulas()]


def assert_places_are_exact(text, document):
    """Every character of every formula stands where its place says."""
    lines = re.split(r"\r\n|\n|\r", text)
    for formula in document.formulas():
        for at, char in enumerate(formula.latex):
            if char not in "\r\n":
                place = formula.place(at)
                assert lines[place.line - 1][place.column - 1] == char
        assert (formula.line, formula.column) == (formula.place(0).line, formula.place(0).column)


MARKDOWN = [
    ("a $x = 1$ b", [("x = 1", True)]),
    ("$$x = 1$$", [("x = 1", False)]),
    ("$$\nx = 1\n$$", [("x = 1", False)]),
    ("text $$x = 1$$ more", [("x = 1", False)]),
    (r"\(x\) and \[y\,z\]", [("x", True), (r"y\,z", False)]),
    (r"\\(x_1\\) and \\[y_1\\]", [("x_1", True), ("y_1", False)]),
    ("\\begin{align}\na &= b\n\\end{align}", [("\\begin{align}\na &= b\n\\end{align}", False)]),
    ("costs $5 and $10 today", []),
    ("costs $5, with $x = 1$ known", [("x = 1", True)]),
    ("from $20 to $30 in $n$ steps", [("n", True)]),
    (r"a price of \$5 and $x$", [("x", True)]),
    ("$ x $ and $ y = 2 $", [("x", True), ("y = 2", True)]),
    ("`$x$` and ``a ` $y$`` and $z$", [("z", True)]),
    ("```\n$$x$$\n```\n$y$", [("y", True)]),
    ("~~~ python\n$x$\n```\n$y$\n~~~\n$z$", [("z", True)]),
    ("text\n\n    $x$ in code\n\n$y$", [("y", True)]),
    ("- item\n\n    $x$ in the item\n", [("x", True)]),
    ("- item\n  $$\n  x = 1\n  $$\n- next $y$", [("x = 1", False), ("y", True)]),
    ("> quoted\n> $$\n> a\n> + b\n> $$", [("a\n+ b", False)]),
    ("$$\na\n- b\n= c\n$$", [("a\n- b\n= c", False)]),
    ("<!-- $x$ --> $y$", [("y", True)]),
    ("<pre>$x$</pre> <b>$y$</b>", [("y", True)]),
    ("$x$\n\n$$unclosed\n\n# Heading\n$y$", [("x", True), ("unclosed", False), ("y", True)]),
    (r"an escaped \[1\] note and [link](http://a.b/$c$d)", []),
    ("| $a$ | $b$ |\n|---|---|\n| $c$ | $d$ |", [("a", True), ("b", True), ("c", True), ("d", True)]),
    (r"$\newcommand{\R}{\mathbb{R}}$ $x \in \R^2$", [(r"x \in \mathbb{R}^2", True)]),
    ("---\ntitle: $x$\n---\n$y$", [("y", True)]),
    ("$`x`$", [("x", True)]),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN)
def test_markdown_gives_its_formulas_and_leaves_the_rest(text, expected):
    assert formulas(text) == expected


TEX = [
    ("\\[ x = 1 \\]", [("x = 1", False)]),
    ("a $x$ % $y$\n$z$", [("x", True), ("z", True)]),
    ("a 5\\% of $x$", [("x", True)]),
    ("\\begin{equation}\\label{eq:a} x = 1 \\end{equation}",
     [("\\begin{equation}\\label{eq:a} x = 1 \\end{equation}", False)]),
    ("\\begin{verbatim} $x$ \\end{verbatim} \\verb|$y$| $z$", [("z", True)]),
    ("\\begin{lstlisting}\n$x$\n\\end{lstlisting}$y$", [("y", True)]),
    ("\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}$\\pd{L}{x} = 1$",
     [("\\frac{\\partial L}{\\partial x} = 1", True)]),
    (
        "\\newcommand\\d[2][L]{\\frac{d#1}{d#2}}$\\d{x} + \\d[M]{y}$",
        [("\\frac{dL}{dx} + \\frac{dM}{dy}", True)],
    ),
    ("\\def\\w#1{w_{#1}}$\\w3$", [("w_{3}", True)]),
    ("\\DeclareMathOperator{\\relu}{ReLU}$\\relu(x)$", [("\\operatorname{ReLU}(x)", True)]),
    ("\\let\\s\\sigma$\\s x$", [("\\sigma x", True)]),
    ("\\documentclass{article}$a$\\begin{document}$b$\\end{document}$c$", [("b", True)]),
    ("\\newcommand{\\be}{\\begin{equation}}\\newcommand{\\ee}{\\end{equation}}\\be x=1 \\ee",
     [("\\begin{equation} x=1 \\end{equation}", False)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEX)
def test_tex_gives_its_formulas_and_leaves_the_rest(text, expected):
    assert formulas(text, "tex") == expected


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_character_has_its_exact_place(line_break):
    text = line_break.join(
        ["# T\u00eftle", "", "w\u00f6rd\t$x$ and", "> quote $y$", ">", "> $$", "> a = b", ">   + c",
         "> $$", "- $$d",
         "  e$$ $f$", "\\begin{align}", "g &= h \\\\", "i &= j", "\\end{align}"]
    )  # fmt: skip
    document = read_document(text, kind="markdown")
    assert [formula.latex[0] for formula in document.formulas()] == ["x", "y", "a", "d", "f", "\\"]
    assert_places_are_exact(text, document)


def test_places_survive_a_macro_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "note.tex"
    path.write_bytes("\ufeff\\def\\w{W_1}\r\nlet $a + \\w b = c$".encode())
    (formula,) = read_document(path).formulas()
    assert formula.latex == "a + W_1 b = c"
    places = [
        (formula.place(at).line, formula.place(at).column) for at in (0, 4, 6, formula.latex.index("c"))
    ]
    assert places == [(2, 6), (2, 10), (2, 10), (2, 17)]


def test_prose_directives_and_sections_keep_the_reading_order():
    text = (
        "# One $K$\nThe size $K_S$ of the kernel is\n$$z = 1$$ (eq1)\nthen.\n\n"
        "<!-- convsym: sizes X=4x3 -->\nTwo\n===\n$q$"
    )
    items = read_document(text + "\n", kind="markdown").items
    assert [type(item).__name__ for item in items] == [
        "Prose",
        "Prose",
        "Display",
        "Prose",
        "Directive",
        "Prose",
        "Prose",
    ]
    assert items[1].text == "The size $K_S$ of the kernel is"
    assert items[1].text[slice(*items[1].spans[0])] == "$K_S$"
    assert items[1].formulas[0].after == " of the kernel is"
    assert isinstance(items[2], Display)
    assert (items[2].label, items[2].section, items[2].line) == ("eq1", "One $K$", 3)
    assert items[2].before.endswith("kernel is")
    assert items[2].after == "then."
    assert items[4] == Directive("sizes", "X=4x3", 6, 1, None, "One $K$")
    assert isinstance(items[5], Prose)
    assert items[5].heading
    assert items[6].section == "Two"


def test_a_notebook_gives_its_markdown_cells_with_their_numbers():
    cells = [
        {"cell_type": "markdown", "source": ["# S\n", "a $x$\n", "$$y\n= 1$$"]},
        {"cell_type": "code", "source": "$no$"},
        {"cell_type": "raw", "source": "$no$"},
        {"cell_type": "markdown", "source": "\n$z$", "attachments": {"a": {}}},
    ]
    document = read_document(json.dumps({"nbformat": 4, "cells": cells}))
    found = [(item.latex, item.cell, item.line, item.column, item.section) for item in document.formulas()]
    assert found == [("x", 0, 2, 4, "S"), ("y\n= 1", 0, 3, 3, "S"), ("z", 3, 2, 2, "S")]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.md", b"ok \xff", "not UTF-8 at byte 3"),
        ("a.ipynb", b"{", "broken JSON"),
        ("a.ipynb", b"[" * 100_000, "not a notebook"),
        ("a.ipynb", b'{"nbformat": 3, "worksheets": []}', "format 3"),
        ("a.ipynb", b'{"nbformat": 4}', "no list of cells"),
        ("a.ipynb", b'{"nbformat": 4, "cells": [1]}', "cell 0"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=message) as caught:
        read_document(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_a_folder_and_a_bare_formula(tmp_path):
    with pytest.raises(DocumentError, match="no such file"):
        read_document("nowhere.md")
    with pytest.raises(DocumentError, match="directory"):
        read_document(tmp_path)
    (formula,) = read_document(r"\frac{\partial L}{\partial x} = 2x").formulas()
    assert (formula.line, formula.column, formula.inline) == (1, 1, False)


@pytest.mark.parametrize(
    "text",
    [
        "\\def\\a{\\a\\a}$\\a$",
        "".join(f"\\def\\a{chr(97 + at)}{{\\a{chr(98 + at)}\\a{chr(98 + at)}}}" for at in range(24))
        + "$\\aa$",
        "\\newcommand{\\a}[1]{#1#1}$" + "\\a{" * 40 + "x" + "}" * 40 + "$",
    ],
)
@pytest.mark.parametrize("kind", ["markdown", "tex"])
def test_a_macro_bomb_is_left_as_it_stands(text, kind):
    (formula,) = read_document(text, kind=kind).formulas()
    assert "\\a" in formula.latex
    assert len(formula.latex) < 1_000


PARTS = st.sampled_from(
    ["$", "$$", "\\[", "\\]", "\\(", "\\)", "`", "```", "\n", "\n\n", "\r\n", "> ", "- ", "# ", "x", "x = 1",
     "\\begin{align}", "\\end{align}", "<!--", "-->", "<pre>", "</pre>", "    ", "\t", "%", "\\", "{", "}",
     "\\def\\x{y}",
     "\\x", "5", " ", "---", "é"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=25).map("".join), st.sampled_from(["markdown", "tex"]))
def test_any_text_is_taken_apart_with_exact_places(text, kind):
    document = read_document(text + "\n", kind=kind)
    for formula in document.formulas():
        assert formula.latex.strip() or formula.problem
    if "\\def" not in text:
        assert_places_are_exact(text + "\n", document)


FENCES = """
Before it:

```math
a = b + c
```

> ~~~ math
> d = e
> ~~~

- item

  ```{math}
  :label: here
  f = g \\\\
  h = k
  ```

```python
x = "$$not = this$$"
```

<script type="math/tex; mode=display">p = q</script> and <script type="math/tex">r = s</script>
<script>t = "$$u = v$$"</script>
"""


def test_fences_and_scripts_that_hold_mathematics_are_displays():
    document = read_document(FENCES, kind="markdown")
    formulas = list(document.formulas())
    assert [formula.latex.strip().split(" ")[0] for formula in formulas] == ["a", "d", "f", "p", "r"]
    assert [formula.inline for formula in formulas] == [False, False, False, False, True]
    assert [formula.place(0).line for formula in formulas] == [5, 9, 16, 24, 24]
    assert formulas[2].label == "here"
    latex = formulas[2].latex
    place = formulas[2].place(latex.index("h"))
    assert FENCES.splitlines()[place.line - 1][place.column - 1] == "h"


def test_a_fence_for_mathematics_on_one_line_is_a_display() -> None:
    text = "```math c = 3```\n```math d = 4```\n\n`math e = 5` ``` f = 6 ``` ```math ```\n"
    found = [(f.latex, f.line, f.column, f.inline) for f in read_document(text, kind="markdown").formulas()]
    assert found == [("c = 3", 1, 9, False), ("d = 4", 2, 9, False)]


def test_fences_for_mathematics_that_end_with_their_last_line_or_lost_a_mark() -> None:
    text = "```math \\begin{aligned}\na &= b \\\\\n&= c\n\\end{aligned}```\n\n```math \\frac{a}{b} = c``\n\n$$d = 1$$\n"
    found = [(f.latex.strip(), f.line, f.inline) for f in read_document(text, kind="markdown").formulas()]
    assert [line for _, line, _ in found] == [1, 6, 8]
    assert found[1] == (r"\frac{a}{b} = c", 6, False)
    assert found[0][0].endswith(r"\end{aligned}")
    # What is no mathematics, and what never ends so, stays code.
    assert [latex for latex, _ in formulas("```mathematica a = 1\nb = 2```\n\n$$c = 3$$\n")] == []
    assert [latex for latex, _ in formulas("```math x = 1\n\ny = 2```\n\n```\n$$c = 3$$\n")] == ["c = 3"]
