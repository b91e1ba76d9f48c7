"""Heights seen from above: every cell lies in its band, and the path where its numbers say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from convsym.widgets.landscape import landscape

SVG = "{http://www.w3.org/2000/svg}"
AXIS = np.array([0.0, 1.0, 2.0, 3.0])
LABELS = {"x_label": "across", "y_label": "up", "alt": "four by two"}


def drawn(**more: object) -> ElementTree.Element:
    heights = np.array([[0.0, 0.0, 5.0, 5.0], [0.0, 5.0, 9.0, 9.0]])
    return ElementTree.fromstring(landscape(AXIS, AXIS[:2], heights, [1, 7], **LABELS, **more).svg)


def bands(figure: ElementTree.Element) -> list[list[tuple[float, ...]]]:
    """(left, top, width, height) of every piece, band by band."""
    pieces = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")
    return [
        [tuple(map(float, found)) for found in pieces.findall(path.attrib["d"])]
        for path in figure.iter(f"{SVG}path")
    ]


def test_every_cell_lies_in_its_band_with_the_first_row_below():
    low, middle, high = bands(drawn())
    assert low == [(58, 164, 150, 150), (58, 14, 75, 150)]
    assert middle == [(208, 164, 150, 150), (133, 14, 75, 150)]
    assert high == [(208, 14, 150, 150)]


def test_a_path_and_points_stand_at_the_centers_of_their_cells():
    figure = drawn(path=[[0, 3], [0, 1]], points={"end": (3, 1)}, caption="a walk")
    assert figure.find(f".//{SVG}polyline").attrib["points"] == "95.5,239.0 320.5,89.0"
    last = list(figure.iter(f"{SVG}circle"))[-1].attrib
    assert (last["cx"], last["cy"]) == ("320.5", "89.0")
    texts = [node.text for node in figure.iter(f"{SVG}text")]
    assert {"end", "a walk", "across", "up", "7"} <= set(texts)
    assert figure.find(f"{SVG}title").text == "four by two"


def test_stops_that_are_not_finite_are_left_out():
    figure = drawn(path=[[0, np.nan], [0, 1]])
    assert figure.find(f".//{SVG}polyline").attrib["points"] == "95.5,239.0"


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="shape"):
        landscape(AXIS, AXIS, np.zeros((2, 4)), [1], **LABELS)
