"""Lines that hold under what a document gives, leaves out or sets anew, and wrong ones beside them."""

from __future__ import annotations

import pytest

from convsym.checker import check

STATE = "$$s_t = a s_{t-1} + c v_t$$\n\nwith $s_0 = 0$.\n\n"
FREE = "$$s_t = a s_{t-1} + c v_t$$\n\n"
DESCENT = (
    "$$C = \\frac12 (k q - r)^2$$\n\nWith $q = 1$, $r = 4$, $k = 0$.\n\n$$k = 0 - 0.5 \\cdot (-4) = 2$$\n\n"
)
AFFINE = "$$g = m_1 n_1 + m_2 n_2 + b$$\n\n"
OPEN = {"unsupported", "undecided"}


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (STATE + "$$s_2 = c v_2 + a c v_1$$", {"proved"}),
        (STATE + "$$s_1 = c v_1$$", {"proved"}),
        (STATE + "$$s_2 = c v_2 + a^2 c v_1$$", {"refuted"}),
        (FREE + "$$s_2 = c v_2 + a c v_1$$", {"refuted", *OPEN}),
        ("Let $b = 0.2$.\n\n$$b \\leftarrow 0.2 + 0.03 = 0.23$$", {"proved"}),
        ("Let $b = 0.2$.\n\n$$b \\leftarrow 0.2 + 0.03 = 0.25$$", {"refuted"}),
        (DESCENT + "$$\\frac{dC}{dk} = (2 \\cdot 1 - 4) \\cdot 1 = -2$$", {"proved"}),
        (DESCENT + "$$\\frac{dC}{dk} = (k q - r) q = -2$$", {*OPEN, "proved"}),
        (DESCENT + "$$2 \\cdot 1 - 4 = -3$$", {"refuted"}),
        (AFFINE + "For simplicity the bias is dropped from here on:\n\n$$g = m_1 n_1 + m_2 n_2$$", OPEN),
        (
            AFFINE + "For simplicity the bias is dropped from here on:\n\n$$g = m_1 n_1 + 2 m_2 n_2$$",
            {"refuted", *OPEN},
        ),
        (AFFINE + "With $n_0 = 1$ and $m_0 = b$,\n\n$$g = \\sum_{i=0}^2 m_i n_i$$", {"proved", *OPEN}),
    ],
)
def test_what_a_document_grants_is_heeded(text: str, allowed: set[str]) -> None:
    """The last line has one of the allowed verdicts, and nothing else is refuted."""
    *before, last = check(text, kind="markdown").files[0].verdicts
    assert str(last.status) in allowed, last
    assert not [verdict for verdict in before if str(verdict.status) == "refuted"]
