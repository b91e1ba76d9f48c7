r"""The chain rule by its form, where nothing says what stands between: what is proved so, and what is not."""

import pytest

import convsym


def last(text: str) -> convsym.Verdict:
    return convsym.check(text).verdicts[-1]


# ruff: noqa: E501 (a formula stands on one line)
PROVED = [
    r"\frac{\partial C}{\partial z} = \frac{\partial C}{\partial a} \frac{\partial a}{\partial z}",
    r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial a} \cdot \frac{\partial a}{\partial z} \cdot \frac{\partial z}{\partial w}",
    r"\frac{\partial C}{\partial x_i} = \sum_j \frac{\partial C}{\partial y_j} \frac{\partial y_j}{\partial x_i}",
    r"\frac{\partial C}{\partial z_i^l} = \sum_j \frac{\partial C}{\partial z_j^{l+1}} \frac{\partial z_j^{l+1}}{\partial z_i^l}",
    r"\frac{\partial C}{\partial z_i} = \frac{\partial C}{\partial a_i} \frac{\partial a_i}{\partial z_i}",
    r"\frac{\partial C}{\partial w_{ij}} = \frac{\partial C}{\partial z_{j}} \left(\frac{\partial z_j}{\partial w_{ij}}\right)",
    r"\frac{\partial C}{\partial x} = \frac{\partial C}{\partial u} \frac{\partial u}{\partial x} + \frac{\partial C}{\partial v} \frac{\partial v}{\partial x}",
]

OPEN = [
    # j is free: which a_j, is not said
    r"\frac{\partial C}{\partial z_i} = \frac{\partial C}{\partial a_j} \frac{\partial a_j}{\partial z_i}",
    # the sum's letter stands in a third factor too
    r"\frac{\partial C}{\partial z_i} = \sum_j c_j \frac{\partial C}{\partial a_j} \frac{\partial a_j}{\partial z_i}",
    # another end
    r"\frac{\partial C}{\partial b} = \frac{\partial C}{\partial a} \frac{\partial a}{\partial w}",
    # links that do not meet
    r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial a} \frac{\partial z}{\partial w}",
    # states one after another act on each other
    r"\frac{\partial C}{\partial w} = \sum_t \frac{\partial C}{\partial h_t} \frac{\partial h_t}{\partial w}",
    # the same branch twice
    r"\frac{\partial C}{\partial x} = \frac{\partial C}{\partial u} \frac{\partial u}{\partial x} + \frac{\partial C}{\partial u} \frac{\partial u}{\partial x}",
]


@pytest.mark.parametrize("claim", PROVED)
def test_a_product_of_slopes_that_meet_is_the_chain_rule(claim):
    found = last(f"$${claim}$$")
    assert found.status == "proved", found
    assert any("acts on" in one and "only through" in one for one in found.assuming)


@pytest.mark.parametrize("claim", OPEN)
def test_what_is_not_the_chain_rule_by_its_form_is_left_open(claim):
    assert last(f"$${claim}$$").status in ("unsupported", "undecided")


def test_branches_elsewhere_speak_against_one_branch_alone():
    text = r"""$$\frac{\partial C}{\partial x} = \frac{\partial C}{\partial u} \frac{\partial u}{\partial x}
+ \frac{\partial C}{\partial v} \frac{\partial v}{\partial x}$$

$$\frac{\partial C}{\partial x} = \frac{\partial C}{\partial u} \frac{\partial u}{\partial x}$$"""
    assert last(text).status in ("unsupported", "undecided")


DEFINED = r"""The cost $C$ is a function that is not written here.

$$z_j = \sum_k g(w_{kj}, h_k(x))$$

"""


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (
            r"\frac{\partial C}{\partial w_{ij}} = \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial w_{ij}}",
            "proved",
        ),
        (
            r"\frac{\partial C}{\partial w_{ij}} = \frac{\partial C}{\partial z_i} \frac{\partial z_i}{\partial w_{ij}}",
            "open",
        ),
    ],
)
def test_a_definition_says_which_cell_stands_between(claim, status):
    found = last(f"{DEFINED}$${claim}$$").status
    assert (found == "proved") is (status == "proved"), found


NAMES = r"""Let
$$\delta_j^l = \frac{\partial C}{\partial z_j^l}$$

$$\frac{\partial C}{\partial z_i^{l}} = \sum_j \delta_j^{l+1} \frac{\partial z_j^{l+1}}{\partial z_i^{l}}$$"""


def test_a_name_for_a_derivative_is_put_in():
    assert last(NAMES).status == "proved"
    assert last(NAMES.replace(r"\sum_j \delta_j^{l+1}", r"\sum_j \delta_i^{l+1}")).status != "proved"
    assert last(NAMES.replace(r"\sum_j \delta_j^{l+1}", r"\sum_j \delta_j^{l}")).status != "proved"


VALUES = r"""$$u = 3 x + b$$

$$\frac{\partial u}{\partial x} = 3$$

$$\frac{\partial Q}{\partial x} = \frac{\partial Q}{\partial p} \frac{\partial p}{\partial u} %s$$"""


@pytest.mark.parametrize(("value", "status"), [("3", "proved"), ("4", "open"), ("", "open")])
def test_a_slope_that_a_line_before_proves_is_put_in_for_its_value(value, status):
    found = last(VALUES % value).status
    assert (found == "proved") is (status == "proved"), found


@pytest.mark.parametrize(
    ("end", "status"),
    [("K-1", "unsupported"), ("D-1", "proved")],
)
def test_a_sum_over_outputs_that_ends_with_the_taps_of_the_kernel_is_not_taken_for_the_whole(
    end: str, status: str
) -> None:
    text = (
        r"$$e_{c} = \sum_{t=0}^{K-1} f_{t} g_{c+t-\frac{K-1}{2}}$$" + "\n\n"
        rf"$$\frac{{\partial R}}{{\partial f_{{t}}}} = \sum_{{c=0}}^{{{end}}} "
        r"\frac{\partial R}{\partial e_{c}} \frac{\partial e_{c}}{\partial f_{t}}$$"
    )
    assert str(convsym.check(text).verdicts[-1].status) == status


NEURON = r"""
The hidden cell is $g_1 = \sigma(s_1)$ with $s_1 = v_1 x_1 + v_2 x_2 + c_1$, the output cell is

$$q_1 = v_3 g_1 + v_4 g_2 + c_2$$

$$\hat{q}_1 = \sigma(q_1)$$

CHAIN
"""


@pytest.mark.parametrize(
    ("chain", "status"),
    [
        # v_3 stands in q_1, and the hidden cell is made of v_1 and v_2
        (r"\frac{\partial E}{\partial v_3} = \frac{\partial E}{\partial \hat{q}_1} \frac{\partial \hat{q}_1}{\partial q_1} \frac{\partial q_1}{\partial v_3}", "proved"),
        (r"\frac{\partial \hat{q}_1}{\partial v_3} = \frac{\partial \hat{q}_1}{\partial g_1} \frac{\partial g_1}{\partial v_3}", "refuted"),
        (r"\frac{\partial \hat{q}_1}{\partial v_1} = \frac{\partial \hat{q}_1}{\partial g_1} \frac{\partial g_1}{\partial v_1}", "proved"),
        # nothing says what g_2 is made of: v_3 may be part of it
        (r"\frac{\partial \hat{q}_1}{\partial v_3} = \frac{\partial \hat{q}_1}{\partial g_2} \frac{\partial g_2}{\partial v_3}", "unsupported"),
    ],
)  # fmt: skip
def test_a_chain_that_the_definitions_lead_past(chain, status):
    found = last(NEURON.replace("CHAIN", f"$${chain}$$"))
    assert found.status.value == status, found
    # What a section says by itself does not prove a chain that the rest of the document speaks against.
    apart = last(
        NEURON.replace("CHAIN", f"## Slopes\n\n$$r = 2$$\n\n$${chain}$$").replace("The", "# Cells\n\nThe", 1)
    )
    assert apart.status.value == status, apart


SHAPED = r"""
# Forward

The output $Y_{(n-2) \times (m-2)}$ comes from $X_{n \times m}$ and the kernel $K_{3 \times 3}$:

$$Y_{(n-2) \times (m-2)} = X_{n \times m} * K_{3 \times 3}$$

# Backward

$$\frac{\partial C}{\partial k_{ab}} = \sum_{i=0}^{%s} \sum_{j=0}^{%s} \frac{\partial C}{\partial y_{ij}} \frac{\partial y_{ij}}{\partial k_{ab}}$$
"""


def test_a_sum_over_another_range_than_the_shape_below_the_matrix_is_not_the_chain_rule():
    assert last(SHAPED % ("n-3", "m-3")).status == "proved"
    for wrong in (("2", "2"), ("n-1", "m-1"), ("n-3", "2")):
        assert last(SHAPED % wrong).status != "proved", wrong


def test_a_formula_may_leave_out_the_name_of_what_stands_between():
    text = r"$s_1 = v_1 x_1$ and $q_1 = \tanh(v_1 x_1) + LAST$." "\n\n"
    text += r"$$\frac{\partial E}{\partial v_1} = \frac{\partial E}{\partial s_1} \frac{\partial s_1}{\partial v_1}$$"
    chain = r"\frac{\partial q_1}{\partial v_1} = \frac{\partial q_1}{\partial s_1} \frac{\partial s_1}{\partial v_1}"
    for end, refused in (("1", {"refuted"}), ("v_1 s_1", {"proved"})):
        found = last(text.replace("LAST", end) + f"\n\n$${chain}$$")
        assert found.status.value not in refused, found


@pytest.mark.parametrize(("letter", "expected"), [("m", "proved"), ("k", "refuted")])
def test_a_value_that_an_open_line_equates_with_a_slope_does_not_name_the_slope(
    letter: str, expected: str
) -> None:
    text = (
        "$$y_i = \\sum_{m=1}^{2} w_m x_{i+m-1} + b$$\n\n"
        f"$$\\frac{{\\partial y_i}}{{\\partial w_m}} = x_{{i+{letter}-1}}$$\n\n"
        "$$\\frac{\\partial L}{\\partial w_m} = \\sum_{i=1}^{3} \\frac{\\partial L}{\\partial y_i} x_{i+%s-1}$$\n"
        % letter
    )
    found = str(convsym.check(text).verdicts[-1].status)
    assert found == expected


STATES = r"$$h_t = \phi(W x_t + U h_{t-1} + b)$$" + "\n\n"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        # U acts on h_3 itself as well
        (r"\frac{\partial L}{\partial U} = \frac{\partial L}{\partial h_3} \frac{\partial h_3}{\partial h_2} \frac{\partial h_2}{\partial U}", False),
        (r"\frac{\partial L}{\partial b} = \frac{\partial L}{\partial h_{t+1}} \frac{\partial h_{t+1}}{\partial h_t} \frac{\partial h_t}{\partial b}", False),
        # an input acts on one state alone
        (r"\frac{\partial L}{\partial x_1} = \frac{\partial L}{\partial h_3} \frac{\partial h_3}{\partial h_2} \frac{\partial h_2}{\partial x_1}", True),
        (r"\frac{\partial L}{\partial U} = \frac{\partial L}{\partial h_3} \frac{\partial h_3}{\partial U}", True),
    ],
)  # fmt: skip
def test_a_parameter_that_acts_at_every_step_is_not_chained_through_one(claim, status):
    assert (last(f"{STATES}$${claim}$$").status == "proved") == status
