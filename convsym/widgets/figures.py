"""Still drawings as SVG: grids of numbers and curves, with a text that says what they show.

SVG stands in a notebook as text, so a strict comparison of outputs compares the drawing itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convsym.widgets.panels import GROUND, INK, LINE, MUTED, NEGATIVE, POSITIVE, Panel, figure_svg
from convsym.widgets.templates import format_value

# Blue, orange, dark gray and purple differ in lightness too; each line also has its own dashes.
_COLORS = (NEGATIVE, POSITIVE, "#4d4d4d", "#8e44ad")
_DASHES = ("", "7 4", "2 3", "9 3 2 3")


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG drawing with its text alternative.

    Attributes:
        svg: a self-contained `<svg>` document.
        alt: what it shows, in words and numbers; also its plain-text form.
    """

    svg: str = field(repr=False)
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": self.alt, "image/svg+xml": self.svg}


def draw_grids(
    grids: Mapping[str, ArrayLike],
    *,
    operators: Sequence[str] = (),
    caption: str = "",
    base: int = 1,
    marked: Mapping[str, Sequence[tuple[int, int]]] | None = None,
) -> Drawing:
    """Draw arrays side by side, tinted by sign and size.

    Args:
        grids: {title: array of shape (height, width), or a number}; "X input" sets X in bold.
        operators: the signs between them, one fewer than grids.
        caption: a line of text below.
        base: first index along the edges: 1 as in the paper's names, 0 as in arrays.
        marked: {title: 0-based (row, column) of the cells to outline}.

    Returns:
        A drawing.
    """
    panels: list[Panel] = []
    values: dict[str, float] = {}
    marks: dict[str, str] = {}
    told: list[str] = []
    for index, (title, array) in enumerate(grids.items()):
        numbers = np.atleast_2d(np.asarray(array, dtype=float))
        height, width = numbers.shape
        symbol, _, rest = title.partition(" ")
        key = f"g{index}"
        finite = np.abs(numbers[np.isfinite(numbers)])
        scale = float(finite.max(initial=0.0)) or 1.0
        panels.append(Panel(key, symbol, rest, (0, index), height, width, scale))
        values |= {f"{key}.{r}.{c}": float(v) for (r, c), v in np.ndenumerate(numbers)}
        rows = "; ".join(" ".join(map(format_value, row)) for row in numbers)
        outlined = (marked or {}).get(title, ())
        marks |= {f"{key}.{r}.{c}": "selected" for r, c in outlined}
        where = ", ".join(f"column {c + base} row {r + base}" for r, c in outlined)
        told.append(f"{title} = [{rows}]" + (f" (outlined: {where})" if where else ""))
    signs = {(0, index + 1): sign for index, sign in enumerate(operators)}
    alt = ", ".join(told) + (f". {caption}" if caption else "")
    drawn = figure_svg(panels, signs, values, marks, frozenset(), [caption] if caption else [], alt, base)
    # Without the class names, or an explorer's style on the same page would recolor a drawing inside `Live`.
    return Drawing(re.sub(r' class="[^"]*"', "", drawn), alt)


def chart(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    log_y: bool = False,
    points: Mapping[str, tuple[float, float]] | None = None,
    alt: str,
    size: tuple[int, int] = (560, 300),
) -> Drawing:
    """Draw curves.

    Args:
        lines: {label: (x values, y values)}; points that are not finite (or not positive on a
            logarithmic axis) are left out.
        x_label, y_label: what the axes show.
        log_x, log_y: logarithmic axes.
        points: {label: (x, y)} to mark.
        alt: what the chart shows, in words.
        size: (width, height) in pixels.

    Returns:
        A drawing.

    Raises:
        ValueError: there is nothing to draw.
    """
    across, up = _transform(log_x), _transform(log_y)
    curves = []
    for label, (xs, ys) in lines.items():
        pairs = zip(np.asarray(xs, float).ravel(), np.asarray(ys, float).ravel(), strict=True)
        curves.append((label, [(across(x), up(y)) for x, y in pairs]))
    marks = [(label, (across(x), up(y))) for label, (x, y) in (points or {}).items()]
    every = [p for _, curve in curves for p in curve] + [p for _, p in marks]
    finite = [(x, y) for x, y in every if math.isfinite(x) and math.isfinite(y)]
    if not finite:
        raise ValueError("no finite point to draw")
    width, height = size
    left, right, top, bottom = 62, width - 16, 14, height - 44
    horizontal = _Scale(*_range([x for x, _ in finite]), left, right, log_x)
    vertical = _Scale(*_range([y for _, y in finite]), bottom, top, log_y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12">'
        f"<title>{escape(alt)}</title>"
        f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>'
    ]
    for at, text in horizontal.ticks():
        parts.append(
            f'<line x1="{at:.1f}" y1="{top}" x2="{at:.1f}" y2="{bottom}" stroke="{LINE}" stroke-width="0.6"/>'
            f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle" fill="{MUTED}">{text}</text>'
        )
    for at, text in vertical.ticks():
        parts.append(
            f'<line x1="{left}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}" stroke="{LINE}" stroke-width="0.6"/>'
            f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end" fill="{MUTED}">{text}</text>'
        )
    parts.append(
        f'<text x="{(left + right) / 2:g}" y="{height - 8}" text-anchor="middle" fill="{INK}">{escape(x_label)}</text>'
        f'<text transform="translate(15 {(top + bottom) / 2:g}) rotate(-90)" text-anchor="middle" fill="{INK}">'
        f"{escape(y_label)}</text>"
    )
    placed = [(horizontal(x), vertical(y)) for x, y in finite]
    key = _key_place(placed, left, right, top + 14 + 18 * len(curves))
    for index, (label, curve) in enumerate(curves):
        color, dashes = _COLORS[index % 4], _DASHES[index % 4]
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        for run in _runs(curve):
            path = " ".join(f"{horizontal(x):.1f},{vertical(y):.1f}" for x, y in run)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.2"{dash}/>')
        if len(curves) > 1:
            y = top + 14 + 18 * index
            parts.append(
                f'<line x1="{key}" y1="{y - 4}" x2="{key + 28}" y2="{y - 4}" stroke="{color}" '
                f'stroke-width="2.2"{dash}/><text x="{key + 34}" y="{y}" fill="{INK}">{escape(label)}</text>'
            )
    for label, (x, y) in marks:
        if math.isfinite(x) and math.isfinite(y):
            a, b = horizontal(x), vertical(y)
            anchor, shift = ("end", -9) if a > (left + right) / 2 else ("start", 9)
            parts.append(
                f'<circle cx="{a:.1f}" cy="{b:.1f}" r="5" fill="{INK}" stroke="{GROUND}" stroke-width="1.5"/>'
                f'<text x="{a + shift:.1f}" y="{b - 8:.1f}" text-anchor="{anchor}" fill="{INK}">{escape(label)}</text>'
            )
    parts.append("</svg>")
    return Drawing("".join(parts), alt)


def _key_place(points: Sequence[tuple[float, float]], left: float, right: float, bottom: float) -> float:
    """Where the key begins: in the upper right corner, or in the left one where it hides less there."""
    starts = (right - 150, left + 12)
    return min(starts, key=lambda start: sum(start - 12 < x < start + 150 and y < bottom for x, y in points))


def _transform(logarithmic: bool) -> Any:
    def logarithm(value: float) -> float:
        return math.log10(value) if value > 0 else math.nan

    return logarithm if logarithmic else float


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin


def _runs(curve: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The curve cut where a point is not finite."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in curve:
        if math.isfinite(x) and math.isfinite(y):
            runs[-1].append((x, y))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float
    logarithmic: bool

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        span = self.high - self.low
        step = 10.0 ** math.floor(math.log10(span / 4))
        step *= next(m for m in (1, 2, 5, 10) if span / (step * m) <= 7)
        if self.logarithmic:
            step = max(1.0, round(step))
        first, count = math.ceil(self.low / step), math.floor(self.high / step)
        return [(self(n * step), self._text(n * step)) for n in range(first, count + 1)]

    def _text(self, value: float) -> str:
        if self.logarithmic:
            return f"10<tspan dy='-5' font-size='9'>{format_value(round(value))}</tspan>"
        return format_value(value)
