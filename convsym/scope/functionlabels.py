r"""Functions with a label, \sigma_h of the hidden state and \sigma_y of the output: each is a function of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from convsym.document import Display
from convsym.latex.syntax import BigOperator, Bracket, Equation, Name, Node, Product, Scripted, Words
from convsym.latex.walking import rewritten, walk
from convsym.scope.naming import strip_group

_FUNCTIONS = frozenset({"sigma", "phi", "varphi", "psi", "rho", "f", "g"})
# Names that a labelled function is given: letters that no text takes for one certain function.
_NAMES = ("varphi", "psi", "rho", "Phi")
# Letters that count wherever they stand: \varphi_k(v_k) is the function of the k-th unit.
_COUNTING = frozenset("ijklmnpqrstuv")

_ALONE = re.compile(r"\s*\\?(?P<letter>[A-Za-z]+)_\{?\s*(?P<label>[A-Za-z]+)\s*\}?\s*")
_KIND = r"(?:activation|transfer|squashing)"
_SAID_BEHIND = re.compile(
    rf"[$\s]*(?:-|–|—|:|is|denotes|stands for|be)\s*(?:the |an? |our |some |any )?(?:[\w-]+ )?{_KIND}\b", re.I
)
_SAID_BEFORE = re.compile(rf"\b{_KIND} function,?[\s$]*$", re.I)

# A function's letter and its label.
_Labelled = tuple[str, str]


def labels_said(formulas: Iterable[Display]) -> set[_Labelled]:
    r"""The functions with a label that a text introduces: "$f_a$ is the activation function".

    Args:
        formulas: the formulas of a document, with the words around them.
    """
    found = set()
    for formula in formulas:
        match = _ALONE.fullmatch(formula.latex)
        if match is None or match["letter"] not in _FUNCTIONS:
            continue
        if _SAID_BEHIND.match(formula.after) or _SAID_BEFORE.search(formula.before):
            found.add((match["letter"], match["label"]))
    return found


def with_named_functions(
    equations: Mapping[int, Equation], said: Collection[_Labelled] = ()
) -> tuple[dict[int, Equation], dict[str, _Labelled]]:
    r"""The same formulas, in which a function with a label has a letter of its own.

    A letter below a function is a label if the function is applied wherever it stands, no sum runs over the letter,
    and no line \(y_h = \sigma_h(z_h)\) carries it on its left side. Where the text itself calls $f_a$ the activation
    function, another a may count elsewhere.

    Args:
        equations: the formulas of a document by their number; not changed.
        said: the functions that the text introduces with their label.

    Returns:
        The formulas, and the letter and the label that each new name stands for.
    """
    equations = {number: rewritten(equation, _primed_outside) for number, equation in equations.items()}
    # A name that stands alone in a sentence, "$\\sigma_h$ is an activation function", says nothing of its use.
    rows = [row for equation in equations.values() for row in equation.rows if row.links]
    applied: set[_Labelled] = set()
    bare: set[_Labelled] = set()
    running: set[str] = set()
    for row in rows:
        seen = {labelled for part in walk(row) if (labelled := _labelled(part)) is not None}
        here = {labelled for part in walk(row) if isinstance(part, Product) for labelled in _applied(part)}
        applied |= here
        bare |= seen - here
        running |= {
            name.text
            for part in walk(row)
            if isinstance(part, BigOperator) and part.lower is not None
            for name in walk(part.lower)
            if isinstance(name, Name)
        }
        if row.first is not None:
            running |= {
                below.text
                for part in walk(row.first)
                if isinstance(part, Scripted) and part.subscript is not None
                # \sigma_h(x) = \tanh(x) defines the function: its label is no index of the line.
                if _labelled(part) not in here
                if isinstance(below := strip_group(part.subscript), Name)
            }
    said = {one for one in said if not any(_runs_around(row, one) for row in rows)}
    own = sorted(one for one in applied - bare if one in said or one[1] not in running | _COUNTING)
    used = {part.text for row in rows for part in walk(row) if isinstance(part, Name)}
    free = [name for name in _NAMES if name not in used]
    if not own or len(own) > len(free):
        return dict(equations), {}
    names = dict(zip(own, free, strict=False))

    def change(node: Node) -> Node | None:
        found = _labelled(node)
        if found is None or found not in names or not isinstance(node, Scripted):
            return None
        name = Name(names[found], node.base.span)
        if not node.primes and node.superscript is None:
            return name
        return replace(node, base=name, subscript=None)

    meant = {name: labelled for labelled, name in names.items()}
    return {number: rewritten(equation, change) for number, equation in equations.items()}, meant


def _primed_outside(node: Node) -> Node | None:
    """The function {f_a}' as f_a', the prime on the same node as the label."""
    if not isinstance(node, Scripted) or not node.primes or node.subscript or node.superscript:
        return None
    inner = strip_group(node.base)
    if not isinstance(inner, Scripted) or _labelled(inner) is None or inner.primes or inner.superscript:
        return None
    return replace(node, base=inner.base, subscript=inner.subscript)


def _runs_around(row: Node, labelled: _Labelled) -> bool:
    """Whether a labelled function stands under a sum over the letter that it carries."""
    return any(
        isinstance(part, BigOperator)
        and part.lower is not None
        and any(isinstance(name, Name) and name.text == labelled[1] for name in walk(part.lower))
        and any(_labelled(inner) == labelled for inner in walk(part.body))
        for part in walk(row)
    )


def as_labelled(text: str, meant: Mapping[str, _Labelled]) -> str:
    r"""A text in which the document's own spelling stands, \sigma_h for the name that was given to it.

    Args:
        text: a reason, a repair, a step.
        meant: the letter and the label that a name stands for.
    """
    for name, (letter, label) in meant.items():
        head = letter if len(letter) == 1 else f"\\{letter}"
        below = label if len(label) == 1 else f"{{{label}}}"
        spelled = f"{head}_{below}"
        text = re.sub(rf"(?<![A-Za-z])\\?{name}(?![A-Za-z])", spelled.replace("\\", r"\\"), text)
    return text


def with_unit_functions(equations: Mapping[int, Equation]) -> dict[int, Equation]:
    r"""The same formulas, in which \varphi_k(v_k), the function of the unit k, is written \varphi(v_k).

    The argument tells the units apart, and so what holds of one \varphi holds of one for each unit. That is done where
    every function of that letter with an index is applied to what carries the index, and no line defines one.

    Args:
        equations: the formulas of a document by their number; not changed.
    """
    rows = [row for equation in equations.values() for row in equation.rows]
    tied: set[str] = set()
    loose: set[str] = set()
    for row in rows:
        seen = [node for part in walk(row) if (node := strip_group(part)) and _labelled(node) is not None]
        own = {id(node) for part in walk(row) if isinstance(part, Product) for node in _of_its_unit(part)}
        for node in seen:
            labelled = _labelled(node)
            assert labelled is not None
            (tied if id(node) in own and labelled[1] in _COUNTING else loose).add(labelled[0])
        if row.links and row.first is not None:
            first = strip_group(row.first)
            if isinstance(first, Product):
                loose |= {found[0] for _, one in first.factors[:1] if (found := _labelled(strip_group(one)))}
    names = tied - loose

    def change(node: Node) -> Node | None:
        found = _labelled(node)
        if found is None or found[0] not in names or not isinstance(node, Scripted):
            return None
        if not node.primes and node.superscript is None:
            return node.base
        return replace(node, subscript=None)

    return {n: rewritten(equation, change) for n, equation in equations.items()} if names else dict(equations)


def _of_its_unit(product: Product) -> Iterator[Node]:
    """The functions with an index that stand before a bracket in which some cell carries that index."""
    for (_, one), (operator, behind) in zip(product.factors, product.factors[1:], strict=False):
        head, bracket = strip_group(one), strip_group(behind)
        found = _labelled(head)
        if found is None or operator or not isinstance(bracket, Bracket) or bracket.kind not in ("(", "["):
            continue
        below = [
            name.text
            for part in walk(bracket)
            if isinstance(part, Scripted) and part.subscript is not None
            for name in walk(part.subscript)
            if isinstance(name, Name)
        ]
        if found[1] in below:
            yield head


def _labelled(node: Node) -> _Labelled | None:
    if not isinstance(node, Scripted) or node.subscript is None:
        return None
    base, below = strip_group(node.base), strip_group(node.subscript)
    if not isinstance(base, Name) or base.text not in _FUNCTIONS or not isinstance(below, Name | Words):
        return None
    return base.text, below.text


def _applied(product: Product) -> Iterator[_Labelled]:
    """The labelled functions that stand before a bracket."""
    for (_, one), (operator, behind) in zip(product.factors, product.factors[1:], strict=False):
        found = _labelled(strip_group(one))
        if found is not None and not operator and isinstance(bracket := strip_group(behind), Bracket):
            if bracket.kind in ("(", "["):
                yield found


__all__ = ["as_labelled", "labels_said", "with_named_functions", "with_unit_functions"]
