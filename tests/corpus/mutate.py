"""One edit grammar for true and false variants alike: only the arithmetic of `truth` tells them apart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import floor

from corpus.papers import Line, Paper
from corpus.terms import (
    Add,
    Call,
    Cell,
    Der,
    Exp,
    Expr,
    Frac,
    Mul,
    Neg,
    Num,
    Pow,
    Size,
    Sum,
    everywhere,
    parts,
    put,
    rename,
)
from corpus.truth import Meaningless, Shape, holds

ONE = Num("1")


@dataclass(frozen=True)
class Variant:
    """A paper with one line changed, and whether that line still holds."""

    paper: Paper
    original: Line
    changed: Line
    edits: tuple[str, ...]
    true: bool

    @property
    def name(self) -> str:
        return f"{self.changed.name}: {', '.join(self.edits)}"


def rewrites(node: Expr, shape: Shape) -> Iterator[tuple[str, Expr]]:
    """Every result of one edit somewhere in an expression, true or false."""
    for path, part in everywhere(node):
        inside_index = any(key[0] == "indices" for key in path)
        inside_derivative = any(key[0] in ("above", "below") for key in path) and _in_derivative(node, path)
        for what, new in _local(part, shape, inside_index, inside_derivative):
            if new != part:
                yield what, put(node, path, new)
    for family in "xkzoy":
        cells = [(p, c) for p, c in everywhere(node) if isinstance(c, Cell) and c.family == family]
        for (p, c), (q, d) in pairwise(cells):
            if c != d:
                yield "exchange two cells", put(put(node, p, d), q, c)


def _in_derivative(node: Expr, path: tuple) -> bool:
    for key in path:
        if isinstance(node, Der):
            return True
        node = dict(parts(node))[key]
    return False


def _local(part: Expr, shape: Shape, index: bool, derivative: bool) -> Iterator[tuple[str, Expr]]:
    match part:
        case Num(text) if index:
            yield "index +1", Num(str(int(text) + 1))
            if int(text) > shape.base:
                yield "index -1", Num(str(int(text) - 1))
        case Num(text):
            yield "number +1", Num(str(int(text) + 1))
            if int(text) > 1:
                yield "number -1", Num(str(int(text) - 1))
        case Size(name) if "_" in name and name[-1] in "WH":
            other = {"W": "H", "H": "W"}[name[-1]]
            yield "other axis", Size(name[:-1] + other)
            for letter in "XKO":
                if letter != name[0]:
                    yield "other size", Size(letter + name[1:])
        case Cell(family, indices) if indices:
            if not index:
                for axis, i in enumerate(indices):
                    if not isinstance(i, Num):
                        for sign in "+-":
                            new = _shift(i, sign)
                            moved = (*indices[:axis], new, *indices[axis + 1 :])
                            yield f"index {sign}1", Cell(family, moved)
                if len(indices) == 2:
                    yield "transpose", Cell(family, indices[::-1])
                for other in "xkzoy":
                    if other != family and not (derivative and other in "y"):
                        yield "other family", Cell(other, indices)
        case Der(above, below):
            yield "derivative turned", Der(below, above)
        case Add(terms):
            for n, (sign, term) in enumerate(terms):
                flipped = "-" if sign == "+" else "+"
                if n or not index:
                    yield "sign", Add((*terms[:n], (flipped, term), *terms[n + 1 :]))
                if len(terms) > 2 or (len(terms) == 2 and not index):
                    rest = terms[:n] + terms[n + 1 :]
                    if rest[0][0] == "+" and not index:
                        yield "term lost", rest[0][1] if len(rest) == 1 else Add(rest)
                if not index:
                    yield "term doubled", Add((*terms[: n + 1], (sign, term), *terms[n + 1 :]))
            if terms[0][0] == "+" == terms[1][0]:
                yield "commute", Add((terms[1], terms[0], *terms[2:]))
            elif len(terms) == 2 and not index:
                yield "turn difference", Add((("+", terms[1][1]), ("-", terms[0][1])))
                yield "minus first", Add((("+", Neg(terms[1][1])), ("+", terms[0][1])))
        case Mul(factors):
            for n in range(len(factors)):
                rest = factors[:n] + factors[n + 1 :]
                yield "factor lost", rest[0] if len(rest) == 1 else Mul(rest)
            if not index:
                yield "commute", Mul((factors[1], factors[0], *factors[2:]))
                for n, factor in enumerate(factors):
                    if isinstance(factor, Add):
                        others = factors[:n] + factors[n + 1 :]
                        yield "distribute", Add(tuple((s, _times(others, t)) for s, t in factor.terms))
                        first, *later = factor.terms
                        wrong = ((first[0], _times(others, first[1])), *later)
                        yield "distribute half", Add(wrong)
        case Frac(above, below):
            yield "divisor lost", above
            if not isinstance(above, Num):
                yield "turn fraction", Mul((Frac(ONE, below), above))
            if isinstance(above, Add):
                yield "split fraction", Add(tuple((s, Frac(t, below)) for s, t in above.terms))
                first, *later = above.terms
                yield "split half", Add(((first[0], Frac(first[1], below)), *later))
            if isinstance(below, Num) and not isinstance(above, Num):
                yield "divide again", Frac(part, Num("2"))
        case Pow(base, exponent):
            yield "exponent +1", Pow(base, exponent + 1)
            yield "exponent lost", base
            if isinstance(base, Add) and len(base.terms) == 2:
                (_, p), (sign, q) = base.terms
                if sign == "-":
                    middle = Mul((Num("2"), p, q))
                    yield "square out", Add((("+", Pow(p, 2)), ("-", middle), ("+", Pow(q, 2))))
                    yield "square without middle", Add((("+", Pow(p, 2)), ("-", Pow(q, 2))))
        case Neg(inner):
            yield "sign", inner
        case Exp(inner):
            yield "exponential", Frac(ONE, Exp(inner.inner if isinstance(inner, Neg) else Neg(inner)))
        case Sum(name, lower, upper, body):
            yield "limit +1", Sum(name, lower, _shift(upper, "+"), body)
            yield "limit -1", Sum(name, lower, _shift(upper, "-"), body)
            yield "starts +1", Sum(name, _shift(lower, "+"), upper, body)
            yield "rename", Sum("p", lower, upper, rename(body, name, "p"))
            yield "rename half", _half_renamed(part)
            shifted = _reindexed(body, name)
            yield "re-index", Sum(name, _shift(lower, "+"), _shift(upper, "+"), shifted)
            yield "re-index limits only", Sum(name, _shift(lower, "+"), _shift(upper, "+"), body)
            if isinstance(body, Sum):
                swapped = Sum(body.index, body.lower, body.upper, Sum(name, lower, upper, body.body))
                yield "exchange sums", swapped
                crossed = Sum(name, lower, body.upper, Sum(body.index, body.lower, upper, body.body))
                yield "exchange limits", crossed
        case Call("sigma", inner):
            yield "write out", Frac(ONE, Add((("+", ONE), ("+", Exp(Neg(inner))))))
            yield "reflect", Add((("+", ONE), ("-", Call("sigma", Neg(inner)))))
            yield "reflect half", Call("sigma", Neg(inner))
    if index or derivative or isinstance(part, Size):
        return
    if isinstance(part, Cell | Frac | Sum | Mul) and not isinstance(part, Der):
        yield "twice", Mul((Num("2"), part))
        if isinstance(part, Mul | Sum):
            yield "minus", Neg(part)


def _times(others: tuple[Expr, ...], term: Expr) -> Expr:
    return Mul((*others, *(term.factors if isinstance(term, Mul) else (term,))))


def _shift(node: Expr, sign: str) -> Expr:
    match node:
        case Num(text):
            return Num(str(int(text) + (1 if sign == "+" else -1))) if int(text) or sign == "+" else node
        case Add(terms):
            last_sign, last = terms[-1]
            if last == ONE and last_sign != sign:
                rest = terms[:-1]
                return rest[0][1] if len(rest) == 1 else Add(rest)
            if isinstance(last, Num):
                return Add((*terms[:-1], (last_sign, Num(str(int(last.text) + 1)))))
            return Add((*terms, (sign, ONE)))
    return Add((("+", node), (sign, ONE)))


def _reindexed(body: Expr, name: str) -> Expr:
    """The body with i - 1 for i, written short."""
    for path, part in everywhere(body):
        if isinstance(part, Cell):
            new = part
            for axis, index in enumerate(part.indices):
                if any(p == Size(name) for _, p in everywhere(index)):
                    moved = (*new.indices[:axis], _shift(index, "-"), *new.indices[axis + 1 :])
                    new = replace(new, indices=moved)
            body = put(body, path, new)
    return body


def _half_renamed(node: Sum) -> Expr:
    """The sum's own name changed, the body's not."""
    cells = [(p, c) for p, c in everywhere(node.body) if isinstance(c, Cell)]
    if len(cells) < 2:
        return node
    path, first = cells[0]
    return Sum("p", node.lower, node.upper, put(node.body, path, rename(first, node.index, "p")))


def variants(
    paper: Paper,
    *,
    seed: int,
    count: int,
    edits: int = 1,
    share_true: float = 0.4,
    names: tuple[str, ...] | None = None,
) -> list[Variant]:
    """A sample of variants of a paper, lines and kinds of edit spread evenly, truths and falsehoods mixed."""
    source = random.Random(seed)
    wanted = {True: round(count * share_true), False: count - round(count * share_true)}
    lines = [line for line in paper.lines if names is None or line.name in names]
    found: list[Variant] = []
    seen = set()
    for _ in range(60 * count):
        if not any(wanted.values()):
            break
        line = source.choice(lines)
        changed, done = line, []
        for _ in range(edits):
            options: dict[str, list[Expr]] = {}
            for what, new in rewrites(changed.right, paper.shape):
                options.setdefault(what, []).append(new)
            if not options:
                break
            what = source.choice(sorted(options))
            changed = replace(changed, right=source.choice(options[what]))
            done.append(what)
        if changed.right in (line.right, line.left) or (line.name, changed.right) in seen or not done:
            continue
        seen.add((line.name, changed.right))
        truth = line_holds(changed, paper.shape)
        if truth is None or not wanted[truth]:
            continue
        if not truth and is_blank(changed):
            continue
        wanted[truth] -= 1
        found.append(Variant(_consistent(paper, line, changed), line, changed, tuple(done), truth))
    return found


def _consistent(paper: Paper, line: Line, changed: Line) -> Paper:
    """The paper with the line changed; a link that goes on from it begins with what is now printed."""
    new = paper.with_line(changed)
    place = [other.name for other in paper.lines].index(line.name)
    if place + 1 < len(paper.lines) and paper.lines[place + 1].continues:
        new = new.with_line(replace(paper.lines[place + 1], left=changed.right))
    return new


def is_blank(line: Line) -> bool:
    return line.left == line.right


def line_holds(line: Line, shape: Shape) -> bool | None:
    """The truth of a line by itself, every name meaning what the true paper means by it."""
    if line.name.startswith("size"):
        return _size_holds(line, shape)
    return holds(line.left, line.right, shape)


def _size_holds(line: Line, shape: Shape) -> bool | None:
    """Sizes are numbers: a formula for them is tried at several."""

    def value(node: Expr, sizes: dict[str, int]) -> Fraction:
        match node:
            case Num(text):
                return Fraction(text)
            case Size(name):
                return Fraction(sizes[name])
            case Add(terms):
                return sum((value(t, sizes) * (1 if s == "+" else -1) for s, t in terms), Fraction(0))
            case Mul(factors):
                total = Fraction(1)
                for factor in factors:
                    total *= value(factor, sizes)
                return total
            case Frac(above, below):
                under = value(below, sizes)
                if under == 0:
                    raise Meaningless
                return value(above, sizes) / under
            case Neg(inner):
                return -value(inner, sizes)
            case Call("floor", inner):
                return Fraction(floor(value(inner, sizes)))
        raise Meaningless(node)

    if line.name == "size":
        cases = [
            {"X_S": x, "K_S": k, "P": p, "S": s, "O_S": (x - k + 2 * p) // s + 1}
            for x, k, p, s in ((9, 3, 1, 2), (7, 2, 0, 1), (8, 4, 2, 4), (11, 3, 3, 7))
        ]
    else:
        outputs = {"Z_W": shape.output[0], "Z_H": shape.output[1]}
        names = {"X": shape.input, "K": shape.kernel, "O": shape.output}
        cases = [outputs | {f"{n}_{m}": v[a] for n, v in names.items() for a, m in enumerate("WH")}]
    try:
        return all(value(line.left, case) == value(line.right, case) for case in cases)
    except (Meaningless, KeyError):
        return None
