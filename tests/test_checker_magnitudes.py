"""Numbers whose magnitude stands behind the formula: 118 M, 37.5 %, 6 thousand."""

import pytest

from convsym.checker import check


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"This takes $96^2 \cdot 32 \cdot 27 \approx 8$ M products.", "proved"),
        (r"This takes $96^2 \cdot 32 \cdot 27 \approx 8.0$ million products.", "proved"),
        (r"This takes $96^2 \cdot 32 \cdot 27 \approx 80$ M products.", "refuted"),
        (r"That is $5/8 = 62.5$ % of all.", "proved"),
        (r"That is $5/8 = 62.5$% of all.", "proved"),
        (r"That is $100 \cdot 5/8 = 62.5$ % of all.", "proved"),
        (r"That is $5/8 = 52.5$ % of all.", "refuted"),
        (r"It weighs $2 \cdot 3 = 7$ kg.", "refuted"),
        (r"That is $5/8 = 62.5$ of all.", "refuted"),
    ],
)
def test_a_magnitude_behind_a_number(text: str, expected: str) -> None:
    assert str(check(text, kind="markdown").verdicts[0].status) == expected
