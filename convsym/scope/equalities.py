"""What a line is fixed to by the words around it: "for K = 2", "at x = 3", or a bar with x = 3 below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from convsym.document import Display
from convsym.errors import ConvsymError
from convsym.latex.parser import parse_rows
from convsym.latex.printer import to_latex
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Chain,
    Equation,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Signed,
    Span,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.walking import rewritten, walk
from convsym.scope.forms import is_numeric
from convsym.scope.generality import GENERAL
from convsym.scope.model import latex_name
from convsym.scope.naming import key, strip_group

_IF = (
    r"(?:when(?:ever)?|if|for|at|case|suppos(?:e|ing)|assum(?:e|ing)|setting|taking|putting|with|"
    r"initially|at first|(?:at|in) the beginning|to begin with|"
    r"si|quand|lorsque|pour|wenn|falls|für|bei|fall|cuando|para|caso|se|当|若|如果|对于|при|если)"
)
WITHOUT = r"(?:without|no)\s+\w+(?:[ -]\w+){0,2}\s*\(\s*"
"""Words that name what is left out before the value, in brackets, at which it is: "without momentum (mu = 0)"."""
_EQUATIONS = r"\$([^$]{1,60})\$((?:\s*(?:,|and|und|et|y|e|, and|, und)\s*\$[^$]{1,60}\$)*)"
_LEFT_OUT = re.compile(rf"\b{WITHOUT}\Z", re.I)
_SAID = re.compile(rf"(?:(?:\b|(?<=[^\W\d_])|^){_IF}\b[^.$]{{0,30}}|\b{WITHOUT}){_EQUATIONS}", re.I)
# Values that lead to what they give: "while $k = 3$ and $d = 4$ give".
_GIVEN = re.compile(
    rf"{_EQUATIONS}\s*(?:together\s+)?(?=(?:gives?|yields?|produces?|leads? to|results? in|makes?|means?)\b)",
    re.I,
)
_BEHIND = re.compile(
    rf"(?P<comma>[\s]*[,;]?)[\s(]*(?:when(?:ever)?|if|for|at|in the case|si|pour|wenn|falls|für|bei|para|若|当)\b"
    rf"[^.$]{{0,30}}{_EQUATIONS}",
    re.I,
)
# A sentence of its own that leads to what follows it: "Consider the case $i = 0$."
_SETTING = re.compile(
    rf"(?:^|[.!?:]\s+)(?:now\s+)?(?:consider|take|let|suppose|assume|case|first case|second case)\b[^.$]{{0,40}}"
    rf"{_EQUATIONS}\s*[.:]\s*(?P<rest>[^.$]*)\Z",
    re.I,
)
_HEADED = re.compile(
    r"\b(?:case|for|when|if|fall|cas|caso)\b[^=]{0,20}?\$?([a-zA-Z]\w*\s*=\s*-?\d+)\$?\W*\Z", re.I
)
# The sentence that leads to a formula begins behind the last full stop, or behind a word that turns away.
_SENTENCE = re.compile(
    r"[.!?。;；](?=\s|$)|\b(?:otherwise|combin\w+|together|both|unlike|whereas|instead of|as opposed to)\b",
    re.I,
)
_TURNED = re.compile(
    r"\b(?:unless|except\w*|not|other than|never|without|only|beyond)\b|\\neg|\\lnot|¬|sauf|außer|nicht|salvo|除|非",
    re.I,
)
# What follows a value that leads to the next formula: "for $K = 3$ it is".
_LEADS_ON = re.compile(
    r"\s*(?:it|we|this|these|they|one|the|you|there|here|our|its|gives|yields|becomes?|is|are|reads)\b|\s*:",
    re.I,
)
_ANOTHER = re.compile(r"\s*(?:for|at|when|if|with|für|bei|wenn|pour|si|para)\b", re.I)
_OR = re.compile(r"\s*(?:,\s*)?(?:or|oder|ou|或)\b", re.I)


_AT = re.compile(r"\W*at\b", re.I)


@dataclass(frozen=True, slots=True)
class Fixed:
    """One name that a line is said at a certain value of.

    Attributes:
        name: what has the value: x, x_1.
        value: the number.
        printed: x = 3 as LaTeX.
        clear: whether the words say just that; "unless x = 3" and "x = 3 or x = 4" do not.
        leads: whether the words stand before the line, so that others may be meant as well.
        put_in: whether the line was given the value in the place of the name, which is an index.
    """

    name: Node
    value: Node
    printed: str
    clear: bool = True
    leads: bool = False
    put_in: bool = False


def fixed(chain: Chain, source: str, display: Display) -> tuple[Fixed, ...]:
    """The values that one statement is said at.

    Args:
        chain: the statement.
        source: the text of its formula.
        display: where it stands, with the words before and after it.
    """
    own = list(_within(chain, source))
    if not own:
        numeric = bool(chain.links) and is_numeric(chain.links[-1][1])
        leading = list(_before(display, numeric)) or list(_headed(display))
        about = None if chain.first is None else _shown(chain.first)
        leading = [one for one in leading if _shown(one.name) != about]
        known = {_shown(one.name) for one in leading}
        # "At $x = 2$ it is $$...$$ at $x = 3$ it is $$...$$": the second leads to the second formula.
        own = leading + [one for one in _after(display, bool(leading)) if _shown(one.name) not in known]
    return _one_each(own)


def _one_each(found: list[Fixed]) -> tuple[Fixed, ...]:
    """What is said of each name; nothing where one name is given two values."""
    values: dict[object, set[object]] = {}
    for one in found:
        values.setdefault(_shown(one.name), set()).add(_shown(one.value))
    if any(len(numbers) > 1 for numbers in values.values()):
        return ()
    return tuple({_shown(one.name): one for one in found}.values())


def _shown(node: Node) -> str:
    return re.sub(r", span=Span\([^)]*\)", "", repr(strip_group(node)))


# ---------------------------------------------------------------------- where it is said


def _within(chain: Chain, source: str) -> Iterator[Fixed]:
    """What stands behind or before the statement in its formula."""
    words = " ".join(node.text for node in chain.conditions if isinstance(node, Words))
    for node in chain.conditions:
        for one in _equalities(node, source):
            yield replace(one, clear=_TURNED.search(words) is None and not re.search(r"\bor\b", words))


def _after(display: Display, led: bool) -> Iterator[Fixed]:
    """ "... for $K = 2$", behind the formula; behind a comma only where nothing before it says anything."""
    # A capital begins a sentence that leads to the next formula.
    after = display.after.lstrip()
    match = _BEHIND.match(after) if not after.lstrip(",;( ")[:1].isupper() else None
    stop = "" if display.inline else display.latex.rstrip(" \\,\n")[-1:]
    if (
        match is None
        or stop == "."
        or (led and (match["comma"].strip() or display.latex.rstrip()[-1:] in ",;"))
    ):
        return
    if not display.inline and _LEADS_ON.match(after[match.end() :]):
        return
    yield from _matched(match, match.string[: match.end()], match.string[match.end() :])


def _before(display: Display, numeric: bool) -> Iterator[Fixed]:
    """What the sentence that leads to a formula says; of two values of one name the later one.

    A number that is worked out takes all that the sentence has said: "For $n = 5$ and $k = 2$ it is $4$, and for
    $k = 3$ it is". Any other formula takes what is said right before it.
    """
    found: dict[str, Fixed] = {}
    matches = list(_leading(display))
    for match in matches if numeric else matches[-1:]:
        for one in _matched(match, match.group(), match.string[match.end() :]):
            found[_shown(one.name)] = replace(one, leads=True)
    yield from found.values()


def _leading(display: Display) -> list[re.Match[str]]:
    """The words of the sentence that leads to a formula, in which values are said."""
    text = display.before.rstrip()
    stops = [match.end() for match in _SENTENCE.finditer(text.rstrip(":："))]
    sentence = text[stops[-1] :] if stops else text
    if GENERAL.search(sentence):
        return []
    # Words right behind another formula belong to that one: "$y = a$ for $K = 2$ and ..."
    said = [
        match
        for match in _SAID.finditer(sentence)
        if not sentence[: match.start()].rstrip().endswith("$")
        and (stops or match.start() or text[:1].isupper() or _LEADS_ON.match(sentence[match.end() :]))
    ]
    given = [match for match in _GIVEN.finditer(sentence) if all(map(_is_value, _formulas(match)))]
    said = [one for one in said if not any(one.start() <= match.start() < one.end() for match in given)]
    said = sorted([*said, *given], key=lambda match: match.start())
    if said:
        # "For $x = 1$ and $y = 2$": the second one is no claim that is made for the first.
        behind = sentence[said[-1].end() :]
        if (
            display.inline
            and re.fullmatch(r"\s*(?:and|und|et|,)?\s*", behind)
            and _is_value(display.latex)
            and said[-1] not in given
        ):
            return []
        return said
    setting = _SETTING.search(text)
    return [] if setting is None else [setting]


def _formulas(match: re.Match[str]) -> list[str]:
    return re.findall(r"\$([^$]*)\$", match.group())


def _is_value(latex: str) -> bool:
    return re.fullmatch(r"\s*[a-zA-Z\\]+(?:_\{?\w+\}?)?\s*=\s*-?[\d./]+\s*", latex) is not None


def _headed(display: Display) -> Iterator[Fixed]:
    match = _HEADED.search(display.section)
    if match is not None and not GENERAL.search(display.before):
        yield from (replace(one, leads=True) for one in _of_text(match.group(1)))


def _matched(match: re.Match[str], said: str, behind: str) -> Iterator[Fixed]:
    first, others = match.groups()[-2:] if "comma" not in match.groupdict() else match.groups()[1:3]
    clear = _TURNED.search(_LEFT_OUT.sub("", said.split("$", 1)[0])) is None and _OR.match(behind) is None
    listed = re.findall(r"\$([^$]*)\$", others or "")
    if _ANOTHER.match(behind):
        listed = listed[:-1]  # "for $x = 1$, $y = 14$ for $x = 2$": the last one is said of what follows it
    for latex in (first, *listed):
        for one in _of_text(latex):
            yield replace(one, clear=clear)
        if _AT.match(said) is not None:
            yield from _place(latex)


# ---------------------------------------------------------------------- what is said


def _of_text(latex: str) -> Iterator[Fixed]:
    try:
        equation = parse_rows(latex)
    except (ConvsymError, RecursionError):
        return
    for row in equation.rows:
        yield from _equalities(row, equation.source)


def _place(latex: str) -> Iterator[Fixed]:
    r"""r = \delta of "at $r = \delta$": where that is stands in letters, and is not put in."""
    try:
        rows = parse_rows(latex).rows
    except (ConvsymError, RecursionError):
        return
    if len(rows) == 1 and rows[0].first is not None and [relation for relation, _ in rows[0].links] == ["="]:
        name, value = strip_group(rows[0].first), strip_group(rows[0].links[0][1])
        if isinstance(name, Name) and is_letter(value):
            yield Fixed(name, value, latex.strip(), clear=False)


def is_letter(node: Node) -> bool:
    """Whether a node is a letter or a cell, with a sign or not.

    Args:
        node: what a name may be said to be.
    """
    node = strip_group(node)
    return isinstance(strip_group(node.operand) if isinstance(node, Signed) else node, Name | Scripted)


def _equalities(node: Node, source: str) -> Iterator[Fixed]:
    """K = 2; x = 3, z = 2; (x, z) = (3, 2): nothing of what says anything else as well."""
    node = strip_group(node)
    if isinstance(node, Tuple_):
        for item in node.items:
            yield from _equalities(item, source)
    elif isinstance(node, Bracket) and node.kind == "(" and len(node.items) == 1:
        yield from _equalities(node.items[0], source)
    elif isinstance(node, Chain) and node.first is not None and len(node.links) == 1:
        relation, right = node.links[0]
        if relation == "=":
            yield from _pairs(node.first, right, source)
    elif isinstance(node, Chain) and (chained := names_and_value(node)) is not None:
        for name in chained[0]:
            yield from _pairs(name, chained[1], source)
    elif isinstance(node, Chain) and node.first is not None and not node.links:
        point = strip_group(node.first)
        if isinstance(point, Bracket) and point.kind == "(" and len(point.items) > 1:
            if all(is_numeric(item) for item in point.items):
                yield Fixed(point, point, source[point.span.start : point.span.end].strip())


def is_list(node: Node) -> bool:
    """Whether a node is a list of printed numbers, (-1, 0, 1).

    Args:
        node: what a name may be said to be.
    """
    node = strip_group(node)
    items = node.items if isinstance(node, Bracket) and node.kind in ("(", "[") else ()
    return len(items) > 1 and all(map(is_numeric, items))


def names_and_value(chain: Chain) -> tuple[tuple[Node, ...], Node] | None:
    """The names of x_1 = x_2 = 1, and the number; None of what is no chain of names that ends in a number.

    Args:
        chain: a statement.
    """
    if chain.first is None or not chain.links or any(relation != "=" for relation, _ in chain.links):
        return None
    *names, value = (strip_group(node) for node in (chain.first, *(right for _, right in chain.links)))
    if not is_numeric(value) or not all(isinstance(name, Name | Scripted) for name in names):
        return None
    return tuple(names), value


def at_point(one: Fixed, parameters: tuple[str, ...] | None) -> Iterator[Fixed]:
    """The point (3, 1) as the values of a function's parameters; as a condition that is not read where none is known.

    Args:
        one: what a line is said at.
        parameters: of the function that the line is about, or None.
    """
    point = one.name
    if not isinstance(point, Bracket):
        yield one
    elif parameters is None or len(parameters) != len(point.items):
        yield replace(one, clear=False)
    else:
        for parameter, value in zip(parameters, point.items, strict=True):
            printed = f"{latex_name(parameter)} = {to_latex(value)}"
            yield replace(one, name=Name(parameter, point.span), value=value, printed=printed)


def _pairs(left: Node, right: Node, source: str) -> Iterator[Fixed]:
    left, right = strip_group(left), strip_group(right)
    lists = (Bracket, Tuple_)
    if isinstance(left, lists) and isinstance(right, lists) and len(left.items) == len(right.items):
        for one, other in zip(left.items, right.items, strict=True):
            yield from _pairs(one, other, source)
    elif isinstance(left, Name | Scripted) and is_numeric(right) and not isinstance(right, Bracket):
        shown = source[left.span.start : left.span.end], source[right.span.start : right.span.end]
        yield Fixed(left, right, f"{shown[0].strip()} = {shown[1].strip()}")
    elif isinstance(left, Name) and isinstance(right, Bracket) and is_list(right):
        yield Fixed(left, right, f"{to_latex(left)} = {to_latex(right)}")


# ---------------------------------------------------------------------- bars


def _is_bar(node: Node) -> bool:
    """dy/dx with a bar behind it and x = 3 below."""
    if not isinstance(node, Scripted) or node.superscript is not None or node.subscript is None:
        return False
    base = strip_group(node.base)
    below = strip_group(node.subscript)
    wanted = below.items if isinstance(below, Tuple_) else (below,)
    is_bar = isinstance(base, Bracket) and base.kind == "at" and len(base.items) == 1
    return is_bar and all(list(_equalities(one, "")) for one in wanted)


def with_values_said(equation: Equation) -> Equation:
    """The same formula without bars and without "K = 2:" in front of a row, each row said under these values.

    Args:
        equation: a formula; not changed.
    """
    rows = tuple(_without_bars(_without_front(row)) for row in equation.rows)
    changed = any(new is not old for new, old in zip(rows, equation.rows, strict=True))
    return replace(equation, rows=rows) if changed else equation


def _without_front(row: Chain) -> Chain:
    """K = 2: y = x_1 + x_2, a statement behind the case that it is said of."""
    if (
        row.first is None
        or [relation for relation, _ in row.links[:2]] != ["=", "colon"]
        or not row.links[2:]
    ):
        return row
    case = Chain(row.first, row.links[:1], Span(row.first.span.start, row.links[0][1].span.end))
    if not list(_equalities(case, "")):
        return row
    first = row.links[1][1]
    span = Span(first.span.start, row.span.end)
    return Chain(first, row.links[2:], span, (*row.conditions, case))


def _without_bars(row: Chain) -> Chain:
    below: list[Node] = []

    def inner(node: Node) -> Node | None:
        if not isinstance(node, Scripted) or not _is_bar(node) or node.subscript is None:
            return None
        base = strip_group(node.base)
        assert isinstance(base, Bracket)
        below.append(node.subscript)
        # It stands where the whole stood, the bar included.
        return replace(rewritten(base.items[0], inner), span=node.span)

    changed = rewritten(row, inner)
    return replace(changed, conditions=(*changed.conditions, *below)) if below else row


# ---------------------------------------------------------------------- indices


def at_indices(left: Node, right: Node, at: tuple[Fixed, ...]) -> tuple[Node, Node, tuple[Fixed, ...]]:
    """A relation with the values of its index letters put in, and what it is said at, these marked.

    Args:
        left, right: the two sides.
        at: what the relation is said at.
    """
    found = []
    for one in at:
        letter = one.name
        if (
            one.clear
            and isinstance(letter, Name)
            and isinstance(one.value, Number)
            and one.value.text.isdigit()
            and key(letter) in _indexing((left, right))
        ):
            left, right = (_put_in(side, key(letter), one.value) for side in (left, right))
            one = replace(one, put_in=True)
        found.append(one)
    return left, right, tuple(found)


def _indexing(sides: tuple[Node, Node]) -> set[str]:
    """The letters that stand in indices, or in brackets above, and that no sum of the relation binds."""
    found: set[str] = set()
    bound: set[str] = set()
    for side in sides:
        for part in walk(side):
            if isinstance(part, BigOperator) and part.lower is not None:
                first = part.lower.first if isinstance(part.lower, Chain) else part.lower
                bound |= {key(inner) for inner in walk(first) if isinstance(inner, Name)} if first else set()
            elif isinstance(part, Scripted):
                above = (
                    part.superscript if isinstance(strip_group(part.superscript or part), Bracket) else None
                )
                for script in (part.subscript, above):
                    if script is not None:
                        found |= {key(inner) for inner in walk(script) if isinstance(inner, Name)}
                        found -= set(_factors(script))
    return found - bound


def _factors(script: Node) -> Iterator[str]:
    """The letters that multiply another one in a sum, the dilation d of x_{i + d k}: they count no cells."""
    for part in walk(script):
        if isinstance(part, Sum_):
            for _, term in part.terms:
                names = [key(inner) for inner in walk(term) if isinstance(inner, Name)]
                if isinstance(strip_group(term), Product) and len(names) > 1:
                    yield from names


def _put_in(side: Node, letter: str, number: Number) -> Node:
    def put(node: Node) -> Node | None:
        return replace(number, span=node.span) if isinstance(node, Name) and key(node) == letter else None

    return rewritten(side, put)
