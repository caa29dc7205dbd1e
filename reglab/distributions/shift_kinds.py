"""The ways in which a distribution can be shifted; see :mod:`reglab.distributions.shift`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.distributions.base import Sample
from reglab.distributions.binomial import SAMPLED
from reglab.distributions.estimate import ErrorEstimate
from reglab.distributions.protocol import with_numbers
from reglab.distributions.sequences import independent, normal, unit
from reglab.distributions.shift_base import Shifted, pytree_of_parent
from reglab.distributions.transforms import contrasted, layout, rotated, translated
from reglab.precision import full_precision, jit

LEAST_CONTRAST = 0.1
MOST_SHIFT = 0.25  # of the size along each axis
# Folded into a sample's key. Parents fold in counters from 0 up, and do not get as far.
SHAKEN, ACCEPTED, AGAIN, JUDGED = (np.uint32(2**32 - i) for i in (1, 2, 3, 4))


@pytree_of_parent
@dataclass(frozen=True)
class Mapped(Shifted):
    """Every x is mapped to another; labels and masses stay, so no precision is lost."""

    def moved_sample(self, key: Array, n: int) -> tuple[Sample, Array]:
        """The parent's examples, mapped."""
        x, y = self.parent.sample(key, n)
        return Sample(self._mapped(x), y), self.parent.clean_labels(key, n)

    def moved_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """The parent's points, mapped, with the parent's masses."""
        x, mass = self.parent.evaluation(key, num_points)
        return self._mapped(x), mass

    @full_precision
    def true_error(
        self,
        predict: Callable[[Array], Any],
        *,
        half_width: float = 0.002,
        key: Array | None = None,
    ) -> ErrorEstimate:
        """What the parent says of the hypothesis that maps x first."""
        if not self.strength:
            return self.parent.true_error(predict, half_width=half_width, key=key)
        moved = partial(_after, predict, self._mapped)
        return self.parent.true_error(moved, half_width=half_width, key=key)

    def moved_bayes(self) -> ErrorEstimate | None:
        """The parent's, as long as nothing is moved out of sight; or else a count."""
        is_image = self._layout in ("sequence", "image")
        if is_image and self.kind != "contrast":
            return super().moved_bayes()
        return self.parent.bayes_error()

    @property
    def _layout(self) -> str:
        return layout(self.input_shape, self.image_shape, self.input_kind)

    def _mapped(self, x: Array) -> Array:
        inputs = self.image_shape, self.input_kind
        return _mapped(jnp.asarray(x), self.strength, self.kind, *inputs)


@pytree_of_parent
@dataclass(frozen=True)
class Tilted(Shifted):
    """Some classes come more often than before; what each looks like stays."""

    def moved_sample(self, key: Array, n: int) -> tuple[Sample, Array]:
        """Draws of the parent, each replaced by another until its clean label is accepted.

        At a small strength nearly all are the parent's own. Not to be traced: how often draws are
        replaced depends on them.
        """
        weights = self._weights()
        accept = jnp.asarray(weights / weights.max(), jnp.float32)
        accepted, again = self.own_key(key, ACCEPTED), self.own_key(key, AGAIN)
        made = self.parent.sample(key, n), self.parent.clean_labels(key, n)
        kept, turn = _is_accepted(accepted, np.uint32(0), accept, made[1]), 0
        while not kept.all():
            turn += 1
            other = jax.random.fold_in(again, turn)
            more = self.parent.sample(other, n), self.parent.clean_labels(other, n)
            made = _replaced(kept, made, more)
            kept |= _is_accepted(accepted, np.uint32(turn), accept, more[1])
        return made

    def moved_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """The parent's points with masses in other proportions; draws where the parent draws."""
        if self.method in SAMPLED:
            return _drawn_evaluation(self, key, num_points)
        has_clean = self.parent.tells_label_noise
        clean = with_numbers(self.parent, label_noise=0.0) if has_clean else self.parent
        x, mass = clean.evaluation(key, num_points)
        mass = mass * jnp.asarray(self._weights(), mass.dtype)[None]
        return x, self.with_label_noise(mass / mass.sum())

    def _weights(self) -> np.ndarray:
        """By which p(k) is multiplied, ``(num_classes,)``, before it is made to sum to 1."""
        rising = 2 * np.arange(1, self.num_classes + 1) / (self.num_classes + 1)
        return 1 - self.strength + self.strength * rising


@pytree_of_parent
@dataclass(frozen=True)
class Shaken(Shifted):
    """Gaussian noise is added to x; errors are taken over independent draws."""

    keeps_method: ClassVar[bool] = False

    def moved_sample(self, key: Array, n: int) -> tuple[Sample, Array]:
        """The parent's examples, each with noise of its own that grows with the strength."""
        x, y = self.parent.sample(key, n)
        shaken = _shaken(x, self.own_key(key, SHAKEN), self.strength)
        return Sample(shaken, y), self.parent.clean_labels(key, n)

    def moved_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """Independent draws, all of one mass, which label noise spreads over the classes."""
        return _drawn_evaluation(self, key, num_points)


@jit(static_argnames=("kind", "image_shape", "input_kind"))
def _mapped(
    x: Array,
    strength: Any,
    kind: str,
    image_shape: tuple[int, ...] | None,
    input_kind: str | None,
) -> Array:
    if kind == "rotation":
        return rotated(x, jnp.pi * strength, image_shape)
    if kind == "translation":
        return translated(x, jnp.full((1, 2), MOST_SHIFT * strength), image_shape)
    return contrasted(x, 1 - (1 - LEAST_CONTRAST) * strength, image_shape, input_kind)


def _after(predict: Callable[[Array], Any], mapped: Callable[[Array], Array], x: Array) -> Any:
    return predict(mapped(x))


@jit
def _shaken(x: Array, key: Array, strength: Any) -> Array:
    words = independent(key, x.shape[0], x[0].size)
    return x + strength * normal(unit(words)).reshape(x.shape)


@jit
def _is_accepted(key: Array, turn: Any, accept: Array, label: Array) -> Array:
    """One uniform number for each label, held against the share of its class that is accepted."""
    words = independent(jax.random.fold_in(key, turn), label.shape[0], 1)[:, 0]
    return unit(words) < accept[label]


@jit
def _replaced(kept: Array, made: tuple, more: tuple) -> Any:
    """Examples and labels of ``more`` wherever those made before are not kept."""

    def chosen(old: Array, new: Array) -> Array:
        return jnp.where(kept.reshape(-1, *(1,) * (old.ndim - 1)), old, new)

    return jax.tree.map(chosen, made, more)


def _drawn_evaluation(distribution: Shifted, key: Array, num_points: int) -> tuple[Array, Array]:
    # folded: what is judged on must not be what a sample of the same key trained on
    (x, _), clean = distribution.moved_sample(jax.random.fold_in(key, JUDGED), num_points)
    mass = jax.nn.one_hot(clean, distribution.num_classes) / num_points
    return x, distribution.with_label_noise(mass)
