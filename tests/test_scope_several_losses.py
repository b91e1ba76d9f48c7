"""Documents that list several losses under one name, and derive one of them later on."""

from __future__ import annotations

import convsym

_LOSSES = r"""# Losses

For regression:
$$J{} = \frac{1}{2} (t - q)^2$$
For classification we redefine it:
$$J{} = -t \log q - (1 - t) \log(1 - q)$$

# Model

The sigmoid unit computes $q = \sigma(s)$ with $s = v u + c$.
"""
_CLAIMS = [
    (r"\frac{\partial J}{\partial q} = q - t", "open"),
    (r"\frac{\partial J}{\partial s} = q - t", "proved"),
    (r"\frac{\partial J}{\partial s} = (q - t) q (1 - q)", "open"),
    (r"\frac{\partial J}{\partial v} = (q - t) u", "proved"),
]


def _verdicts(losses: str, claims: list[str], words: str = "") -> list[str]:
    text = losses + words + "\n".join(f"$${claim}$$" for claim in claims)
    return [str(verdict.status) for verdict in convsym.check(text).verdicts][-len(claims) :]


def test_what_holds_for_another_loss_of_the_list_is_not_refuted() -> None:
    for arguments in ("", "(q, t)"):
        found = _verdicts(_LOSSES.replace("{}", arguments), [claim for claim, _ in _CLAIMS])
        for (claim, expected), status in zip(_CLAIMS, found, strict=True):
            assert status == expected or (expected == "open" and status == "unsupported"), claim


def test_words_say_which_loss_is_meant() -> None:
    losses = _LOSSES.replace("{}", "")
    words = "We train the unit with the squared error.\n"
    assert _verdicts(losses, [r"\frac{\partial J}{\partial q} = q - t"], words) == ["proved"]
    words = "We train the unit with the cross-entropy.\n"
    assert _verdicts(losses, [r"\frac{\partial J}{\partial q} = q - t"], words) == ["unsupported"]


def test_what_holds_for_no_loss_is_refuted_and_so_is_what_stands_beside_its_own() -> None:
    losses = _LOSSES.replace("{}", "")
    assert _verdicts(losses, [r"\frac{\partial J}{\partial q} = q + t"]) == ["refuted"]
    beside = losses.partition("# Model")[0]
    assert _verdicts(beside, [r"\frac{\partial J}{\partial q} = q - t"]) == ["refuted"]
