"""A function of two numbers seen from above: bands of height, and the paths that walk over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from convsym.widgets.figures import Drawing
from convsym.widgets.panels import GROUND, INK, LINE, MUTED, POSITIVE
from convsym.widgets.templates import format_value

# One hue that only grows darker, so that the order of the bands is seen without colors too.
_LOW, _HIGH = (236, 243, 250), (33, 84, 138)


def landscape(
    across: ArrayLike,
    up: ArrayLike,
    heights: ArrayLike,
    levels: Sequence[float],
    *,
    x_label: str,
    y_label: str,
    path: ArrayLike | None = None,
    points: Mapping[str, tuple[float, float]] | None = None,
    alt: str,
    caption: str = "",
    side: int = 300,
) -> Drawing:
    """Draw heights over two axes as bands between levels.

    Args:
        across, up: the grid's coordinates, evenly spaced and increasing, (n,) and (m,).
        heights: the heights, (m, n): `heights[j, i]` stands at `across[i]`, `up[j]`.
        levels: the borders between bands, increasing.
        x_label, y_label: what the axes show.
        path: x values and y values of a walk, (2, stops), drawn with a dot at each stop; cut at the frame.
        points: {label: (x, y)} to mark.
        alt: what is seen, in words and numbers.
        caption: a line of text below.
        side: pixels of the square frame.

    Returns:
        A drawing.

    Raises:
        ValueError: shapes do not fit.
    """
    xs, ys = np.asarray(across, float), np.asarray(up, float)
    band = np.searchsorted(np.asarray(levels, float), np.asarray(heights, float))
    if band.shape != (ys.size, xs.size) or min(band.shape) < 2:
        raise ValueError(f"heights must have shape {(ys.size, xs.size)}, not {band.shape}")
    left, top = 58, 14
    cell_width, cell_height = side / xs.size, side / ys.size

    def place(x: float, y: float) -> str:
        column = (x - xs[0]) / (xs[-1] - xs[0]) * (xs.size - 1) + 0.5
        row = (ys[-1] - y) / (ys[-1] - ys[0]) * (ys.size - 1) + 0.5
        return f"{left + cell_width * column:.1f},{top + cell_height * row:.1f}"

    axes = top + side + 38
    width, height = left + side + 96, axes + (28 if caption else 8)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12">'
        f"<title>{escape(alt)}</title>"
        f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>'
        f'<clipPath id="frame"><rect x="{left}" y="{top}" width="{side}" height="{side}"/></clipPath>'
    ]
    for index in range(len(levels) + 1):
        rows = "".join(
            f"M{left + cell_width * start:.1f} {top + cell_height * (ys.size - 1 - j):.1f}"
            f"h{cell_width * (stop - start):.1f}v{cell_height:.1f}h{-cell_width * (stop - start):.1f}z"
            for j in range(ys.size)
            for start, stop in _runs(band[j] == index)
        )
        color = _color(index / len(levels))
        parts.append(f'<path d="{rows}" fill="{color}" stroke="{color}" stroke-width="0.5"/>' if rows else "")
        y = top + side - 22 * (index + 1)
        parts.append(f'<rect x="{left + side + 14}" y="{y}" width="16" height="22" fill="{color}"/>')
        if index < len(levels):
            text = format_value(levels[index])
            parts.append(f'<text x="{left + side + 36}" y="{y + 4}" fill="{INK}">{text}</text>')
    for n in range(5):
        x = float(xs[0] + (xs[-1] - xs[0]) * n / 4)
        y_value = float(ys[0] + (ys[-1] - ys[0]) * n / 4)
        at_x, at_y = place(x, ys[0]).split(",")[0], place(xs[0], y_value).split(",")[1]
        parts.append(
            f'<text x="{at_x}" y="{top + side + 16}" text-anchor="middle" fill="{MUTED}">{format_value(x)}</text>'
            f'<text x="{left - 6}" y="{float(at_y) + 4:.1f}" text-anchor="end" fill="{MUTED}">'
            f"{format_value(y_value)}</text>"
        )
    parts.append(
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="{LINE}"/>'
        f'<text x="{left + side / 2:g}" y="{axes}" text-anchor="middle" fill="{INK}">{escape(x_label)}</text>'
        f'<text transform="translate(14 {top + side / 2:g}) rotate(-90)" text-anchor="middle" fill="{INK}">'
        f"{escape(y_label)}</text>"
    )
    if caption:
        parts.append(f'<text x="14" y="{height - 10}" fill="{INK}">{escape(caption)}</text>')
    parts.append('<g clip-path="url(#frame)">')
    if path is not None:
        stops = [place(x, y) for x, y in np.asarray(path, float).T if np.isfinite(x) and np.isfinite(y)]
        parts.append(
            f'<polyline points="{" ".join(stops)}" fill="none" stroke="{POSITIVE}" stroke-width="2"/>'
        )
        for stop in stops:
            x_at, y_at = stop.split(",")
            parts.append(f'<circle cx="{x_at}" cy="{y_at}" r="3" fill="{POSITIVE}" stroke="#fff"/>')
    for label, point in (points or {}).items():
        x_at, y_at = place(*point).split(",")
        parts.append(
            f'<circle cx="{x_at}" cy="{y_at}" r="5" fill="{INK}" stroke="#fff" stroke-width="1.5"/>'
            f'<text x="{float(x_at) + 9:.1f}" y="{float(y_at) - 7:.1f}" fill="{INK}" stroke="#fff" '
            f'stroke-width="3" paint-order="stroke">{escape(label)}</text>'
        )
    parts.append("</g></svg>")
    return Drawing("".join(parts), alt)


def _runs(row: np.ndarray) -> list[tuple[int, int]]:
    """Where consecutive cells are true: (start, stop) pairs."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(int), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _color(share: float) -> str:
    mixed = (round(low + share * (high - low)) for low, high in zip(_LOW, _HIGH, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)
