from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from convsym.errors import GeometryError
from convsym.geometry import (
    Convolution,
    array_positions,
    cell,
    cell_array,
    cell_index,
    cell_name,
    output_size,
    output_size_formula,
)

sizes = st.integers(1, 12)


@given(sizes, sizes, st.integers(1, 5), st.integers(0, 4), st.integers(1, 4))
def test_equation_1_counts_the_positions_that_fit(x, k, s, p, d):
    extent = d * (k - 1) + 1
    positions = [start for start in range(0, x + 2 * p, s) if start + extent <= x + 2 * p]
    if positions:
        assert output_size(x, k, stride=s, padding=p, dilation=d) == len(positions)
        values = {"X_S": x, "K_S": k, "S": s, "P": p, "D": d}
        formula = output_size_formula()
        assert formula.subs({v: values[v.name] for v in formula.free_symbols}) == len(positions)
    else:
        with pytest.raises(GeometryError, match=rf"= {extent} > {x + 2 * p} ="):
            output_size(x, k, stride=s, padding=p, dilation=d)


def test_the_papers_equation_1_needs_its_floor():
    assert output_size(4, 2, stride=3) == 1
    assert Fraction(4 - 2, 3) + 1 == Fraction(5, 3)


def test_rows_and_columns_are_not_swapped():
    conv = Convolution((3, 4), (2, 3), stride=(1, 2), padding=(0, 1), dilation=(2, 1))
    assert conv.output == (1, 2)
    assert cell("x", (0, 1)) == Symbol("x_{2,1}")
    assert conv.source((0, 1), (1, 0)) == (2, 1)
    assert conv.source((0, 0), (0, 0)) is None
    assert [str(s) for s in cell_array("k", (2, 3))] == [
        "k_{1,1}", "k_{2,1}", "k_{3,1}", "k_{1,2}", "k_{2,2}", "k_{3,2}",
    ]  # fmt: skip


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))
def test_window_reads_what_a_padded_array_holds(size, kernel, stride, padding, dilation):
    if dilation * (kernel - 1) + 1 > size + 2 * padding:
        return
    conv = Convolution((size, size + 2), (kernel, kernel), stride, padding, dilation)
    X = np.arange(1, size * (size + 2) + 1).reshape(size, size + 2)
    padded = np.pad(X, padding)
    for a, b in array_positions(conv.output):
        rows = slice(a * stride, a * stride + dilation * (kernel - 1) + 1, dilation)
        columns = slice(b * stride, b * stride + dilation * (kernel - 1) + 1, dilation)
        window = np.zeros((kernel, kernel), int)
        for tap, place in conv.window((a, b)):
            window[tap] = X[place]
        np.testing.assert_array_equal(window, padded[rows, columns])


@given(st.sampled_from("xkyzob"), st.lists(st.integers(0, 40), min_size=2, max_size=4))
def test_names_and_indices_are_inverse(family, index):
    assert cell_index(cell_name(family, index)) == (family, tuple(index))
    assert cell_index(cell(family, index)) == (family, tuple(index))


def test_bias_names():
    assert cell_name("b", ()) == "b"
    assert cell_name("b", (0,)) == "b_{1}"
    assert cell_index("b_{1}") == ("b", (0,))
    assert cell_index("b") == ("b", ())


@pytest.mark.parametrize(
    "name", ["x_{0,1}", "x_11", "x_{a,b}", "", "x_{1,1}; import os", "x_{" + "9" * 99 + "}"]
)
def test_what_is_no_name_is_an_error(name):
    with pytest.raises(GeometryError):
        cell_index(name)


def test_shapes_with_channels():
    conv = Convolution((5, 4), (3, 2), channels=(2, 3))
    assert conv.input_shape == (2, 5, 4)
    assert conv.kernel_shape == (3, 2, 3, 2)
    assert conv.output_shape == (3, 3, 3)
    assert conv.bias_shape == (3,)
    assert conv.divisor == 6
    assert Convolution((5, 4), (3, 2), normalize=None).divisor == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input": (3.0, 3)}, "whole number, not 3.0 of type float"),
        ({"input": (True, 3)}, "truth value"),
        ({"input": (np.True_, 3)}, "truth value"),
        ({"input": "33"}, "pair"),
        ({"input": 3}, "pair"),
        ({"input": (3, 3, 3)}, "3 values"),
        ({"input": (0, 3)}, "at least 1, not 0"),
        ({"input": (10**40, 3)}, "bits"),
        ({"kernel": (2, -1)}, "at least 1, not -1"),
        ({"kernel": (4, 2)}, r"1\*\(4 - 1\) \+ 1 = 4 > 3 = 3 \+ 2\*0"),
        ({"stride": 0}, "stride must be at least 1"),
        ({"stride": "1"}, "whole number"),
        ({"padding": -1}, "padding must be at least 0"),
        ({"dilation": (1, None)}, "whole number"),
        ({"channels": 3}, "pair"),
        ({"channels": (0, 1)}, "C_in must be at least 1"),
        ({"normalize": "area"}, '"kernel-area" or None'),
        ({"normalize": True}, '"kernel-area" or None'),
    ],
)
def test_sizes_that_do_not_fit_say_so(arguments, message):
    with pytest.raises(GeometryError, match=message):
        Convolution(**{"input": (3, 3), "kernel": (2, 2), **arguments})


def test_numpy_integers_and_lists_are_sizes():
    conv = Convolution([np.int64(4), 3], (2, 2), stride=np.int8(1))
    assert conv.input == (4, 3)
    assert type(conv.input[0]) is int
    assert conv == Convolution((4, 3), (2, 2))
    assert hash(conv) == hash(Convolution((4, 3), (2, 2)))


def test_too_many_cells_to_write_out():
    with pytest.raises(GeometryError, match="indexed form"):
        Convolution((1000, 1000), (11, 11)).require_cells()
