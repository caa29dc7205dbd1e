"""MNIST-1D's reference figures, reached with ``fit`` and without network."""

import socket
import urllib.request
from functools import cache

import jax
import numpy as np
import pytest
from flax import nnx

from reglab import CNNConfig, Experiment, Hyper, LinearConfig, MLPConfig, fit, nn
from reglab.distributions import mnist1d_frozen

pytest.importorskip("mnist1d", reason="mnist1d_frozen needs the extra data")

SEEDS = 5
TOLERANCE = 5.0  # points; 1,000 examples held out have a standard error of 0.9 to 1.6 points
CONFIGS = {
    "linear": LinearConfig(),
    "mlp": MLPConfig(widths=(100, 100), residual=True),
    "cnn": CNNConfig((25, 25, 25), kernel_size=(5, 3, 3), stride=2, padding=1, pool=1),
}
# Test accuracy in percent at each step, from notebooks/mnist1d-classification.ipynb, as executed,
# of github.com/greydanus/mnist1d.
REFERENCE = {
    "linear": {2000: 32.0, 6000: 31.5},
    "mlp": {2000: 64.7, 6000: 65.1},
    "cnn": {2000: 90.8, 6000: 92.3},
}
SHUFFLED_CNN = {2000: 56.6}


@cache
def accuracies(name, distribution, num_steps):
    """In percent on the examples held out: steps, and an array (SEEDS, number of steps)."""
    experiment = Experiment(
        distribution=distribution,
        draw=0,
        max_train=4000,
        model=CONFIGS[name],
        batch_size=100,
        num_steps=num_steps,
        eval_every=2000,
        hyper=Hyper(num_train=4000, learning_rate=0.01, noise=0, label_noise=0),
    )
    histories = [fit(experiment.replace(seed=seed)).history for seed in range(SEEDS)]
    return histories[0].step.tolist(), 100 * (1 - np.array([h.true_error for h in histories]))


def means(name, distribution="mnist1d_frozen", num_steps=6000):
    steps, percent = accuracies(name, distribution, num_steps)
    return dict(zip(steps, percent.mean(axis=0), strict=True))


@pytest.fixture(scope="module")
def fresh_set():
    """Has the set made anew, whatever tests came before."""
    mnist1d_frozen.frozen_set.cache_clear()


@pytest.mark.parametrize(("name", "count"), [("linear", 410), ("mlp", 15_210), ("cnn", 5_210)])
def test_models_have_as_many_parameters_as_the_authors(name, count):
    model = nnx.eval_shape(lambda: nn.build(CONFIGS[name], (40,), 10, rngs=nnx.Rngs(0)))
    assert sum(leaf.size for leaf in jax.tree.leaves(nnx.state(model, nnx.Param))) == count


def test_the_mlp_adds_its_first_hidden_layer_to_the_second():
    model = nn.build(CONFIGS["mlp"], (40,), 10, rngs=nnx.Rngs(0))
    x = np.random.default_rng(0).normal(size=(7, 40)).astype(np.float32)
    layers = [(np.asarray(m.kernel[...]), np.asarray(m.bias[...])) for m in model.linears]
    (w1, b1), (w2, b2), (w3, b3) = layers
    h = np.maximum(x @ w1 + b1, 0)
    h = h + np.maximum(h @ w2 + b2, 0)
    predict = nnx.view(model, deterministic=True)
    np.testing.assert_allclose(predict(x), h @ w3 + b3, rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("no_network")
def test_the_network_is_closed_to_all_but_this_machine():
    with pytest.raises(pytest.fail.Exception, match=r"network: expected none, got 'a\.example'"):
        urllib.request.urlopen("http://a.example", timeout=1)
    with socket.socket() as own, pytest.raises(pytest.fail.Exception, match="192"):
        own.connect(("192.0.2.1", 80))
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


@pytest.mark.slow
@pytest.mark.usefixtures("no_network", "fresh_set")
@pytest.mark.parametrize("name", REFERENCE)
def test_mean_of_five_seeds_is_near_the_authors_figure(name):
    found = means(name)
    for step, percent in REFERENCE[name].items():
        assert abs(found[step] - percent) < TOLERANCE, (name, step, found)


@pytest.mark.slow
@pytest.mark.usefixtures("no_network", "fresh_set")
def test_shuffled_positions_cost_the_cnn_its_lead():
    found = means("cnn", "mnist1d_shuffled", 2000)
    assert abs(found[2000] - SHUFFLED_CNN[2000]) < TOLERANCE, found
    assert found[2000] < means("cnn")[2000] - 15, (found, means("cnn"))


@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("step", [2000, 6000])
def test_cnn_leads_mlp_and_mlp_leads_linear_by_far(step):
    linear, mlp, cnn = (means(name)[step] for name in REFERENCE)
    assert linear + 15 < mlp < cnn - 15, (linear, mlp, cnn)
