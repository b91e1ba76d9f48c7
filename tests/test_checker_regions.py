"""Pooling over regions that are sets, and the gradients by their members."""

import pytest

from convsym.checker import check

MEAN = r"$$p_{a,b} = \frac{1}{q^2} \sum_{(c,d) \in G_{a,b}} u_{c,d}$$"
ROOT = r"$$p_{a,b} = \sqrt{\frac{1}{q^2} \sum_{(c,d) \in G_{a,b}} u_{c,d}^2}$$"
MOST = r"$$p_{a,b} = \max_{(c,d) \in G_{a,b}} u_{c,d}$$"
WHOLE = r"$$p_a = \frac{1}{H W} \sum_{c,d} u_{c,d,a}$$"
SHIFTED = r"$$p_{a,b} = \sum_{c,d} u_{a+c,b+d}$$"
BY = r"\frac{\partial E}{\partial u_{c,d}}"
ABOVE = r"\frac{\partial E}{\partial p_{a,b}}"
LOCAL = r"\frac{\partial p_{a,b}}{\partial u_{c,d}}"


def cases(value: str, condition: str) -> str:
    return rf"\begin{{cases}} {value}, & {condition} \\ 0, & \text{{otherwise}} \end{{cases}}"


STAR = r"(c,d) = (c^\ast, d^\ast)"
SHARE = cases(r"\frac{1}{q^2}", r"(c,d) \in G_{a,b}")
OTHERS = cases("1", STAR.replace("=", r"\ne"))


@pytest.mark.parametrize(
    ("given", "claim", "expected"),
    [
        (MEAN, rf"{LOCAL} = \frac{{1}}{{q^2}}", "proved"),
        (MEAN, rf"{LOCAL} = \frac{{1}}{{q}}", "refuted"),
        (MEAN, rf"{BY} = \frac{{1}}{{q^2}} {ABOVE}", "proved"),
        (MEAN, rf"{BY} = q^2 {ABOVE}", "refuted"),
        (MEAN, f"{LOCAL} = {SHARE}", "proved"),
        (ROOT, rf"{BY} = \frac{{1}}{{q^2}} \cdot \frac{{u_{{c,d}}}}{{p_{{a,b}}}} \cdot {ABOVE}", "proved"),
        (ROOT, rf"{BY} = \frac{{1}}{{q^2}} \cdot \frac{{p_{{a,b}}}}{{u_{{c,d}}}} \cdot {ABOVE}", "refuted"),
        (ROOT, rf"{LOCAL} = \frac{{u_{{c,d}}}}{{q^2 p_{{a,b}}}}", "proved"),
        (MOST, f"{LOCAL} = {cases('1', STAR)}", "proved"),
        (MOST, f"{LOCAL} = {cases('2', STAR)}", "refuted"),
        (MOST, f"{BY} = {cases(ABOVE, STAR)}", "proved"),
        (
            WHOLE,
            r"\frac{\partial E}{\partial u_{c,d,a}} = \frac{1}{H W} \frac{\partial E}{\partial p_a}",
            "proved",
        ),
    ],
)
def test_gradients_by_a_member_of_a_region(given: str, claim: str, expected: str) -> None:
    text = f"The regions do not overlap.\n\n{given}\n\n$${claim}$$"
    assert str(check(text, kind="markdown").verdicts[-1].status) == expected


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        (MEAN, rf"{BY} = \frac{{1}}{{q^2}} {ABOVE}"),  # regions may overlap
        (MOST, f"{BY} = {cases(ABOVE, STAR)}"),
        (MOST, f"{LOCAL} = {OTHERS}"),
        (MOST, f"{LOCAL} = 1"),
        (SHIFTED, rf"\frac{{\partial E}}{{\partial u_{{a+c,b+d}}}} = {ABOVE}"),
    ],
)
def test_gradients_that_are_left_open(given: str, claim: str) -> None:
    assert str(check(f"{given}\n\n$${claim}$$", kind="markdown").verdicts[-1].status) != "proved"
    assert str(check(f"{given}\n\n$${claim}$$", kind="markdown").verdicts[-1].status) != "refuted"
