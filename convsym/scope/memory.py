"""Values of nodes evaluated before: edits of one formula share most of their nodes with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convsym.latex.syntax import Node

_LARGEST = 100_000
"""Entries kept of each kind; a few hundred bytes each."""


class Memory:
    """What nodes came to, by their identity and the values of the letters around them.

    Holds for one scope and one arithmetic. Errors are not kept: what failed is tried anew.
    """

    __slots__ = ("_indices", "_values")

    def __init__(self) -> None:
        # The node is kept beside its value, so that its identity cannot be given to another one.
        self._values: dict[tuple[Any, ...], tuple[Node, Any]] = {}
        self._indices: dict[tuple[Any, ...], tuple[Node, Any]] = {}

    def value(self, node: Node, env: Mapping[str, Any], evaluate: Callable[[Node, Any], Any]) -> Any:
        """The value of a node, evaluated where it is not known."""
        return _recalled(self._values, node, env, evaluate)

    def index(self, node: Node, env: Mapping[str, Any], evaluate: Callable[[Node, Any], Any]) -> Any:
        """The value of a node read as an index, evaluated where it is not known."""
        return _recalled(self._indices, node, env, evaluate)


def _recalled(
    known: dict[tuple[Any, ...], tuple[Node, Any]],
    node: Node,
    env: Mapping[str, Any],
    evaluate: Callable[[Node, Any], Any],
) -> Any:
    mark = (id(node), *env.items())
    found = known.get(mark)
    if found is not None:
        return found[1]
    value = evaluate(node, env)
    if len(known) >= _LARGEST:
        known.clear()
    known[mark] = node, value
    return value
