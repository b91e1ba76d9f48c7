"""The corpus' own expressions: what is printed, edited and evaluated. Nothing of convsym is used."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Num:
    text: str


@dataclass(frozen=True)
class Size:
    """A size such as K_W, or an index name such as i."""

    name: str


@dataclass(frozen=True)
class Cell:
    family: str
    indices: tuple[Expr, ...]


@dataclass(frozen=True)
class Add:
    terms: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Mul:
    factors: tuple[Expr, ...]


@dataclass(frozen=True)
class Frac:
    above: Expr
    below: Expr


@dataclass(frozen=True)
class Pow:
    base: Expr
    exponent: int


@dataclass(frozen=True)
class Neg:
    inner: Expr


@dataclass(frozen=True)
class Exp:
    inner: Expr


@dataclass(frozen=True)
class Call:
    function: str
    inner: Expr


@dataclass(frozen=True)
class Sum:
    index: str
    lower: Expr
    upper: Expr
    body: Expr


@dataclass(frozen=True)
class Der:
    above: Expr
    below: Expr


@dataclass(frozen=True)
class Norm:
    inner: Expr


Expr: TypeAlias = "Num | Size | Cell | Add | Mul | Frac | Pow | Neg | Exp | Call | Sum | Der | Norm"


def parts(node: Expr) -> list[tuple[tuple[Any, ...], Expr]]:
    """The children with the keys that `with_part` takes."""
    match node:
        case Cell(_, indices):
            return [(("indices", n), part) for n, part in enumerate(indices)]
        case Add(terms):
            return [(("terms", n), part) for n, (_, part) in enumerate(terms)]
        case Mul(factors):
            return [(("factors", n), part) for n, part in enumerate(factors)]
    found = []
    for field in fields(node):
        value = getattr(node, field.name)
        if not isinstance(value, str | int | tuple):
            found.append(((field.name,), value))
    return found


def with_part(node: Expr, key: tuple[Any, ...], new: Expr) -> Expr:
    match node, key:
        case Cell(_, indices), ("indices", n):
            return replace(node, indices=(*indices[:n], new, *indices[n + 1 :]))
        case Add(terms), ("terms", n):
            return Add((*terms[:n], (terms[n][0], new), *terms[n + 1 :]))
        case Mul(factors), ("factors", n):
            return Mul((*factors[:n], new, *factors[n + 1 :]))
    return replace(node, **{key[0]: new})


def everywhere(node: Expr, path: tuple[Any, ...] = ()):
    """Every (path, node), parents first."""
    yield path, node
    for key, part in parts(node):
        yield from everywhere(part, (*path, key))


def put(node: Expr, path: tuple[Any, ...], new: Expr) -> Expr:
    if not path:
        return new
    below = dict(parts(node))
    return with_part(node, path[0], put(below[path[0]], path[1:], new))


def rename(node: Expr, old: str, new: str) -> Expr:
    """An index name exchanged throughout."""
    if isinstance(node, Size):
        return Size(new) if node.name == old else node
    if isinstance(node, Sum) and node.index == old:
        node = replace(node, index=new)
    for key, part in parts(node):
        node = with_part(node, key, rename(part, old, new))
    return node


# ---------------------------------------------------------------- LaTeX


@dataclass(frozen=True)
class Style:
    """How expressions are written: x_{i,j} or x_{ij}, e^{-z} or \\exp(-z)."""

    commas: bool = True
    exponential: str = "e"
    names: tuple[tuple[str, str], ...] = ()


def latex(node: Expr, style: Style = Style()) -> str:
    def show(part: Expr) -> str:
        return latex(part, style)

    def factor(part: Expr) -> str:
        text = show(part)
        return f"({text})" if isinstance(part, Add | Neg) else text

    match node:
        case Num(text):
            return text
        case Size(name):
            return name
        case Cell(family, indices):
            plain = all(isinstance(i, Size | Num) and len(show(i)) == 1 for i in indices)
            joiner = "" if plain and not style.commas else ","
            name = dict(style.names).get(family, family)
            return f"{name}_{{{joiner.join(show(i) for i in indices)}}}" if indices else name
        case Add(terms):
            text = ""
            for place, (sign, term) in enumerate(terms):
                shown = factor(term) if isinstance(term, Add | Neg) and (sign == "-" or place) else show(term)
                text += shown if place == 0 and sign == "+" else f" {sign} {shown}" if place else f"-{shown}"
            return text
        case Mul(factors):
            text = factor(factors[0])
            for before, part in pairwise(factors):
                shown = factor(part)
                gap = " \\cdot " if shown[0].isdigit() or isinstance(before, Sum) else " "
                text += gap + shown
            return text
        case Frac(above, below):
            return f"\\frac{{{show(above)}}}{{{show(below)}}}"
        case Pow(base, exponent):
            inner = f"({show(base)})" if not isinstance(base, Size) else show(base)
            return f"{inner}^{exponent}" if exponent < 10 else f"{inner}^{{{exponent}}}"
        case Neg(inner):
            return f"-{factor(inner)}"
        case Exp(inner):
            return f"e^{{{show(inner)}}}" if style.exponential == "e" else f"\\exp({show(inner)})"
        case Call("sigma", inner):
            return f"\\sigma({show(inner)})"
        case Call(function, inner):
            return f"\\{function}({show(inner)})"
        case Sum(index, lower, upper, body):
            return f"\\sum_{{{index}={show(lower)}}}^{{{show(upper)}}} {factor(body)}"
        case Der(above, below):
            return f"\\frac{{\\partial {show(above)}}}{{\\partial {show(below)}}}"
        case Norm(inner):
            return f"\\lVert {show(inner)} \\rVert_F^2"
    raise TypeError(node)
