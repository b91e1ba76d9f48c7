"""`pytest --convsym`: an item an equation, failures that a person can act on, and good company."""

import json

import pytest
from reports import PROVED, REFUTED, UNDECIDED, report

import convsym.checker

pytest_plugins = ["pytester"]

TRUE = "$$(a + 1)^2 = a^2 + 2 a + 1$$"
FALSE = "$$(a + 1)^2 = a^2 + a + 1$$"
OPEN = r"$$\mathfrak{W} \rtimes q = \wp$$"
LET = "Let $a = a_1$ be a number.\n\n"


def notebook(*cells):
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": source}
                | ({"outputs": [], "execution_count": None} if kind == "code" else {})
                for number, (kind, source) in enumerate(cells)
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


@pytest.fixture
def document(pytester):
    def write(name, *parts):
        path = pytester.path / name
        path.write_text("\n\n".join(parts) if name.endswith((".md", ".tex")) else parts[0], encoding="utf-8")
        return path

    return write


def outcomes(pytester, *arguments):
    return pytester.runpytest_inprocess("--convsym", "-p", "no:cacheprovider", *arguments)


def test_nothing_is_collected_unless_asked(pytester, document):
    document("a.md", FALSE)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes()


def test_each_display_is_an_item_and_a_failure_can_be_acted_on(pytester, document):
    document("a.md", TRUE, FALSE)
    result = outcomes(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*a.md:3:*: refuted", "*(a + 1)² = a² + a + 1*", "*witness: a = *left*right*"]
    )


def test_a_notebook_gives_cell_and_line_and_no_code_runs(pytester, document):
    trap = pytester.path / "ran"
    cells = [("markdown", TRUE), ("code", f"open({str(trap)!r}, 'w')"), ("markdown", "text\n\n" + FALSE)]
    document("n.ipynb", notebook(*cells))
    result = outcomes(pytester, "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*n.ipynb::cell0:line1 PASSED*", "*n.ipynb::cell2:line3 FAILED*"])
    assert not trap.exists()


def test_what_is_not_understood_is_skipped_with_its_reason_and_fails_when_strict(pytester, document):
    document("a.md", OPEN)
    result = outcomes(pytester, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*unsupported: *"])
    outcomes(pytester, "--convsym-strict").assert_outcomes(failed=1)


def test_a_mark_is_kept_or_fails(pytester, document):
    document("a.md", "<!-- convsym: refuted -->", FALSE, TRUE)
    outcomes(pytester, "--convsym-strict").assert_outcomes(passed=2)
    document("a.md", "<!-- convsym: refuted -->", TRUE, FALSE)
    result = outcomes(pytester)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*marked as refuted, but found: *"])


def test_tex_is_read_too(pytester, document):
    document("a.tex", r"\begin{equation} (a+b)^2 = a^2 + 2ab + b^2 \end{equation}")
    outcomes(pytester).assert_outcomes(passed=1)


def test_inline_relations_share_an_item(pytester, document):
    document("a.md", "We know that $(a + 1)^2 = a^2 + a + 1$ holds.")
    result = outcomes(pytester, "-v")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*a.md::inline FAILED*"])


def test_a_broken_notebook_is_an_error_of_collection_in_one_line(pytester, document):
    document("n.ipynb", "{")
    result = outcomes(pytester)
    result.assert_outcomes(errors=1)
    assert "Traceback" not in result.stdout.str()


def test_nbval_collects_the_same_notebook_beside_it(pytester, document):
    document("n.ipynb", notebook(("markdown", TRUE), ("code", "1 + 1")))
    result = outcomes(pytester, "--nbval", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["n.ipynb::cell0:line1", "n.ipynb::Cell 0"])


def test_items_can_be_selected_by_marker(pytester, document):
    document("a.md", TRUE)
    pytester.makepyfile("def test_other(): pass")
    outcomes(pytester, "-m", "convsym").assert_outcomes(passed=1, deselected=1)


def test_two_workers_see_the_same_items(pytester, document):
    document("a.md", TRUE, FALSE)
    pytester.path.joinpath("B.MD").write_text(TRUE)
    result = pytester.runpytest_subprocess("--convsym", "-n", "2", "-p", "no:cacheprovider", "-p", "no:nbval")
    result.assert_outcomes(passed=2, failed=1)


def test_the_document_is_judged_once_and_with_the_timeout_given(pytester, document, monkeypatch):
    calls = []

    def check(path, **options):
        calls.append(options)
        return report(PROVED, REFUTED, UNDECIDED)

    monkeypatch.setattr(convsym.checker, "check", check, raising=False)
    document("a.md", *["$$a = b$$"] * 8)
    outcomes(pytester, "--convsym-timeout", "3")
    assert calls == [{"timeout": 3.0}]
