"""Syntax trees as compact text, and as values without their places, for the tests to compare."""

import dataclasses

from convsym.latex import syntax as s


def shape(node):
    """The tree without spans: equal for two readings that differ only in places."""
    if isinstance(node, tuple):
        return tuple(shape(item) for item in node)
    if dataclasses.is_dataclass(node):
        kept = [field.name for field in dataclasses.fields(node) if field.name not in ("span", "source")]
        return (type(node).__name__, *(shape(getattr(node, name)) for name in kept))
    return node


def spans(node):
    """Every (node, span) below and including the node."""
    if isinstance(node, tuple):
        for item in node:
            yield from spans(item)
    elif dataclasses.is_dataclass(node) and not isinstance(node, s.Span):
        if hasattr(node, "span"):
            yield node, node.span
        for field in dataclasses.fields(node):
            yield from spans(getattr(node, field.name))


def outline(node):
    """The tree as one line of text; a display's statements a line each, with its number behind #."""
    match node:
        case None:
            return "_"
        case s.Number(text):
            return text
        case s.Name(text, _, font):
            return f"{text}:{font}" if font else text
        case s.Words(text):
            return f'"{text}"'
        case s.Ellipsis_():
            return "..."
        case s.Scripted(base, sub, sup, primes):
            scripts = "" if sub is None else f" _{outline(sub)}"
            scripts += "" if sup is None else f" ^{outline(sup)}"
            return f"({outline(base)}{scripts}{chr(39) * primes})"
        case s.Signed(sign, operand):
            return f"({sign} {outline(operand)})"
        case s.Sum_(terms):
            return "(sum " + " ".join(sign + outline(term) for sign, term in terms) + ")"
        case s.Product(factors):
            return "(* " + " ".join((op + " " if op else "") + outline(item) for op, item in factors) + ")"
        case s.Fraction_(above, below):
            return f"(frac {outline(above)} {outline(below)})"
        case s.Root(radicand, index):
            return f"(root {outline(radicand)} {outline(index)})"
        case s.Bracket(kind, items):
            return f"(br{kind} " + " ".join(map(outline, items)) + ")"
        case s.BigOperator(operator, lower, upper, body):
            return f"({operator} {outline(lower)} {outline(upper)} {outline(body)})"
        case s.Matrix(environment, rows):
            return f"({environment} " + " / ".join(" ".join(map(outline, row)) for row in rows) + ")"
        case s.Cases(branches):
            return "(cases " + " / ".join(f"{outline(a)} if {outline(b)}" for a, b in branches) + ")"
        case s.Tuple_(items):
            return "<" + ", ".join(map(outline, items)) + ">"
        case s.Chain(first, links, _, conditions):
            said = " | " + " ; ".join(map(outline, conditions)) if conditions else ""
            joined = " ".join(f"{relation} {outline(value)}" for relation, value in links)
            return "{" + f"{outline(first)} {joined}".rstrip() + said + "}"
        case s.Equation(rows, _, tags):
            return "\n".join(
                outline(row) + (f" #{tag}" if tag else "") for row, tag in zip(rows, tags, strict=True)
            )
    raise AssertionError(type(node))
