"""Tokens to a syntax tree, statement by statement: nothing is evaluated, every node knows its place."""

from __future__ import annotations

from convsym.errors import LatexError
from convsym.latex.descent import Descent
from convsym.latex.layout import Statement, statements
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
    tokens = tokenize(source)
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
