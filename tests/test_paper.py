"""The packaged paper: complete, in words of our own, and judged by the ordinary checker."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

import convsym
from convsym.document import read_document
from convsym.latex.parser import parse
from convsym.paper import paper_document, verify_paper
from convsym.repair.tree import key
from convsym.verdict import Status


@pytest.fixture(scope="module")
def ledger():
    return verify_paper()


def of(ledger, beginning: str):
    found = [v for v in ledger if v.latex.replace(" ", "").startswith(beginning.replace(" ", ""))]
    assert found, beginning
    return found


def says(text: str):
    return key(parse(text).rows[0])


def test_it_travels_in_the_package():
    assert files(convsym).joinpath("data", "paper.md").is_file()


def test_every_display_and_every_number_is_there():
    displays = list(read_document(paper_document(), kind="markdown").displays())
    assert len(displays) == 17
    numbers = [m.group(1) for d in displays for m in re.finditer(r"\\quad \((\d)\)$", d.latex)]
    assert numbers == list("123456")


def test_no_verdict_is_stored_in_it():
    text = paper_document().lower()
    for word in ("refuted", "proved", "wrong", "convsym:", "repair", "should", "mistake"):
        assert word not in text


def test_everything_is_decided(ledger):
    assert len(ledger) >= 25
    assert {v.status for v in ledger} == {Status.DEFINITION, Status.PROVED, Status.REFUTED}


def test_exactly_the_wrong_places_are_refuted(ledger):
    wrong = [v.latex.split("=")[0].strip() for v in ledger if v.status is Status.REFUTED]
    assert wrong == ["z_{x,y}", "L", r"\frac{\partial z_{1,1}}{\partial k_{1,1}}"]


def test_each_refuted_line_has_its_repair(ledger):
    (window,) = of(ledger, "z_{x,y}")
    right = r"z_{x,y} = \frac{\sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{i+x-1,j+y-1} k_{i,j}}{K_W K_H}"
    assert window.repair is not None
    assert says(window.repair) == says(right)
    norm = next(v for v in of(ledger, "L=") if v.status is Status.REFUTED)
    assert norm.repair is not None
    assert says(norm.repair) == says(r"L = \lVert O - Y \rVert_F^2")
    (quarter,) = of(ledger, r"\frac{\partial z_{1,1}}{\partial k_{1,1}}=")
    assert quarter.repair is not None
    assert says(quarter.repair) == says(r"\frac{\partial z_{1,1}}{\partial k_{1,1}} = \frac{x_{1,1}}{4}")


def test_the_expansions_hold_and_say_what_they_rest_on(ledger):
    rows = [v for n in ("1,1", "2,1", "1,2", "2,2") for v in of(ledger, f"z_{{{n}}}=")]
    assert {v.status for v in rows} == {Status.PROVED}
    assert all("repaired" in v.reason for v in rows)


def test_the_matrix_chain_rule_is_read_as_jacobians(ledger):
    (chain,) = of(ledger, r"\frac{\partial L}{\partial K}")
    assert chain.status is Status.PROVED
    assert "Jacobian" in " ".join((chain.reason, chain.method, *chain.assuming))


def test_the_size_formula_holds_under_its_condition(ledger):
    (size,) = of(ledger, "O_S")
    assert size.status is Status.PROVED
    assert size.assuming
    assert size.repair is not None
    assert "floor" in size.repair


def test_a_witness_of_the_lost_quarter_can_be_recomputed(ledger):
    (quarter,) = of(ledger, r"\frac{\partial z_{1,1}}{\partial k_{1,1}}=")
    witness = quarter.witness
    assert witness is not None
    x = dict(witness.values)["x_{1,1}"]
    assert (witness.left, witness.right) == (x / 4, x)
    assert x != 0


def test_verdicts_do_not_change_from_run_to_run(ledger):
    assert [v.to_dict() for v in verify_paper()] == [v.to_dict() for v in ledger]
