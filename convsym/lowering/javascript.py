"""JavaScript made from the same SymPy expressions as the NumPy functions, for the widgets.

The source is one ES arrow function over nested arrays, readable and without any name that came from
outside: cells become s0, s1, ... and the paper's name stands beside each as a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol, cse, numbered_symbols
from sympy.printing.codeprinter import PrintMethodNotImplementedError
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.precedence import PRECEDENCE

from convsym.errors import LoweringError
from convsym.functions import step
from convsym.geometry import Convolution
from convsym.lowering.cells import stages
from convsym.models import Activation, Loss

_SAFE_COMMENT = re.compile(r"[A-Za-z0-9_{}, \\]+")
Grid = Sequence[Sequence[Symbol]]


@dataclass(frozen=True, slots=True)
class JavascriptFunction:
    """A forward and backward pass as JavaScript source.

    Attributes:
        source: an ES arrow function `(X, K, Y[, b]) => ({z, o, delta, loss, dk, dx[, db]})`. Arrays are
            nested lists of rows, as `numpy.ndarray.tolist` gives them; `b`, `loss` and `db` are numbers.
    """

    source: str


def compile_javascript(
    conv: Convolution, activation: Activation, loss: Loss, bias: bool = False
) -> JavascriptFunction:
    """The forward and backward pass of a network as JavaScript, in the numerically stable form.

    Args:
        conv: plain images (no channels), small enough to write one line a cell.
        activation, loss, bias: as in `Network`.

    Returns:
        The function; its numbers agree with the NumPy functions made from the same expressions.

    Raises:
        LoweringError: the convolution has channels.
        GeometryError: too many cells to write out.
    """
    if conv.channels is not None:
        raise LoweringError(f"the JavaScript form is for plain images; got channels {conv.channels}")
    network = stages(conv, activation, loss, bias)

    def grid(symbols: Sequence[Symbol], shape: Sequence[int]) -> Grid | Symbol:
        if not shape:
            return symbols[0]
        columns = shape[1]
        return [symbols[start : start + columns] for start in range(0, len(symbols), columns)]

    arguments = {key.upper(): grid(network.inputs[key], conv.shape_of(key)) for key in ("x", "k", "y")}
    shapes: dict[str, Sequence[int]] = dict.fromkeys(("z", "o", "delta"), conv.output)
    shapes |= {"loss": (), "dk": conv.kernel, "dx": conv.input}
    if bias:
        arguments["b"] = network.inputs["b"][0]
        shapes["db"] = ()
    results = {key: grid(network.outputs[key], shape) for key, shape in shapes.items()}
    return JavascriptFunction(javascript_source(arguments, network.needed(tuple(shapes)), results))


def javascript_source(
    arguments: Mapping[str, Grid | Symbol],
    assignments: Sequence[tuple[Symbol, Expr]],
    results: Mapping[str, Grid | Symbol],
) -> str:
    """Print assignments in order as one JavaScript function.

    Args:
        arguments: {parameter name: its cells row by row, or one symbol for a number}.
        assignments: (symbol, expression) in an order in which each uses only arguments and earlier symbols.
        results: {key of the returned object: its cells row by row, or one symbol}.

    Returns:
        The source of an arrow function.

    Raises:
        LoweringError: an expression has no JavaScript, or uses a symbol that nothing has assigned.
    """
    names: dict[Symbol, str] = {}
    printer = _Printer(names)

    def introduce(symbol: Symbol) -> str:
        if symbol in names:
            raise LoweringError(f"{symbol} is assigned twice")
        names[symbol] = f"s{len(names)}"
        return names[symbol]

    def pattern(cells: Grid | Symbol) -> str:
        if isinstance(cells, Symbol):
            return introduce(cells)
        return f"[{', '.join('[' + ', '.join(map(introduce, row)) + ']' for row in cells)}]"

    def shape(cells: Grid | Symbol) -> str:
        if isinstance(cells, Symbol):
            return printer.name(cells)
        return f"[{', '.join('[' + ', '.join(map(printer.name, row)) + ']' for row in cells)}]"

    lines = [f"({', '.join(arguments)}) => {{"]
    lines += [f"  const {pattern(cells)} = {name};" for name, cells in arguments.items()]
    for symbol, expression in _shared(assignments):
        code = printer.code(expression)
        comment = f" // {symbol.name}" if _SAFE_COMMENT.fullmatch(symbol.name) else ""
        lines.append(f"  const {introduce(symbol)} = {code};{comment}")
    lines.append(f"  return {{ {', '.join(f'{key}: {shape(cells)}' for key, cells in results.items())} }};")
    return "\n".join([*lines, "}"])


def _shared(assignments: Sequence[tuple[Symbol, Expr]]) -> list[tuple[Symbol, Expr]]:
    """The assignments with every common subexpression assigned once, just before its first use."""
    symbols = [symbol for symbol, _ in assignments]
    taken = {s.name for s in symbols}.union(*(map(str, e.free_symbols) for _, e in assignments))
    fresh = (s for s in numbered_symbols("shared") if s.name not in taken)
    common, rewritten = cse([expression for _, expression in assignments], symbols=fresh, order="none")
    pending, assigned = list(zip(symbols, rewritten, strict=True)), set()
    ordered: list[tuple[Symbol, Expr]] = []
    parts = dict(common)

    def place(expression: Expr) -> None:
        for symbol in sorted(expression.free_symbols, key=str):
            if symbol in parts and symbol not in assigned:
                assigned.add(symbol)
                place(parts[symbol])
                ordered.append((symbol, parts[symbol]))

    for symbol, expression in pending:
        place(expression)
        ordered.append((symbol, expression))
    return ordered


class _Printer(JavascriptCodePrinter):
    """SymPy's JavaScript with our own names, small powers as products, and an error for what it cannot say."""

    def __init__(self, names: Mapping[Symbol, str]) -> None:
        functions = {"log1p": "Math.log1p", "expm1": "Math.expm1"}
        super().__init__({"strict": True, "user_functions": functions})
        self.names = names

    def code(self, expression: Expr) -> str:
        try:
            printed: str = self.doprint(expression)
        except PrintMethodNotImplementedError as error:
            reason = str(error).splitlines()[0]
            raise LoweringError(f"no JavaScript for {expression}: {reason}") from None
        # A ternary is printed over three lines; one assignment is one line here.
        return " ".join(printed.split()).replace("( ", "(").replace(" )", ")")

    def name(self, symbol: Symbol) -> str:
        if symbol not in self.names:
            raise LoweringError(f"{symbol} is used before anything assigns it")
        return self.names[symbol]

    def _print_Symbol(self, symbol: Symbol) -> str:
        return self.name(symbol)

    _print_Dummy = _print_Symbol

    def _print_step(self, expression: step) -> str:
        return str(self._print(expression.written_out()))

    def _print_Pow(self, power: Any) -> str:
        if power.exp.is_Integer and 2 <= power.exp <= 4:
            base = self.parenthesize(power.base, PRECEDENCE["Mul"])
            # As an operand of a division a product needs its own brackets.
            return f"({'*'.join([base] * int(power.exp))})"
        if power.exp == -1:
            return f"1/{self.parenthesize(power.base, PRECEDENCE['Mul'], strict=False)}"
        return str(super()._print_Pow(power))
