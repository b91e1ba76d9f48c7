"""Grids of numbers as SVG: the same markup stands still in a repository's preview and lives in the explorer.

`explorer.js` finds each cell by its `data-cell` and changes its number, its tint and its marks; the
layout is made here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from convsym.widgets.templates import format_value

CELL_WIDTH, CELL_HEIGHT, GAP, MARGIN, TITLE = 54, 36, 3, 15, 20
POSITIVE, NEGATIVE, INK, MUTED, LINE, GROUND = (
    "#d97a06",
    "#1f77d0",
    "#1a1a1a",
    "#6b6b6b",
    "#c9c9c9",
    "#ffffff",
)
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
# How a cell is marked: selected, read by the selected cell, using the selected cell.
MARKS = {"selected": (INK, "3", ""), "reads": (INK, "1.75", ""), "used-by": (INK, "1.75", "3 3")}


@dataclass(frozen=True, slots=True)
class Panel:
    """One grid of the explorer.

    Attributes:
        key: the grid's short name, the first part of its cells' ids ("x" in "x.0.1").
        symbol: its letter as shown ("X", "∂L/∂K").
        caption: one or two words ("input").
        place: (row, column) in the explorer's layout; a gradient stands under what it is the gradient of.
        rows, columns: its size in cells.
        scale: the size of a number that gets the full tint.
        names: a short name for each cell, row by row, or () for none.
    """

    key: str
    symbol: str
    caption: str
    place: tuple[int, int]
    rows: int
    columns: int
    scale: float
    names: tuple[str, ...] = ()

    @property
    def indexed(self) -> bool:
        """Whether columns and rows are numbered along the edges; a single number needs none."""
        return self.rows * self.columns > 1

    @property
    def width(self) -> int:
        """Width of the drawing in pixels."""
        return max(MARGIN + self.columns * (CELL_WIDTH + GAP), 64)

    @property
    def height(self) -> int:
        """Height of the drawing in pixels, title included."""
        return TITLE + MARGIN + self.rows * (CELL_HEIGHT + GAP)

    def cells(self) -> list[str]:
        """The ids of its cells, row by row."""
        return [f"{self.key}.{row}.{column}" for row in range(self.rows) for column in range(self.columns)]


def tint(value: float, scale: float) -> float:
    """How strongly a number is tinted, from 0 to 0.62; the ink on top stays readable at the most."""
    if value != value or value == 0:
        return 0.0
    return round(0.06 + 0.56 * min(1.0, abs(value) / scale), 3)


def panel_svg(
    panel: Panel,
    values: Mapping[str, float],
    marks: Mapping[str, str],
    hidden: frozenset[str] = frozenset(),
    *,
    x: int = 0,
    y: int = 0,
    base: int = 1,
) -> str:
    """Draw one grid.

    Args:
        panel: what to draw.
        values: {cell id: number}.
        marks: {cell id: "selected", "reads" or "used-by"}.
        hidden: cells whose number is not shown yet.
        x, y: place of the drawing in the one around it, in pixels.
        base: the first index along the edges, 1 in the paper's names and 0 in the array's.

    Returns:
        An `<svg>` element.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="cs-panel" data-panel="{panel.key}" x="{x}" y="{y}" '
        f'width="{panel.width}" height="{panel.height}" viewBox="0 0 {panel.width} {panel.height}" '
        f'font-family="{escape(_FONT)}" font-size="13" text-anchor="middle">',
        f'<text class="cs-title" x="{MARGIN}" y="14" text-anchor="start" fill="{INK}" font-size="14">'
        f'<tspan font-weight="600">{escape(panel.symbol)}</tspan>'
        f'<tspan class="cs-muted" fill="{MUTED}" font-size="12" dx="5">{escape(panel.caption)}</tspan></text>',
    ]
    if panel.indexed:
        parts += [
            _index(MARGIN + c * (CELL_WIDTH + GAP) + CELL_WIDTH / 2, TITLE + MARGIN - 5, c + base)
            for c in range(panel.columns)
        ]
        parts += [
            _index(6, TITLE + MARGIN + r * (CELL_HEIGHT + GAP) + CELL_HEIGHT / 2 + 4, r + base)
            for r in range(panel.rows)
        ]
    for index, cell in enumerate(panel.cells()):
        row, column = divmod(index, panel.columns)
        left = MARGIN + column * (CELL_WIDTH + GAP)
        top = TITLE + MARGIN + row * (CELL_HEIGHT + GAP)
        name = panel.names[index] if panel.names else ""
        parts.append(
            _cell(
                cell, left, top, values.get(cell, 0.0), panel.scale, marks.get(cell, ""), cell in hidden, name
            )
        )
    parts.append("</svg>")
    return "".join(parts)


def _index(x: float, y: float, number: int) -> str:
    return f'<text class="cs-muted" x="{x:g}" y="{y:g}" fill="{MUTED}" font-size="10">{number}</text>'


def _cell(
    cell: str, left: int, top: int, value: float, scale: float, mark: str, hidden: bool, name: str
) -> str:
    color, strength = (GROUND, 0.0) if hidden else (POSITIVE if value > 0 else NEGATIVE, tint(value, scale))
    sign = "" if hidden or value == 0 else " cs-pos" if value > 0 else " cs-neg"
    stroke, thickness, dash = MARKS.get(mark, (LINE, "1", ""))
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    box = f'x="{left}" y="{top}" width="{CELL_WIDTH}" height="{CELL_HEIGHT}" rx="4"'
    middle, line = left + CELL_WIDTH / 2, top + CELL_HEIGHT / 2 + (9 if name else 5)
    text = "?" if hidden else format_value(value)
    label = (
        f'<text class="cs-name" x="{left + 5}" y="{top + 12}" text-anchor="start" fill="{MUTED}" '
        f'font-size="10">{escape(name)}</text>'
        if name
        else ""
    )
    return (
        f'<g class="cs-cell{sign}" data-cell="{cell}"'
        + (f' data-mark="{mark}"' if mark else "")
        + f'><rect class="cs-tint" {box} fill="{color}" fill-opacity="{strength:g}"/>'
        f'<rect class="cs-edge" {box} fill="none" stroke="{stroke}" stroke-width="{thickness}"{dashes}/>{label}'
        f'<text class="cs-value" x="{middle:g}" y="{line:g}" fill="{INK}">{text}</text></g>'
    )


def figure_svg(
    panels: Sequence[Panel],
    operators: Mapping[tuple[int, int], str],
    values: Mapping[str, float],
    marks: Mapping[str, str],
    hidden: frozenset[str],
    caption: Sequence[str],
    title: str,
    base: int = 1,
) -> str:
    """Draw all grids side by side with a caption below: the explorer where no script runs.

    Args:
        panels: the grids, each with its place.
        operators: {(row, column): sign}, drawn to the left of the grid at that place.
        values, marks, hidden: as in `panel_svg`.
        caption: lines of text under the grids.
        title: what a screen reader says of the drawing.
        base: as in `panel_svg`.

    Returns:
        One self-contained `<svg>` document.
    """
    between, edge = 26, 12
    columns = sorted({panel.place[1] for panel in panels})
    rows = sorted({panel.place[0] for panel in panels})
    widths = {c: max(p.width for p in panels if p.place[1] == c) for c in columns}
    heights = {r: max(p.height for p in panels if p.place[0] == r) for r in rows}
    lefts, left = {}, edge
    for column in columns:
        lefts[column] = left
        left += widths[column] + between
    tops, top = {}, edge
    for row in rows:
        tops[row] = top
        top += heights[row] + 10
    width = max(left - between + edge, 24 + max((7 * len(line) for line in caption), default=0))
    height = top + 20 * len(caption) + 4
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{escape(_FONT)}"><title>{escape(title)}</title>',
        f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>',
    ]
    for panel in panels:
        row, column = panel.place
        parts.append(panel_svg(panel, values, marks, hidden, x=lefts[column], y=tops[row], base=base))
    for (row, column), sign in operators.items():
        if row in tops and column in lefts and column != columns[0]:
            middle = tops[row] + TITLE + MARGIN + CELL_HEIGHT + GAP / 2
            parts.append(
                f'<text x="{lefts[column] - between / 2 + 4:g}" y="{middle + 5:g}" text-anchor="middle" '
                f'fill="{MUTED}" font-size="15">{escape(sign)}</text>'
            )
    for index, line in enumerate(caption):
        parts.append(
            f'<text x="{edge + MARGIN}" y="{top + 12 + 20 * index}" fill="{INK}" font-size="13">{escape(line)}</text>'
        )
    parts.append("</svg>")
    return "".join(parts)
