r"""Recurrences of numbers at one step: h_{t-1} depends on the weight as well, and a note says how that goes on."""

import pytest

import convsym

ABOVE = r"""
$$s^t = p \, s^{t-1} + q \, x^t + c$$

$$h^t = \tanh(s^t)$$

$$E^t = \frac{1}{2} (y^t - r h^t)^2$$
""".replace(r"p \, s^{t-1}", r"p \, h^{t-1}")
BELOW = r"""
The state of a unit:

$$h_t = \sigma(u x_t + v h_{t-1})$$

$$o_t = w h_t$$
"""
MATRICES = r"""
$$h_t = \tanh(w h_{t-1} + u x_t)$$

$$g_t = w^T h_t$$
"""

LINES = [
    (ABOVE, r"\frac{\partial s^t}{\partial p} = h^{t-1} + p \frac{\partial h^{t-1}}{\partial p}", "proved"),
    (ABOVE, r"\frac{\partial s^t}{\partial q} = x^t + p \frac{\partial h^{t-1}}{\partial q}", "proved"),
    (ABOVE, r"\frac{\partial s^t}{\partial c} = 1 + p \frac{\partial h^{t-1}}{\partial c}", "proved"),
    (
        ABOVE,
        r"\frac{\partial h^t}{\partial q} = (1 - (h^t)^2)(x^t + p \frac{\partial h^{t-1}}{\partial q})",
        "proved",
    ),
    (ABOVE, r"\frac{\partial E^t}{\partial q} = -(y^t - r h^t) r \frac{\partial h^t}{\partial q}", "proved"),
    (
        ABOVE,
        r"\frac{\partial s^t}{\partial p} = \frac{\partial p}{\partial p} h^{t-1} "
        r"+ p \frac{\partial h^{t-1}}{\partial p}",
        "proved",
    ),
    (BELOW, r"\frac{\partial o_t}{\partial u} = w \frac{\partial h_t}{\partial u}", "proved"),
    (
        BELOW,
        r"\frac{\partial h_t}{\partial v} = \sigma'(u x_t + v h_{t-1})"
        r"(h_{t-1} + v \frac{\partial h_{t-1}}{\partial v})",
        "proved",
    ),
    # Wrong twins without a slope of the step before are left open: they may hold the state before fixed.
    (ABOVE, r"\frac{\partial s^t}{\partial p} = p \frac{\partial h^{t-1}}{\partial p}", "refuted"),
    (ABOVE, r"\frac{\partial s^t}{\partial q} = x^{t-1} + p \frac{\partial h^{t-1}}{\partial q}", "refuted"),
    (
        ABOVE,
        r"\frac{\partial h^t}{\partial q} = (1 - h^t)(x^t + p \frac{\partial h^{t-1}}{\partial q})",
        "refuted",
    ),
    (ABOVE, r"\frac{\partial E^t}{\partial q} = (y^t - r h^t) r \frac{\partial h^t}{\partial q}", "open"),
    (BELOW, r"\frac{\partial h_t}{\partial v} = \sigma'(u x_t + v h_{t-1}) h_{t-1}", "open"),
    (
        BELOW,
        r"\frac{\partial h_t}{\partial v} = \sigma(u x_t) (h_{t-1} + v \frac{\partial h_{t-1}}{\partial v})",
        "refuted",
    ),
    (
        MATRICES,
        r"\frac{\partial h_t}{\partial u} = (1 - h_t^2)(x_t + w \frac{\partial h_{t-1}}{\partial u})",
        "open",
    ),
]


@pytest.mark.parametrize(("given", "line", "status"), LINES)
def test_a_line_about_one_step(given, line, status):
    found = list(convsym.check(f"{given}\n$${line}$$\n"))[-1].status
    assert found == status or (status == "open" and found not in ("proved", "refuted"))


def test_what_the_proof_rests_on_is_said():
    text = f"{BELOW}\n$$\\frac{{\\partial o_t}}{{\\partial u}} = w \\frac{{\\partial h_t}}{{\\partial u}}$$\n"
    verdict = list(convsym.check(text))[-1]
    assert "every quantity is a number" in verdict.reason


def test_fences_whose_last_mark_is_short_or_behind_the_last_line():
    text = """
```math y = x + 1``

```math \\begin{aligned}
y - 1 &= x \\\\
y - 2 &= x - 1
\\end{aligned}```

```math y = x + 2```

```python
a = "math"
```
"""
    verdicts = list(convsym.check(text))
    assert [v.status for v in verdicts] == ["definition", "proved", "proved", "refuted"]
