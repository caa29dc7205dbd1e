"""B5: how far the two faces of batch norm, training and prediction, are apart."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy.special import gammaln

from reglab.config import Experiment, MLPConfig
from reglab.nn import BatchNorm
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import expectation, higher_than, mean_of, shown, too_low
from reglab.training import fit
from reglab.words import say

DIGITS = Experiment(
    distribution="digits",
    max_train=500,
    model=MLPConfig(widths=(64, 64), batch_norm=True),
    batch_size=50,
    num_steps=200,
    eval_every=200,
).replace(num_train=500, label_noise=0, learning_rate=0.003)
NUMBERS = 400_000  # inputs for each size of a batch
NO_SPREAD = 1e-30  # far below each variance of float32 normal numbers that is not 0


class Given(NamedTuple):
    """Settings: sizes B of batches of normal inputs, and of images for the network."""

    rng: np.random.Generator
    sizes: tuple[int, ...] = (2, 4, 8, 16, 32, 128)
    images: tuple[int, ...] = (2, 8, 64)


def setup(seed: int) -> Given:
    """Standard normal inputs."""
    return Given(np.random.default_rng(seed))


def predict(given: Given):
    """The formulas; there is none for the network."""
    size = np.array(given.sizes, float)
    axis = {"x": size, "x_label": say("examples B of a batch")}
    spread = np.sqrt(2 / size) * np.exp(gammaln(size / 2) - gammaln((size - 1) / 2))
    images = {"x": np.array(given.images), "x_label": say("images B of a batch")}
    return {
        say("mean squared difference of both modes"): expectation(2 * (1 - spread), **axis),
        say("the same, B = 2, by its limit 3/(2B)"): too_low(3 / (2 * size[0])),
        say("share of images answered otherwise"): shown(**images),
        say("fewer of them as batches grow"): higher_than(0.0),
    }


def measure(given: Given):
    """The package's layer in both modes, and a network that ``fit`` trained."""
    apart = [_differences(given, size) for size in given.sizes]
    answers = _answers(given)
    falls = np.stack([answers[i] - answers[i + 1] for i in range(len(answers) - 1)], axis=1)
    return {
        "mean squared difference of both modes": _joined(apart),
        "the same, B = 2, by its limit 3/(2B)": mean_of(apart[0]),
        "share of images answered otherwise": mean_of(np.stack(answers, axis=1)),
        "fewer of them as batches grow": mean_of(falls),
    }


def _joined(replicates: list[np.ndarray]):
    """Means of series whose numbers of replicates differ."""
    parts = [mean_of(series) for series in replicates]
    return type(parts[0])(*(np.array(column) for column in zip(*parts, strict=True)))


def _differences(given: Given, size: int) -> np.ndarray:
    """Mean squared difference of the two modes in each batch; a feature is a batch of its own."""
    count = NUMBERS // size
    x = jnp.asarray(given.rng.standard_normal((size, count), np.float32))
    # Momentum 1 keeps mean 0 and variance 1; two equal numbers have no spread to divide by.
    layer = BatchNorm(count, epsilon=NO_SPREAD, momentum=1.0, rngs=nnx.Rngs(0))
    trained, predicted = (layer(x, use_running_average=mode) for mode in (False, True))
    return np.asarray(((trained - predicted) ** 2).mean(axis=0), float)


def _answers(given: Given) -> list[np.ndarray]:
    """For each size, whether training mode answers otherwise, in 32 groups of as many images."""
    draw = int(given.rng.integers(2**31))
    run = fit(DIGITS.replace(draw=draw, seed=draw))
    images = run.distribution.population()[0]
    model = run.model
    predict, train = (
        nnx.view(model, deterministic=True, use_running_average=mode) for mode in (True, False)
    )
    shares = []
    for size in given.images:
        picked = given.rng.integers(0, len(images), (2048 // size, size))
        batches = jnp.asarray(images[picked])
        graph, state = nnx.split(train)
        trained = jax.vmap(lambda x, g=graph, s=state: nnx.merge(g, s, copy=True)(x))(batches)
        scores = predict(batches.reshape(-1, *batches.shape[2:])).reshape(trained.shape)
        is_other = np.asarray(trained.argmax(axis=-1) != scores.argmax(axis=-1), float)
        shares.append(is_other.reshape(32, -1).mean(axis=1))
    return shares


CLAIM = Claim(
    id="B5",
    statement=say(
        "A batch norm layer normalizes by its batch while training and by running statistics "
        "when it predicts: for normal inputs the two outputs differ by 2(1 − E s_B) in the mean "
        "square, about 3/(2B) for a batch of B. Small batches change what a network answers."
    ),
    formula=r"E(\hat x_{\text{train}} - \hat x_{\text{predict}})^2 = 2 (1 - E s_B), \qquad "
    r"E s_B = \sqrt{\tfrac{2}{B}} \, \frac{\Gamma(B/2)}{\Gamma((B - 1)/2)}",
    kind="expectation",
    source=(
        Reference(say("The difference of the two modes: derived here")),
        Reference(say("The mean of a sample standard deviation (chi distribution): any text")),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("4 standard errors of the mean over independent batches"),
    fails_when=say(
        "the batch is tiny and its limit 3/(2B) is used: at B = 2 the outputs are ±1 whatever "
        "the inputs were. For a trained network there is no formula, only the tendency."
    ),
)
