r"""Displays that are not whole: braces that cross brackets, and rows that can be read beside rows that cannot."""

from __future__ import annotations

from collections.abc import Iterator

from convsym.latex import symbols as table
from convsym.latex.marks import Token

_ARGUMENTS = frozenset({"sub", "sup", "frac", "sqrt", "font", "accent", "brace"})
_LOOSE = frozenset({"amp", "quad"})
_OPEN_ENDS = frozenset({"rel", "sign", "op", "big", "sub", "sup", "open", "lb"})
_DEEPER = {"lb": 1, "rb": -1, "begin": 1, "end": -1}


def without_crossed_groups(tokens: list[Token]) -> list[Token]:
    r"""The tokens without the braces that only dress a part: \color{red}{(a} + \color{blue}{b)}, {\sum_i} {(a_i)}.

    Args:
        tokens: of a whole display.
    """
    gone: set[int] = set()
    opened: list[tuple[int, bool]] = []
    second = -1  # where the second argument of a fraction begins
    for at, token in enumerate(tokens):
        if token.kind == "lb":
            before = tokens[at - 1].kind if at else ""
            opened.append((at, before in _ARGUMENTS or at == second))
        elif token.kind == "rb" and opened:
            start, is_argument = opened.pop()
            if start and tokens[start - 1].kind == "frac":
                second = at + 1
            inside = [part.kind for part in tokens[start + 1 : at] if part.kind in ("open", "close")]
            if not is_argument and (_is_crossed(inside) or _is_operator(tokens[start + 1 : at])):
                gone |= {start, at}
    return [token for at, token in enumerate(tokens) if at not in gone] if gone else tokens


def _is_operator(content: list[Token]) -> bool:
    """Whether tokens are a sign of a sum with its limits, and nothing that is summed."""
    if len(content) < 2 or content[0].kind != "big":
        return False
    at = 1
    while at < len(content):
        if content[at].kind not in ("sub", "sup") or at + 1 == len(content):
            return False
        at, depth = at + 1, 0
        while at < len(content):
            depth += {"lb": 1, "rb": -1}.get(content[at].kind, 0)
            at += 1
            if depth <= 0:
                break
    return True


def with_closed_brackets(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    r"""The tokens with the brackets closed that an argument leaves open: \frac{a}{\partial ((k)_{1} } has one.

    Args:
        tokens: of a whole display.
    """
    kept: list[Token] = []
    opened: list[list[Token]] = []
    for token in tokens:
        if token.kind == "lb":
            opened.append([])
        elif token.kind == "rb" and opened:
            for bracket in reversed(opened.pop()):
                kept.append(Token("close", bracket.text, token.start, token.start))
        elif opened and token.kind == "open" and token.text == "(" and not token.extra:
            opened[-1].append(token)
        elif opened and token.kind == "close" and token.text == "(":
            if not opened[-1]:
                return tokens
            opened[-1].pop()
        kept.append(token)
    return tuple(kept)


def _is_crossed(brackets: list[str]) -> bool:
    depth = 0
    for kind in brackets:
        depth += 1 if kind == "open" else -1
        if depth < 0:
            return True
    return depth != 0


def is_system(content: list[Token]) -> bool:
    """Whether a row is nothing but equations behind one brace: it continues no row above it.

    Args:
        content: the tokens of the row, without marks of alignment.
    """
    first, last = content[0], content[-1]
    if first.kind != "begin" or first.text not in table.CASES or last.kind != "end":
        return False
    depth = 0
    related = True
    found = False
    for token in content[1:-1]:
        depth += {"lb": 1, "rb": -1, "open": 1, "close": -1, "begin": 1, "end": -1}.get(token.kind, 0)
        if depth < 0:
            return False
        if token.kind == "rel" and depth == 0:
            found = True
        elif token.kind == "row" and depth == 0:
            related, found = related and found, False
    return related and found


def pieces_of_rows(tokens: tuple[Token, ...]) -> list[list[list[Token]]]:
    """The statements of a display whose brackets do not close, each with the rows it can be cut into.

    A row that begins a relation of its own begins a statement, one that begins with a relation is a link that may
    be left out with all that follow it; any other row belongs to the one before.

    Args:
        tokens: of the whole display.

    Returns:
        For each statement its rows; empty where the display has one row only.
    """
    rows = list(_rows(tokens))
    if len(rows) < 2:
        return []
    found: list[list[list[Token]]] = []
    for row in rows:
        first = next((token for token in row if token.kind not in _LOOSE), None)
        if first is None:
            continue
        above = found[-1][-1] if found else []
        ending = next((token for token in reversed(above) if token.kind not in _LOOSE), None)
        if ending is None:
            found.append([row])
        elif ending.kind in _OPEN_ENDS or first.kind in ("op", "sign", "close", "rb"):
            above.extend(row)
        elif first.kind == "rel":
            found[-1].append(row)
        elif any(token.kind == "rel" for token in row):
            found.append([row])
        else:
            above.extend(row)
    return found


def _rows(tokens: tuple[Token, ...]) -> Iterator[list[Token]]:
    row: list[Token] = []
    depth = 0
    for token in tokens:
        if token.kind in ("begin", "end") and token.text in table.LAYOUTS:
            continue
        depth += _DEEPER.get(token.kind, 0)
        if token.kind == "row" and depth <= 0:
            yield row
            row = []
        else:
            row.append(token)
    yield row
