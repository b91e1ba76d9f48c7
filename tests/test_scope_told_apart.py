r"""Letters below a name that tell two quantities apart, z_h of the hidden layer and z_o of the output: no indices."""

# ruff: noqa: E501 (a formula stands on one line)

import pytest

from convsym.checker import check

NETWORK = r"""
$$z_h = v w_h + b_h$$

$$a_h = \frac{1}{1 + e^{-z_h}}$$

$$z_o = a_h w_o + b_o$$

$$C = \frac{1}{2} (z_o - t)^2$$

$$%s$$
"""


def last(text: str) -> str:
    """The verdict on the last line."""
    return str(check(text).verdicts[-1].status)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\frac{\partial z_o}{\partial w_o} = a_h", r"\frac{\partial z_o}{\partial w_o} = z_h"),
        (r"\frac{\partial z_o}{\partial a_h} = w_o", r"\frac{\partial z_o}{\partial a_h} = w_h"),
        (
            r"\frac{\partial C}{\partial w_h} = (z_o - t) w_o a_h (1 - a_h) v",
            r"\frac{\partial C}{\partial w_h} = (z_o - t) w_o a_h (1 - a_h)",
        ),
        (
            r"\frac{\partial C}{\partial b_h} = (z_o - t) w_o a_h (1 - a_h)",
            r"\frac{\partial C}{\partial b_h} = (z_o - t) w_o",
        ),
    ],
)
def test_two_definitions_of_one_name_make_names_of_their_letters(true: str, false: str) -> None:
    assert last(NETWORK % true) == "proved"
    assert last(NETWORK % false) == "refuted"


def test_no_line_of_such_a_network_is_refuted_by_the_other_definition() -> None:
    found = [str(v.status) for v in check(NETWORK % r"\frac{\partial z_h}{\partial w_h} = v").verdicts]
    assert found == ["definition"] * 4 + ["proved"]


def test_a_letter_that_a_sum_runs_over_stays_an_index() -> None:
    text = r"""
$$y_c = g x_c + 1$$

$$y_d = g x_d + 2$$

$$E = \sum_{c=1}^{n} y_c$$

$$\frac{\partial E}{\partial x_c} = 0$$
"""
    assert last(text) != "proved"


def test_the_same_formula_at_two_letters_stays_a_family() -> None:
    text = r"""
$$y_a = g x_a$$

$$y_b = g x_b$$

$$\frac{\partial y_1}{\partial x_1} = g$$
"""
    assert last(text) == "proved"


STAR = r"""
$$f(u) = e^{-u^2}$$

$$g = f(x * w_g)$$

With $z_g = x * w_g$ and $z_o = g * w_o$ the slopes are ${\partial z_o}/{\partial w_o} = g$, and

$$%s$$
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"{\partial g}/{\partial z_g} = -2 z_g g", "proved"),
        (r"{\partial g}/{\partial z_g} = 2 z_g g", "refuted"),
        (r"{\partial z_g}/{\partial w_g} = x", "proved"),
        (r"{\partial z_g}/{\partial w_g} = w_g", "refuted"),
        # g is printed in w_g x, and so it is made of z_g
        (
            r"\frac{\partial R}{\partial w_g} = \frac{\partial z_g}{\partial w_g} \frac{\partial g}{\partial z_g} \frac{\partial R}{\partial g}",
            "proved",
        ),
    ],
)
def test_stars_between_numbers_and_slopes_with_a_slash_between_braces(line: str, status: str) -> None:
    assert last(STAR % line) == status


def test_the_axis_of_a_picture_is_no_value() -> None:
    text = r"""
$$z = 3 w$$

The error surface is symmetric to the $w = 0$ axis.

$$\frac{\partial z}{\partial w} = 3$$
"""
    assert last(text) == "proved"
