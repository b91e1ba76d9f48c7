r"""Values that a text gives to a letter in passing: they prove and refute no line about every value."""

import pytest

import convsym


def last(text):
    return str(convsym.check(text, kind="markdown").verdicts[-1].status)


def status_of(text, line):
    found = [v for v in convsym.check(text, kind="markdown").verdicts if v.latex.strip() == line.strip()]
    return str(found[-1].status)


RIDGE = r"$J=\frac12(wx-t)^2+\frac\lambda2w^2$." + "\n\n"
WRONG = r"\frac{dJ}{dw} = (wx-t)x"
RIGHT = r"\frac{dJ}{dw} = (wx-t)x + \lambda w"


@pytest.mark.parametrize(
    "words",
    [
        r"Unlike ridge regression, plain least squares has $\lambda=0$.",
        r"Setting $\lambda=0$ would remove the penalty.",
        r"In the special case $\lambda = 0$ this is least squares.",
    ],
)
def test_a_value_named_in_passing_proves_no_line(words):
    for text in (f"{RIDGE}$${WRONG}$$\n\n{words}\n", f"{RIDGE}{words}\n\nThe gradient is\n\n$${WRONG}$$\n"):
        assert status_of(text, WRONG) != "proved"
    assert status_of(f"{RIDGE}$${RIGHT}$$\n\n{words}\n", RIGHT) == "proved"


def test_a_value_that_is_set_for_what_follows_is_used():
    text = f"We set $\\lambda = 0$. Let {RIDGE}"
    assert status_of(f"{text}$${WRONG}$$\n", WRONG) == "proved"
    layer = "The kernel has $K = 2$ cells.\n\n$$y_i = \\sum_{k=1}^{K} w_k x_{i+k-1}$$\n\n"
    assert last(f"{layer}$$y_1 = w_1 x_1 + w_2 x_2$$\n") == "proved"
    assert last(f"{layer}$$y_1 = w_1 x_1 + w_2 x_3$$\n") == "refuted"


def test_letters_set_equal_in_passing_refute_no_line():
    tied = "Tying the weights, $v=u$, halves the number of parameters."
    line = r"\frac{\partial y}{\partial u} = vx"
    assert status_of(f"$h=ux$, $y=vh$.\n\n$${line}$$\n\n{tied}\n", line) == "proved"
    assert (
        status_of(
            f"$h=ux$, $y=vh$.\n\n$${line.replace('vx', '3vx')}$$\n\n{tied}\n", line.replace("vx", "3vx")
        )
        == "refuted"
    )


def test_a_stride_of_a_special_case_proves_no_gradient():
    text = r"$$y_i=\sum_{j=0}^{K-1}w_jx_{si+j}$$" + "\n\n"
    line = r"\frac{\partial L}{\partial w_j}=\sum_i\frac{\partial L}{\partial y_i}x_{i+j}"
    assert (
        status_of(f"{text}$${line}$$\n\nIn the special case $s=1$ the layer is shift-equivariant.\n", line)
        != "proved"
    )


def test_words_end_what_a_case_before_them_says():
    gate = "A gate $y=gu+(1-g)x$. When it is open, $g=1$:\n\n$$y = u$$\n\nIn between\n\n"
    line = r"\frac{\partial y}{\partial u} = 1"
    assert status_of(f"{gate}$${line}$$\n", line) not in ("proved", "refuted")
    any_value = "If $\\lambda=1$ then\n\n$$J = \\frac12(wx-t)^2+\\frac12w^2$$\n\nFor any $\\lambda$\n\n"
    assert status_of(f"{RIDGE}{any_value}$${RIGHT}$$\n", RIGHT) == "proved"
    wrong = r"\frac{dJ}{dw} = (wx-t)x + w"
    assert status_of(f"{RIDGE}{any_value}$${RIGHT}$$\n\n$${wrong}$$\n", wrong) != "proved"
