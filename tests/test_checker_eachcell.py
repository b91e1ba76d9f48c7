r"""Claims at a letter where only single cells are written: each of them is tried."""

import pytest

from convsym.checker import check

UNIT = r"""
$$s_1 = v_{11} u_1 + v_{12} u_2 + v_{13} u_3$$

$$%s$$
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{\partial s_1}{\partial v_{1i}} = u_i", "proved"),
        (r"\frac{\partial s_1}{\partial u_i} = v_{1i}", "proved"),
        (r"\frac{\partial s_1}{\partial v_{1i}} = u_1", "refuted"),
        (r"\frac{\partial s_1}{\partial u_i} = 2 v_{1i}", "refuted"),
    ],
)
def test_a_letter_runs_over_the_cells_that_are_written(line: str, status: str) -> None:
    assert str(check(UNIT % line).verdicts[-1].status) == status
