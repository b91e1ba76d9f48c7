"""Activations and losses: each is one SymPy expression; gradients and code are made from it.

To add one, add an entry here (or hand an `Activation` or `Loss` of your own to `Network`): the
derivative, the derivation's steps, the generated NumPy and JavaScript all follow from the expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from sympy import Expr, Symbol, log, tanh

from convsym.errors import ConvsymError
from convsym.functions import relu, sigmoid, softplus

# The variables the definitions are written in.
Z = Symbol("z")
O = Symbol("o")  # noqa: E741 - the paper's letter
Y = Symbol("y")


_Model = TypeVar("_Model", "Activation", "Loss")


class ModelError(ConvsymError, ValueError):
    """An activation or a loss that is not known, or not well formed."""


@dataclass(frozen=True, slots=True)
class Activation:
    """An element-wise function from a pre-activation to an output.

    Attributes:
        name: what `Network(activation=...)` is given.
        value: the output as an expression in `Z` alone.

    Raises:
        ModelError: the expression has other variables.
    """

    name: str
    value: Expr

    def __post_init__(self) -> None:
        _check(self.name, self.value, {Z})

    def at(self, z: Expr) -> Expr:
        """The output at the pre-activation `z`."""
        return self.value.xreplace({Z: z})

    def slope(self, z: Expr) -> Expr:
        """The derivative do/dz at `z`, differentiated once and substituted."""
        return self.value.diff(Z).xreplace({Z: z})


@dataclass(frozen=True, slots=True)
class Loss:
    """A number that says how far the outputs are from the targets.

    Attributes:
        name: what `Network(loss=...)` is given.
        term: the share of one output cell, an expression in `O` and `Y` alone.
        reduction: "sum" adds the shares; "mean" divides their sum by the number of output entries
            (rows, columns and output channels; leading batch axes are never reduced).

    Raises:
        ModelError: the expression has other variables, or the reduction is unknown.
    """

    name: str
    term: Expr
    reduction: Literal["sum", "mean"] = "sum"

    def __post_init__(self) -> None:
        _check(self.name, self.term, {O, Y})
        if self.reduction not in ("sum", "mean"):
            raise ModelError(f'reduction of loss {self.name!r} must be "sum" or "mean"')

    def at(self, o: Expr, y: Expr) -> Expr:
        """The share of an output `o` with target `y`, before the reduction."""
        return self.term.xreplace({O: o, Y: y})

    def slope(self, o: Expr, y: Expr) -> Expr:
        """The derivative of that share with respect to the output."""
        return self.term.diff(O).xreplace({O: o, Y: y})


def _check(name: str, expression: object, allowed: set[Symbol]) -> None:
    if not isinstance(expression, Expr):
        raise ModelError(f"{name!r} must be given by a SymPy expression, not {type(expression).__name__}")
    extra = expression.free_symbols - allowed
    if extra:
        letters = ", ".join(sorted(map(str, allowed)))
        raise ModelError(f"{name!r} may only use {letters}; it also has {', '.join(sorted(map(str, extra)))}")


ACTIVATIONS: dict[str, Activation] = {
    definition.name: definition
    for definition in (
        Activation("sigmoid", sigmoid(Z)),
        Activation("tanh", tanh(Z)),
        Activation("relu", relu(Z)),
        Activation("identity", Z),
        Activation("softplus", softplus(Z)),
    )
}

LOSSES: dict[str, Loss] = {
    definition.name: definition
    for definition in (
        Loss("sum-of-squares", (O - Y) ** 2),
        Loss("mean-of-squares", (O - Y) ** 2, "mean"),
        Loss("binary-cross-entropy", -(Y * log(O) + (1 - Y) * log(1 - O))),
    )
}


def find_activation(activation: str | Activation) -> Activation:
    """The activation of that name; an `Activation` is returned as it is.

    Raises:
        ModelError: the name is not known; the message lists those that are.
    """
    return _found("activation", activation, ACTIVATIONS, Activation)


def find_loss(loss: str | Loss) -> Loss:
    """The loss of that name; a `Loss` is returned as it is.

    Raises:
        ModelError: the name is not known; the message lists those that are.
    """
    return _found("loss", loss, LOSSES, Loss)


def _found(kind: str, given: str | _Model, known: Mapping[str, _Model], model: type[_Model]) -> _Model:
    if isinstance(given, model):
        return given
    if isinstance(given, str) and given in known:
        return known[given]
    raise ModelError(_unknown(kind, given, list(known)))


def _unknown(kind: str, given: object, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(given.lower(), known, n=1) if isinstance(given, str) else []
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"unknown {kind} {repr(given)[:60]}{hint} (known: {', '.join(known)})"
