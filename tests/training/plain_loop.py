"""A loop of Flax and Optax alone that takes the batches of a run."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from reglab.training.state import streams
from reglab.training.step import shuffled


def train(model, tx, data, num_steps):
    """Trains a model in place on 40 examples in batches of 10, in the order of seed 0."""
    optimizer = nnx.Optimizer(model, tx, wrt=nnx.Param)
    keys = streams(jnp.uint32(0))

    @nnx.jit
    def update(model, optimizer, x, y):
        def loss(model):
            logits = model(x, rngs=nnx.Rngs(0))
            return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

        optimizer.update(model, nnx.grad(loss)(model))

    order_of = jax.jit(lambda epoch: shuffled(jax.random.fold_in(keys.order, epoch), 40, 40))
    x, y = np.asarray(data.x), np.asarray(data.y)
    for step in range(num_steps):
        index = np.asarray(order_of(step // 4))[step % 4 * 10 : step % 4 * 10 + 10]
        update(model, optimizer, x[index], y[index])
