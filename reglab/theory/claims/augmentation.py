"""R6: what a symmetry saves, in the data, in the predictions, and where it is a wrong one."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from reglab.distributions.transforms import mirrored
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import expectation, mean_of, too_low
from reglab.training.augment import augmented
from reglab.words import say


class Given(NamedTuple):
    """Settings: n examples of sequences, each read the same from both ends as far as y goes."""

    rng: np.random.Generator
    n: int = 32
    sigma: float = 1.0
    lengths: tuple[int, ...] = (4, 8, 12, 16, 20, 24)
    replicates: int = 4000
    tilt: float = 0.5


def setup(seed: int) -> Given:
    """Gaussian inputs; without a tilt the true weights do not matter."""
    return Given(np.random.default_rng(seed))


def predict(given: Given):
    """The formulas; a sequence of d positions and its mirror image have d/2 sums in common."""
    n, variance, d = given.n, given.sigma**2, np.array(given.lengths)
    alike, tilt = d // 2, given.tilt**2
    axis = {"x": d, "x_label": say("positions d")}
    return {
        say("excess, plain"): expectation(variance * d / (n - d - 1), **axis),
        say("excess, averaged over both"): expectation(variance * alike / (n - d - 1), **axis),
        say("excess, trained on both"): expectation(variance * alike / (n - alike - 1), **axis),
        say("saved by averaging"): expectation(variance * (d - alike) / (n - d - 1), **axis),
        say("excess, trained on both, no symmetry"): too_low(
            variance * alike / (n - alike - 1), **axis
        ),
        say("excess, trained on both, no symmetry, exact"): expectation(
            tilt + (variance + tilt) * alike / (n - alike - 1), **axis
        ),
    }


def measure(given: Given):
    """Least squares on sequences, on sequences with mirror images, and with a wrong symmetry."""
    excesses = [_excesses(given, d) for d in given.lengths]
    plain, averaged, trained, tilted = (
        np.stack(part, axis=1) for part in zip(*excesses, strict=True)
    )
    return {
        "excess, plain": mean_of(plain),
        "excess, averaged over both": mean_of(averaged),
        "excess, trained on both": mean_of(trained),
        "saved by averaging": mean_of(plain - averaged),
        "excess, trained on both, no symmetry": mean_of(tilted),
        "excess, trained on both, no symmetry, exact": mean_of(tilted),
    }


def _excesses(given: Given, d: int) -> tuple[np.ndarray, ...]:
    """Excesses over Gaussian inputs, ``(replicates,)`` each, of d positions."""
    x = given.rng.standard_normal((given.replicates, given.n, d))
    noise = given.rng.normal(scale=given.sigma, size=(given.replicates, given.n))
    tilt = given.tilt * np.repeat([1.0, -1.0], d // 2) / np.sqrt(d)
    both, twice = _both(x, noise)
    plain = _least_squares(x, noise)
    averaged = (plain + _mirrored(plain)) / 2
    trained = _least_squares(both, twice)
    tilted = trained + _least_squares(*_both(x, x @ tilt)) - tilt
    return tuple(np.square(part).sum(axis=1) for part in (plain, averaged, trained, tilted))


def _both(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each example and its mirror image, as augmentation flips them at full strength."""
    kept, flipped = (_flipped(x, draw) for draw in (1.0, 0.0))
    return np.concatenate([kept, flipped], axis=1), np.concatenate([y, y], axis=1)


def _flipped(x: np.ndarray, draw: float) -> np.ndarray:
    rows = x.reshape(-1, x.shape[-1])
    with jax.enable_x64(True):
        draws = jnp.full((len(rows), 1), draw)
        moved, _ = augmented("flip", draws, jnp.asarray(rows), jnp.zeros(()), 1.0, None)
    return np.asarray(moved).reshape(x.shape)


def _mirrored(weights: np.ndarray) -> np.ndarray:
    """What predicts on an input as ``weights`` do on its mirror image."""
    with jax.enable_x64(True):
        return np.asarray(mirrored(jnp.asarray(weights)))


def _least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights ``(replicates, d)``."""
    turned = np.swapaxes(x, 1, 2)
    return np.linalg.solve(turned @ x, turned @ y[..., None])[..., 0]


CLAIM = Claim(
    id="R6",
    statement=say(
        "Where y does not change when the d positions of an input are mirrored, r = d/2 "
        "directions matter. Averaging the predictions of least squares on an input and its "
        "mirror image saves σ²(d − r)/(n − d − 1) of the excess σ²d/(n − d − 1); training on "
        "both saves more, and leaves σ²r/(n − r − 1)."
    ),
    formula=r"\text{plain } \frac{\sigma^2 d}{n-d-1}, \qquad "
    r"\text{averaged } \frac{\sigma^2 r}{n-d-1}, \qquad "
    r"\text{trained on both } \frac{\sigma^2 r}{n-r-1}",
    kind="expectation",
    source=(
        Reference(
            say(
                "Elesedy, Zaidi, Provably strict generalisation benefit for equivariant models, "
                "ICML 2021, arXiv 2102.10333"
            ),
            say(
                "abstract: a strictly positive gain of invariant linear models; its formula was "
                "not seen, here it follows from the mean of an inverse Wishart matrix"
            ),
        ),
        Reference(
            say(
                "Chen, Dobriban, Lee, A group-theoretic framework for data augmentation, JMLR 21 "
                "(2020), arXiv 1907.10905"
            ),
            say(
                "abstract: augmentation averages over the orbits of a group that keeps the "
                "distribution, and lowers the variance"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("4 standard errors of the mean of 4,000 replicates"),
    fails_when=say(
        "the symmetry is not one of y: then the part of the true weights that mirroring changes "
        "cannot be learned, and acts as noise besides."
    ),
)
