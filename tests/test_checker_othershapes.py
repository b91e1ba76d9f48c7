"""A letter that several lines read with another shape than it had stands for something else from there on."""

import convsym

HEAD = (
    r"Let $W \in \mathbb{R}^{3 \times 2}$, $x \in \mathbb{R}^2$, $z \in \mathbb{R}^3$ and $z = W x$." + "\n\n"
)
SLOPE = r"$$\frac{\partial z_i}{\partial x_j} = W_{ij}$$" + "\n\n"


def statuses(text):
    return [str(one.status) for one in convsym.check(text, kind="markdown").verdicts]


def test_a_recurrence_with_the_letter_of_an_earlier_matrix_is_not_refuted():
    rows = "Now forget the input.\n\n$$h_t = W h_{t-1}$$\n\n$$h_2 = W h_1$$\n\n$$h_3 = W W W h_0$$\n"
    assert "refuted" not in statuses(HEAD + SLOPE + rows)


def test_one_line_that_does_not_fit_is_refuted():
    assert statuses(HEAD + "$$z = W^T x$$\n")[-1] == "refuted"
    assert statuses(HEAD + "$$z = W^T x$$\n\n" + SLOPE)[-2:] == ["refuted", "proved"]


def test_two_lines_are_refuted_where_a_line_behind_them_bears_the_shape_out():
    wrong = "$$z = W^T x$$\n\n$$z^T = x^T W$$\n\n"
    assert statuses(HEAD + wrong + SLOPE)[-3:] == ["refuted", "refuted", "proved"]
    assert statuses(HEAD + wrong)[-2:] == ["unsupported", "unsupported"]
