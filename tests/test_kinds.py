"""Every kind of mathematics that the pages promise: the true example is proved, the false one refuted."""

import pytest
from kinds import KINDS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
@pytest.mark.parametrize("status", ["proved", "refuted"])
def test_the_example_gets_its_verdict(kind, status):
    verdicts = kind.verdicts(status)
    assert verdicts[-1].status == status, verdicts[-1].reason
    assert {str(verdict.status) for verdict in verdicts[:-1]} <= {"definition", "proved"}
