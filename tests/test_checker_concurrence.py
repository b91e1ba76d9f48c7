"""Wrong lines beside each other, and a misprinted definition that right lines concur against."""

from __future__ import annotations

import pytest

from convsym.checker import check
from convsym.verdict import Status, Verdict


def judged(text: str) -> list[Verdict]:
    return list(check(text).verdicts)


def statuses(text: str) -> list[Status]:
    return [verdict.status for verdict in judged(text)]


NEURON = "$$y = w x + b$$\n\n$$L = (y - t)^2$$\n\n"
LOGISTIC = r"""$$p = \frac{1}{1 + e^{-z}}$$

$$L = -y \log p - (1 - y) \log(1 - p)$$

"""


@pytest.mark.parametrize(
    ("given", "right", "wrong"),
    [
        (
            NEURON,
            r"\frac{\partial L}{\partial w} = 2(y - t) x",
            (r"\frac{\partial L}{\partial w} = (y - t) x", r"\frac{\partial L}{\partial w} = 2(t - y) x"),
        ),
        (LOGISTIC, r"\frac{dL}{dz} = p - y", (r"\frac{dL}{dz} = 2(p - y)", r"\frac{dL}{dz} = y - p")),
    ],
)
def test_lines_that_say_different_things_of_one_quantity_do_not_shelter_each_other(
    given: str, right: str, wrong: tuple[str, str]
) -> None:
    both = "\n\n".join(f"$${line}$$" for line in wrong)
    found = judged(f"{given}$${right}$$\n\n{both}\n")
    assert [v.status for v in found[-3:]] == [Status.PROVED, Status.REFUTED, Status.REFUTED]
    assert all("says what follows" in v.reason for v in found[-2:])
    # Two of them cannot both be right, whatever the definitions.
    assert statuses(given + both)[-2:] == [Status.REFUTED] * 2


def test_right_lines_after_a_misprinted_definition_are_not_refuted() -> None:
    lines = r"""$$\frac{\partial L}{\partial w} = (y - t) x$$

$$\frac{\partial L}{\partial b} = y - t$$
"""
    assert Status.REFUTED not in statuses(NEURON + lines)
    # The chain rule is true of any loss: it does not speak for this one.
    chain = r"$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial y} x$$" + "\n\n"
    found = statuses(NEURON + chain + lines)
    assert found[2] is Status.PROVED
    assert Status.REFUTED not in found


def test_a_line_said_twice_is_one_voice_that_concurs_with_itself() -> None:
    line = r"$$\frac{\partial L}{\partial w} = (y - t) x$$" + "\n\n"
    assert Status.REFUTED not in statuses(NEURON + line + line.replace("(y - t) x", "x (y - t)"))


BATCH = r"""Let $z = w x + b$ and $a = \sigma(z)$ with $\sigma(z) = \frac{1}{1+e^{-z}}$.

$$J = \frac{1}{N}\sum_{n=1}^N (a_n - y_n)^2$$

"""


def test_a_derivative_by_entries_is_refuted_whatever_a_number_of_that_name_is() -> None:
    right, wrong = (
        r"\frac{\partial J}{\partial a_n} = \frac{2}{N}(a_n - y_n)",
        r"\frac{\partial J}{\partial a_n} = 2(a_n - y_n)",
    )
    assert statuses(f"{BATCH}$${right}$$\n\n$${wrong}$$")[-2:] == [Status.PROVED, Status.REFUTED]


def test_entries_that_may_add_up_to_one_refute_nothing() -> None:
    softmax = r"""$$a = \mathrm{softmax}(z)$$

$$J = \sum_{n=1}^N a_n^2$$

$$\frac{\partial J}{\partial a_n} = 2 a_n \sum_{m=1}^N a_m$$
"""
    assert Status.REFUTED not in statuses(softmax)


SECTIONS = r"""The scores are turned into probabilities:

$$p_i = \frac{e^{z_i}}{\sum_{j=1}^{n} e^{z_j}}$$

$$L = -\sum_{i=1}^{n} y_i \log p_i$$

where $y$ is one-hot: $\sum_{i=1}^n y_i = 1$.

With two classes, $\hat{y} = \sigma(z)$ where

$$\sigma(z) = \frac{1}{1 + e^{-z}}$$

$$\ell = -y \log \hat{y} - (1 - y) \log(1 - \hat{y})$$

"""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\frac{d\ell}{dz} = \hat{y} - y", Status.PROVED),
        (r"\frac{d\ell}{dz} = (\hat{y} - y)\hat{y}(1 - \hat{y})", Status.REFUTED),
        (r"\frac{d\ell}{dz} = 2(\hat{y} - y)\hat{y}", Status.REFUTED),
    ],
)
def test_numbers_are_meant_where_the_definition_has_no_sense_for_vectors(line: str, status: Status) -> None:
    assert statuses(f"{SECTIONS}$${line}$$")[-1] is status


def test_the_condition_on_the_targets_is_stated_and_not_proved() -> None:
    found = statuses(SECTIONS)
    assert found[2] is Status.DEFINITION


SIZES = (
    "where $n$ is the input size, $k$ the kernel size, $p$ the padding and $s$ the stride; "
    "$o$ is the output size:\n\n"
)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"o = \frac{n + 2p - k}{s}", Status.REFUTED),
        (r"o = \frac{n - k + 2p}{s} + 1", Status.PROVED),
        (r"o = \left\lfloor\frac{n - k + 2p}{s}\right\rfloor + 1", Status.PROVED),
    ],
)
def test_a_list_of_sizes_may_leave_the_verb_out(line: str, status: Status) -> None:
    assert statuses(f"{SIZES}$${line}$$")[-1] is status


def test_a_kernel_beside_a_size_is_no_size_itself() -> None:
    text = "The input size is $n$. For the kernel $k$ the output size $o$ is needed.\n\n$$o = n + k$$\n"
    assert Status.REFUTED not in statuses(text)


def test_a_product_in_a_fraction_is_no_derivative() -> None:
    text = "With $k = 2$ and $s = 1$ and $H = 3$:\n\n$$H = \\frac{G - d(k-1) - 1}{s} + 1$$\n"
    assert all("derivative" not in verdict.reason for verdict in judged(text))


@pytest.mark.parametrize(("slope", "status"), [("-3", "proved"), ("2", "refuted"), ("7", "refuted")])
def test_a_line_that_holds_by_a_definition_puts_nothing_in_its_place(slope: str, status: str) -> None:
    text = rf"""Let $f = (u+v)w$ with $u=-2$, $v=9$, $w=-3$. Put $p = u+v = 7$. Then $f = pw = -21$.

The gradients are $\frac{{\partial f}}{{\partial p}} = w = -3$, $\frac{{\partial f}}{{\partial w}} = p = 7$ and
$\frac{{\partial f}}{{\partial u}} = {slope}$.
"""
    verdicts = check(text, kind="markdown").verdicts
    assert verdicts[0].status.value == "definition", verdicts[0]
    assert verdicts[-1].status.value == status, verdicts[-1]
    assert not any(v.status.value == "refuted" for v in verdicts[:-1]), verdicts
