r"""Updates that are printed by their result alone, held against the one that a worked example writes out."""

import pytest

from convsym.checker import check

EXAMPLE = r"""
The weights are $w_1 = 0.4$ and $w_2 = 0.6$, the inputs $x_1 = 0.5$ and $x_2 = 0.2$, the target is $t = 1.0$.

$$y = w_1 x_1 + w_2 x_2 = 0.4 \times 0.5 + 0.6 \times 0.2 = 0.32$$

$$L = \frac{1}{2} (t - y)^2$$

$$\frac{\partial L}{\partial w_1} = -(t - y) x_1 = -0.68 \times 0.5 = -0.34$$

$$\frac{\partial L}{\partial w_2} = -(t - y) x_2 = -0.68 \times 0.2 = -0.136$$

%s

$$w_2%s = %s$$
"""
RATE = r"With a learning rate $\eta$ of 0.5 the weights become"


def last(text: str) -> str:
    """The verdict on the last line."""
    return str(check(text).verdicts[-1].status)


@pytest.mark.parametrize("mark", ["'", "^{+}", "^{new}"])
@pytest.mark.parametrize(
    ("number", "status"), [("0.668", "proved"), ("0.532", "refuted"), ("0.736", "refuted")]
)
def test_a_result_alone_is_held_against_the_update_of_its_neighbor(
    mark: str, number: str, status: str
) -> None:
    update = (
        rf"$$w_1{mark} = w_1 - \eta \frac{{\partial L}}{{\partial w_1}} = 0.4 - 0.5 \times (-0.34) = 0.57$$"
    )
    assert last(EXAMPLE % (f"{RATE}\n\n{update}", mark, number)) == status


def test_a_rate_that_is_only_put_in_serves_the_neighbors() -> None:
    update = r"$$w_1' = w_1 - \eta \frac{\partial L}{\partial w_1} = 0.4 - 0.5 \times (-0.34) = 0.57$$"
    assert last(EXAMPLE % (update, "'", "0.668")) == "proved"
    assert last(EXAMPLE % (update, "'", "0.532")) == "refuted"


def test_a_rate_behind_a_name_set_as_a_display_is_read() -> None:
    said = r"학습률($$\eta$$)을 0.5라고 하면"
    update = r"$$w_1' = w_1 - \eta \frac{\partial L}{\partial w_1}$$"
    assert last(EXAMPLE % (f"{said}\n\n{update}", "'", "0.668")) == "proved"


def test_nothing_is_held_against_a_formula_that_leaves_its_analogue_open() -> None:
    # d_1 would be d_2, or stay: nothing says which
    update = rf"{RATE}, with $d_1 = -0.34$," + "\n\n" + r"$$w_1' = w_1 - \eta d_1$$"
    assert last(EXAMPLE % (update, "'", "0.532")) not in ("proved", "refuted")
    # the marked name is another one
    update = f"{RATE}\n\n" + r"$$v_1' = w_1 - \eta \frac{\partial L}{\partial w_1}$$"
    assert last(EXAMPLE % (update, "'", "0.532")) not in ("proved", "refuted")
