"""Optimizers by name, with every number traced."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax.typing import ArrayLike

from reglab import nn
from reglab.config import Hyper
from reglab.training.own_optimizer import OwnOptimizer


def _decayed(scale: optax.GradientTransformation, hyper: Hyper) -> optax.GradientTransformation:
    """Adds decoupled weight decay of the kernels (Loshchilov & Hutter 2019) and the step size."""
    return optax.chain(
        scale,
        optax.add_decayed_weights(hyper.weight_decay, mask=nn.is_kernel),
        optax.scale_by_learning_rate(hyper.learning_rate),
    )


def soft_thresholded(params: optax.Params, threshold: ArrayLike) -> Any:
    """Kernels brought nearer to 0 by ``threshold``, and to exactly 0 where that is not further.

    With the threshold ``learning_rate * l1`` after each step of ``sgd`` this is proximal gradient
    descent, whose fixed points are those of the penalised loss. After a step of Adam, whose own
    step sizes differ from weight to weight, it is a shrinkage of its own, decoupled as AdamW's
    decay is.

    References:
        Beck and Teboulle, *A fast iterative shrinkage-thresholding algorithm for linear inverse
        problems*, SIAM J. Imaging Sciences 2 (2009).

    >>> soft_thresholded({"kernel": jnp.array([[1.0, 0.2]])}, 0.25)["kernel"].tolist()
    [[0.75, 0.0]]
    """

    def shrink(leaf, is_kernel):
        if not is_kernel:
            return leaf
        shrunk = jnp.sign(leaf) * jnp.maximum(jnp.abs(leaf) - threshold, 0.0)
        return shrunk.astype(leaf.dtype)

    return jax.tree.map(shrink, params, nn.is_kernel(params))


def sgd(hyper: Hyper) -> optax.GradientTransformation:
    """Plain gradient descent on batches."""
    return _decayed(optax.identity(), hyper)


def momentum(hyper: Hyper) -> optax.GradientTransformation:
    """Heavy-ball momentum: ``v = momentum * v + g``, ``w -= learning_rate * v``."""
    return _decayed(optax.trace(decay=hyper.momentum), hyper)


def adam(hyper: Hyper) -> optax.GradientTransformation:
    """Adam with ``b1 = momentum`` and ``b2 = 0.999``; with weight decay it is AdamW.

    With ``jax_numpy_dtype_promotion="strict"`` it raises within Optax, which divides by
    ``1 - b1 ** count`` with a whole ``count``; the other optimizers take that setting.
    """
    return _decayed(optax.flatten(optax.scale_by_adam(b1=hyper.momentum)), hyper)


OPTIMIZERS: dict[str, Callable[[Hyper], optax.GradientTransformation]] = {
    "sgd": sgd,
    "momentum": momentum,
    "adam": adam,
    "adamw": adam,
}


def optimizer(
    kind: str | OwnOptimizer, hyper: Hyper, params: optax.Params
) -> optax.GradientTransformationExtraArgs:
    """The optimizer of a name, or of the user's, for some parameters.

    Moments and updates of a named one are of the parameters' own types, as those of an optimizer
    whose numbers are Python's; in between it computes in 32 bits at least.

    Args:
        kind: one of ``OPTIMIZERS``, or an optimizer of the user's.
        hyper: its numbers; may be traced. Its learning rate is that of the step.
        params: what it moves; types alone count.
    """
    if isinstance(kind, OwnOptimizer):
        return kind.transformation(hyper.learning_rate)
    return optax.with_extra_args_support(_named(OPTIMIZERS[kind], hyper, params))


def _named(make: Callable, hyper: Hyper, params: optax.Params) -> optax.GradientTransformation:
    types = {leaf.dtype for leaf in jax.tree.leaves(params)}
    if types <= {jnp.dtype("float32")}:
        return make(hyper)
    return optax.partition(
        {str(kind): _typed(make(hyper)) for kind in types},
        lambda tree: jax.tree.map(lambda leaf: str(leaf.dtype), tree),
    )


def _typed(tx: optax.GradientTransformation) -> optax.GradientTransformation:
    """The transformation with moments and updates of the types that they had."""

    def update(updates, state, params=None):
        moved, new = tx.update(updates, state, params)
        return _as(updates, moved), _as(state, new)

    return optax.GradientTransformation(tx.init, update)


def _as(like: optax.Updates, tree: optax.Updates) -> Any:
    return jax.tree.map(lambda old, new: new.astype(old.dtype), like, tree)
