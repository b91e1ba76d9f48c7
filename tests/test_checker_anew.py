"""Names that are defined twice: what stands behind the second definition is judged by it."""

import pytest

from convsym.checker import check

NODES = r"""
For an adding node, $q = a + b$, the slopes are $\frac{\partial q}{\partial a} = 1$
and $\frac{\partial q}{\partial b} = 1$.

For a multiplying node, $q = ab$, the slope is

$$%s$$
"""


def last(text: str) -> str:
    """The verdict on the last line."""
    return str(check(text).verdicts[-1].status)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial q}{\partial a} = b", "proved"),
        (r"\frac{\partial q}{\partial b} = a", "proved"),
        (r"\frac{\partial q}{\partial a} = a", "refuted"),
        # true of the first node: nothing certain
        (r"\frac{\partial q}{\partial a} = 1", "open"),
    ],
)
def test_a_line_is_judged_by_the_definition_nearest_before_it(line: str, status: str) -> None:
    found = last(NODES % line)
    assert (found if found in ("proved", "refuted") else "open") == status


def test_what_was_shown_of_the_first_definition_stays() -> None:
    verdicts = check(NODES % r"\frac{\partial q}{\partial a} = b").verdicts
    assert [str(v.status) for v in verdicts[1:3]] == ["proved", "proved"]
    assert "by the definition of" in verdicts[-1].reason
