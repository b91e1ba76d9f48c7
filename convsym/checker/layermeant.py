r"""The layer that a note on its gradients means and never writes: Y_{o,i,j} = \sum X_{c,i+m,j+n} W_{o,c,m,n}."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from convsym.errors import ConvsymError
from convsym.latex.syntax import Fraction_, Name, Node, Sum_
from convsym.latex.walking import walk
from convsym.scope.convolving import speaks_of_convolution
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import Reference, key, strip_group
from convsym.scope.operators import derivative_parts
from convsym.scope.statements import Statement

# Indices of the output and of the kernel: one axis, two, and two with channels.
_RANKS = {(1, 1): 0, (2, 2): 0, (3, 4): 1}


def layers_meant(statement: Statement, scope: Scope) -> Iterator[str]:
    """The usual layer whose gradient by the kernel a claim is about, as a line of a text.

    Args:
        statement: a claim \\partial L / \\partial W_{o,c,m,n} = \\sum \\partial L / \\partial Y_{o,i,j} X_{...}.
        scope: the scope it is read in; it has to speak of convolutions, and to define no such Y.
    """
    kernel = _below(strip_group(statement.left), scope)
    if kernel is None or not speaks_of_convolution(scope):
        return
    above = [found for part in walk(statement.right) if (found := _below(part, scope)) is not None]
    if len({found.name for found in above}) != 1:
        return
    output = above[0]
    letters, taps = _letters(output), _letters(kernel)
    channels = _RANKS.get((len(letters), len(taps)))
    images = {
        reference.name
        for reference in scope.mentions(statement.right)
        if reference.indices and any(isinstance(strip_group(index), Sum_) for index in reference.indices)
    } - {output.name, kernel.name}
    if channels is None or len(images) != 1 or len({*letters, *taps}) != len(letters) + len(taps) - channels:
        return
    if letters[:channels] != taps[:channels] or any(
        len(rule.patterns) == len(letters) for rule in scope.rules.get(output.name, [])
    ):
        return
    image = latex_name(images.pop())
    inner = taps[channels : 2 * channels]
    places = (*inner, *(f"{i}+{m}" for i, m in zip(letters[channels:], taps[2 * channels :], strict=True)))
    bound = ",".join((*inner, *taps[2 * channels :]))
    left, right = (latex_name(one.name) for one in (output, kernel))
    product = f"{image}_{{{','.join(places)}}} {right}_{{{','.join(taps)}}}"
    bias = _bias(letters[:channels], scope)
    yield f"{left}_{{{','.join(letters)}}} = \\sum_{{{bound}}} {product}{bias}"


def _bias(channel: tuple[str, ...], scope: Scope) -> str:
    """The term of a bias that the document differentiates by: one a channel, or one in all."""
    named = any(below == "b" for _, below in scope.survey.partials)
    if not named or scope.habits.arity.get("b", 0) != len(channel):
        return ""
    return f" + b_{{{','.join(channel)}}}" if channel else " + b"


def _below(node: Node, scope: Scope) -> Reference | None:
    """The cell that a derivative is by."""
    if isinstance(node, Fraction_):
        with suppress(ConvsymError):
            parts = derivative_parts(node, {}, scope)
            below = None if parts is None else scope.refer(parts.below, {})
            if below is not None and below.indices and below.layer is None:
                return below
    return None


def _letters(reference: Reference) -> tuple[str, ...]:
    """The letters that a cell stands at, () where one of its indices is no letter."""
    plain = [strip_group(index) for index in reference.indices]
    letters = tuple(key(index) for index in plain if isinstance(index, Name))
    return letters if len(letters) == len(plain) else ()


__all__ = ["layers_meant"]
