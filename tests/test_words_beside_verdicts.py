"""What a reader sees beside a verdict: names as the document prints them, and no words of the program."""

from __future__ import annotations

import re

import pytest
from sympy import Abs, Symbol, Tuple, oo

from convsym import cli
from convsym.checker import check
from convsym.checker.findings import printed_name
from convsym.errors import kind_in_words
from convsym.verdict import Verdict


def verdicts(*lines: str) -> list[Verdict]:
    return list(check("\n\n".join(f"$${line}$$" for line in lines)).verdicts)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("x[2*i]", "x_{2i}"),
        ("h[t - 1]", "h_{t-1}"),
        ("x[i, j + 1]", "x_{i,j+1}"),
        ("h_a[t]", "h_{a,t}"),
        ("w^{(1)}[j, i]", "w^{(1)}_{j,i}"),
        ("x_{1,2}", "x_{1,2}"),
        ("f(x[i])", "f(x_{i})"),
        ("K_W", "K_W"),
    ],
)
def test_cells_are_named_as_a_document_prints_them(name: str, printed: str) -> None:
    assert printed_name(name) == printed


def test_a_counterexample_names_cells_at_letters() -> None:
    found = verdicts(r"y_i = \sum_{k=0}^{2} w_k x_{2i+k}", r"\frac{\partial y_i}{\partial w_k} = x_{i+k}")[-1]
    assert found.status.value == "refuted"
    assert found.witness is not None
    names = {name for name, _ in found.witness.values}
    assert names == {"x_{i}", "x_{2i}"}


@pytest.mark.parametrize("value", [Tuple(1), Abs(Symbol("x")), oo, (1, 2), Symbol("x") < 2, object()])
def test_kinds_are_named_in_words(value: object) -> None:
    words = kind_in_words(value)
    assert not re.search(r"[A-Z]", words)


def explained(tmp_path, capsys, line: int, *lines: str) -> str:  # type: ignore[no-untyped-def]
    path = tmp_path / "note.md"
    path.write_text("\n".join(f"$${one}$$" for one in lines), encoding="utf-8")
    cli.main(["check", str(path), "--explain", str(line)])
    return " ".join(capsys.readouterr().out.split())


def test_a_long_sum_says_that_it_was_not_written_out(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    shown = explained(tmp_path, capsys, 1, r"\sum_{i=1}^{1000000} \frac{1}{i} = 14")
    assert "What stands in the way: a sum of 1000000 terms" in shown
    assert "A smaller case of it can be decided" in shown


def test_indices_of_sums_have_letters_of_their_own_in_an_explanation(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    shown = explained(
        tmp_path,
        capsys,
        3,
        r"m = \frac{1}{n} \sum_{i=1}^{n} x_i",
        r"S = \sum_{i=1}^{n} (x_i - m)^2",
        r"S = \sum_{i=1}^{n} x_i^2 + n m^2",
    )
    assert not re.search(r"[ijk]_?[₀-₉0-9]*[₁-₉]=|k₁|i₁", shown)


def test_a_definition_claims_nothing(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    assert "It claims nothing" in explained(tmp_path, capsys, 1, "a = 2 b")
