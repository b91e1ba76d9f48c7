"""Tokens to a syntax tree, statement by statement: nothing is evaluated, every node knows its place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from convsym.errors import LatexError
from convsym.latex.descent import Descent
from convsym.latex.layout import Statement, statements
from convsym.latex.recovery import pieces_of_rows, with_closed_brackets
from convsym.latex.remarks import remark_of
from convsym.latex.syntax import Bracket, Chain, Equation, Name, Node, Span, Words
from convsym.latex.tokens import Token, tokenize


def parse(source: str) -> Equation:
    """Reads one display.

    Args:
        source: LaTeX without the dollars; environments such as align may be part of it.

    Returns:
        The statements in order; every span points into `source`.

    Raises:
        LatexError: with what was expected, what was found, and where.
    """
    return _whole(tokenize(source), source)


def parse_rows(source: str) -> Equation:
    """Reads what can be read of one display: a row whose brackets do not close spoils no other row.

    Args:
        source: LaTeX without the dollars.

    Returns:
        The statements in order; what could not be read is in its `unread`.

    Raises:
        LatexError: no row of it could be read.
    """
    tokens = tokenize(source)
    try:
        return _whole(tokens, source)
    except LatexError as error:
        closed = with_closed_brackets(tokens)
        if len(closed) > len(tokens):
            with suppress(LatexError):
                return _whole(closed, source)
        found = _row_by_row(tokens, source)
        if found is None:
            raise
        return found if found.unread else replace(found, unread=(error,))


def _row_by_row(tokens: tuple[Token, ...], source: str) -> Equation | None:
    """What can be read of a display of several rows, or None; what cannot is named in it."""
    read: list[Equation] = []
    failed: list[LatexError] = []
    for rows in pieces_of_rows(tokens):
        found, error = _longest(rows, source)
        if found is not None:
            read.append(found)
        if error is not None:
            failed.append(error)
    if not read or not any(row.links for equation in read for row in equation.rows):
        return None
    rows_read = tuple(row for equation in read for row in equation.rows)
    tags = tuple(tag for equation in read for tag in equation.tags)
    return Equation(rows_read, None, tags, source, tuple(failed))


def _longest(rows: list[list[Token]], source: str) -> tuple[Equation | None, LatexError | None]:
    """As many links of a chain as can be read from its beginning on, and why the next one cannot."""
    failed: LatexError | None = None
    for count in range(len(rows), 0, -1):
        try:
            found = _whole(tuple(token for row in rows[:count] for token in row), source)
        except LatexError as error:
            failed = error
        else:
            if all(row.first is not None for row in found.rows[:1]):
                return found, failed
            break
    return None, failed or LatexError(
        "a row that continues a row which was not read", source, rows[0][0].start
    )


def _whole(tokens: tuple[Token, ...], source: str) -> Equation:
    """A display of which every statement can be read."""
    if len(tokens) == 1 and tokens[0].kind in ("op", "sign", "rel"):
        return Equation((_lone(tokens, source),), None, (None,), source)
    parts = statements(tokens, source)
    rows = []
    for part in parts:
        conditions = tuple(node for said in part.conditions for node in _condition(said, source))
        rows.append(Descent(part.tokens, source).statement(conditions))
    if not rows:
        rows.append(_lone(tokens, source))
        parts = [Statement()]
    tags = tuple(part.tag for part in parts)
    named = [tag for tag in tags if tag is not None]
    return Equation(tuple(rows), named[0] if len(named) == 1 else None, tags, source)


def parse_tokens(tokens: list[Token], source: str) -> Chain:
    """Reads tokens that are one statement already.

    Args:
        tokens: the statement's tokens, without rows or wide spaces.
        source: the text they point into.

    Raises:
        LatexError: with what was expected, what was found, and where.
    """
    return Descent(tokens, source).statement(())


def _lone(tokens: tuple[Token, ...], source: str) -> Chain:
    r"""A display that is one sign, \odot, or only looks like a number of an equation, (42)."""
    if len(tokens) == 1 and tokens[0].kind in ("op", "sign", "rel"):
        sign = Name(tokens[0].text, Span(tokens[0].start, tokens[0].end))
        return Chain(sign, (), sign.span)
    if not tokens or any(token.kind in ("tag", "quad", "row", "amp") for token in tokens):
        raise LatexError("expected a formula, found nothing", source, 0)
    return Descent(list(tokens), source).statement(())


def _condition(tokens: list[Token], source: str) -> list[Node]:
    """The nodes of a condition; what is no mathematics stays as words."""
    nodes: list[Node] = []
    rest = tokens
    while rest and rest[0].kind == "words":
        nodes.append(Words(rest[0].text, Span(rest[0].start, rest[0].end)))
        rest = rest[1:]
    while rest and (rest[-1].kind in ("comma", "stop", "quad", "amp") or rest[-1].text == "colon"):
        rest = rest[:-1]
    if not rest:
        return nodes
    try:
        node = Descent(rest, source).whole()
    except LatexError:
        span = Span(rest[0].start, rest[-1].end)
        return [*nodes, Words(source[span.start : span.end], span)]
    if isinstance(node, Bracket) and node.kind == "(" and node.items:
        return [*nodes, remark_of(node)]
    return [*nodes, node]
