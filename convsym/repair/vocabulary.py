"""What a document offers to a repair: its families of cells, its sizes and their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from convsym.latex.syntax import Name, Node, Number, Product, Scripted, Tuple_
from convsym.repair.tree import NOWHERE, letter


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that a repair may bring into an equation.

    Attributes:
        families: letter of an indexed family -> how many indices it takes ("x" -> 2).
        sizes: a size as LaTeX ("K_W", "N") -> its value where the document has given one, else None.
        functions: names of functions in scope ("sigma").
        extents: letter of a family -> (first, last) index per axis in the subscript's order; may lack any.
        letters: names without an index that a line may have mixed up.
        unprinted: sizes that the document speaks of and never writes as a letter ("S" of "a stride of 2").
    """

    families: Mapping[str, int] = field(default_factory=dict)
    sizes: Mapping[str, int | None] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    extents: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    unprinted: Mapping[str, int | None] = field(default_factory=dict)


def size_name(node: Node) -> str | None:
    """A size's name as LaTeX without spaces or braces, or None where the node is no plain name."""
    match node:
        case Name(text, _, font) if text != "partial":
            return f"\\{text}" if len(text) > 1 and not font else text
        case Scripted(Name(base), Name(label), None, 0):
            return f"{base}_{label}"
        case Scripted(Name(base), Number(label), None, 0):
            return f"{base}_{label}"
    return None


def is_size(node: Node, vocabulary: Vocabulary) -> bool:
    """Whether a node is a size of the document, or written like one (S_W) though nobody introduced it."""
    name = size_name(node)
    if name is None:
        return False
    head, mark, label = name.partition("_")
    return name in vocabulary.sizes or (bool(mark) and head.isupper() and label.isupper())


def size_node(name: str) -> Node:
    """The tree of a size named as `size_name` names it."""
    base, _, label = name.partition("_")
    label = label.strip("{}")
    head = letter(base.lstrip("\\"))
    if not label:
        return head
    below: Node = Number(label, NOWHERE) if label.isdigit() else letter(label)
    return Scripted(head, below, None, 0, NOWHERE)


def cell_indices(node: Node, vocabulary: Vocabulary) -> tuple[str, tuple[Node, ...]] | None:
    """The letter and the indices of a cell such as x_{i,j}, x_{21} or x_{ij}; None for anything else."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.subscript is None:
        return None
    arity = vocabulary.families.get(node.base.text)
    below = node.subscript
    if isinstance(below, Tuple_):
        if arity is None and size_name(below.items[0]) in vocabulary.sizes:
            return None
        return node.base.text, below.items
    if arity is None:
        return None
    if isinstance(below, Number) and arity > 1:
        if len(below.text) != arity or not below.text.isdigit():
            return None
        return node.base.text, tuple(Number(digit, NOWHERE) for digit in below.text)
    if isinstance(below, Product) and arity > 1:
        if len(below.factors) != arity or any(operator for operator, _ in below.factors):
            return None
        return node.base.text, tuple(factor for _, factor in below.factors)
    return (node.base.text, (below,)) if arity == 1 else None


def with_indices(node: Scripted, indices: tuple[Node, ...]) -> Scripted:
    """The same cell at other indices, written in its own style where that stays readable."""
    below = node.subscript
    new: Node
    if len(indices) == 1:
        new = indices[0]
    elif isinstance(below, Number) and all(isinstance(i, Number) and len(i.text) == 1 for i in indices):
        new = Number("".join(i.text for i in indices if isinstance(i, Number)), NOWHERE)
    elif isinstance(below, Product) and all(isinstance(i, Name) for i in indices):
        new = Product(tuple(("", i) for i in indices), NOWHERE)
    else:
        new = Tuple_(indices, NOWHERE)
    return Scripted(node.base, new, node.superscript, node.primes, NOWHERE)
