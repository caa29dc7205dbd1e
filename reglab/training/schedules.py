"""The learning rate as a function of the steps taken, and the clipping of gradients."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax.typing import ArrayLike, DTypeLike

from reglab.config import Hyper
from reglab.nn import widened


def cosine(step: ArrayLike, hyper: Hyper, kind: DTypeLike) -> jax.Array:
    """Rises evenly from 0 to 1, then falls by half a cosine to ``decay_end``, and stays there.

    As ``optax.warmup_cosine_decay_schedule``, whose numbers of steps cannot be traced.

    References:
        Loshchilov and Hutter, *SGDR: stochastic gradient descent with warm restarts*, ICLR 2017.
        Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017.
    """
    step, warmup, end = (
        jnp.asarray(number).astype(kind) for number in (step, hyper.warmup_steps, hyper.decay_steps)
    )
    low = jnp.asarray(hyper.decay_end).astype(kind)
    share = jnp.clip((step - warmup) / jnp.maximum(end - warmup, 1), 0, 1)
    falling = low + (1 - low) * (1 + jnp.cos(jnp.pi * share)) / 2
    return jnp.where(step < warmup, step / jnp.maximum(warmup, 1), falling)


def drops(step: ArrayLike, hyper: Hyper, kind: DTypeLike) -> jax.Array:
    """``decay_rate`` to the power of the drops so far, one after each ``decay_steps``."""
    count = jnp.asarray(step) // jnp.maximum(jnp.asarray(hyper.decay_steps), 1)
    return jnp.power(jnp.asarray(hyper.decay_rate).astype(kind), count.astype(kind))


SCHEDULES: dict[str, Callable[[Any, Hyper, Any], jax.Array] | None] = {
    "constant": None,
    "cosine": cosine,
    "step": drops,
}


def learning_rate(schedule: str, step: ArrayLike, hyper: Hyper) -> Any:
    """The learning rate of a step; of ``constant`` the number itself, with nothing to compute.

    Args:
        schedule: one of ``SCHEDULES``.
        step: steps taken before, from 0.
        hyper: its numbers; may be traced. ``decay_steps`` is that in force, which is not 0.

    >>> hyper = Hyper(learning_rate=0.5, warmup_steps=2, decay_steps=6)
    >>> [round(float(learning_rate("cosine", step, hyper)), 3) for step in (0, 1, 2, 4, 6, 9)]
    [0.0, 0.25, 0.5, 0.25, 0.0, 0.0]
    """
    factor = SCHEDULES[schedule]
    if factor is None:
        return hyper.learning_rate
    rate = jnp.asarray(hyper.learning_rate)
    return rate * factor(step, hyper, rate.dtype)


def clipped(clipping: str, gradient: optax.Updates, hyper: Hyper) -> Any:
    """The gradient, no longer than ``clip_norm`` where that is asked for.

    Args:
        clipping: ``none`` or ``global_norm``.
        gradient: of all parameters; computed with in 32 bits at least, returned in its own types.
        hyper: its numbers; may be traced.

    References:
        Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks*,
        ICML 2013.

    >>> clipped("global_norm", jnp.array([3.0, 4.0]), Hyper(clip_norm=2.5)).tolist()
    [1.5, 2.0]
    """
    if clipping == "none":
        return gradient
    tx = optax.clip_by_global_norm(hyper.clip_norm)
    wide = jax.tree.map(widened, gradient)
    short, _ = tx.update(wide, tx.init(wide))
    return jax.tree.map(lambda old, new: new.astype(old.dtype), gradient, short)
