"""Values of nodes evaluated before: edits of one formula share most of their nodes with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convsym.latex.syntax import Name, Node
from convsym.scope.naming import key
from convsym.scope.survey import children

_LARGEST = 100_000
"""Entries kept of each kind; a few hundred bytes each."""


class Memory:
    """What nodes came to, by their identity and the values of the letters that stand in them.

    Holds for one scope and one arithmetic. Errors are not kept: what failed is tried anew.
    """

    __slots__ = ("_indices", "_names", "_values")

    def __init__(self) -> None:
        # The node is kept beside what is known of it, so that its identity cannot be given to another one.
        self._values: dict[tuple[Any, ...], tuple[Node, Any]] = {}
        self._indices: dict[tuple[Any, ...], tuple[Node, Any]] = {}
        self._names: dict[int, tuple[Node, frozenset[str]]] = {}

    def value(self, node: Node, env: Mapping[str, Any], evaluate: Callable[[Node, Any], Any]) -> Any:
        """The value of a node, evaluated where it is not known."""
        return self._recalled(self._values, node, env, evaluate)

    def index(self, node: Node, env: Mapping[str, Any], evaluate: Callable[[Node, Any], Any]) -> Any:
        """The value of a node read as an index, evaluated where it is not known."""
        return self._recalled(self._indices, node, env, evaluate)

    def _recalled(
        self,
        known: dict[tuple[Any, ...], tuple[Node, Any]],
        node: Node,
        env: Mapping[str, Any],
        evaluate: Callable[[Node, Any], Any],
    ) -> Any:
        names = self._names_in(node)
        # A key that is no plain letter (x_1 of a function of x_1) may be printed in several nodes.
        mark = (id(node), *(item for item in env.items() if item[0] in names or not item[0].isalnum()))
        found = known.get(mark)
        if found is not None:
            return found[1]
        value = evaluate(node, env)
        if len(known) >= _LARGEST:
            known.clear()
        known[mark] = node, value
        return value

    def _names_in(self, node: Node) -> frozenset[str]:
        """The names that stand in a node."""
        found = self._names.get(id(node))
        if found is None:
            below = [self._names_in(child) for child in children(node)]
            names = frozenset([key(node)]) if isinstance(node, Name) else frozenset().union(*below)
            if len(self._names) >= _LARGEST:
                self._names.clear()
            found = self._names[id(node)] = node, names
        return found[1]
