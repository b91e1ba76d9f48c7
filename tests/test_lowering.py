import itertools
import linecache
import traceback

import numpy as np
import pytest
import twin
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sympy import Function, Indexed, Integer, Symbol

from convsym import forward, models
from convsym.errors import LoweringError
from convsym.functions import sigmoid
from convsym.geometry import Convolution
from convsym.lowering import indexed as indexed_module
from convsym.lowering.cells import stages
from convsym.lowering.source import Printer
from convsym.network import Network

# A cross-entropy is defined where outputs lie inside (0, 1), which only the sigmoid's always do.
PAIRS = [
    (a, loss)
    for a, loss in itertools.product(models.ACTIVATIONS, models.LOSSES)
    if loss != "binary-cross-entropy" or a == "sigmoid"
]
# Explaining a failure runs mpmath a thousand times.
PHASES = [Phase.explicit, Phase.generate]


def geometries():
    axis = st.tuples(
        st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)
    )
    fitting = axis.filter(lambda a: a[4] * (a[1] - 1) + 1 <= a[0] + 2 * a[3])

    def build(height, width, channels, normalize):
        return Convolution(
            *((h, w) for h, w in zip(height, width, strict=True)), channels=channels, normalize=normalize
        )

    channels = st.sampled_from([None, None, (1, 1), (2, 1), (1, 2), (2, 3)])
    return st.builds(build, fitting, fitting, channels, st.sampled_from(["kernel-area", None])).filter(
        lambda conv: conv.cell_count <= 120
    )


def arrays(net, rng, scale=1.0):
    conv = net.conv
    X, K = rng.normal(size=conv.input_shape) * scale, rng.normal(size=conv.kernel_shape)
    low, high = (0.05, 0.95) if net.loss.name == "binary-cross-entropy" else (-1, 1)
    Y = rng.uniform(low, high, size=conv.output_shape)
    b = rng.normal(size=conv.bias_shape) if net.bias else None
    return X, K, Y, b


def close(got, expected, rel=1e-12, scale=None):
    expected = np.asarray(expected)
    size = np.abs(expected).max() if scale is None and expected.size else (scale or 0)
    np.testing.assert_allclose(got, expected, rtol=rel, atol=rel * float(size))


@pytest.mark.parametrize("rendering", ["cells", "indexed"])
@settings(max_examples=25, deadline=None, phases=PHASES)
@given(conv=geometries(), pair=st.sampled_from(PAIRS), bias=st.booleans(), seed=st.integers(0, 2**31))
def test_every_stage_is_the_loop_twin_s(rendering, conv, pair, bias, seed):
    net = Network(conv, *pair, bias=bias)
    X, K, Y, b = arrays(net, np.random.default_rng(seed))
    got = net.compile(rendering=rendering).trace(X, K, Y, b)
    expected = twin.everything(conv, *pair, X, K, Y, b)
    assert got.keys() == expected.keys()
    for name, value in expected.items():
        if np.isfinite(value).all():
            close(got[name], value, 1e-11)


@settings(max_examples=25, deadline=None, phases=PHASES)
@given(
    conv=geometries(),
    pair=st.sampled_from(PAIRS),
    bias=st.booleans(),
    lead=st.sampled_from([(), (3,), (2, 2)]),
)
def test_both_renderings_give_the_same_numbers_for_batches(conv, pair, bias, lead):
    net = Network(conv, *pair, bias=bias)
    rng = np.random.default_rng(3)
    samples = [arrays(net, rng) for _ in range(int(np.prod(lead)))]
    X, Y = (np.stack([s[i] for s in samples]).reshape(*lead, *samples[0][i].shape) for i in (0, 2))
    _, K, _, b = samples[0]
    one, two = (net.compile(rendering=r).trace(X, K, Y, b) for r in ("cells", "indexed"))
    assert one.keys() == two.keys()
    for name in one:
        assert np.shape(one[name]) == np.shape(two[name])
        if np.isfinite(one[name]).all():
            close(two[name], one[name])


@pytest.mark.parametrize("rendering", ["cells", "indexed"])
@pytest.mark.parametrize(
    "pair",
    [
        ("sigmoid", "sum-of-squares"),
        ("sigmoid", "binary-cross-entropy"),
        ("tanh", "sum-of-squares"),
        ("softplus", "sum-of-squares"),
    ],
)
def test_saturated_units_keep_their_digits(rendering, pair):
    conv = Convolution((1, 1), (1, 1))
    f = Network(conv, *pair).compile(rendering=rendering)
    for z in (
        -745.0,
        -700.0,
        -100.0,
        -40.0,
        -20.0,
        -1.0,
        -1e-9,
        0.0,
        1e-9,
        0.5,
        1.0,
        1.5,
        20.0,
        40.0,
        100.0,
        700.0,
    ):
        for y in (0.0, 1.0, 0.25):
            X, K, Y = np.array([[z]]), np.ones((1, 1)), np.array([[y]])
            got = f.trace(X, K, Y)
            expected = twin.everything(conv, *pair, X, K, Y, digits=700)
            for name in ("o", "delta", "loss"):
                where = f"{name} at z = {z}, y = {y}"
                np.testing.assert_allclose(got[name], expected[name], rtol=2e-15, atol=1e-300, err_msg=where)


def test_float32_stays_accurate_when_saturated():
    f = Network(Convolution((1, 1), (1, 1))).compile(rendering="indexed")
    for z in (-80.0, -20.0, 20.0, 80.0):
        got = f.trace(np.float32([[z]]), np.float32([[1]]), np.float32([[1]]))
        expected = twin.everything(
            Convolution((1, 1), (1, 1)), "sigmoid", "sum-of-squares", [[z]], [[1.0]], [[1.0]], digits=300
        )
        assert got["o"].dtype == np.float32
        for name in ("o", "delta"):
            np.testing.assert_allclose(got[name], expected[name], rtol=1e-6, atol=1e-44)


def test_a_definition_of_one_s_own_is_picked_up_everywhere():
    swish = models.Activation("swish", models.Z * sigmoid(models.Z))
    quartic = models.Loss("quartic", (models.O - models.Y) ** 4)
    net = Network(Convolution((4, 3), (2, 2)), swish, quartic)
    rng = np.random.default_rng(0)
    X, K, Y = rng.normal(size=(4, 3)), rng.normal(size=(2, 2)), rng.normal(size=(3, 2))
    for rendering in ("cells", "indexed"):
        f = net.compile(rendering=rendering)
        dk = f.value_and_grad(X, K, Y)[1]
        for at in np.ndindex(2, 2):
            step = np.zeros((2, 2))
            step[at] = 1e-5
            assert dk[at] == pytest.approx((f(X, K + step, Y) - f(X, K - step, Y)) / 2e-5, rel=1e-7, abs=1e-9)


def test_a_function_without_a_rule_is_an_error_and_not_dropped():
    odd = models.Activation("odd", Function("mystery")(models.Z))
    for rendering in ("cells", "indexed"):
        with pytest.raises(LoweringError, match=r"mystery|Subs|Derivative"):
            Network(Convolution((3, 3), (2, 2)), odd).compile(rendering=rendering).trace(
                np.ones((3, 3)), np.ones((2, 2)), np.ones((2, 2))
            )


def test_a_name_never_becomes_code():
    hostile = Symbol("__import__('os').system('true')")
    with pytest.raises(LoweringError, match="no input"):
        Printer({}, arrays=False).print(hostile + 1)
    with pytest.raises(models.ModelError, match="may only use"):
        models.Activation("hostile", hostile * models.Z)


def test_indexed_form_refuses_what_it_does_not_consume():
    conv = Convolution((5, 5), (2, 2))
    ((_, value),) = forward.indexed(
        conv, models.ACTIVATIONS["identity"], models.LOSSES["sum-of-squares"]
    ).z.items()
    a, b = forward.OUTPUT_INDEX
    m, _ = forward.TAP_INDEX
    read = forward.FAMILIES.x[forward.input_index(0), forward.input_index(1)]
    extra = [
        value * forward.FAMILIES.y[a, b],
        value + forward.FAMILIES.y[a, b],
        value * Symbol("c"),
        value.xreplace({forward.FAMILIES.k[forward.TAP_INDEX]: forward.FAMILIES.k[forward.TAP_INDEX] * m}),
        value.xreplace({forward.K_SIZE[0]: forward.K_SIZE[0] - 1}),
        value.xreplace({read: forward.FAMILIES.x[forward.input_index(0) * m, forward.input_index(1)]}),
        value.xreplace({read: Integer(1)}),
    ]
    assert indexed_module.read_window_sum(value, conv).step == (1, 1)
    for other in extra:
        assert other != value
        with pytest.raises(LoweringError):
            indexed_module.read_window_sum(other, conv)


def test_tracebacks_show_the_generated_line():
    f = Network(Convolution((3, 3), (2, 2))).compile()
    function = f._program.function("loss", arrays=False)
    with pytest.raises(TypeError) as caught:
        function([None] * 9, [1.0] * 4, [1.0] * 4, [])
    shown = "".join(traceback.format_exception(caught.value))
    assert "z_0_0 = 0.25 * (" in shown
    assert "<convsym loss 3x3 by 2x2" in shown
    big = Network(Convolution((30, 30), (2, 2))).compile()
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        big._program._functions["window_sum"](None, None, 0, 1, None, None)
    assert "total, term = z[0, :n]" in "".join(traceback.format_exception(caught.value))
    assert any(name.startswith("<convsym") for name in linecache.cache)


def test_source_is_readable_and_complete():
    source = Network(Convolution((3, 3), (2, 2))).compile().source
    assert "dk_0_1 = 0.25 * (" in source
    assert "def value_and_grad(x, k, y, b):" in source
    source = Network(Convolution((64, 64), (3, 3), dilation=2)).compile().source
    assert "TAPS = [(0, 0), (0, 2), (0, 4), (0, 128)" in source


def test_the_stages_name_every_gradient():
    net = Network(Convolution((3, 3), (2, 2)), bias=True)
    s = stages(net.conv, net.activation, net.loss, net.bias)
    assert [len(s.outputs[name]) for name in ("z", "dk", "dx", "db")] == [4, 4, 9, 1]
    defined = {symbol for symbols in s.inputs.values() for symbol in symbols}
    for symbol, value in s.assignments:
        assert value.free_symbols <= defined
        assert not value.atoms(Indexed)
        defined.add(symbol)


def test_a_dot_product_is_too_short_to_wake_the_threads_of_blas(monkeypatch):
    lengths, dot = [], np.dot
    monkeypatch.setattr(np, "dot", lambda a, b: lengths.append(len(a)) or dot(a, b))
    for dtype in (np.float64, np.float32):
        f = Network(Convolution((7, 11), (3, 2), padding=(1, 0))).compile(rendering="indexed")
        X, K, Y = (np.ones(shape, dtype) for shape in ((700, 7, 11), (3, 2), (700, 7, 10)))
        f.value_and_grad(X, K, Y)
    assert lengths
    assert max(lengths) <= 10_000
