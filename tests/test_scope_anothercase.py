"""Functions that a text gives anew for another case: each line is about the function of its own sentence."""

import pytest

from convsym.checker import check


def verdicts(text: str) -> list[tuple[str, str]]:
    return [(verdict.latex, verdict.status.value) for verdict in check(text, kind="markdown").verdicts]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (r"m = 2uv^2", r"m = 3u^2v^3", ["proved", "proved"]),
        (r"m = 2uv^2", r"m = 3u^2v^2", ["proved", "refuted"]),
        (r"m = 2uv", r"m = 3u^2v^3", ["refuted", "proved"]),
        (r"m = 2uv^2", r"m = 2uv^2", ["proved", "refuted"]),
    ],
)
@pytest.mark.parametrize(
    "words", ["For {} we get", "If {} then", "When {} it is", "Now take the function {}:"]
)
def test_a_function_of_two_cases(first: str, second: str, expected: list[str], words: str) -> None:
    cases = [(words.format("$g(t) = t^2$"), first), (words.format("$g(t) = t^3$"), second)]
    slopes = [line.replace("m", r"\frac{\partial r}{\partial u}", 1) for _, line in cases]
    sentences = " ".join(f"{led} ${slope}$." for (led, _), slope in zip(cases, slopes, strict=True))
    found = verdicts(f"Put $r = g(t)$ with $t = uv$. {sentences}\n")
    assert [status for latex, status in found if latex in slopes] == expected, found
    assert not any(status == "refuted" for latex, status in found if latex.startswith("g(t)")), found


def test_a_case_of_one_sentence_ends_with_it() -> None:
    text = "Let $g(t) = t^2$. For $g(t) = t^3$ we get $g'(t) = 3t^2$. The slope at $1$ is $g'(1) = {}$.\n"
    assert [s for _, s in verdicts(text.format(2))] == ["definition", "definition", "proved", "proved"]
    assert verdicts(text.format(5))[-1][1] == "refuted"
    assert verdicts(text.format(3))[-1][1] != "proved"


def test_a_case_goes_on_with_its_consequences() -> None:
    text = "Let $g(t) = t^2$. For $g(t) = t^3$ we get $g'(t) = 3t^2$. Then $g''(t) = {}$.\n"
    assert verdicts(text.format("6t"))[-1][1] == "proved"
    assert verdicts(text.format("5t"))[-1][1] == "refuted"
    assert verdicts(text.format("2"))[-1][1] != "proved"


@pytest.mark.parametrize(
    "words", ["Now take $g(t) = t^3$ instead.", "If $g(t) = t^3$ instead, much is alike."]
)
def test_a_function_that_is_given_anew_for_good(words: str) -> None:
    text = f"First let $g(t) = t^2$. Then $g'(t) = 2t$.\n\n{words} The slope is $g'(t) = {{}}$.\n"
    assert verdicts(text.format("2t"))[-1][1] != "proved"
    assert verdicts(text.format("3t^2"))[-1][1] == "proved"


@pytest.mark.parametrize("line", ["With $g(t) = t^3$ it is $g'(t) = 2t$.", "We have $g(t) = t^3$."])
def test_what_may_recall_a_function_gives_no_case(line: str) -> None:
    found = dict(verdicts(f"Let $g(t) = t^2$. {line}\n"))
    assert found["g(t) = t^3"] == "refuted", found


def test_a_value_of_a_function_is_none_of_its_definitions() -> None:
    text = "For $g(t) = t^2$ the slope is $g'(t) = 2t$. For $g(t) = 0$ the slope is $g'(t) = 0$.\n"
    assert dict(verdicts(text))["g'(t) = 0"] != "proved"


def test_functions_without_arguments() -> None:
    first = r"Put $r = g(t)$. For $g = \tanh$ it is $\frac{dr}{dt} = 1 - r^2$."
    text = first + r" For $g = \sigma$ it is $\frac{dr}{dt} = SLOPE$."
    found = verdicts(text.replace("SLOPE", "r(1 - r)"))
    assert [status for _, status in found] == ["definition", "definition", "proved", "definition", "proved"]
    assert verdicts(text.replace("SLOPE", "2r"))[-1][1] != "proved"
