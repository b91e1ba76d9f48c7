"""Worked examples step by step: updates in numbers, values in words or code, and what a wrong step spoils."""

import pytest

from convsym.checker import check


def statuses(text: str) -> list[tuple[str, str, str]]:
    report = check(text, kind="markdown")
    return [(verdict.latex, verdict.status.value, verdict.reason) for verdict in report.verdicts]


def status_of(text: str, latex: str) -> str:
    """The last verdict on a relation."""
    found = [status for seen, status, _ in statuses(text) if seen == latex]
    assert found, statuses(text)
    return found[-1]


RULE = r"""Rate $\eta = 0.2$, start $v = 0.5$, slope $g = 0.3$.

$$v = v - \eta \cdot g$$
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"v = 0.5 - 0.2 \cdot 0.3", "proved"),
        (r"v = 0.5 - 0.2 \times 0.3", "proved"),
        (r"v = (0.5) - 0.2 \cdot 1 \cdot 0.3", "proved"),
        (r"v = 0.5 - 0.2 \cdot 0.4", "open"),  # another slope than is given
        (r"v = 0.5 + 0.2 \cdot 0.3", "open"),
        (r"v = 0.5 - 0.1 \cdot 0.3", "open"),
        (r"v = 0.5 - 0.2 \cdot 2 \cdot 0.3", "open"),
    ],
)
def test_an_update_in_numbers(line: str, status: str) -> None:
    found = status_of(f"{RULE}\n$${line}$$\n", line)
    assert (found == "proved") == (status == "proved"), found


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("$$v = 0.5 - 0.06$$", "proved"),
        ("$$v = 0.5 - 0.08$$", "refuted"),
        ("$$v = 0.5 - 0.065$$", "refuted"),
        ("The next one has another start:\n\n$$v = 0.5 - 0.08$$", "open"),  # words stand between
        ("$$v = 0.44 - 0.08$$", "open"),  # the next step
        ("$$u = 0.5 - 0.08$$", "open"),  # another name
    ],
)
def test_a_line_that_goes_on_from_an_update(lines: str, status: str) -> None:
    text = f"{RULE}\n$$v = 0.5 - 0.2 \\cdot 0.3$$\n\n{lines}\n"
    found = statuses(text)[-1][1]
    assert found == status or (status == "open" and found not in ("refuted",)), statuses(text)


def test_what_rests_on_a_wrong_step_is_left_open() -> None:
    wrong = r"$$v = 0.5 - 0.2 \cdot 0.3$$" + "\n\n$$v = 0.5 - 0.08 = 0.42$$\n"
    text = f"{RULE}\n{wrong}\nNow $v = 0.42$ and\n\n$$p = v \\cdot 3 = 0.42 \\cdot 3 = 1.26$$\n"
    assert status_of(text, "v = 0.42") == "unsupported"
    assert status_of(text, r"v \cdot 3 = 0.42 \cdot 3") == "unsupported"
    assert status_of(text, r"0.42 \cdot 3 = 1.26") == "proved"
    right = text.replace("0.08", "0.06").replace("0.42", "0.44").replace("1.26", "1.32")
    assert status_of(right, "v = 0.44") in ("proved", "definition")
    assert status_of(right, r"v \cdot 3 = 0.44 \cdot 3") == "proved"


SAMPLES = r"""The model is $$q = \frac{1}{1 + e^{-(c_0 + c_1 \cdot s)}}$$ with $c_0 = 0.1$ and $c_1 = 0.4$.

For the sample $(s_1 = 2.5, t_1 = 1)$:

$$u = c_0 + c_1 \cdot s_1 = 0.1 + 0.4 \cdot 2.5 = 1.1$$
"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"q = \frac{1}{1 + e^{-1.1}}", "proved"),
        (r"q = \frac{1}{1 + e^{-(1.1)}}", "proved"),
        (r"q = \frac{1}{1 + e^{-1.2}}", "open"),
        (r"q = \frac{1}{1 + e^{1.1}}", "open"),
    ],
)
def test_a_number_put_in_for_what_was_worked_out(line: str, status: str) -> None:
    report = check(f"{SAMPLES}\n$${line}$$\n", kind="markdown")
    verdict = report.verdicts[-1]
    assert (verdict.status.value == "proved") == (status == "proved"), verdict
    if status == "proved":
        assert any("s_" in text for text in verdict.assuming), verdict.assuming


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"t_{\text{true}} - u = 1 - 1.1", "proved"),
        (r"t_{\text{true}} - u = 0 - 1.1", "open"),  # no target of the document is 0
        (r"t_{\text{true}} - u = 1 - 1.2", "open"),
    ],
)
def test_a_target_by_another_label(line: str, status: str) -> None:
    found = status_of(f"{SAMPLES}\n$$E = {line}$$\n", line)
    assert (found == "proved") == (status == "proved"), found


def test_a_name_with_a_number_of_its_own_takes_no_other() -> None:
    text = r"""With $s_1 = 0.5$, $s_2 = 0.3$, $r_1 = 0.4$ and $r_2 = 0.7$:

$$z = r_1 s_1 + r_2 s_2 = 0.4 \cdot 0.5 + 0.7 \cdot 0.5$$
"""
    assert status_of(text, r"r_1 s_1 + r_2 s_2 = 0.4 \cdot 0.5 + 0.7 \cdot 0.5") != "proved"
    right = text.replace(r"0.7 \cdot 0.5", r"0.7 \cdot 0.3")
    assert status_of(right, r"r_1 s_1 + r_2 s_2 = 0.4 \cdot 0.5 + 0.7 \cdot 0.3") == "proved"


@pytest.mark.parametrize(
    "values",
    [
        "* input `k = 1.5`\n* weight `m1 = 0.5`",
        "The input $k$ is 1.5 and the weight `m1` = 0.5.",
        "| name | value |\n|---|---|\n| k | 1.5 |\n| m1 | 0.5 |",
        r"We start with $(k, m_1) = (1.5, 0.5)$.",
        r"$$\begin{bmatrix} k & m_1 \end{bmatrix} = \begin{bmatrix} 1.5 & 0.5 \end{bmatrix}$$",
    ],
)
def test_values_outside_of_relations(values: str) -> None:
    for numbers, status in (
        (r"1.5 \cdot 0.5", "proved"),
        (r"1.5 \cdot 0.6", "open"),
        (r"1.0 \cdot 0.5", "open"),
    ):
        found = status_of(f"{values}\n\n$$z_1 = k \\cdot m_1 = {numbers}$$\n", rf"k \cdot m_1 = {numbers}")
        assert (found == "proved") == (status == "proved"), (numbers, found)


@pytest.mark.parametrize("words", ["If `k = 1.5`, nothing is left.", "when `k = 1.5`"])
def test_a_value_in_a_case_is_not_given(words: str) -> None:
    text = f"{words}\n\n$$z_1 = k \\cdot 2 = 1.5 \\cdot 2$$\n"
    assert status_of(text, r"k \cdot 2 = 1.5 \cdot 2") != "refuted"


def test_a_learning_rate_in_words() -> None:
    text = r"""With `m = 0.5`, a slope $g = 0.3$ and a learning rate of 0.1:

$$m = m - \eta \cdot g = 0.5 - 0.1 \cdot 0.3 = 0.47$$
"""
    line = r"m - \eta \cdot g = 0.5 - 0.1 \cdot 0.3"
    assert status_of(text, line) == "proved"
    wrong = text.replace(r"0.1 \cdot 0.3", r"0.2 \cdot 0.3").replace("0.47", "0.44")
    assert status_of(wrong, line.replace("0.1", "0.2")) != "proved"


CHAIN = r"""One weight: `x = 1.0`, `w = 0.5`, and $y = 0$.

$$z = x \cdot w = 1.0 \cdot 0.5 = 0.5$$

$$p = \text{Sigmoid}(z) = \frac{1}{1 + e^{-0.5}} \approx 0.622$$

$$L = -\log(1 - p)$$

$$\frac{dL}{dp} = SLOPE$$

$$\frac{dp}{dz} = p (1 - p) = 0.622 \cdot 0.378 \approx 0.235$$

$$\frac{dL}{dz} = \frac{dL}{dp} \cdot \frac{dp}{dz} = FIRST \cdot 0.235$$
"""


def test_numbers_that_rest_on_a_wrong_slope_are_not_proved() -> None:
    wrong = CHAIN.replace("SLOPE", "p - y = 0.622 - 0 = 0.622").replace("FIRST", "0.622")
    assert status_of(wrong, r"\frac{dL}{dp} = p - y") == "refuted"
    assert status_of(wrong, r"\frac{dL}{dp} \cdot \frac{dp}{dz} = 0.622 \cdot 0.235") != "proved"
    right = CHAIN.replace("SLOPE", r"\frac{1}{1 - p} = \frac{1}{0.378} \approx 2.646").replace(
        "FIRST", "2.646"
    )
    assert status_of(right, r"\frac{dL}{dp} = \frac{1}{1 - p}") == "proved"
    assert status_of(right, r"\frac{dL}{dp} \cdot \frac{dp}{dz} = 2.646 \cdot 0.235") == "proved"


@pytest.mark.parametrize("line", [r"u_1 - c\, g'(u_1) = 1.75", r"u_1 - c\, g'(u_1) = 2.25"])
def test_a_step_does_not_exchange_its_name_for_that_of_the_step_before(line: str) -> None:
    text = rf"""Let $g(u) = u^2$. Start with $u_0 = 4$ and $c = 0.25$.

Then $u_1 = u_0 - c\, g'(u_0) = 2$ and $u_2 = {line}$.
"""
    assert status_of(text, line) != "proved"
    assert status_of(text, r"u_0 - c\, g'(u_0) = 2") == "proved"
