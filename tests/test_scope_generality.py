"""Values that a text gives in passing, and the words by which it speaks of every case again."""

import pytest

import convsym


def last(text):
    return [v.status for v in convsym.check(text).verdicts if v.status != "definition"][-1]


@pytest.mark.parametrize(
    "back",
    [
        r"In general, $\frac{dy}{dx} = %s$.",
        r"More generally, for any $c$ and $x$, the slope is $\frac{dy}{dx} = %s$.",
        r"For every $c$ it is $\frac{dy}{dx} = %s$.",
        r"The slope is $\frac{dy}{dx} = %s$ for all $c$.",
        r"For other scales $\frac{dy}{dx} = %s$.",
        r"For any step size, $\frac{dy}{dx} = %s$.",
        r"Otherwise $\frac{dy}{dx} = %s$.",
    ],
)
@pytest.mark.parametrize(
    "given", [r"With $c=2$ we get $y = 2x$.", r"Suppose $c = 2$. Then $\frac{dy}{dx} = 2$."]
)
def test_a_value_in_passing_proves_nothing_about_every_value(given, back):
    text = f"Let $y = c x$. {given}\n\n{back}"
    assert last(text % "2") not in ("proved",)
    assert last(text % "c") in ("proved", "undecided", "unsupported")


@pytest.mark.parametrize(
    ("claim", "expected"), [("p_1 (1 - p_1)", "proved"), ("p_1 p_2", "refuted"), ("p_1 (1 + p_1)", "refuted")]
)
def test_printed_cells_are_not_all_that_there_are(claim, expected):
    text = r"The softmax is $p_i = e^{z_i}/\sum_{j=1}^K e^{z_j}$. "
    assert last(rf"{text}$\frac{{\partial p_1}}{{\partial z_1}} = {claim}$.") == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("$r_1 = 3$, $r_2 = 5$ and $r_3 = 7$", ["proved"] * 3),
        ("$r_1 = 3$ and $r_2 = 6$", ["proved", "refuted"]),
    ],
)
def test_a_recurrence_of_numbers_begins_where_its_first_number_is_given(values, expected):
    text = (
        f"The field grows as $r_l = r_{{l-1}} + (k-1) s$. With $k=3$, $s=1$ and $r_0 = 1$ we have {values}."
    )
    found = [v.status for v in convsym.check(text).verdicts if v.status != "definition"]
    assert found == expected


@pytest.mark.parametrize("later", ["In BERT $d=64$.", "With $d=64$ we divide by $8$.", ""])
def test_a_size_that_is_given_later_refutes_no_general_line(later):
    text = r"The score is $q^\top k = \sum_{i=1}^{d} q_i k_i$. "
    assert convsym.check(text + later).verdicts[0].status != "refuted"
    assert (
        convsym.check(r"The score is $q^\top k = \sum_{i=1}^{d} q_i k_i^2$. " + later).verdicts[0].status
        != "proved"
    )


@pytest.mark.parametrize(("size", "expected"), [("7", "proved"), ("8", "refuted")])
def test_a_value_that_an_example_leaves_out_is_that_of_the_one_before(size, expected):
    text = (
        "After $L$ layers with kernel $k$ the field is $r = L(k-1)+1$. For $L=2$ and $k=3$ it is $r=5$. "
        f"For $L=3$ it is $r={size}$."
    )
    assert last(text) in (expected, "undecided" if expected == "proved" else "unsupported")
