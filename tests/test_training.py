import warnings

import numpy as np
import pytest

from convsym import ArrayError, Convolution, Network, train

NET = Network(Convolution((3, 3), (2, 2)))
MAGIC = np.array([[2.0, 7, 6], [9, 5, 1], [4, 3, 8]]) / 3
RNG = np.random.default_rng(0)
TRUE = RNG.normal(size=(2, 2))
Y = NET.compile().trace(MAGIC, TRUE, np.zeros((2, 2)))["o"]


def test_a_descent_records_every_step_and_goes_down():
    history = train(NET, MAGIC, Y, np.zeros((2, 2)), 1.0, 500)
    assert history.K.shape == (501, 2, 2)
    assert history.loss.shape == history.gradient_norm.shape == (501,)
    assert (np.diff(history.loss) < 0).all()
    assert history.loss[-1] < 1e-2 * history.loss[0]
    assert not history.diverged
    assert history.steps == 500


def test_each_step_is_the_update_rule():
    history = train(NET, MAGIC, Y, TRUE + 0.5, 0.3, 3)
    f = NET.compile()
    for i in range(3):
        loss, dk = f.value_and_grad(MAGIC, history.K[i], Y)
        np.testing.assert_allclose(history.K[i + 1], history.K[i] - 0.3 * dk, rtol=1e-15)
        assert history.loss[i] == loss
        assert history.gradient_norm[i] == pytest.approx(np.linalg.norm(dk))


def test_a_batch_sums_its_gradients_and_leaves_k0_alone():
    X, K0 = RNG.normal(size=(6, 3, 3)), np.zeros((2, 2))
    targets = RNG.uniform(size=(6, 2, 2))
    history = train(NET, X, targets, K0, 0.1, 1)
    expected = sum(NET.compile().value_and_grad(x, K0, y)[1] for x, y in zip(X, targets, strict=True))
    np.testing.assert_allclose(history.K[1], -0.1 * expected, rtol=1e-12)
    assert not K0.any()


def test_a_bias_is_trained_too():
    net = Network(Convolution((3, 3), (2, 2)), bias=True)
    history = train(net, MAGIC, Y, np.zeros((2, 2)), 0.5, 20, b0=0.1)
    db = net.compile().grad(MAGIC, np.zeros((2, 2)), Y, b=0.1, wrt="b")["b"]
    assert history.b[1] == pytest.approx(0.1 - 0.5 * db)
    with pytest.raises(ArrayError, match="b0"):
        train(net, MAGIC, Y, TRUE, 0.5, 2)


def test_divergence_ends_the_history_with_a_flag_and_no_warning():
    net = Network(Convolution((3, 3), (2, 2)), "identity")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = train(net, MAGIC, Y, TRUE, 100.0, 2_000)
    assert history.diverged
    assert history.steps < 2_000
    assert len(history.K) == len(history.loss) == len(history.gradient_norm)
    assert not np.isfinite([history.loss[-1], history.gradient_norm[-1]]).all()
    assert np.isfinite(history.loss[:-1]).all()


def test_zero_steps():
    history = train(NET, MAGIC, Y, TRUE, 0.1, 0)
    assert history.steps == 0
    assert history.loss.shape == (1,)


@pytest.mark.parametrize("eta", [0, -1.0, np.nan, np.inf, "0.1", None, True, 1j])
def test_a_bad_eta(eta):
    with pytest.raises(ArrayError, match="eta"):
        train(NET, MAGIC, Y, TRUE, eta, 3)


@pytest.mark.parametrize("steps", [-1, 1.5, "3", None, True, 10**30])
def test_bad_steps(steps):
    with pytest.raises(ArrayError, match="steps"):
        train(NET, MAGIC, Y, TRUE, 0.1, steps)


def test_shapes_that_do_not_fit():
    with pytest.raises(ArrayError, match="K0"):
        train(NET, MAGIC, Y, np.zeros((3, 3)), 0.1, 1)
    with pytest.raises(ArrayError, match="one kernel"):
        train(NET, MAGIC, Y, np.zeros((4, 2, 2)), 0.1, 1)
    with pytest.raises(ArrayError, match="Y has shape"):
        train(NET, MAGIC, np.zeros((3, 3)), TRUE, 0.1, 1)
