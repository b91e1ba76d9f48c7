"""Values of a case that are said of several names at once, and lists of them."""

import pytest

from convsym.checker import check


def verdicts(text: str) -> list[tuple[str, str]]:
    return [(verdict.latex, verdict.status.value) for verdict in check(text, kind="markdown").verdicts]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("0", "-2", ["proved", "proved"]),
        ("1", "-2", ["refuted", "proved"]),
        ("0", "3", ["proved", "refuted"]),
    ],
)
@pytest.mark.parametrize("words", ["For {} we get", "If {}, it is", "At {} we have"])
def test_chains_of_values_are_cases(first: str, second: str, expected: list[str], words: str) -> None:
    cases = [("$u_1 = u_2 = 0$", first), ("$u_1 = u_2 = 2$", second)]
    sentences = " ".join(f"{words.format(chain)} $v = {value}$." for chain, value in cases)
    found = verdicts(
        f"Let $v = u_1 - 2u_2$. {sentences} The slope is $\\frac{{\\partial v}}{{\\partial u_1}} = 1$.\n"
    )
    assert [status for latex, status in found if latex.startswith("v = ") and "u" not in latex] == expected, (
        found
    )
    assert [status for latex, status in found if latex.startswith("u_")] == ["definition"] * 4, found
    assert found[-1][1] == "proved", found


def test_sizes_of_one_sentence() -> None:
    text = r"""The sum is $s = \sum_{i=1}^p\sum_{j=1}^q B_{ij}$. For a square, $p=q=2$, it is $s = LINE$."""
    right = r"B_{11}+B_{12}+B_{21}+B_{22}"
    assert all(status != "refuted" for _, status in verdicts(text.replace("LINE", right)))
    wrong = verdicts(text.replace("LINE", r"B_{11}+B_{12}+B_{22}"))
    assert [status for latex, status in wrong if "B_{22}" in latex] == ["refuted"]
    assert wrong[0][1] == "definition", wrong


def test_a_chain_that_sets_numbers_for_good() -> None:
    found = dict(verdicts("We use $p = q = 3$. Then $pq = 9$ and $p + q = 7$.\n"))
    assert (found["pq = 9"], found["p + q = 7"]) == ("proved", "refuted")


@pytest.mark.parametrize("first", [0, 1])
def test_lists_as_values_of_a_case(first: int) -> None:
    lead = rf"The output is $r_i = \sum_{{k={first}}}^{{{first + 2}}} m_k s_{{i+k}}$. "
    cells = [f"s_{{i+{first + n}}}" if first + n else "s_i" for n in range(3)]
    text = (
        lead
        + f"For $m = (1, 1, 1)$ it is $r_i = {' + '.join(cells)}$. For $m = (1, 0, -2)$ it is $r_i = LINE$."
    )
    right = verdicts(text.replace("LINE", f"{cells[0]} - 2{cells[2]}"))
    assert [status for _, status in right] == [
        "definition",
        "definition",
        "proved",
        "definition",
        "proved",
    ], right
    assert verdicts(text.replace("LINE", f"{cells[0]} + 2{cells[2]}"))[-1][1] == "refuted"
    assert verdicts(text.replace("LINE", f"{cells[0]} - 2{cells[1]}"))[-1][1] == "refuted"


def test_the_only_list_of_a_name_is_what_the_text_reckons_with() -> None:
    text = "With $s = (1, 2)$ and $m = (3, 4)$ the output is $r = m_1 s_1 + m_2 s_2 = {}$.\n"
    assert verdicts(text.format(11))[-1][1] == "proved"
    assert verdicts(text.format(12))[-1][1] == "refuted"


@pytest.mark.parametrize("place", ["At $s = c$ both pieces meet.", "The pieces meet at the point $s = c$."])
def test_a_place_in_letters_defines_nothing(place: str) -> None:
    lead = r"Let $q(s) = 3 s^2$ if $|s| \le c$ and $q(s) = c (|6 s| - 3 c)$ otherwise. "
    found = dict(verdicts(lead + place + " If $s > c$ then $q'(s) = 6c$. If $|s| < c$ then $q'(s) = 5s$.\n"))
    assert found["s = c"] == "definition", found
    assert (found["q'(s) = 6c"], found["q'(s) = 5s"]) == ("proved", "refuted"), found


def test_a_line_at_a_place_in_letters_is_not_refuted_elsewhere() -> None:
    text = "Let $q(s) = s^2$. At $s = c$ we have $q(s) = c^2$. So $q(s) = c^2$.\n"
    found = [status for latex, status in verdicts(text) if latex == "q(s) = c^2"]
    assert found[0] != "refuted" and found[1] != "proved", found
