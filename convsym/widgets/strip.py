"""A strip of input cells with every position of a window below it: the output's size, by counting."""

from __future__ import annotations

from html import escape

from convsym.errors import GeometryError
from convsym.geometry import Convolution, output_size
from convsym.widgets.figures import Drawing
from convsym.widgets.panels import GROUND, INK, LINE, MUTED, NEGATIVE, POSITIVE

_PITCH, _CELL, _ROW, _LEFT, _TOP = 30, 27, 17, 16, 12


def draw_windows(input: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1) -> Drawing:
    """Draw one axis of an input and, below it, each place where the window fits.

    Under the last place stands, dashed, the first one that does not fit. Input cells that no window
    reads are gray.

    Args:
        input, kernel, stride, padding, dilation: as in `geometry.output_size`.

    Returns:
        A drawing; its text names the cells that each window begins and ends at, padding included.

    Raises:
        GeometryError: a size is no whole number or out of range.
    """
    strip = input + 2 * padding
    # Long enough for one place more than fits, so that the geometry gives the taps of that one too.
    longer = Convolution(
        (1, strip + stride + dilation * kernel), (1, kernel), stride=(1, stride), dilation=(1, dilation)
    )
    try:
        fitting = output_size(input, kernel, stride=stride, padding=padding, dilation=dilation)
    except GeometryError:
        fitting = 0
    places = [[longer.source((0, at), (0, tap)) for tap in range(kernel)] for at in range(fitting + 1)]
    taps = [[place[1] for place in row if place is not None] for row in places]
    read = {at - padding + 1 for row in taps[:fitting] for at in row}
    unread = [cell for cell in range(1, input + 1) if cell not in read] if fitting else []
    alt = _told(input, padding, taps[:fitting], unread)
    width = 2 * _LEFT + _PITCH * max(strip, taps[-1][-1] + 1) + 70
    height = _TOP + _CELL + 16 + _ROW * (fitting + 1) + 6
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12" '
        f'text-anchor="middle"><title>{escape(alt)}</title>'
        f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>'
    ]
    parts += [_cell(at, at - padding + 1, input, at - padding + 1 in unread) for at in range(strip)]
    for number, row in enumerate(taps, 1):
        parts.append(_window(number, row, number <= fitting))
    parts.append("</svg>")
    return Drawing("".join(parts), alt)


def _middle(at: int) -> float:
    return _LEFT + _PITCH * at + _CELL / 2


def _cell(at: int, number: int, size: int, unread: bool) -> str:
    inside = 1 <= number <= size
    fill, dash = ("#e6e6e6" if unread else GROUND), ("" if inside else ' stroke-dasharray="3 3"')
    return (
        f'<rect x="{_LEFT + _PITCH * at}" y="{_TOP}" width="{_CELL}" height="{_CELL}" rx="4" fill="{fill}" '
        f'stroke="{MUTED if inside else LINE}"{dash}/>'
        f'<text x="{_middle(at):g}" y="{_TOP + 18}" fill="{INK if inside else MUTED}">'
        f"{number if inside else 'pad'}</text>"
    )


def _window(number: int, taps: list[int], fits: bool) -> str:
    y = _TOP + _CELL + 8 + _ROW * number - _ROW / 2
    color, dash = (NEGATIVE, "") if fits else (POSITIVE, ' stroke-dasharray="3 3"')
    dots = "".join(
        f'<rect x="{_middle(at) - 9:g}" y="{y - 5:g}" width="18" height="10" rx="5" '
        f'fill="{color if fits else GROUND}" stroke="{color}"{dash}/>'
        for at in taps
    )
    said = str(number) if fits else "sticks out"
    return (
        f'<line x1="{_middle(taps[0]):g}" y1="{y:g}" x2="{_middle(taps[-1]):g}" y2="{y:g}" stroke="{color}" '
        f'stroke-width="1.5"{dash}/>{dots}'
        f'<text x="{_middle(taps[-1]) + 16:g}" y="{y + 4:g}" text-anchor="start" fill="{MUTED}">{said}</text>'
    )


def _told(size: int, padding: int, taps: list[list[int]], unread: list[int]) -> str:
    where = ", ".join(f"{row[0] - padding + 1} to {row[-1] - padding + 1}" for row in taps)
    strip = f"A strip of {size} cells" + (f" with {padding} zeros at each end" if padding else "")
    if not taps:
        return f"{strip}. The window does not fit once."
    fits = f"{strip}. The window fits {len(taps)} time{'s' if len(taps) > 1 else ''}: cells {where}."
    if not unread:
        return fits
    many = len(unread) > 1
    cells = " and ".join(filter(None, (", ".join(map(str, unread[:-1])), str(unread[-1]))))
    return f"{fits} No window reads cell{'s' if many else ''} {cells}."
