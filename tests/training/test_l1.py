"""The L1 penalty by subgradient and by proximal step."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from reglab import Experiment, Hyper, LinearConfig, MLPConfig, distributions, fit
from reglab.training.optimizers import soft_thresholded

L1, NUM_TRAIN = 0.05, 60
EXPERIMENT = Experiment(
    max_train=NUM_TRAIN,
    model=LinearConfig(),
    optimizer="sgd",
    l1_step="proximal",
    batch_size=NUM_TRAIN,
    num_steps=2000,
    eval_every=1000,
    hyper=Hyper(learning_rate=0.3, l1=L1, num_train=NUM_TRAIN),
)


class Sparse:
    """Ten features, of which the first two say something of the three classes."""

    input_shape, num_classes, method = (10,), 3, "enumeration"
    rng = np.random.default_rng(0)
    x = rng.normal(size=(NUM_TRAIN, 10)).astype(np.float32)
    scores = x[:, :2] @ np.array([[2.0, -2.0, 0.0], [0.0, 1.0, -1.0]])
    y = (scores + rng.gumbel(size=scores.shape)).argmax(axis=1).astype(np.int32)

    def sample(self, key, n):
        return distributions.Sample(jnp.asarray(self.x[:n]), jnp.asarray(self.y[:n]))

    def evaluation(self, key, num_points):
        return jnp.asarray(self.x), jnp.asarray(np.eye(3)[self.y] / NUM_TRAIN)

    def bayes_error(self):
        return None

    def true_error(self, predict, *, half_width=0.002, key=None):
        return distributions.true_error_from(self, predict, half_width, key)


@pytest.fixture(scope="module")
def weights():
    linear = fit(EXPERIMENT, distribution=Sparse()).hypotheses[-1].linear
    return np.asarray(linear.kernel[...], float), np.asarray(linear.bias[...], float)


def gradient(kernel, bias):
    """Of the mean cross-entropy, in float64."""
    x, target = Sparse.x.astype(float), np.eye(3)[Sparse.y]
    return x.T @ (softmax(x @ kernel + bias, axis=1) - target) / NUM_TRAIN


def test_the_proximal_step_ends_where_the_optimum_is(weights):
    """Karush, Kuhn, Tucker: the slope is -l1 sign(w) where w is not 0, and at most l1 elsewhere."""
    kernel, bias = weights
    slope = gradient(kernel, bias)
    is_zero = kernel == 0
    assert 0.4 < is_zero.mean() < 1
    np.testing.assert_allclose(slope[~is_zero], -L1 * np.sign(kernel[~is_zero]), atol=2e-4)
    assert np.abs(slope[is_zero]).max() <= L1 + 1e-4


def test_no_small_move_makes_the_penalised_loss_less(weights):
    def penalised(kernel, bias):
        x = Sparse.x.astype(float)
        shares = log_softmax(x @ kernel + bias, axis=1)
        return -shares[np.arange(NUM_TRAIN), Sparse.y].mean() + L1 * np.abs(kernel).sum()

    rng, least = np.random.default_rng(1), penalised(*weights)
    for _ in range(100):
        moved = [part + 0.01 * rng.normal(size=part.shape) for part in weights]
        assert penalised(*moved) > least - 1e-7


def test_the_subgradient_leaves_no_weight_at_zero():
    run = fit(EXPERIMENT.replace(l1_step="subgradient"), distribution=Sparse())
    assert (np.asarray(run.hypotheses[-1].linear.kernel[...]) != 0).all()


@pytest.mark.costly
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_with_any_optimizer_weights_become_zero_and_biases_do_not(optimizer):
    experiment = Experiment(
        max_train=40,
        model=MLPConfig((16,)),
        optimizer=optimizer,
        l1_step="proximal",
        num_steps=300,
        eval_every=150,
        hyper=Hyper(learning_rate=0.01, l1=0.3, num_train=40),
    )
    run = fit(experiment)
    linears = run.hypotheses[-1].linears
    kernels = np.concatenate([np.ravel(linear.kernel[...]) for linear in linears])
    assert (kernels == 0).mean() > 0.1
    assert run.history.penalty[-1] == pytest.approx(0.3 * np.abs(kernels).sum(), rel=1e-5)
    assert run.history.penalty[-1] < run.history.penalty[0]


def test_soft_threshold():
    params = {"kernel": jnp.array([[3.0, -0.5], [0.5, -2.0]]), "bias": jnp.array([0.1, -9.0])}
    moved = soft_thresholded(params, 0.5)
    np.testing.assert_array_equal(moved["kernel"], [[2.5, 0.0], [0.0, -1.5]])
    np.testing.assert_array_equal(moved["bias"], params["bias"])
    np.testing.assert_array_equal(soft_thresholded(params, 0.0)["kernel"], params["kernel"])
