"""Letters that a note defines twice without saying so, and losses that two settings of one layer share."""

from __future__ import annotations

import pytest

from convsym.checker import check

PRODUCT_AFTER_SUM = r"""# Nodes

$$s = p + q$$

$$\frac{\partial s}{\partial p} = 1$$

The other node:

$$s = p q$$

$$\frac{\partial s}{\partial q} = p$$

$$\frac{\partial s}{\partial p} = 1$$
"""

SQUASHED = r"""# Units

A plain unit:

$$r = \sum_k v_k u_k$$

$$J = \frac12(c-r)^2$$

$$\frac{\partial J}{\partial v_k} = -(c-r)u_k$$

A squashed unit:

$$r = \sigma\left(\sum_k v_k u_k\right)$$

$$\frac{\partial J}{\partial v_k} = -(c-r)r(1-r)u_k$$

$$\frac{\partial J}{\partial v_k} = -(c-r)u_k$$
"""

POOLS = r"""# Pools

$$p = \max(u_1, u_2)$$

$$\frac{\partial p}{\partial u_1} = \begin{cases} 1 & \text{if } u_1 > u_2 \\ 0 & \text{otherwise} \end{cases}$$

With $u_1 = 3$ and $u_2 = 1$ we have a slope of one. Average:

$$p = \frac{u_1 + u_2}{2}$$

$$\frac{\partial p}{\partial u_1} = \frac12$$
"""

TWO_SETTINGS = r"""# Dense layers

## A single vector

$$s = Mu + c$$

$$\frac{\partial J}{\partial M} = \frac{\partial J}{\partial s} u^T$$

$$\frac{\partial J}{\partial c} = \frac{\partial J}{\partial s}$$

## Many rows

The layer is now

$$S = UM + c$$

$$\frac{\partial J}{\partial M} = U^T \frac{\partial J}{\partial S}$$
"""


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        pytest.param(
            PRODUCT_AFTER_SUM,
            ["definition", "proved", "unsupported", "proved", "unsupported"],
            id="a product after a sum",
        ),
        pytest.param(
            SQUASHED,
            ["definition", "definition", "proved", "unsupported", "unsupported", "unsupported"],
            id="a unit with an activation after one without",
        ),
    ],
)
def test_what_holds_by_the_first_definition_alone_is_left_open_behind_the_second(
    note: str, expected: list[str]
) -> None:
    """The first definition and its slopes stand; of what follows, only what the second one gives is proved."""
    assert [str(v.status) for v in check(note).files[0].verdicts] == expected


def test_only_the_sentence_that_leads_to_a_formula_says_whether_it_goes_on_from_before() -> None:
    assert [str(v.status) for v in check(POOLS).files[0].verdicts][-2:] == ["unsupported", "proved"]
    wrong = POOLS.replace(r"{\partial u_1} = \frac12", r"{\partial u_1} = \frac13")
    assert str(check(wrong).files[0].verdicts[-1].status) != "proved"
    going_on = POOLS.replace("Average:", "Thus it is the average:")
    assert not check(going_on).files[0].verdicts[-2].reason.startswith("another definition")


def test_an_open_line_names_the_line_that_defines_anew() -> None:
    """The reason says which definition makes the earlier one doubtful."""
    *_, slope = check(PRODUCT_AFTER_SUM).files[0].verdicts
    assert slope.reason == "rests on s, of which line 9 gives another definition"


def test_a_wrong_line_before_the_second_definition_is_still_found() -> None:
    """The slopes of the first definition are judged by it."""
    note = PRODUCT_AFTER_SUM.replace(
        r"{\partial p} = 1$$" + "\n\nThe other", r"{\partial p} = q$$" + "\n\nThe other"
    )
    assert [str(v.status) for v in check(note).files[0].verdicts][:2] == ["definition", "refuted"]


def test_another_form_of_a_definition_is_no_second_one() -> None:
    """What is equal is proved, and what follows it is judged."""
    note = PRODUCT_AFTER_SUM.replace("s = p q$$", "s = q + p$$")
    found = [str(v.status) for v in check(note).files[0].verdicts]
    assert found == ["definition", "proved", "proved", "refuted", "proved"]


def test_slopes_of_a_loss_that_two_settings_share_are_not_refuted() -> None:
    """A loss that nobody writes is not a function of the outputs of both settings at once."""
    assert "refuted" not in [str(v.status) for v in check(TWO_SETTINGS).files[0].verdicts]


def test_slopes_of_a_loss_of_one_output_are_refuted_where_wrong() -> None:
    """With one output nothing is open."""
    note = TWO_SETTINGS.partition("## Many rows")[0].replace(
        r"{\partial c} = \frac{\partial J}{\partial s}", r"{\partial c} = 2\frac{\partial J}{\partial s}"
    )
    assert [str(v.status) for v in check(note).files[0].verdicts][-1] == "refuted"
