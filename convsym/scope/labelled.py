r"""Entries of what carries a label itself, y_{\text{pred}, i} and z_{2,i} of z_2, as cells of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from convsym.latex.syntax import Equation, Name, Node, Number, Scripted, Span, Tuple_
from convsym.latex.walking import rewritten, walk
from convsym.scope.naming import key, strip_group

_Labelled = tuple[str, str]


def with_labelled_entries(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    """The same equations, in which a name with a label and its entries are one family.

    A number is a label where it stands alone below the name too, and no letter ever takes its place: z_2 = W_2 a
    beside z_{2,i}.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    nodes = [node for equation in equations.values() for row in equation.rows for node in walk(row)]
    alone = {whole for node in nodes if (whole := _alone(node)) is not None}
    pairs = [found for node in nodes if (found := _entry(node)) is not None]
    by_letter = {name for node in nodes for name in _by_letters(node)}
    labelled = {
        (name, label)
        for name, label, _ in pairs
        if not label.isdigit() or ((name, label) in alone and name not in by_letter)
    }
    if not labelled:
        return dict(equations)

    def change(node: Node) -> Node | None:
        entry = _entry(node)
        if entry is not None and entry[:2] in labelled and isinstance(node, Scripted):
            return replace(node, base=_name(node, entry[1]), subscript=entry[2])
        bare = _alone(node)
        if bare is not None and bare in labelled and isinstance(node, Scripted):
            name = _name(node, bare[1])
            return (
                name
                if node.superscript is None and not node.primes
                else replace(node, base=name, subscript=None)
            )
        return None

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _name(node: Scripted, label: str) -> Name:
    base = strip_group(node.base)
    assert isinstance(base, Name)
    return replace(base, text=f"{base.text}_{label}", span=node.span)


def _label(node: Node) -> str | None:
    node = strip_group(node)
    if isinstance(node, Number) and node.text.isdigit():
        return node.text
    return (
        node.text if isinstance(node, Name) and len(node.text) > 1 and node.font in ("text", "rm") else None
    )


def _base(node: Node) -> str | None:
    if not isinstance(node, Scripted) or node.subscript is None:
        return None
    base = strip_group(node.base)
    return key(base) if isinstance(base, Name) else None


def _alone(node: Node) -> _Labelled | None:
    name = _base(node)
    if name is None or not isinstance(node, Scripted) or node.subscript is None:
        return None
    label = _label(node.subscript)
    return None if label is None else (name, label)


def _entry(node: Node) -> tuple[str, str, Node] | None:
    name = _base(node)
    if name is None or not isinstance(node, Scripted) or node.subscript is None:
        return None
    subscript = strip_group(node.subscript)
    if not isinstance(subscript, Tuple_):
        return None
    label, *indices = _label(subscript.items[0]), *map(strip_group, subscript.items[1:])
    if label is None or not indices:
        return None
    index = indices[0]
    plain = len(indices) == 1 and isinstance(index, Name) and len(index.text) == 1
    if not plain and label.isdigit():
        return None
    # X_{\text{pad}, i + m, j + n}: a word is a label whatever indices follow it.
    if len(indices) > 1:
        index = Tuple_(tuple(indices), Span(indices[0].span.start, indices[-1].span.end))
    return name, label, index


def _by_letters(node: Node) -> Iterator[str]:
    """A name that carries a letter alone or a letter first."""
    name = _base(node)
    if name is None or not isinstance(node, Scripted) or node.subscript is None:
        return
    subscript = strip_group(node.subscript)
    first = strip_group(subscript.items[0]) if isinstance(subscript, Tuple_) else subscript
    if isinstance(first, Name) and len(first.text) == 1:
        yield name


__all__ = ["with_labelled_entries"]
