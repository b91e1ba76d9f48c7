import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Indexed, Rational, Sum, Symbol, symbols

from convsym import forward
from convsym.functions import sigmoid
from convsym.geometry import Convolution, cell_index
from convsym.models import ACTIVATIONS, LOSSES, Activation, Loss, ModelError, find_activation, find_loss
from convsym.network import Network
from convsym.sums import Facts
from convsym.sums import instantiate as sums_instance
from convsym.theorem import family_ranges

AXIS = st.tuples(
    st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)
).filter(lambda a: a[4] * (a[1] - 1) + 1 <= a[0] + 2 * a[3])
GEOMETRIES = st.builds(
    lambda h, w, channels, normalize: Convolution(
        *zip(h, w, strict=True), channels=channels, normalize=normalize
    ),
    AXIS,
    AXIS,
    st.sampled_from([None, (1, 1), (2, 2)]),
    st.sampled_from(["kernel-area", None]),
).filter(lambda conv: conv.cell_count <= 60)


def test_the_papers_own_expansions():
    equations = Network(Convolution((3, 3), (2, 2))).equations()
    x, k, o, y, z = (
        {(i, j): Symbol(f"{f}_{{{i},{j}}}") for i in (1, 2, 3) for j in (1, 2, 3)} for f in "xkoyz"
    )
    for a in (1, 2):
        for b in (1, 2):
            window = sum(k[m, n] * x[a + m - 1, b + n - 1] for m in (1, 2) for n in (1, 2)) / 4
            assert (equations[z[a, b]] - window).expand() == 0
            assert equations[o[a, b]] == sigmoid(z[a, b]).written_out()
    squares = Add(*((o[a, b] - y[a, b]) ** 2 for a in (1, 2) for b in (1, 2)))
    assert equations[Symbol("L")] == squares
    assert len(equations) == 9


def test_the_divisor_stays_around_the_sum():
    z = Network(Convolution((3, 3), (2, 2))).equations()[Symbol("z_{1,1}")]
    assert z.as_coeff_Mul()[0] == Rational(1, 4)
    assert z.as_coeff_Mul()[1].is_Add


def instantiate(expression, conv, values):
    """The indexed form at a geometry's sizes, sums written out and x read as 0 outside its range."""
    expression = expression.xreplace(forward.sizes(conv)).xreplace(values)
    expression = expression.replace(
        lambda e: isinstance(e, Sum), lambda e: e.func(e.function, *e.limits).doit()
    )
    width, height = reversed(conv.input)

    def read(entry):
        family, index = str(entry.base), [int(i) for i in entry.indices]
        if family == "x" and not (1 <= index[-2] <= width and 1 <= index[-1] <= height):
            return 0
        return Symbol(f"{family}_{{{','.join(map(str, index))}}}")

    return expression.replace(lambda e: isinstance(e, Indexed), read)


@settings(max_examples=15, deadline=None)
@given(conv=GEOMETRIES, bias=st.booleans(), loss=st.sampled_from(sorted(LOSSES)))
def test_cells_and_indexed_are_the_same_equations(conv, bias, loss):
    one = forward.cells(conv, ACTIVATIONS["tanh"], LOSSES[loss], bias)
    every = forward.indexed(conv, ACTIVATIONS["tanh"], LOSSES[loss], bias)
    ((_, window),) = every.z.items()
    for symbol, value in one.z.items():
        index = [i + 1 for i in cell_index(symbol)[1]]
        *channel, row, column = index
        values = dict(zip(forward.OUTPUT_INDEX, (column, row), strict=True))
        if channel:
            values[forward.CHANNEL_OUT] = channel[0]
        assert (instantiate(window, conv, values) - value).expand() == 0
    assert (instantiate(every.loss, conv, {}) - one.loss).expand() == 0


def test_nothing_symbolic_imports_numpy():
    code = (
        "import sys; import convsym.geometry, convsym.forward, convsym.backward, convsym.network;"
        "from convsym import Network, Convolution; n = Network(Convolution((3, 3), (2, 2)));"
        "n.equations(); n.gradient('k'); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize(
    ("find", "name", "message"),
    [
        (find_activation, "sigmiod", "did you mean 'sigmoid'"),
        (find_activation, 3, "known: sigmoid, tanh, relu, identity, softplus"),
        (find_loss, "mse", "known: sum-of-squares, mean-of-squares, binary-cross-entropy"),
        (find_loss, "binary_cross_entropy", "did you mean 'binary-cross-entropy'"),
    ],
)
def test_an_unknown_name_lists_the_known(find, name, message):
    with pytest.raises(ModelError, match=message):
        find(name)


def test_a_definition_says_what_it_may_use():
    z, w = symbols("z w")
    with pytest.raises(ModelError, match="may only use z; it also has w"):
        Activation("odd", z * w)
    with pytest.raises(ModelError, match="SymPy expression, not str"):
        Activation("odd", "z")
    with pytest.raises(ModelError, match="sum"):
        Loss("odd", Symbol("o"), "median")


def test_the_functions_have_values_to_any_precision():
    z = Symbol("z")
    assert abs(float(sigmoid(z).subs(z, Rational(1, 3))) - 1 / (1 + np.exp(-1 / 3))) < 1e-16
    assert str(sigmoid(Rational(1, 2)).evalf(30)) == "0.622459331201854564638900565746"


@settings(max_examples=25, deadline=None)
@given(GEOMETRIES, st.booleans(), st.sampled_from(sorted(LOSSES)))
def test_the_sums_own_instances_are_the_cells(conv, bias, loss):
    # The oracle is the algebra of sums, which knows nothing of windows: families, ranges and limits only.
    definitions = ACTIVATIONS["sigmoid"], LOSSES[loss], bias
    one, every = forward.cells(conv, *definitions), forward.indexed(conv, *definitions)
    sizes, facts = forward.sizes(conv), Facts(family_ranges(conv.channels is not None), ())
    for equations, written in ((every.z, one.z), (every.o, one.o)):
        ((_, form),) = equations.items()
        for cell, value in written.items():
            *channels, row, column = cell_index(cell)[1]
            at = {forward.OUTPUT_INDEX[0]: column + 1, forward.OUTPUT_INDEX[1]: row + 1}
            if channels:
                at[forward.CHANNEL_OUT] = channels[0] + 1
            assert (sums_instance(form, {**sizes, **at}, facts) - value).expand() == 0
    assert (sums_instance(every.loss, sizes, facts) - one.loss).expand() == 0
