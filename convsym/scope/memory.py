"""Values of nodes evaluated before: edits of one formula share most of their nodes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from convsym.latex.syntax import Name, Node
from convsym.latex.walking import children
from convsym.scope.indices import index_value
from convsym.scope.model import Index
from convsym.scope.naming import key

if TYPE_CHECKING:
    from convsym.scope.elaborate import Elaborator, Env, Value

Mark: TypeAlias = tuple[Any, ...]
_Known: TypeAlias = tuple[Node, Any, frozenset[int], frozenset[str], frozenset[str]]
"""A node, its value, and what that rests on: statements, assumptions, guesses."""

_LARGEST = 100_000
"""Entries kept of each kind; a few hundred bytes each."""


class Memory:
    """What nodes came to, by their identity and the values of the letters that stand in them.

    Holds for one scope and one arithmetic. Errors are not kept: what failed is tried anew.

    Args:
        settled: what is known of a scope in which one definition was another.
        changed: number of the statement that gave that definition; what rests on it is not taken over.
    """

    __slots__ = ("_changed", "_indices", "_names", "_settled", "_values")

    def __init__(self, settled: Memory | None = None, changed: int = -1) -> None:
        # The node is kept beside what is known of it, so that its identity cannot be given to another one.
        self._values: dict[Mark, _Known] = {}
        self._indices: dict[Mark, tuple[Node, Index]] = {}
        self._names: dict[int, tuple[Node, frozenset[str]]] = {} if settled is None else settled._names
        self._settled = {} if settled is None else settled._values
        self._changed = changed

    def value(self, elaborator: Elaborator, node: Node, env: Env) -> Value:
        """The value of a node, evaluated where it is not known; what it rests on is kept as if it had been."""
        mark = self._mark(node, env)
        found = self._values.get(mark)
        if found is None:
            found = self._settled.get(mark)
            if found is None or self._changed in found[2]:
                found = self._evaluated(elaborator, node, env, mark)
        if not found[2] <= elaborator.used:
            elaborator.used |= found[2]
        if not found[3] <= elaborator.assumed:
            elaborator.assumed |= found[3]
        if not found[4] <= elaborator.guesses:
            elaborator.guesses |= found[4]
        return found[1]

    def _evaluated(self, elaborator: Elaborator, node: Node, env: Env, mark: Mark) -> _Known:
        outer, elaborator.used = elaborator.used, set()
        assumed, elaborator.assumed = elaborator.assumed, set()
        guesses, elaborator.guesses = elaborator.guesses, set()
        try:
            value = elaborator.evaluate(node, env)
        finally:
            inner, supposed = frozenset(elaborator.used), frozenset(elaborator.assumed)
            guessed = frozenset(elaborator.guesses)
            elaborator.used, elaborator.assumed = outer | inner, assumed | supposed
            elaborator.guesses = guesses | guessed
        if len(self._values) >= _LARGEST:
            self._values.clear()
        found = self._values[mark] = node, value, inner, supposed, guessed
        return found

    def index(self, elaborator: Elaborator, node: Node, env: Env) -> Index:
        """The value of a node read as an index, evaluated where it is not known."""
        mark = self._mark(node, env)
        found = self._indices.get(mark)
        if found is None:
            if len(self._indices) >= _LARGEST:
                self._indices.clear()
            found = self._indices[mark] = node, index_value(elaborator, node, env)
        return found[1]

    def _mark(self, node: Node, env: Env) -> Mark:
        names = self._names_in(node)
        # A key that is no plain letter (x_1 of a function of x_1) may be printed in several nodes.
        return (id(node), *(item for item in env.items() if item[0] in names or not item[0].isalnum()))

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
