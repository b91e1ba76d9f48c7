"""Papers with one line edited: the checker against the corpus' arithmetic. No verdict may be wrong."""

from __future__ import annotations

import pytest
from corpus.measure import SHAPES, Tally, judge
from corpus.mutate import line_holds, variants
from corpus.papers import build
from corpus.reading import relation
from corpus.terms import latex
from corpus.truth import Shape, holds

from convsym.checker import check

SAMPLE = [(SHAPES[1], 21, 2), (SHAPES[2], 22, 2), (SHAPES[3], 23, 2)]


@pytest.mark.parametrize(("shape", "style"), SHAPES, ids=lambda value: str(value)[:60])
def test_an_unedited_paper_has_no_refuted_line(shape, style):
    verdicts = check(build(shape, style).text()).verdicts
    assert len(verdicts) > 20
    assert [v.latex for v in verdicts if str(v.status) not in ("proved", "definition")] == []


def test_no_verdict_on_an_edited_paper_is_wrong():
    tally = Tally()
    for (shape, style), seed, count in SAMPLE:
        for variant in variants(build(shape, style), seed=seed, count=count):
            judge(variant, tally)
    assert tally.counts["variants"] >= 6
    assert tally.wrong == []
    assert tally.counts["refuted"] >= 0.9 * tally.counts["false claims"], tally.missed
    assert tally.counts["proved"] >= 0.9 * tally.counts["true"], tally.missed


class TestTheCorpusItself:
    """The arithmetic that judges the checker is judged here."""

    def test_every_line_of_every_paper_holds(self):
        for shape, style in SHAPES:
            paper = build(shape, style)
            assert [line.name for line in paper.lines if not line_holds(line, shape)] == []

    def test_the_papers_three_wrong_places_do_not_hold(self):
        shape = Shape((3, 3), (2, 2))
        for text in (
            r"z_{x,y} = \frac{\sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{i+x,j+y} k_{i,j}}{K_W K_H}",
            r"z_{x,y} = \frac{\sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{i+x-1,j+y-1} k_{i,j}}{S_W S_H}",
            r"\frac{\partial z_{1,1}}{\partial k_{1,1}} = x_{1,1}",
        ):
            assert not holds(*relation(text), shape)
        right = r"z_{x,y} = \frac{\sum_{i=1}^{K_W} \sum_{j=1}^{K_H} x_{i+x-1,j+y-1} k_{i,j}}{K_W K_H}"
        assert holds(*relation(right), shape)

    def test_the_same_edits_make_true_and_false_variants(self):
        """Otherwise the kind of edit would give the answer away."""
        paper = build(Shape((4, 3), (2, 2)))
        found = variants(paper, seed=3, count=120, share_true=0.5)
        true = {v.edits[0] for v in found if v.true}
        false = {v.edits[0] for v in found if not v.true}
        assert len(true & false) >= 4
        assert 40 <= sum(v.true for v in found) <= 80

    def test_what_is_printed_is_what_is_meant(self):
        """The product's reader is asked for the tree; the corpus' own terms say what it must mean."""
        for shape, style in SHAPES[:3]:
            for variant in variants(build(shape, style), seed=4, count=25):
                line = variant.changed
                left, right = relation(f"{latex(line.left)} = {latex(line.right)}")
                again = type(line)(line.name, left, right, line.kind)
                assert line_holds(again, shape) == variant.true, variant.name
