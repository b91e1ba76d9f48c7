"""Fast tests of edits: what is remembered is what would be evaluated, and nothing provable is screened out."""

from __future__ import annotations

import random

import pytest
from corpus.papers import build
from corpus.terms import Style, latex
from corpus.truth import Shape

from convsym.checker import check
from convsym.checker.mending import chain_of
from convsym.checker.screening import Instances, concrete_instances, instances_for_all_sizes
from convsym.checker.session import Session
from convsym.checker.trials import Trials, Vouchers, edited_rule
from convsym.document import read_document
from convsym.errors import ConvsymError
from convsym.latex.parser import parse
from convsym.repair import Vocabulary, candidates
from convsym.scope.algebra import Modular
from convsym.scope.elaborate import Elaborator
from convsym.scope.introduce import Reader
from convsym.scope.memory import Memory
from convsym.verdict import Proved, Refuted, Status

# Families of arity 2 named otherwise than in any document of the project.
PRODUCT = r"""Let $v_{rs} = \sum_{t=1}^{T} u_{rt}p_{ts}$ and $J = \sum_{r=1}^{R}\sum_{s=1}^{S} (v_{rs} - q_{rs})^2$.

$$\frac{\partial J}{\partial v_{rs}} = 2 (v_{rs} - q_{rs})$$

$$\frac{\partial J}{\partial u_{ab}} = \sum_{s=1}^{S} \frac{\partial J}{\partial v_{as}} p_{bs}$$

"""


def valued(elaborator: Elaborator, node, env):
    try:
        return elaborator.value(node, env)
    except ConvsymError as error:
        return str(error)


class TestMemory:
    @pytest.mark.parametrize("shape", [Shape((3, 3), (2, 2)), Shape((4, 3), (3, 2))])
    def test_edits_come_to_the_same_with_and_without_it(self, shape):
        paper = build(shape, Style())
        scope = Reader(read_document(paper.text(), kind="markdown")).scope
        line = next(line for line in paper.lines if line.name == "window")
        claim = parse(f"{latex(line.left)} = {latex(line.right)}").rows[0]
        edited = [edit.apply(claim) for edit in candidates(claim, Vocabulary({"x": 2, "k": 2, "z": 2}))]
        random.Random(1).shuffle(edited)
        remembering = Elaborator(scope, Modular(1), memory=Memory())
        envs = [{"x": x, "y": y, "i": x, "j": y} for x in (1, 2) for y in (1, 2)]
        for chain in edited[:120]:
            for env in envs:
                plain = Elaborator(scope, Modular(1))
                node = chain.links[0][1]
                remembering.used = set()
                assert valued(remembering, node, env) == valued(plain, node, env)
                assert remembering.used == plain.used

    def test_what_rests_on_a_changed_statement_is_not_taken_over(self):
        text = "$$a = 2 x$$ $$b = a + y$$ $$c = 7 y$$ $$b + c = 2 x + 8 y$$"
        reader = Reader(read_document(text, kind="markdown"))
        scope, (first, *_, claim) = reader.scope, reader.statements
        settled = Elaborator(scope, Modular(1), memory=Memory())
        assert settled.value(claim.left, {}) == settled.value(claim.right, {})
        rule = scope.rules["a"][0]
        new = type(rule)("a", (), None, parse("a = 3 x").rows[0].links[0][1], rule.statement)
        trial = Elaborator(
            scope.with_rule(rule, new, "a"), Modular(1), memory=Memory(settled.memory, first.number)
        )
        assert trial.value(claim.left, {}) == trial.value(parse("d = 3 x + 8 y").rows[0].links[0][1], {})


def refuted_claim(text: str):
    """The session, the finding and the instances of the one refuted line of a document."""
    session = Session(read_document(text, kind="markdown"))
    session.run()
    (finding,) = [f for f in session.claims() if isinstance(f.outcome, Refuted)]
    judge = session.judges[finding.statement.version]
    chain = chain_of(finding.statement)
    return judge, chain, instances_for_all_sizes(judge, finding, chain)


WRONG = [
    r"\frac{\partial J}{\partial u_{ab}} = \sum_{s=1}^{S} \frac{\partial J}{\partial v_{as}} p_{sb}",
    r"\frac{\partial J}{\partial p_{ab}} = \sum_{r=1}^{R} \frac{\partial J}{\partial v_{rb}} u_{rb}",
    r"\frac{\partial J}{\partial u_{ab}} = \sum_{s=1}^{S} 4(v_{as} - q_{as}) p_{bs}",
]


class TestAllSizes:
    @pytest.mark.parametrize("wrong", WRONG)
    def test_a_claim_for_all_sizes_is_repaired(self, wrong):
        (verdict,) = [
            v for v in check(f"{PRODUCT}$${wrong}$$", kind="markdown").verdicts if v.status is Status.REFUTED
        ]
        assert verdict.repairs
        again = check(f"{PRODUCT}$${verdict.repairs[0]}$$", kind="markdown").verdicts
        assert [v.status for v in again if v.status is Status.REFUTED] == []
        assert again[-1].status is Status.PROVED

    @pytest.mark.parametrize("wrong", WRONG)
    def test_nothing_that_can_be_proved_is_screened_out(self, wrong):
        judge, chain, instances = refuted_claim(f"{PRODUCT}$${wrong}$$")
        assert instances
        assert any(some.differ(chain) for some in instances)
        vocabulary = Vocabulary({"u": 2, "p": 2, "v": 2, "q": 2}, {"S": None, "R": None})
        rejected = proved = 0
        for edit in candidates(chain, vocabulary)[:40]:
            edited = edit.apply(chain)
            try:
                screened = any(some.differ(edited) for some in instances)
            except ConvsymError:
                continue
            if (screened and rejected >= 2) or (not screened and proved >= 1):
                continue
            judge.clock = type(judge.clock)(judge.budget)
            holds = isinstance(judge.equal(edited.first, edited.links[0][1]).outcome, Proved)
            assert not (screened and holds), edit.what
            rejected += screened
            proved += holds
        assert rejected
        assert proved

    def test_sizes_and_letters_satisfy_what_a_proof_assumes(self):
        judge, _, instances = refuted_claim(f"{PRODUCT}$${WRONG[0]}$$")
        assert isinstance(judge.conditions, tuple)
        for some in instances:
            sizes = some.draws[0].scope.sizes
            assert {"R", "S", "T"} <= some.sizes
            for env in some.envs:
                assert 1 <= env["a"] <= sizes["R"]
                assert 1 <= env["b"] <= sizes["T"]

    def test_a_sum_over_nothing_says_nothing(self):
        # At S = 2 this sum has no terms, at every larger one it has: that proves nothing of either.
        _, chain, instances = refuted_claim(f"{PRODUCT}$${WRONG[0]}$$")
        empty = parse(
            r"\frac{\partial J}{\partial u_{ab}} = \sum_{s=1}^{S-9} \frac{\partial J}{\partial v_{as}} p_{bs}"
        ).rows[0]
        for some in instances:
            with pytest.raises(ConvsymError):
                list(some.sides(empty))
            assert list(some.sides(chain))


def test_a_proportional_claim_is_told_from_another():
    reader = Reader(read_document("$$a = 2 b + 2 c$$ $$a = b + c$$ $$a = b - c$$", kind="markdown"))
    instances: Instances = concrete_instances(reader.scope, [{}])
    half, other = (parse(text).rows[0] for text in ("a = b + c", "a = b - c"))
    assert instances.differ(half)
    assert instances.proportional(half)
    assert not instances.proportional(other)


CELLS = r"""Let $X = \begin{pmatrix} x_{11} & x_{12} \\ x_{21} & x_{22} \end{pmatrix}$.

$$z_{i} = x_{i1} + 2 x_{i2}$$

$$z_{1} = x_{11} + 2 x_{12}$$ $$z_{2} = x_{21} + 2 x_{22}$$

$$Q = z_1 z_2$$

$$Q = (x_{11} + 2 x_{12}) z_1$$ $$Q = (x_{21} + 2 x_{22}) z_2$$
"""


@pytest.mark.parametrize(
    ("right", "refused"),
    [
        ("x_{i1} + 2 x_{i2}", False),
        ("2 x_{i2} + x_{i1}", False),
        ("x_{i1} - 2 x_{i2}", True),
        ("x_{i3}", True),
    ],
)
def test_lines_that_hold_speak_against_an_edit_that_breaks_them(right, refused):
    session = Session(read_document(CELLS, kind="markdown"))
    session.run()
    finding = next(f for f in session.findings.values() if f.statement.role == "definition")
    scope = session.scope_of(finding.statement)
    (rule,) = [rule for rule in scope.rules["z"] if rule.is_general]
    vouchers = Vouchers(session, session.findings[rule.statement], Trials(scope, rule))
    assert vouchers.enough
    new = edited_rule(rule, parse(f"z_{{i}} = {right}").rows[0], scope)
    assert vouchers.speak_against(new) is refused
    assert str(finding.outcome).startswith("Definition")
