"""Sizes, bases and names from comments and from pyproject.toml; places in LaTeX files and notebooks; the steps."""

import json

import pytest

import convsym
from convsym import cli
from convsym.document import Directive, read_document
from convsym.errors import DocumentError


def statuses(report):
    return [str(verdict.status) for verdict in report.verdicts]


# ------------------------------------------------------------------ comments


@pytest.mark.parametrize(
    ("text", "kind"),
    [("<!-- convsym: sizes N=3 -->\n\n$${}$$\n", "markdown"), ("% convsym: sizes N=3\n\\[ {} \\]\n", "tex")],
)
def test_a_comment_gives_sizes(text, kind):
    assert statuses(convsym.check(text.format("N + 1 = 4"), kind=kind)) == ["proved"]
    assert statuses(convsym.check(text.format("N + 1 = 5"), kind=kind)) == ["refuted"]
    assert statuses(convsym.check("$$N + 1 = 4$$\n", kind="markdown")) == ["definition"]


def test_a_comment_speaks_to_convsym_alone():
    text = "<!-- sizes N=3 --> <!-- convsym: sizes N=three -->\n\n$$N + 1 = 5$$\n"
    assert statuses(convsym.check(text, kind="markdown")) == ["definition"]


# ------------------------------------------------------------------ pyproject.toml


@pytest.fixture
def project(tmp_path):
    def write(table, name="notes/a.md", text="$$N + 1 = 4$$\n"):
        (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_project_file_gives_sizes_to_all_or_to_some(project):
    assert statuses(convsym.check(project("[tool.convsym]\nsizes = { N = 3 }\n"))) == ["proved"]
    assert statuses(convsym.check(project("[tool.convsym]\nsizes = { N = 7 }\n"))) == ["refuted"]
    some = '[tool.convsym.files."notes/*.md"]\nsizes = { N = 3 }\n'
    assert statuses(convsym.check(project(some))) == ["proved"]
    assert statuses(convsym.check(project(some, "other/b.md"))) == ["definition"]
    # What the document says itself comes later, and counts.
    own = "<!-- convsym: sizes N=3 -->\n\n$$N + 1 = 4$$\n"
    assert statuses(convsym.check(project("[tool.convsym]\nsizes = { N = 7 }\n", text=own))) == ["proved"]


def test_its_tables_become_directives(project):
    table = '[tool.convsym]\nsizes = { X = [4, 3], S = 1 }\nbase = { x = 0 }\nnames = { input = "X" }\n'
    found = [item for item in read_document(project(table)).items if isinstance(item, Directive)]
    assert [(item.name, item.arguments) for item in found] == [
        ("sizes", "X=4x3 S=1"),
        ("base", "x=0"),
        ("names", "input=X"),
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[tool.convsym]\nsize = { N = 3 }\n", "no option 'size'"),
        ("[tool.convsym]\nsizes = 3\n", "is a table"),
        ("[tool.convsym]\nsizes = { N = 1.5 }\n", "holds 1.5"),
        ("[tool.convsym]\nsizes = { N = 3\n", "pyproject.toml"),
        ("[tool.convsym]\nfiles = 3\n", "a table for each pattern"),
    ],
)
def test_a_table_that_is_not_understood_is_one_line(project, table, words, capsys):
    path = project(table)
    with pytest.raises(DocumentError, match=words):
        read_document(path)
    assert cli.main(["check", str(path)]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("table", ["", "[tool.other]\nx = 1\n", "not toml at all ["])
def test_other_projects_are_none_of_our_business(project, table):
    assert statuses(convsym.check(project(table))) == ["definition"]


# ------------------------------------------------------------------ places


def test_a_tex_file_end_to_end(tmp_path):
    path = tmp_path / "über note.tex"
    source = (
        "\ufeff\\documentclass{article}\r\n\\newcommand{\\w}{w_1}\r\n\\begin{document}\r\n"
        "% $1 = 3$ is not read\r\n"
        "Let $f(x) = x^2$.\r\n"
        "\\begin{align}\r\n  f(2) &= 4 \\\\\r\n  f(3) &= 8\r\n\\end{align}\r\n"
        "\\[ \\w + 1 = 1 + \\w \\]\r\n"
        "\\end{document}\r\n$$1 = 2$$\r\n"
    )
    path.write_bytes(source.encode())
    found = [(str(v.status), v.line, v.column) for v in convsym.check(path).verdicts]
    assert found == [("definition", 5, 6), ("proved", 7, 3), ("refuted", 8, 3), ("proved", 10, 4)]
    assert path.read_bytes() == source.encode()


def test_a_notebook_end_to_end(tmp_path):
    path = tmp_path / "n.ipynb"
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "\n", "Let $f(x) = x^2$.\n"]},
        {"cell_type": "code", "metadata": {}, "source": "$$1 = 2$$", "outputs": [], "execution_count": None},
        {"cell_type": "markdown", "metadata": {}, "source": "so\n\n$$\nf(2) = 4\n$$\n\nand $f(3) = 8$."},
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    found = [(str(v.status), v.cell, v.line, v.column) for v in convsym.check(path).verdicts]
    assert found == [("definition", 0, 3, 6), ("proved", 2, 4, 1), ("refuted", 2, 7, 6)]
    old = {"worksheets": [{"cells": []}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    path.write_text(json.dumps(old))
    assert "format 3" in convsym.check(path).files[0].error


# ------------------------------------------------------------------ steps

NOTE = "Let\n\n$$f(x) = x^2$$\n\n$$f(3) = 9$$\n\n$$f(a + 1) = a^2 + 2a + 2$$\n"


def test_every_proof_and_refutation_has_steps():
    definition, proof, refutation = convsym.check(NOTE, kind="markdown").verdicts
    assert definition.steps == ()
    assert any("line 3" in step and "f(x) = x^2" in step for step in proof.steps)
    said = " ".join(refutation.steps)
    for needed in ("line 3", "left side is 1 and the right side 2", "a^2 + 2a + 1"):
        assert needed in said


@pytest.mark.parametrize(
    "relation",
    [
        r"(a + b)^2 = a^2 + 2ab + b^2",
        r"\frac{1}{x - 1} - \frac{1}{x + 1} = \frac{2}{x^2 - 1}",
        r"\log(a b) = \log a + \log b",
        r"e^{a + b} = e^a e^b",
        r"|x|^2 = x^2",
        r"\sum_{i=1}^{N} (a_i + b_i) = \sum_{i=1}^{N} a_i + \sum_{i=1}^{N} b_i",
        r"\sqrt{2} < 1.5",
        r"\sqrt{2} \approx 1.414",
    ],
)
def test_a_proof_says_why_in_a_sentence(relation):
    (verdict,) = convsym.check(f"$${relation}$$\n", kind="markdown").verdicts
    assert str(verdict.status) == "proved"
    # The status stands beside it already, and a method is named by what it does.
    assert "proved" not in verdict.reason
    assert verdict.method not in verdict.reason
    assert not any("this method" in step for step in verdict.steps)


def test_explain_prints_both_sides_the_witness_and_the_repair(tmp_path, capsys):
    path = tmp_path / "note.md"
    path.write_text(NOTE)
    assert cli.main(["check", str(path), "--explain", "7"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    for needed in ("Use line 3", "the left side is (a + 1)²", "right side is a² + 2a + 2", "smallest change"):
        assert needed in out
    assert cli.main(["check", str(path), "--explain", "6"]) == 2
    assert "no relation begins on line 6" in capsys.readouterr().err


def test_sides_too_long_to_read_are_left_out():
    long = " + ".join(f"a_{{{n}}} b_{{{n}}}" for n in range(1, 60))
    turned = " + ".join(f"b_{{{n}}} a_{{{n}}}" for n in range(59, 0, -1))
    (verdict,) = convsym.check(f"$${long} = {turned}$$\n", kind="markdown", explain=(None, 1)).verdicts
    assert str(verdict.status) == "proved"
    assert any("too long" in step for step in verdict.steps)
    assert all(len(step) < 500 for step in verdict.steps)
