"""The same paper for any sizes, base, index order and notation, line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    Style,
    Sum,
    latex,
)
from corpus.truth import Shape

ONE, TWO = Num("1"), Num("2")


@dataclass(frozen=True)
class Line:
    """One relation `left = right` of a paper.

    `kind` is "definition" where the paper introduces the left side by it (its truth shows only against the
    lines that use it), else "claim". `continues` says that the left side is printed on the row before.
    """

    name: str
    left: Expr
    right: Expr
    kind: str = "claim"
    continues: bool = False


@dataclass(frozen=True)
class Paper:
    shape: Shape
    style: Style
    lines: tuple[Line, ...]
    row_letters: tuple[str, str] = ("i", "j")

    def line(self, name: str) -> Line:
        return next(line for line in self.lines if line.name == name)

    def with_line(self, new: Line) -> Paper:
        return replace(self, lines=tuple(new if line.name == new.name else line for line in self.lines))

    def text(self) -> str:
        return _document(self)


def plus(*terms: Expr) -> Expr:
    return terms[0] if len(terms) == 1 else Add(tuple(("+", term) for term in terms))


def minus(left: Expr, right: Expr) -> Add:
    return Add((("+", left), ("-", right)))


def cell(family: str, *indices: int) -> Cell:
    return Cell(family, tuple(Num(str(index)) for index in indices))


def sized(letter: str, shape: Shape) -> tuple[Size, Size]:
    """The two sizes in the order of a cell's indices."""
    pair = (Size(f"{letter}_W"), Size(f"{letter}_H"))
    return (pair[1], pair[0]) if shape.row_first else pair


def double_sum(names: tuple[str, str], letter: str, body: Expr, shape: Shape) -> Expr:
    first, second = (size if shape.base else minus(size, ONE) for size in sized(letter, shape))
    start = Num(str(shape.base))
    return Sum(names[0], start, first, Sum(names[1], start, second, body))


def read_index(out: Expr, tap: Expr, shape: Shape) -> Expr:
    """Which input index a tap reads, along one axis."""
    if shape.stride == 1:
        return Add((("+", tap), ("+", out), ("-", ONE))) if shape.base else Add((("+", tap), ("+", out)))
    if shape.base:
        return Add((("+", Mul((Size("S"), minus(out, ONE)))), ("+", tap)))
    return Add((("+", Mul((Size("S"), out))), ("+", tap)))


def build(shape: Shape, style: Style | None = None) -> Paper:
    """A paper in which every line is true."""
    style = style or Style()
    i, j, a, b = Size("i"), Size("j"), Size("x"), Size("y")
    area = Mul(sized("K", Shape((1, 1), (1, 1))))
    taps, outputs = shape.cells("k"), shape.cells("o")
    count = Num(str(shape.kernel[0] * shape.kernel[1]))
    lines = [
        Line(
            "size",
            Size("O_S"),
            _size_formula(Size("X_S"), Size("K_S"), Mul((TWO, Size("P"))), Size("S")),
            "definition",
        ),
    ]
    for axis, letter in enumerate("WH"):
        numbers = _size_formula(
            Num(str(shape.input[axis])),
            Num(str(shape.kernel[axis])),
            Mul((TWO, Num("0"))),
            Num(str(shape.stride)),
        )
        lines.append(Line(f"size-{letter}", Size(f"Z_{letter}"), numbers))
        lines.append(Line(f"size-{letter}-value", numbers, Num(str(shape.output[axis])), continues=True))
    t = Size("x")
    lines.append(
        Line("sigma", Call("sigma", t), Frac(ONE, Add((("+", ONE), ("+", Exp(Neg(t)))))), "definition")
    )
    square = Pow(minus(Cell("o", (i, j)), Cell("y", (i, j))), 2)
    loss = double_sum(("i", "j"), "O", square, shape)
    lines.append(Line("loss", Cell("L", ()), loss, "definition"))
    window = double_sum(
        ("i", "j"),
        "K",
        Mul((Cell("x", (read_index(a, i, shape), read_index(b, j, shape))), Cell("k", (i, j)))),
        shape,
    )
    lines.append(
        Line("window", Cell("z", (a, b)), Frac(window, area) if shape.divisor else window, "definition")
    )
    for out in outputs:
        products = []
        for tap in taps:
            read = tuple(shape.stride * (o - shape.base) + t for o, t in zip(out, tap, strict=True))
            products.append(Mul((cell("x", *read), cell("k", *tap))))
        total = plus(*products)
        lines.append(Line(f"z{out}", cell("z", *out), Frac(total, count) if shape.divisor else total))

    def logistic(z: Expr) -> Expr:
        return Frac(ONE, Add((("+", ONE), ("+", Exp(Neg(z))))))

    zij = Cell("z", (i, j))
    lines.append(Line("activation", Cell("o", (i, j)), Call("sigma", zij), "definition"))
    lines.append(Line("activation-written", Call("sigma", zij), logistic(zij), continues=True))
    lines.extend(Line(f"o{out}", cell("o", *out), logistic(cell("z", *out))) for out in outputs)
    lines.append(Line("loss-again", Cell("L", ()), loss))
    squares = plus(*(Pow(minus(cell("o", *out), cell("y", *out)), 2) for out in outputs))
    lines.append(Line("loss-terms", loss, squares, continues=True))
    first_tap, first_out = taps[0], outputs[0]
    weight = cell("k", *first_tap)
    paths = plus(
        *(
            Mul(
                (
                    Der(Cell("L", ()), cell("o", *out)),
                    Der(cell("o", *out), cell("z", *out)),
                    Der(cell("z", *out), weight),
                )
            )
            for out in outputs
        )
    )
    lines.append(Line("chain", Der(Cell("L", ()), weight), paths))
    o, y, z = (cell(family, *first_out) for family in "oyz")
    lines.append(Line("dL/do", Der(Cell("L", ()), o), Mul((TWO, minus(o, y)))))
    lines.append(Line("do/dz", Der(o, z), Mul((logistic(z), minus(ONE, logistic(z))))))
    last_tap = taps[-1]
    read = tuple(shape.stride * (p - shape.base) + t for p, t in zip(first_out, last_tap, strict=True))
    for tap, name in ((first_tap, "dz/dk"), (last_tap, "dz/dk-last")):
        read = tuple(shape.stride * (p - shape.base) + t for p, t in zip(first_out, tap, strict=True))
        x = cell("x", *read)
        lines.append(Line(name, Der(z, cell("k", *tap)), Frac(x, count) if shape.divisor else x))
    lines.append(
        Line("gradient", Der(Cell("L", ()), cell("k", *last_tap)), _gradient(shape, last_tap, count))
    )
    return Paper(shape, style, tuple(lines))


def _size_formula(size: Expr, kernel: Expr, padding: Expr, stride: Expr) -> Expr:
    return plus(Frac(Add((("+", size), ("-", kernel), ("+", padding))), stride), ONE)


def _gradient(shape: Shape, tap: tuple[int, int], count: Num) -> Expr:
    terms = []
    for out in shape.cells("o"):
        read = tuple(shape.stride * (p - shape.base) + t for p, t in zip(out, tap, strict=True))
        o, y = cell("o", *out), cell("y", *out)
        terms.append(Mul((minus(o, y), o, minus(ONE, o), cell("x", *read))))
    total = plus(*terms)
    return Mul((Frac(TWO, count) if shape.divisor else TWO, total))


# ---------------------------------------------------------------- the document


def _matrix(letter: str, paper: Paper) -> str:
    shape, style = paper.shape, paper.style
    columns, rows = shape.extent(letter.lower())
    lines = []
    for r in range(rows):
        row = []
        for c in range(columns):
            pair = (r, c) if shape.row_first else (c, r)
            row.append(latex(cell(letter.lower(), *(n + shape.base for n in pair)), style))
        lines.append(" & ".join(row))
    return f"$${letter} = \\begin{{bmatrix}} " + " \\\\ ".join(lines) + " \\end{bmatrix}$$"


def _document(paper: Paper) -> str:
    shape, style = paper.shape, paper.style

    def show(node: Expr) -> str:
        return latex(node, style)

    def equation(name: str, tag: str = "") -> str:
        line = paper.line(name)
        number = f" \\quad ({tag})" if tag else ""
        return f"$${show(line.left)} = {show(line.right)}{number}$$"

    def chain(first: str, second: str, tag: str = "") -> str:
        one, two = paper.line(first), paper.line(second)
        number = f" \\quad ({tag})" if tag else ""
        return f"$${show(one.left)} = {show(one.right)} = {show(two.right)}{number}$$"

    def block(names: list[str]) -> str:
        rows = [f"{show(paper.line(n).left)} &= {show(paper.line(n).right)}" for n in names]
        return "$$\\begin{aligned} " + " \\\\ ".join(rows) + " \\end{aligned}$$"

    outputs = shape.cells("o")
    names = [line.name for line in paper.lines]
    order = "row first and the column second" if shape.row_first else "column first and the row second"
    again, terms = paper.line("loss-again"), paper.line("loss-terms")
    whole = shape.divisor
    pieces = [
        "# A convolution, forward and backward",
        f"A subscript names the {order}, counted from {shape.base}.",
        f"The input $X$ has shape $S_X = {shape.input}$, described by its width $X_W$ and height $X_H$:",
        _matrix("X", paper),
        f"The kernel $K$ has shape $S_K = {shape.kernel}$, with width $K_W$ and height $K_H$:",
        _matrix("K", paper),
        "Along one axis $X_S$ is the size of the input, $K_S$ is the size of the kernel, $P$ is the padding "
        "and $S$ is the stride. The size of the output is",
        equation("size", "1"),
        "Here the output $Z$ has width $Z_W$ and height $Z_H$:",
        chain("size-W", "size-W-value", "2"),
        chain("size-H", "size-H-value"),
        f"So $S_Z = {shape.output}$. The activation is",
        equation("sigma", "3"),
        "It acts on each cell, $O = \\sigma(Z)$, so $S_Z = S_O$, with width $O_W$ and height $O_H$. "
        "The target $Y$ has shape $S_Y = S_O$. The loss $L$ is",
        equation("loss", "4"),
        f"The forward pass $Z = \\text{{conv}}(X, K)$ has the stride $S = {shape.stride}$ and no padding"
        + (", and takes the mean over the window:" if whole else ":"),
        equation("window", "5"),
        "Cell by cell:",
        block([f"z{out}" for out in outputs]),
        "Then",
        chain("activation", "activation-written", "6"),
        "Cell by cell:",
        block([f"o{out}" for out in outputs]),
        "The loss becomes",
        "$$\\begin{aligned} "
        + f"{show(again.left)} &= {show(again.right)} \\\\ &= {show(terms.right)}"
        + " \\end{aligned}$$",
        "Backward, for one weight:",
        equation("chain"),
        "where",
    ]
    pieces += [equation(name) for name in names[names.index("dL/do") :]]
    return "\n\n".join(pieces) + "\n"
