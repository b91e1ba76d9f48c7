import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import twin
from sympy import Symbol

from convsym import ArrayError, ConvsymError
from convsym.geometry import Convolution
from convsym.models import ModelError
from convsym.network import Network

CONV = Convolution((3, 4), (2, 3))
RNG = np.random.default_rng(7)
X, K, Y = RNG.normal(size=(3, 4)), RNG.normal(size=(2, 3)), RNG.uniform(size=(2, 2))


@pytest.fixture(params=["cells", "indexed"])
def f(request):
    return Network(CONV).compile(rendering=request.param)


def test_the_public_functions(f):
    expected = twin.everything(CONV, "sigmoid", "sum-of-squares", X, K, Y)
    assert f(X, K, Y) == pytest.approx(expected["loss"], rel=1e-14)
    loss, dk = f.value_and_grad(X, K, Y)
    assert loss == f(X, K, Y)
    np.testing.assert_allclose(dk, expected["dk"], rtol=1e-12)
    gradients = f.grad(X, K, Y, wrt=("x", "k"))
    assert list(gradients) == ["x", "k"]
    np.testing.assert_allclose(gradients["x"], expected["dx"], rtol=1e-12)
    assert list(f.trace(X, K, Y)) == ["z", "o", "delta", "loss", "dk", "dx"]
    assert all(
        a.flags.c_contiguous for a in (dk, gradients["x"], *map(np.asarray, f.trace(X, K, Y).values()))
    )


def autograd_gradients(X, K, Y, b, conv):
    anp = pytest.importorskip("autograd.numpy")
    from autograd import grad

    def loss(x, k, b):
        (sh, sw), (dh, dw), (h, w) = conv.stride, conv.dilation, conv.kernel
        padded = anp.pad(x, [(0, 0)] * (x.ndim - 2) + [(p, p) for p in conv.padding], "constant")
        rows, columns = conv.output
        z = 0
        for c in range(conv.channels[0]):
            for i in range(h):
                for j in range(w):
                    view = padded[
                        ..., c, i * dh : i * dh + sh * rows : sh, j * dw : j * dw + sw * columns : sw
                    ]
                    z = z + k[:, c, i, j].reshape(-1, 1, 1) * view[..., None, :rows, :columns]
        return anp.sum((anp.tanh(z / (h * w) + b.reshape(-1, 1, 1)) - Y) ** 2)

    return [grad(loss, argnum=n)(X, K, b) for n in range(3)]


@pytest.mark.parametrize("rendering", ["cells", "indexed"])
@pytest.mark.parametrize("lead", [(), (3,), (2, 2)])
def test_against_autograd_with_channels_stride_padding_and_dilation(rendering, lead):
    conv = Convolution((5, 6), (2, 3), stride=(2, 1), padding=(1, 2), dilation=(2, 1), channels=(2, 3))
    rng = np.random.default_rng(1)
    X, K, b = rng.normal(size=(*lead, 2, 5, 6)), rng.normal(size=conv.kernel_shape), rng.normal(size=3)
    Y = rng.normal(size=(*lead, *conv.output_shape))
    f = Network(conv, "tanh", bias=True).compile(rendering=rendering)
    got = f.grad(X, K, Y, b=b, wrt=("x", "k", "b"))
    for name, expected in zip(("x", "k", "b"), autograd_gradients(X, K, Y, b, conv), strict=True):
        np.testing.assert_allclose(got[name], expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("size", [(28, 28), (40, 17), (7, 300)])
def test_against_torch(size):
    torch = pytest.importorskip("torch")
    conv = Convolution(size, (3, 2), stride=(1, 2), padding=(2, 1), dilation=(1, 2))
    rng = np.random.default_rng(2)
    X, K, Y = rng.normal(size=(5, *size)), rng.normal(size=(3, 2)), rng.uniform(size=(5, *conv.output))
    x, k = (torch.tensor(a, requires_grad=True) for a in (X, K))
    z = torch.nn.functional.conv2d(x[:, None], k[None, None], None, (1, 2), (2, 1), (1, 2))[:, 0] / 6
    losses = ((torch.sigmoid(z) - torch.tensor(Y)) ** 2).sum(dim=(1, 2))
    losses.sum().backward()
    got = Network(conv).compile().trace(X, K, Y)
    np.testing.assert_allclose(got["loss"], losses.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(got["dx"], x.grad.numpy(), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(got["dk"], k.grad.numpy(), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("xs", "ks", "ys"),
    [
        ((5,), (), (5,)),
        ((5,), (5,), (5,)),
        ((), (4,), ()),
        ((2, 1), (3,), (2, 3)),
        ((1,), (), ()),
        ((), (), (6,)),
        ((2, 1), (1, 3), ()),
    ],
)
def test_leading_axes_broadcast_and_gradients_sum(f, xs, ks, ys):
    rng = np.random.default_rng(3)
    A, B, C = rng.normal(size=(*xs, 3, 4)), rng.normal(size=(*ks, 2, 3)), rng.uniform(size=(*ys, 2, 2))
    lead = np.broadcast_shapes(xs, ks, ys)
    got = f.grad(A, B, C, wrt=("k", "x"))
    losses = f(A, B, C)
    assert np.shape(losses) == lead
    assert got["k"].shape == B.shape
    assert got["x"].shape == A.shape
    dk, dx = np.zeros((*lead, 2, 3)), np.zeros((*lead, 3, 4))
    a, b, c = (np.broadcast_to(v, lead + v.shape[-2:]) for v in (A, B, C))
    for at in np.ndindex(lead):
        one = twin.everything(CONV, "sigmoid", "sum-of-squares", a[at], b[at], c[at], digits=20)
        dk[at], dx[at] = one["dk"], one["dx"]
        assert np.asarray(losses)[at] == pytest.approx(one["loss"], rel=1e-12)

    def reduced(full, own):
        extra = full.ndim - len(own) - 2
        full = full.sum(axis=tuple(range(extra)))
        return full.sum(axis=tuple(i for i, n in enumerate(own) if n == 1), keepdims=True)

    np.testing.assert_allclose(got["k"], reduced(dk, ks), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(got["x"], reduced(dx, xs), rtol=1e-10, atol=1e-14)


def test_a_batch_longer_than_a_block():
    net = Network(Convolution((3, 3), (2, 2)), bias=True)
    rng = np.random.default_rng(4)
    X, Y, K = rng.normal(size=(20_000, 3, 3)), rng.uniform(size=(20_000, 2, 2)), rng.normal(size=(2, 2))
    one, two = (net.compile(rendering=r).trace(X, K, Y, 0.25) for r in ("cells", "indexed"))
    for name in one:
        np.testing.assert_allclose(one[name], two[name], rtol=1e-9, atol=1e-12)
    with_bias_summed = one["db"]
    assert with_bias_summed == pytest.approx(one["delta"].sum(), rel=1e-9)


def test_empty_batches(f):
    empty = np.zeros((0, 3, 4))
    assert f(empty, K, Y).shape == (0,)
    gradients = f.grad(empty, K, Y, wrt=("k", "x"))
    np.testing.assert_array_equal(gradients["k"], np.zeros((2, 3)))
    assert gradients["x"].shape == (0, 3, 4)
    assert f.grad(empty, K[None], np.zeros((0, 2, 2)))["k"].shape == (1, 2, 3)
    assert f.trace(empty, np.zeros((0, 2, 3)), Y)["dk"].shape == (0, 2, 3)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.tolist(),
        lambda a: np.asfortranarray(a),
        lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
        lambda a: a[::-1][::-1],
        lambda a: a.astype(a.dtype.newbyteorder()),
        lambda a: np.ma.masked_array(a),
        lambda a: np.array([[Fraction(v) for v in row] for row in a.tolist()], dtype=object),
    ],
)
def test_the_same_numbers_in_other_clothes(f, change):
    def frozen(a):
        a = change(a)
        if isinstance(a, np.ndarray):
            a.flags.writeable = False
        return a

    for got, expected in zip(
        f.value_and_grad(*map(frozen, (X, K, Y))), f.value_and_grad(X, K, Y), strict=True
    ):
        np.testing.assert_array_equal(got, expected)


def test_types(f):
    small = [a.astype(np.float32) for a in (X, K, Y)]
    loss, dk = f.value_and_grad(*small)
    assert loss.dtype == dk.dtype == np.float32
    np.testing.assert_allclose(dk, f.value_and_grad(X, K, Y)[1], rtol=1e-4, atol=1e-6)
    assert f.value_and_grad(small[0], K, Y)[1].dtype == np.float64
    assert f.value_and_grad(*(a.astype(np.float16) for a in small))[1].dtype == np.float32
    whole = np.arange(12).reshape(3, 4)
    assert f(whole, K, Y) == f(whole.astype(float), K, Y)
    assert f(whole > 3, K, Y) == f((whole > 3).astype(float), K, Y)
    assert Network(CONV, bias=True).compile()(small[0], small[1], small[2], 0.5).dtype == np.float32


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("abc", "not 'abc'"),
        (None, "not None"),
        (b"x", "array of numbers"),
        (X * 1j, "complex"),
        (X[:2], r"shape \(2, 4\); expected \(..., 3, 4\)"),
        (X.T, r"shape \(4, 3\); expected \(..., 3, 4\)"),
        (1.0, r"shape \(\)"),
        ([[1, 2], [3]], "can't be read"),
        (np.full((3, 4), None), "NoneType"),
        (np.full((3, 4), Decimal(1)), "Decimal"),
        (np.full((3, 4), 10**400, dtype=object), "float64 can't hold"),
        (np.full((3, 4), "1"), "text"),
        (np.zeros((3, 4), "M8[s]"), "dates"),
        (np.zeros((3, 4), [("a", float)]), "real numbers"),
        (np.zeros((3, 4), np.longdouble), "real numbers"),
        (np.ma.masked_array(X, X > 0), "masked"),
        ({"a": 1}, "dict"),
    ],
)
def test_what_is_no_input_is_a_clear_error(f, bad, message):
    with pytest.raises(ArrayError, match=message):
        f(bad, K, Y)


def test_leading_axes_that_do_not_fit(f):
    with pytest.raises(ArrayError, match=r"X \(2, 3, 4\), K \(2, 3\), Y \(3, 2, 2\)"):
        f(np.zeros((2, 3, 4)), K, np.zeros((3, 2, 2)))


@pytest.mark.filterwarnings("error")
def test_nan_and_infinity_pass_without_a_warning(f):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for value in (np.nan, np.inf, 1e308):
            bad = X.copy()
            bad[0, 0] = value
            loss, dk = f.value_and_grad(bad, np.abs(K), Y)
            if np.isnan(value):
                assert np.isnan(loss)
                assert np.isnan(dk[0, 0])
        assert np.isfinite(f(X * 1e300, K, Y))


def test_a_cell_that_is_nan_stays_where_it_is_read():
    conv = Convolution((8, 9), (2, 2))
    X, K, Y = np.ones((8, 9)), np.array([[1.0, 2.0], [-1.0, 0.5]]), np.zeros((7, 8))
    X[0, 8] = np.nan  # the flat form computes past the row's end: it must not leak into the next row
    for rendering in ("cells", "indexed"):
        z = Network(conv).compile(rendering=rendering).trace(X, K, Y)["z"]
        assert np.argwhere(np.isnan(z)).tolist() == [[0, 7]]


def test_undefined_cross_entropy_is_infinite_or_nan_and_never_an_exception():
    f = Network(Convolution((1, 1), (1, 1)), "identity", "binary-cross-entropy").compile()
    assert f([[0.0]], [[1.0]], [[1.0]]) == np.inf
    assert np.isnan(f([[-1.0]], [[1.0]], [[0.5]]))


def test_bias_rules():
    f, g = Network(CONV).compile(), Network(CONV, bias=True).compile()
    with pytest.raises(ArrayError, match="without a bias"):
        f(X, K, Y, b=0.0)
    with pytest.raises(ArrayError, match="has a bias"):
        g(X, K, Y)
    with pytest.raises(ArrayError, match="without a bias"):
        f.grad(X, K, Y, wrt="b")
    with pytest.raises(ArrayError, match="wrt"):
        f.grad(X, K, Y, wrt="y")
    assert g(X, K, Y, b=0) == pytest.approx(f(X, K, Y), rel=1e-14)
    assert g(X, K, Y, b=np.zeros(3)).shape == (3,)


def test_bad_networks():
    for arguments in (("conv",), (CONV, "sigmoid", "sum-of-squares", 1)):
        with pytest.raises(ModelError):
            Network(*arguments)
    with pytest.raises(ModelError, match="numpy, numba, javascript"):
        Network(CONV).compile(backend="fortran")
    with pytest.raises(ModelError, match="rendering"):
        Network(CONV).compile(rendering="both")
    assert issubclass(ModelError, ConvsymError)


def test_equations_compute_what_the_function_computes():
    net = Network(CONV, "softplus", "mean-of-squares", bias=True)
    values = {}
    for family, array in (("x", X), ("k", K), ("y", Y)):
        for (r, c), v in np.ndenumerate(array):
            values[Symbol(f"{family}_{{{c + 1},{r + 1}}}")] = v
    values[Symbol("b")] = 0.3
    for symbol, expression in net.equations().items():
        values[symbol] = expression.evalf(20, subs=values)
    assert float(values[Symbol("L")]) == pytest.approx(net.compile()(X, K, Y, 0.3), rel=1e-13)
    derivative = net.gradient("k").result[Symbol("k_{3,1}")].evalf(20, subs=values)
    assert float(derivative) == pytest.approx(net.compile().value_and_grad(X, K, Y, 0.3)[1][0, 2], rel=1e-12)


@pytest.mark.parametrize("lead", [(), (3,), (2, 2)])
def test_the_numba_back_end_gives_the_same_numbers(lead):
    pytest.importorskip("numba")
    conv = Convolution((5, 6), (2, 3), stride=(2, 1), padding=(1, 2), dilation=(2, 1), channels=(2, 3))
    rng = np.random.default_rng(1)
    X, K, b = rng.normal(size=(*lead, 2, 5, 6)), rng.normal(size=conv.kernel_shape), rng.normal(size=3)
    Y = rng.normal(size=(*lead, *conv.output_shape))
    net = Network(conv, "tanh", "mean-of-squares", bias=True)
    one, two = net.compile(backend="numba").trace(X, K, Y, b), net.compile().trace(X, K, Y, b)
    assert one.keys() == two.keys()
    for name in one:
        assert np.shape(one[name]) == np.shape(two[name])
        np.testing.assert_allclose(one[name], two[name], rtol=1e-11, atol=1e-14)
    several = np.stack([K, K + 1])[:, None]
    one, two = (net.compile(backend=name).grad(X, several, Y, b) for name in ("numba", "numpy"))
    assert one["k"].shape == several.shape
    np.testing.assert_allclose(one["k"], two["k"], rtol=1e-11, atol=1e-14)


def test_a_missing_numba_is_a_clear_error(monkeypatch):
    import sys

    from convsym import LoweringError
    from convsym.lowering.numba import NumbaProgram

    net = Network(CONV)
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(LoweringError, match="fast"):
        NumbaProgram(net.conv, net.activation, net.loss, net.bias)


def test_a_call_does_no_symbolic_work(f):
    import sys

    f.trace(X, K, Y)
    seen = set()
    sys.setprofile(lambda frame, event, _: seen.add(frame.f_globals.get("__name__", "").split(".")[0]))
    try:
        f.trace(X + 0.1, K, Y)
        f.value_and_grad(X, K, Y)
    finally:
        sys.setprofile(None)
    assert "convsym" in seen
    assert not seen & {"sympy", "matplotlib"}


def test_what_is_made_travels_between_processes(f):
    import copy
    import pickle

    net = Network(CONV)
    for again in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert again(X, K, Y) == f(X, K, Y)
        assert again.source == f.source
    assert pickle.loads(pickle.dumps(net)) == net
    gradient, forward = net.gradient("k"), net.forward()
    assert pickle.loads(pickle.dumps(gradient)).result == gradient.result
    again = pickle.loads(pickle.dumps(forward))
    assert (again.o, again.loss) == (forward.o, forward.loss)
    assert all((again.z[at] - forward.z[at]).expand() == 0 for at in forward.z)


@pytest.mark.parametrize("wrt", [3, None, ([],), ("k", 1), "kx"])
def test_an_unknown_variable_is_an_array_error(f, wrt):
    with pytest.raises(ArrayError, match="wrt"):
        f.grad(X, K, Y, wrt=wrt)
