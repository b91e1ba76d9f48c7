"""The general theorem against cell-wise `sympy.diff` on concrete geometries."""

from __future__ import annotations

import random

import pytest
from sympy import Add, Symbol, expand

from convsym import forward
from convsym.geometry import Convolution, array_positions, cell
from convsym.models import ACTIVATIONS, LOSSES
from convsym.sums import differentiate, equal_for_all_sizes, instantiate
from convsym.theorem import Theorem, theorem
from convsym.verdict import Proved


def geometries(count: int, channels: bool) -> list[Convolution]:
    rng = random.Random(11 + channels)
    found: list[Convolution] = []
    while len(found) < count:
        kernel = (rng.randint(1, 3), rng.randint(1, 3))
        dilation = (rng.randint(1, 3), rng.randint(1, 2))
        padding = (rng.randint(0, 2), rng.randint(0, 1))
        size = (rng.randint(1, 5), rng.randint(1, 5))
        if any(
            s + 2 * p < d * (k - 1) + 1 for s, p, d, k in zip(size, padding, dilation, kernel, strict=True)
        ):
            continue
        found.append(
            Convolution(
                input=size,
                kernel=kernel,
                stride=(rng.randint(1, 3), rng.randint(1, 3)),
                padding=padding,
                dilation=dilation,
                channels=(2, 2) if channels else None,
                normalize=rng.choice(["kernel-area", None]),
            )
        )
    return found


THEOREMS: dict[tuple[str, bool, bool], Theorem] = {}


def general(wrt: str, conv: Convolution) -> Theorem:
    key = (wrt, conv.channels is not None, conv.normalize is not None)
    if key not in THEOREMS:
        THEOREMS[key] = theorem(conv, ACTIVATIONS["identity"], LOSSES["sum-of-squares"], wrt, True)
    return THEOREMS[key]


def entries(conv: Convolution, wrt: str) -> list[tuple[Symbol, dict[Symbol, int]]]:
    """Each cell of a variable with the values of the theorem's free indices."""
    if wrt == "b":
        if conv.channels is None:
            return [(Symbol("b"), {})]
        return [(cell("b", (q,)), {forward.CHANNEL_OUT: q + 1}) for q in range(conv.channels[1])]
    names = forward.TAP_INDEX if wrt == "k" else forward.INPUT_INDEX
    front = () if conv.channels is None else (forward.CHANNEL_OUT, forward.CHANNEL_IN)[wrt == "x" :]
    result = []
    for at in array_positions(conv.shape_of(wrt)):
        *channels, row, column = at
        values = dict(zip(front, (c + 1 for c in channels), strict=True))
        result.append((cell(wrt, at), {**values, names[0]: column + 1, names[1]: row + 1}))
    return result


def check(conv: Convolution, wrt: str) -> None:
    """delta stands for any upstream gradient: the sum of delta z has the theorem's derivative."""
    proved = general(wrt, conv)
    cells = forward.cells(conv, ACTIVATIONS["identity"], LOSSES["sum-of-squares"], True)
    outputs = list(array_positions(conv.output_shape))
    total = Add(*(cell("delta", at) * cells.z[cell("z", at)] for at in outputs))
    numbers = forward.sizes(conv)
    for variable, indices in entries(conv, wrt):
        got = instantiate(proved.result.rhs, {**numbers, **indices}, proved.facts)
        assert expand(got - total.diff(variable)) == 0, (conv, variable)


@pytest.mark.parametrize("conv", geometries(34, channels=False), ids=str)
def test_the_theorem_at_a_geometry(conv: Convolution) -> None:
    for wrt in ("k", "x", "b"):
        check(conv, wrt)


@pytest.mark.parametrize("conv", geometries(4, channels=True), ids=str)
def test_the_theorem_with_channels(conv: Convolution) -> None:
    for wrt in ("k", "x", "b"):
        check(conv, wrt)


@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        ("sigmoid", "sum-of-squares"),
        ("tanh", "mean-of-squares"),
        ("relu", "sum-of-squares"),
        ("sigmoid", "binary-cross-entropy"),
    ],
)
def test_every_step_is_proved_for_all_sizes(activation: str, loss: str) -> None:
    conv = Convolution(input=(3, 3), kernel=(2, 2))
    for wrt in ("k", "x"):
        result = theorem(conv, ACTIVATIONS[activation], LOSSES[loss], wrt)
        assert result.assuming
        for step in result.steps:
            if step.claim is not None:
                assert isinstance(step.proof, Proved)
                assert step.proof.sizes == "all"
        assert all(latex in result._repr_latex_() for latex in ("aligned", "sum"))


def test_a_wrong_closed_form_is_not_proved() -> None:
    conv = Convolution(input=(3, 3), kernel=(2, 2))
    right = theorem(conv, ACTIVATIONS["identity"], LOSSES["sum-of-squares"], "k")
    facts, (left, closed) = right.facts, right.steps[-1].claim
    x = forward.FAMILIES.x
    assert equal_for_all_sizes(left, closed, facts) is not None
    # The lost divisor, the lost stride, and a shift by one.
    assert equal_for_all_sizes(left, closed * forward.K_SIZE[0], facts) is None
    assert equal_for_all_sizes(left, closed.subs(forward.STRIDE[0], 1), facts) is None
    shifted = closed.replace(
        lambda e: getattr(e, "base", None) == x, lambda e: x[e.indices[0] + 1, e.indices[1]]
    )
    assert equal_for_all_sizes(left, shifted, facts) is None


def test_the_gradient_with_the_activation_at_a_geometry() -> None:
    conv = Convolution(input=(3, 4), kernel=(2, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2))
    activation, loss = ACTIVATIONS["sigmoid"], LOSSES["binary-cross-entropy"]
    equations = forward.indexed(conv, activation, loss)
    ((z, value),), ((o, output),) = equations.z.items(), equations.o.items()
    whole = equations.loss.xreplace({o: output}).xreplace({z: value})
    facts = general("k", conv).facts
    m, n = forward.TAP_INDEX
    gradient = differentiate(whole, forward.FAMILIES.k[m, n], facts)
    numbers = forward.sizes(conv)
    total = instantiate(whole, numbers, facts)
    point = {s: 0.1 + 0.07 * t for t, s in enumerate(sorted(total.free_symbols, key=str))}
    for column, row in ((1, 1), (2, 1), (1, 2)):
        got = instantiate(gradient, {**numbers, m: column, n: row}, facts).evalf(subs=point)
        expected = total.diff(cell("k", (row - 1, column - 1))).evalf(subs=point)
        assert abs(got - expected) < 1e-12
