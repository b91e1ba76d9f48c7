"""What the explorer shows of a network: its grids, its cells' names, its equations and what reads what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from convsym.errors import GeometryError
from convsym.forward import LOSS, cells
from convsym.geometry import Position, array_positions, cell, cell_name
from convsym.lowering.cells import stages
from convsym.widgets.templates import name_mathml, name_text

if TYPE_CHECKING:
    from convsym.network import Network

FORWARD = ("x", "k", "b", "z", "o", "y", "loss")
BACKWARD = ("dx", "dk", "db", "delta")
# (letter, caption, (row, column), how a cell is called aloud); a gradient stands under what it belongs to.
GRIDS: Mapping[str, tuple[str, str, tuple[int, int], str]] = {
    "x": ("X", "input", (0, 0), "x"),
    "k": ("K", "kernel", (0, 1), "k"),
    "b": ("b", "bias", (0, 2), "b"),
    "z": ("Z", "sums", (0, 3), "z"),
    "o": ("O", "output", (0, 4), "o"),
    "y": ("Y", "target", (0, 5), "y"),
    "loss": ("L", "loss", (0, 6), "L, the loss"),
    "dx": ("∂L/∂X", "", (1, 0), "slope of L along x"),
    "dk": ("∂L/∂K", "", (1, 1), "slope of L along k"),
    "db": ("∂L/∂b", "", (1, 2), "slope of L along b"),
    "delta": ("δ", "= ∂L/∂Z", (1, 3), "delta"),
}
# The signs between neighboring grids of the first row, drawn left of the grid they belong to.
OPERATORS = {"k": "∗", "b": "+", "z": "=", "o": "→", "y": "↔", "loss": "→"}
LARGEST_EXPLORER = 400


@dataclass(frozen=True, slots=True)
class CellName:
    """One cell's name: as MathML, on one line, aloud, and as an array entry ("" for what is computed)."""

    mathml: str
    text: str
    spoken: str
    entry: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A network taken apart for display.

    Attributes:
        shapes: {grid key: (rows, columns)}.
        symbols: {cell symbol: cell id}, in the order in which a person reads a formula.
        equations: {cell id: its right side, in the symbols above}; input cells have none.
        names: {cell id: CellName}.
        reads: {cell id: the ids its equation reads}.
    """

    shapes: Mapping[str, tuple[int, int]]
    symbols: Mapping[Symbol, str]
    equations: Mapping[str, Expr]
    names: Mapping[str, CellName]
    reads: Mapping[str, tuple[str, ...]]

    def ids(self, key: str) -> list[str]:
        """The ids of a grid's cells, row by row."""
        return [cell_id(key, at) for at in array_positions(self.shapes[key])]

    def used_by(self) -> dict[str, tuple[str, ...]]:
        """{cell id: the ids whose equations read it}."""
        users: dict[str, list[str]] = {}
        for reader, read in self.reads.items():
            for one in read:
                users.setdefault(one, []).append(reader)
        return {one: tuple(readers) for one, readers in users.items()}

    def after(self, start: str) -> tuple[str, ...]:
        """Every cell whose value depends on a cell, directly or through others."""
        users, found, todo = self.used_by(), set[str](), [start]
        while todo:
            for user in users.get(todo.pop(), ()):
                if user not in found:
                    found.add(user)
                    todo.append(user)
        return tuple(sorted(found))


def cell_id(key: str, position: Position) -> str:
    """The id of a cell: cell_id("x", (0, 1)) is "x.0.1"; a number is a grid of one cell."""
    row, column = position if position else (0, 0)
    return f"{key}.{row}.{column}"


def build_scene(network: Network) -> Scene:
    """Take a network apart for display.

    Args:
        network: plain images (no channels), small enough to show every cell.

    Returns:
        The scene, with the forward pass and the backward pass.

    Raises:
        GeometryError: the network has channels, or more cells than a person can look at.
    """
    conv = network.conv
    if conv.channels is not None:
        raise GeometryError(f"the explorer shows plain images; this network has channels {conv.channels}")
    shapes: dict[str, tuple[int, int]] = {}
    for key in (*FORWARD, *BACKWARD):
        rows, columns = conv.shape_of({"dx": "x", "dk": "k"}.get(key, key)) or (1, 1)
        shapes[key] = rows, columns
    shapes |= {"loss": (1, 1), "b": (1, 1), "db": (1, 1)}
    if not network.bias:
        del shapes["b"], shapes["db"]
    count = sum(rows * columns for rows, columns in shapes.values())
    if count > LARGEST_EXPLORER:
        raise GeometryError(
            f"the explorer would show {count} cells for input {conv.input} and kernel {conv.kernel}, "
            f"more than {LARGEST_EXPLORER}"
        )
    symbols: dict[Symbol, str] = {}
    # Reading order of a product: the number that is blamed, then what it was multiplied by.
    for family in (r"\delta", "x", "k", "b", "z", "o", "y"):
        key = family.lstrip("\\")
        if key in shapes:
            for at in array_positions(shapes[key]):
                symbols[cell(family, () if key == "b" else at)] = cell_id(key, at)
    symbols[LOSS] = "loss.0.0"
    forward = cells(conv, network.activation, network.loss, network.bias)
    equations = {symbols[symbol]: expression for symbol, expression in forward.equations.items()}
    equations |= _backward_equations(network, shapes)
    names = {
        cell_id(key, at): _name(key, at) for key, shape in shapes.items() for at in array_positions(shape)
    }
    reads = {
        target: tuple(sorted(symbols[s] for s in expression.free_symbols if s in symbols))
        for target, expression in equations.items()
    }
    return Scene(shapes, symbols, equations, names, reads)


def _name(key: str, at: Position) -> CellName:
    letter, _, _, spoken = GRIDS[key]
    if key in ("loss", "b", "db"):
        plain = {"loss": "L", "b": "b", "db": "∂L/∂b"}[key]
        mathml = _slope(name_mathml("b")) if key == "db" else f"<mi>{plain}</mi>"
        return CellName(mathml, plain, spoken, plain if key == "b" else "")
    family = {"dx": "x", "dk": "k"}.get(key, key)
    latex = cell_name(family, at)
    row, column = at
    aloud = f"{spoken}, column {column + 1}, row {row + 1}"
    if family != key:
        return CellName(_slope(name_mathml(latex)), f"∂L/∂{name_text(latex)}", aloud, "")
    entry = f"{letter}[{row}, {column}]" if key in ("x", "k", "y") else ""
    return CellName(name_mathml(latex), name_text(latex), aloud, entry)


def _slope(name: str) -> str:
    return f"<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo>{name}</mrow></mfrac>"


def _backward_equations(network: Network, shapes: Mapping[str, Sequence[int]]) -> dict[str, Expr]:
    """delta in the o and y cells, and each slope of L in the delta cells."""
    conv, activation = network.conv, network.activation
    loss = cells(conv, activation, network.loss, network.bias).loss
    equations: dict[str, Expr] = {}
    for at in array_positions(conv.output):
        z, o = cell("z", at), cell("o", at)
        # sigma(z) has a name already: o. The slope reads better in it.
        equations[cell_id("delta", at)] = loss.diff(o) * activation.slope(z).xreplace({activation.at(z): o})
    lowered = stages(conv, activation, network.loss, network.bias)
    assigned = dict(lowered.assignments)
    for key in ("dk", "dx", "db"):
        for at, symbol in zip(array_positions(shapes.get(key, (0,))), lowered.outputs[key], strict=True):
            equations[cell_id(key, at)] = assigned[symbol]
    return equations
