"""Functions many times inside each other: one certified point refutes what no normal form can be had of."""

from __future__ import annotations

import time

import pytest
from sympy import Symbol, diff

from convsym.checker import check
from convsym.functions import tanh
from convsym.prover.dispatch import prove_equal


def nested(name: str, times: int, letter: str = "z") -> str:
    return f"{name}(" * times + letter + ")" * times


def statuses(*lines: str) -> list[str]:
    return [one.status.value for one in check("\n\n".join(f"$${line}$$" for line in lines)).verdicts]


def test_a_number_for_the_slope_of_nested_sigmoids_is_refuted() -> None:
    found = statuses(r"\sigma(z) = \frac{1}{1+e^{-z}}", "f(z) = " + nested(r"\sigma", 20), "f'(z) = 3")
    assert found[-1] == "refuted"


@pytest.mark.parametrize("claim", ["y", "1 - z^2", r"\tanh(z)", "3"])
def test_a_wrong_slope_of_nested_tangents_is_refuted_in_time(claim: str) -> None:
    start = time.monotonic()
    found = statuses("y = " + nested(r"\tanh", 16), rf"\frac{{dy}}{{dz}} = {claim}")
    assert found == ["definition", "refuted"]
    assert time.monotonic() - start < 9


def test_slopes_of_a_few_nested_tangents_are_still_proved() -> None:
    found = statuses(
        "y = " + nested(r"\tanh", 2),
        r"\frac{dy}{dz} = (1 - \tanh(\tanh(z))^2)(1 - \tanh(z)^2)",
        r"\frac{dy}{dz} = 1 - \tanh(\tanh(z))^2",
    )
    assert found == ["definition", "proved", "refuted"]


def test_a_tangent_is_odd_and_knows_its_slope() -> None:
    z = Symbol("z")
    assert tanh(-z) == -tanh(z)
    assert diff(tanh(2 * z), z).expand() == 2 - 2 * tanh(2 * z) ** 2
    assert tanh(0) == 0


def test_deep_nesting_costs_nothing() -> None:
    start = time.monotonic()
    y = z = Symbol("z")
    for _ in range(16):
        y = tanh(y)
    assert prove_equal(diff(y, z), y).witness is not None
    assert time.monotonic() - start < 3
