"""Inputs as pictures: the training examples, and a sample of what h gets wrong elsewhere."""

import zlib

import jax
import numpy as np
from flax import nnx

from reglab import distributions
from reglab.live.pictures.base import FRONT, Moment, Picture
from reglab.live.pictures.kept import Kept, sample_of
from reglab.live.pictures.tiles import Tiles, tile_shape
from reglab.mitchell import over_of
from reglab.nn import Network
from reglab.precision import jit
from reglab.training import in_blocks
from reglab.training.run import RunOnData
from reglab.views import ImagesView

NUM_ERRORS = 24  # images shown of what h gets wrong over the whole distribution
MOST_PIXELS = 8000  # of them all: they go to the browser frame by frame


@jit(static_argnames="network")
def _predicted(network: Network, state: nnx.State, points: jax.Array) -> jax.Array:
    return distributions.answers_of(in_blocks(network.merge(state), points))


def fingerprint(state: nnx.State) -> int:
    """A number that tells the weights of one hypothesis from those of another."""
    digest = 0
    for leaf in jax.tree.leaves(state):
        digest = zlib.crc32(np.asarray(leaf).tobytes(), digest)
    return digest


class ImagesMaker:
    """Judges inputs that have pictures; None where they have none, and before there is h."""

    def __init__(self):
        self._keep = Kept()

    def __call__(self, moment: Moment) -> ImagesView | None:
        """The training examples and a sample of the errors of the hypothesis that is seen."""
        run, what = moment.run, moment.what
        chosen = moment.witness if what == "witness" else moment.h
        if chosen is None or tile_shape(run.distribution) is None:
            return None
        data_key, data = run.data_key, self._keep("data", run.data_key, lambda: run.data)
        x, y = self._keep("sample", data_key, lambda: sample_of(run))
        clean = self._keep("clean", data_key, lambda: _clean_labels(run))
        height, width = tile_shape(run.distribution) or (1, 1)
        tiles = self._keep("tiles", data_key, lambda: Tiles(run.distribution, x))
        points, mass = data.points, np.asarray(data.mass)
        labels = self._keep("labels", data_key, lambda: mass.argmax(axis=1).astype(np.uint8))
        on_points, on_sample = self._keep(
            "predicted",
            (data_key, chosen[0], fingerprint(chosen[1])),
            lambda: [np.asarray(_predicted(*chosen, x)) for x in (points, data.x)],
        )
        predicted = on_points.astype(np.uint8)  # no answer, -1, becomes UNANSWERED
        wrong = np.flatnonzero(on_points != labels)
        order = np.random.default_rng(0).permutation(len(labels)).argsort()
        shown = max(1, min(NUM_ERRORS, MOST_PIXELS // (height * width)))
        wrong = wrong[np.argsort(order[wrong])][:shown]
        unseen = self._keep("unseen", data_key, lambda: _unseen(run, len(mass)))
        return ImagesView(
            images=self._keep("images", data_key, lambda: tiles(x)),
            labels=y,
            true_labels=clean,
            predicted=on_sample[: len(y)].astype(np.uint8),
            error_images=tiles(np.asarray(points)[wrong]),
            error_labels=labels[wrong],
            error_predicted=predicted[wrong],
            what=what,
            unseen_error=_error_on(unseen, mass, on_points),
            over=over_of(run.distribution),
        )


IMAGES = Picture("images", ImagesMaker, FRONT / "images.js", "reglab.figures.images:ImagesDisplay")


def _clean_labels(run: RunOnData) -> np.ndarray:
    key = jax.random.key(run.experiment.draw)
    clean = run.distribution.clean_labels(key, run.experiment.max_train)
    return np.asarray(clean)[: run.hyper.num_train].astype(np.uint8)


def _unseen(run: RunOnData, size: int) -> np.ndarray | None:
    """Marks those of the ``size`` members of a finite population that are no training examples."""
    if run.distribution.method != "enumeration":
        return None
    key = jax.random.key(run.experiment.draw)
    drawn = run.distribution.members(key, run.experiment.max_train)
    if drawn is None:
        return None
    unseen = np.ones(size, bool)
    unseen[np.asarray(drawn)[: run.hyper.num_train]] = False
    return unseen


def _error_on(chosen: np.ndarray | None, mass: np.ndarray, predicted: np.ndarray) -> float | None:
    if chosen is None or not chosen.any():
        return None
    right = np.where(predicted < 0, 0, mass[np.arange(len(mass)), predicted])
    return float(1 - right[chosen].sum() / mass[chosen].sum())
