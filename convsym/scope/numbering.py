"""Letters whose number makes another matrix of them: W_1 and W_2 are two matrices, not two entries of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from convsym.latex.syntax import Bracket, Matrix, Name, Node, Number, Product, Scripted, Tuple_
from convsym.latex.walking import children, walk
from convsym.scope.naming import key, strip_group

_TRANSPOSED = frozenset({"T", "top", "intercal", "prime"})
_ENTRYWISE = frozenset({"odot", "circ"})


def numbered_letters(nodes: Collection[Node]) -> frozenset[str]:
    """The letters that carry nothing but single numbers, in a document that multiplies such capitals as matrices.

    W_1 x + b_1 has a product of a numbered capital with a plain name, or W_2^T, or \\odot beside it: entries of a
    matrix would be multiplied with entries. Letters that occur without a number, with a letter as
    an index or in a printed matrix keep their entries.

    Args:
        nodes: every formula of the document.
    """
    numbers: set[str] = set()
    otherwise: set[str] = set()
    for root in nodes:
        for node in walk(root):
            otherwise.update(_entries_printed(node))
            script = _script(node)
            if script is not None:
                name, subscript = script
                single = (
                    isinstance(subscript, Number) and subscript.text.isdigit() and len(subscript.text) == 1
                )
                (numbers if single else otherwise).add(name)
    otherwise |= _bare(nodes)
    numbers -= otherwise
    capitals = {name for name in numbers if len(name) == 1 and name.isupper()}
    if not any(_is_matrix_like(node, capitals) for root in nodes for node in walk(root)):
        return frozenset()
    return frozenset(numbers)


def _script(node: Node) -> tuple[str, Node] | None:
    if not isinstance(node, Scripted) or node.subscript is None:
        return None
    base = strip_group(node.base)
    return (key(base), strip_group(node.subscript)) if isinstance(base, Name) else None


def _entries_printed(node: Node) -> Iterator[str]:
    """Letters whose numbered cells stand in a printed matrix or in a list: those are entries of one thing."""
    items: list[Node] = []
    if isinstance(node, Matrix):
        items = [cell for row in node.rows for cell in row if cell is not None]
    elif isinstance(node, Tuple_) or (isinstance(node, Bracket) and len(node.items) > 1):
        items = list(node.items)
        if sum(_script(strip_group(item)) is not None for item in items) == 1:
            return  # max(0, z_1) lists no entries
    for item in items:
        script = _script(strip_group(item))
        if script is not None:
            yield script[0]


def _bare(nodes: Collection[Node]) -> set[str]:
    """Letters that stand without any subscript."""
    found: set[str] = set()
    stack = list(nodes)
    while stack:
        node = strip_group(stack.pop())
        if isinstance(node, Name):
            found.add(key(node))
        elif isinstance(node, Scripted):
            if node.subscript is None or not isinstance(strip_group(node.base), Name):
                stack.append(node.base)
            if node.superscript is not None:
                stack.append(node.superscript)
        else:
            stack.extend(children(node))
    return found


def _is_matrix_like(node: Node, capitals: Collection[str]) -> bool:
    """Whether a node multiplies a numbered capital as a matrix: W_1 x, W_2^T, Z_1 \\odot A_1."""
    script = _script(node)
    if (
        script is not None
        and script[0] in capitals
        and isinstance(node, Scripted)
        and node.superscript is not None
    ):
        raised = strip_group(node.superscript)
        return isinstance(raised, Name) and raised.text in _TRANSPOSED
    if not isinstance(node, Product):
        return False
    for (_, first), (operator, second) in zip(node.factors, node.factors[1:], strict=False):
        one, other = _script(strip_group(first)), strip_group(second)
        if one is None or one[0] not in capitals:
            continue
        if operator in _ENTRYWISE:
            return True
        if operator in ("", "cdot", "*") and (isinstance(other, Name) and other.text.islower()):
            return True
    return False
