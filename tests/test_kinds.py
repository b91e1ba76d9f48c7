"""Every kind of mathematics that the pages promise: the true example is proved, the false one refuted."""

import pytest
from kinds import KINDS

import convsym


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
@pytest.mark.parametrize("status", ["proved", "refuted"])
def test_the_example_gets_its_verdict(kind, status):
    verdicts = convsym.check(f"{kind.given}\n\n$${getattr(kind, status)}$$\n").verdicts
    assert verdicts[-1].status == status, verdicts[-1].reason
    assert {str(verdict.status) for verdict in verdicts[:-1]} <= {"definition", "proved"}
