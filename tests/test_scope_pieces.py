"""Functions given piece by piece, on lines of their own or in one sentence."""

import pytest

import convsym

FORMS = {
    "rows": "$$r(u) = u \\text{ for } u > 0$$\n\n$$r(u) = 0 \\text{ for } u \\le 0$$",
    "otherwise": "$$r(u) = u, \\quad \\text{if } u > 0,$$\n\n$$r(u) = 0, \\quad \\text{otherwise}.$$",
    "spaces": "$$r(u) = u, \\qquad u > 0$$\n\n$$r(u) = 0, \\qquad u \\le 0$$",
    "brackets": "$$r(u) = u \\quad (u > 0)$$\n\n$$r(u) = 0 \\quad (u \\le 0)$$",
    "sentence": "Let $r(u) = u$ for $u > 0$ and $r(u) = 0$ for $u \\le 0$.",
    "value": "Let $r(u) = u$ for $u > 0$ and $0$ otherwise.",
    "digit": "Let $r(u) = u$ if $u > 0$, else 0.",
    "behind": "We set\n\n$$r(u) = u$$\nfor $u > 0$ and 0 otherwise.",
    "inside": "$$r(u) = u \\text{ if } u > 0 \\text{ and } 0 \\text{ otherwise}$$",
    "comma": "$$r(u) = u \\text{ if } u > 0, \\quad 0 \\text{ otherwise}$$",
    "one row": "$$r(u) = u \\text{ for } u > 0, \\quad r(u) = 0 \\text{ for } u \\le 0$$",
    "aligned": "\\begin{align} r(u) &= u & u > 0 \\\\ &= 0 & u \\le 0 \\end{align}",
    "before": "For $u > 0$ we define $r(u) = u$. For $u \\le 0$ we define $r(u) = 0$.",
    "then": "Let $r(u) = u$ for $u > 0$. Otherwise, $r(u) = 0$.",
    "words": "Let $r(u) = u$ when $u$ is positive and $r(u) = 0$ when $u$ is negative.",
    "others": "Let $r(u) = u$ for $u > 0$ and $r(u) = 0$ for all other $u$.",
    "cases": "$$r(u) = u \\text{ for } u > 0$$\n\nIn all other cases,\n\n$$r(u) = 0$$",
    "let": "For $u > 0$ let $r(u) = u$, and let $r(u) = 0$ otherwise.",
}


def statuses(text: str) -> list[str]:
    return [str(verdict.status) for verdict in convsym.check(text, kind="markdown").verdicts]


@pytest.mark.parametrize("form", FORMS)
def test_pieces_are_one_function(form: str) -> None:
    claims = "$$r(-2) = 0$$\n\n$$r(-2) = -2$$\n\n$$r(3) = 3$$\n\n$$r(3) = 0$$\n\n$$r'(u) = 1 \\text{ for } u > 0$$\n"
    wanted = ["proved", "refuted", "proved", "refuted", "proved"]
    found = statuses(f"{FORMS[form]}\n\nThen\n\n{claims}")
    assert found[-5:] == wanted
    assert set(found[:-5]) == {"definition"}


def test_nothing_is_said_between_the_pieces() -> None:
    text = "$$g(s) = s^2 \\text{ for } s > 1$$\n\n$$g(s) = 3 \\text{ for } s < 0$$\n\n$$g(2) = 4$$\n\n$$g(-1) = 3$$\n"
    assert statuses(f"{text}\n$$g(0.5) = 3$$\n\n$$g(0.5) = 0.25$$\n")[2:4] == ["proved", "proved"]
    assert not {"proved", "refuted"} & set(statuses(f"{text}\n$$g(0.5) = 3$$\n\n$$g(0.5) = 0.25$$\n")[4:])


def test_a_line_about_a_piece_is_a_claim_about_it() -> None:
    pieces = "$$g(s) = s \\text{ for } s > 0$$\n\n$$g(s) = -s \\text{ for } s \\le 0$$\n\n"
    assert statuses(f"{pieces}$$g(s) = -s \\text{{ for }} s < -1$$\n")[-1] == "proved"
    assert statuses(f"{pieces}$$g(s) = 2 s \\text{{ for }} s > 1$$\n")[-1] == "refuted"


def test_quantities_and_cells_by_pieces() -> None:
    text = "$$a = z \\text{ for } z > 0$$\n\n$$a = 0.1 z \\text{ for } z \\le 0$$\n\n"
    slopes = (1, "> 0"), ("0.1", "< 0"), (1, "< 0")
    lines = [f"$$\\frac{{\\partial a}}{{\\partial z}} = {v} \\text{{ for }} z {o}$$\n" for v, o in slopes]
    assert statuses(text + "\n".join(lines))[-3:] == ["proved", "proved", "refuted"]
    text = "$$T_{ij} = x_{i-j} \\text{ for } i \\ge j$$\n\n$$T_{ij} = 0 \\text{ for } i < j$$\n\n"
    claims = "$$T_{21} = x_1$$\n\n$$T_{12} = 0$$\n\n$$T_{12} = x_1$$\n"
    assert statuses(text + claims)[-3:] == ["proved", "proved", "refuted"]


def test_one_line_with_its_domain_is_a_whole_definition() -> None:
    text = "$$g(s) = \\log s, \\ s > 0$$\n\n"
    assert statuses(f"{text}$$g'(s) = \\frac{{1}}{{s}}$$\n")[-1] == "proved"
    assert statuses(f"{text}$$g'(s) = \\frac{{2}}{{s}}$$\n")[-1] == "refuted"


def test_a_slope_given_in_one_sentence_is_judged_as_a_whole() -> None:
    ramp = "$$r(u) = \\max(0, u)$$\n\n"
    assert statuses(f"{ramp}We have $r'(u) = 1$ for $u > 0$ and $0$ for $u < 0$.\n")[1] == "proved"
    assert statuses(f"{ramp}We have $r'(u) = 1$ for $u > 0$ and $1$ for $u < 0$.\n")[1] == "refuted"


def test_a_slope_at_a_kink_is_left_open() -> None:
    ramp = "$$r(u) = \\max(0, u)$$\n\n"
    pieces = "$$r(u) = u \\text{ for } u > 0$$\n\n$$r(u) = 0 \\text{ for } u \\le 0$$\n\n"
    smooth = "$$r(u) = u^2 \\text{ for } u \\ge 1$$\n\n$$r(u) = 2 u - 1 \\text{ for } u < 1$$\n\n"
    for value in ("0", "1", "\\frac{1}{2}"):
        for known in (ramp, pieces):
            assert statuses(f"{known}$$r'(0) = {value}$$\n")[-1] == "unsupported"
    assert statuses(f"{smooth}$$r'(1) = 2$$\n")[-1] == "proved"
    assert statuses(f"{smooth}$$r'(1) = 1$$\n")[-1] == "refuted"


def test_under_another_heading_other_pieces_are_another_function() -> None:
    first = "# One\n\n$$r(u) = u \\text{ for } u > 0$$\n\n$$r(u) = 0 \\text{ for } u \\le 0$$\n\n$$r(-2) = 0$$\n\n"
    second = "# Two\n\n$$r(u) = u \\text{ for } u > 0$$\n\n$$r(u) = 3 u \\text{ for } u \\le 0$$\n\n"
    assert statuses(f"{first}{second}$$r(-2) = -6$$\n")[2::3] == ["proved", "proved"]
    assert statuses(f"{first}{second}$$r(-2) = 0$$\n")[-1] == "refuted"
    again = "# Two\n\nFor $u > 0$ we have $r(u) = u$.\n\n$$r(-2) = 0$$\n"
    assert statuses(f"{first}{again}")[-1] == "proved"


def test_each_formula_of_a_sentence_has_its_own_condition() -> None:
    text = "It is $r(u) = \\max(0, u)$, its slope is 1 for $u > 0$ and 0 for $u < 0$, so "
    assert statuses(f"{text}$r'(u) = 1$ when $u > 0$, otherwise $r'(u) = 0$.\n")[3::2] == ["proved", "proved"]
    assert statuses(f"{text}$r'(u) = 2$ when $u > 0$, otherwise $r'(u) = 0$.\n")[3::2] == [
        "refuted",
        "proved",
    ]
    assert statuses("Let $r(u) = \\max(0, u)$. Unless $u < 0$, we have $r(u) = u$.\n")[-1] == "unsupported"
