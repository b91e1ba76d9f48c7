"""The slow, obvious twin: loops over cells, and mpmath for as many digits as a test wants."""

from __future__ import annotations

from itertools import product

import mpmath
import numpy as np


def sigmoid(z):
    return 1 / (1 + mpmath.exp(-z))


ACTIVATIONS = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (mpmath.tanh, lambda z: 1 / mpmath.cosh(z) ** 2),
    "relu": (lambda z: max(z, mpmath.mpf(0)), lambda z: mpmath.mpf(1 if z > 0 else 0 if z < 0 else 0.5)),
    "identity": (lambda z: z, lambda z: mpmath.mpf(1)),
    "softplus": (lambda z: mpmath.log1p(mpmath.exp(z)), sigmoid),
}
LOSSES = {
    "sum-of-squares": (lambda o, y: (o - y) ** 2, lambda o, y: 2 * (o - y)),
    "mean-of-squares": (lambda o, y: (o - y) ** 2, lambda o, y: 2 * (o - y)),
    "binary-cross-entropy": (
        lambda o, y: -(y * mpmath.log(o) + (1 - y) * mpmath.log(1 - o)),
        lambda o, y: -y / o + (1 - y) / (1 - o),
    ),
}


def convolve(conv, X, K, b=None, number=mpmath.mpf):
    """Z as nested loops over an explicitly padded input, with channel axes always there."""
    (sh, sw), (ph, pw), (dh, dw) = conv.stride, conv.padding, conv.dilation
    padded = {}
    for c, i, j in np.ndindex(X.shape):
        padded[c, i + ph, j + pw] = number(float(X[c, i, j]))
    q_count, c_count, kh, kw = K.shape
    Z = {}
    for q, a, bb in product(range(q_count), *map(range, conv.output)):
        total = number(0)
        for c, m, n in product(range(c_count), range(kh), range(kw)):
            total += padded.get((c, sh * a + dh * m, sw * bb + dw * n), 0) * number(float(K[q, c, m, n]))
        Z[q, a, bb] = total / (kh * kw if conv.normalize else 1) + (0 if b is None else number(float(b[q])))
    return Z


def everything(conv, activation, loss, X, K, Y, b=None, digits=50):
    """All stages of one sample, to so many digits, then rounded once to float64."""
    with mpmath.workdps(digits):
        with_channels = conv.channels is not None
        X4, K4, Y4 = (np.asarray(A, float) for A in (X, K, Y))
        if not with_channels:
            X4, K4, Y4 = X4[None], K4[None, None], Y4[None]
        b1 = None if b is None else np.atleast_1d(np.asarray(b, float))
        value, slope = ACTIVATIONS[activation]
        share, pull = LOSSES[loss]
        Z = convolve(conv, X4, K4, b1)
        entries = len(Z) if loss == "mean-of-squares" else 1
        o = {at: value(z) for at, z in Z.items()}
        y = {at: mpmath.mpf(float(Y4[at])) for at in Z}
        # Far out both factors may be infinite or 0 in any precision; the product by its limit then.
        delta = {at: _delta(activation, loss, Z[at], o[at], y[at], pull, slope) / entries for at in Z}
        total = sum(_share(activation, loss, Z[at], o[at], y[at], share) for at in Z) / entries
        (sh, sw), (ph, pw), (dh, dw) = conv.stride, conv.padding, conv.dilation
        area = K4.shape[2] * K4.shape[3] if conv.normalize else 1
        dX, dK, db = {}, {}, {}
        for q, a, bb in Z:
            db[q] = db.get(q, 0) + delta[q, a, bb]
            for c, m, n in product(range(K4.shape[1]), range(K4.shape[2]), range(K4.shape[3])):
                i, j = sh * a + dh * m - ph, sw * bb + dw * n - pw
                if 0 <= i < X4.shape[1] and 0 <= j < X4.shape[2]:
                    error = delta[q, a, bb] / area
                    dX[c, i, j] = dX.get((c, i, j), 0) + error * mpmath.mpf(float(K4[q, c, m, n]))
                    dK[q, c, m, n] = dK.get((q, c, m, n), 0) + error * mpmath.mpf(float(X4[c, i, j]))

        def array(cells, shape, plain):
            out = np.zeros(shape)
            for at, v in cells.items():
                out[at] = float(v)
            return out if with_channels else out.reshape(plain)

        q = K4.shape[0]
        stages = {
            "z": array(Z, (q, *conv.output), conv.output),
            "o": array(o, (q, *conv.output), conv.output),
            "delta": array(delta, (q, *conv.output), conv.output),
            "loss": float(total),
            "dk": array(dK, K4.shape, conv.kernel),
            "dx": array(dX, X4.shape, conv.input),
        }
        if b is not None:
            stages["db"] = array({(k,): v for k, v in db.items()}, (q,), ())
        return stages


def _delta(activation, loss, z, o, y, pull, slope):
    if loss == "binary-cross-entropy" and activation == "sigmoid":
        return o - y
    return pull(o, y) * slope(z)


def _share(activation, loss, z, o, y, share):
    if loss == "binary-cross-entropy" and activation == "sigmoid":
        return y * mpmath.log1p(mpmath.exp(-z)) + (1 - y) * mpmath.log1p(mpmath.exp(z))
    return share(o, y)
