"""One step of training, one row of history, and the compiled loop made of both."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from reglab import distributions, nn
from reglab.config import Hyper
from reglab.training.losses import data_loss, disturbed, penalty, targets
from reglab.training.optimizers import OPTIMIZERS
from reglab.training.plan import CHUNK_ROWS, Plan, graphs, hypothesis, training
from reglab.training.state import Data, Streams, TrainState


class Rows(NamedTuple):
    """Rows of history; each field has one entry a row (or is the entry of one)."""

    step: Any
    train_loss: Any
    penalty: Any
    train_error: Any
    true_error: Any
    true_low: Any
    true_high: Any


class Chunk(NamedTuple):
    """What one call recorded: the first ``count`` of ``CHUNK_ROWS`` rows."""

    count: jax.Array
    rows: Rows
    hypotheses: Any  # state of the folded hypotheses, stacked


def epoch_length(num_train, batch_size: int):
    """Steps an epoch; its last batch is filled up from the epoch's beginning."""
    return -(-num_train // batch_size)


def shuffled(key: jax.Array, max_train: int, num_train: jax.Array) -> jax.Array:
    """A permutation of the first ``num_train`` indices, followed by the others."""
    draws = jax.random.uniform(key, (max_train,))
    return jnp.argsort(jnp.where(jnp.arange(max_train) < num_train, draws, 2.0))


def train_step(
    plan: Plan, state: TrainState, data: Data, hyper: Hyper, noise: jax.Array, order: jax.Array
) -> TrainState:
    """Takes one step on the batch that ``order`` and the step number name."""
    position = (state.step % epoch_length(hyper.num_train, plan.batch_size)) * plan.batch_size
    index = order[(position + jnp.arange(plan.batch_size)) % hyper.num_train]
    inputs, masks = jax.random.split(jax.random.fold_in(noise, state.step))
    target = targets(data.y[index], plan.num_classes, hyper.label_smoothing)
    x, target = disturbed(inputs, data.inputs[index], target, hyper)
    graph, _ = graphs(plan)

    def loss(params):
        model = nnx.merge(graph, params, state.batch_stats, state.other, copy=True)
        nn.set_dropout_rate(model, hyper.dropout_rate)
        logits = training(model)(x, rngs=nnx.Rngs(dropout=masks))
        return data_loss(logits, target) + penalty(params, hyper), nnx.state(model, nnx.BatchStat)

    gradient, batch_stats = jax.grad(loss, has_aux=True)(state.params)
    tx = OPTIMIZERS[plan.optimizer](hyper)
    updates, opt_state = tx.update(gradient, state.opt_state, state.params)
    params = optax.apply_updates(state.params, updates)
    return TrainState(state.step + 1, params, batch_stats, state.other, opt_state)


def measure(predict, plan: Plan, data: Data, num_train: jax.Array) -> tuple[jax.Array, ...]:
    """Loss and error on S, and error over D with its bounds, of one hypothesis."""
    scores = predict(data.inputs)
    answers = jnp.argmax(scores, axis=-1)
    counted = jnp.arange(plan.max_train) < num_train
    logits = scores[: plan.max_train]
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, data.y)
    wrong = (answers[: plan.max_train] != data.y) & counted
    true = distributions.weighted_error(answers[plan.max_train :], data.mass, exact=plan.exact)
    train_loss = jnp.where(counted, losses, 0.0).sum() / num_train
    return train_loss, wrong.sum() / num_train, *true


def record(plan: Plan, state: TrainState, data: Data, hyper: Hyper) -> tuple[Rows, Any]:
    """The row of history at a state, and the folded hypothesis that belongs to it."""
    graph, _ = graphs(plan)
    model = nnx.merge(graph, state.params, state.batch_stats, state.other, copy=True)
    nn.set_dropout_rate(model, hyper.dropout_rate)
    folded = hypothesis(model)
    train_loss, train_error, *true = measure(folded, plan, data, hyper.num_train)
    cost = penalty(state.params, hyper)
    return Rows(state.step, train_loss, cost, train_error, *true), nnx.state(folded)


@functools.partial(jax.jit, static_argnames="plan")
def advance(
    plan: Plan, state: TrainState, data: Data, hyper: Hyper, seed, stop, last, fresh
) -> tuple[TrainState, Chunk]:
    """Trains until step ``stop`` or until ``CHUNK_ROWS`` rows are full, whichever comes first.

    A row is recorded after every ``plan.eval_every`` steps, after step ``last`` and, where ``fresh``
    is true, at the start. ``fit`` and the live session call this one program, whatever the length of a run or of
    a chunk: nothing but ``plan`` is compiled in.
    """
    row = jax.eval_shape(functools.partial(record, plan), state, data, hyper)
    empty = jax.tree.map(lambda leaf: jnp.zeros((CHUNK_ROWS, *leaf.shape), leaf.dtype), row)
    length = epoch_length(hyper.num_train, plan.batch_size)
    streams = Streams.of(seed)

    def reorder(step):
        key = jax.random.fold_in(streams.order, step // length)
        return shuffled(key, plan.max_train, hyper.num_train)

    def one_step(_, carry):
        state, order = carry
        order = jax.lax.cond(state.step % length == 0, lambda: reorder(state.step), lambda: order)
        return train_step(plan, state, data, hyper, streams.noise, order), order

    def one_row(carry):
        state, order, fresh, count, recorded = carry
        next_row = (state.step // plan.eval_every + 1) * plan.eval_every
        end = jnp.where(fresh, state.step, jnp.minimum(next_row, stop))
        state, order = jax.lax.fori_loop(state.step, end, one_step, (state, order))
        recorded = jax.tree.map(
            lambda all_rows, one: all_rows.at[count].set(one),
            recorded,
            record(plan, state, data, hyper),
        )
        count = count + (fresh | (end == next_row) | (end == last)).astype(jnp.int32)
        return state, order, jnp.bool_(False), count, recorded

    def unfinished(carry):
        state, _, fresh, count, _ = carry
        return (count < CHUNK_ROWS) & (fresh | (state.step < stop))

    carry = (state, reorder(state.step), fresh, jnp.int32(0), empty)
    state, _, _, count, (rows, hypotheses) = jax.lax.while_loop(unfinished, one_row, carry)
    return state, Chunk(count, rows, hypotheses)
