"""Letters whose number makes another matrix of them: W_1 and W_2 are two matrices, not two entries of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from convsym.latex.syntax import Bracket, Chain, Matrix, Name, Node, Number, Product, Scripted, Tuple_
from convsym.latex.walking import children, walk
from convsym.scope.naming import key, strip_group

_TRANSPOSED = frozenset({"T", "top", "intercal", "prime"})
_ENTRYWISE = frozenset({"odot", "circ"})


def numbered_letters(nodes: Collection[Node]) -> frozenset[str]:
    """The letters that carry nothing but single numbers, in a document that multiplies such capitals as matrices.

    W_1 x + b_1 has a product of a numbered capital with a plain name, or W_2^T, or \\odot beside it: entries of a
    matrix would be multiplied with entries. Letters that occur without a number, with a letter as
    an index or in a printed matrix keep their entries, where no line says that W_1 lies among the matrices.

    Args:
        nodes: every formula of the document.
    """
    numbers: set[str] = set()
    otherwise: set[str] = set()
    for root in nodes:
        listed = root.first if isinstance(root, Chain) and _says_where(root) else None
        for node in walk(root):
            if node is not listed:
                otherwise.update(_entries_printed(node))
            script = _script(node)
            if script is not None:
                name, subscript = script
                single = (
                    isinstance(subscript, Number) and subscript.text.isdigit() and len(subscript.text) == 1
                )
                (numbers if single else otherwise).add(name)
    declared = _declared(nodes) & numbers - otherwise
    otherwise |= _bare(nodes)
    numbers -= otherwise
    if declared:
        return frozenset(numbers | _made_of(nodes, declared))
    capitals = {name for name in numbers if len(name) == 1 and name.isupper()}
    if not any(_is_matrix_like(node, capitals) for root in nodes for node in walk(root)):
        return frozenset()
    return frozenset(numbers)


def _script(node: Node) -> tuple[str, Node] | None:
    if not isinstance(node, Scripted) or node.subscript is None:
        return None
    base = strip_group(node.base)
    return (key(base), strip_group(node.subscript)) if isinstance(base, Name) else None


def _says_where(row: Chain) -> bool:
    """Whether a line says where names lie, and nothing else."""
    return len(row.links) == 1 and row.links[0][0] == "in"


def _declared(nodes: Collection[Node]) -> set[str]:
    r"""Letters of which a line says that one with a number is a matrix: W_1, W_2 \in \mathbb{R}^{m \times n}."""
    found: set[str] = set()
    for root in nodes:
        if not isinstance(root, Chain) or root.first is None or not _says_where(root):
            continue
        space = strip_group(root.links[0][1])
        if not isinstance(space, Scripted) or space.superscript is None:
            continue
        power = strip_group(space.superscript)
        if not isinstance(power, Product) or all(operator != "times" for operator, _ in power.factors):
            continue
        first = strip_group(root.first)
        for item in first.items if isinstance(first, Tuple_) else (first,):
            script = _script(strip_group(item))
            if script is not None and isinstance(script[1], Number):
                found.add(script[0])
    return found


def _made_of(nodes: Collection[Node], declared: set[str]) -> set[str]:
    """The declared letters, and the capitals with a number that some line computes from them: Y_1 = W X_1."""
    found = set(declared)
    for _ in range(3):
        for root in nodes:
            if not isinstance(root, Chain) or root.first is None or not root.links:
                continue
            script = _script(strip_group(root.first))
            if script is None or not script[0].isupper() or not isinstance(script[1], Number):
                continue
            relation, value = root.links[0]
            scripts = [_script(part) for part in walk(value)]
            if relation == "=" and any(part is not None and part[0] in found for part in scripts):
                found.add(script[0])
    return found


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
