"""One step of training, one row of history, and the compiled loop made of both."""

import functools
import math
from typing import Any, NamedTuple, cast

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from reglab import distributions, nn
from reglab.config import Hyper
from reglab.precision import asked_precision, full_precision, jit
from reglab.training.blocks import in_blocks
from reglab.training.losses import LOSSES, disturbed, num_draws, penalty
from reglab.training.optimizers import optimizer, soft_thresholded
from reglab.training.plan import CHUNK_ROWS, Plan
from reglab.training.schedules import clipped, learning_rate
from reglab.training.state import Data, Streams, TrainState, model_at

BLOCK_NUMBERS = 2**20  # random numbers drawn at once, 4 MB


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
    """What one call recorded: the first ``num_rows`` of the rows that there is room for."""

    num_rows: jax.Array
    rows: Rows
    hypotheses: Any  # state of the folded hypotheses, stacked


def epoch_length(num_train, batch_size: int):
    """Steps an epoch; its last batch is filled up from the epoch's beginning."""
    return -(-num_train // batch_size)


class Shuffle(NamedTuple):
    """The order of the training examples in one epoch."""

    epoch: jax.Array
    order: jax.Array  # (max_train,) indices, a permutation of the first num_train in front


def shuffled(key: jax.Array, max_train: int, num_train: jax.Array) -> jax.Array:
    """A permutation of the first ``num_train`` indices, followed by the others."""
    draws = jax.random.uniform(key, (max_train,), jnp.float32)
    order = jnp.argsort(jnp.where(jnp.arange(max_train) < num_train, draws, 2.0))
    return order.astype(jnp.int32)  # int64 with jax_enable_x64


def reshuffled(plan: Plan, stream: jax.Array, num_train, step, shuffle: Shuffle) -> Shuffle:
    """The shuffle of the epoch that ``step`` is in: the one in hand, or a new one."""
    epoch = step // epoch_length(num_train, plan.batch_size)

    def renew() -> Shuffle:
        key = jax.random.fold_in(stream, epoch)
        return Shuffle(epoch, shuffled(key, plan.max_train, num_train))

    return jax.lax.cond(epoch == shuffle.epoch, lambda: shuffle, renew)


class Draws(NamedTuple):
    """The random numbers of one step, or of several along a first axis."""

    key: jax.Array
    inputs: jax.Array  # uniform multiples of 2^-24, for noise and augmentation
    masks: jax.Array  # uniform multiples of 2^-16, for dropout


def block_size(plan: Plan) -> int:
    """Steps whose random numbers are drawn at once, within ``BLOCK_NUMBERS``."""
    numbers = sum(_sizes(plan))
    return max(1, min(plan.eval_every, BLOCK_NUMBERS // max(numbers, 1)))


def _sizes(plan: Plan) -> tuple[int, int, int]:
    """Numbers for inputs, for dropout, and those that this kind of augmentation adds."""
    size = plan.batch_size, math.prod(plan.input_shape)
    inputs, masks = num_draws(*size), plan.modes.num_masks(plan.batch_size)
    return inputs, masks, num_draws(*size, plan.augment) - inputs


def draws_of(plan: Plan, noise: jax.Array, steps: jax.Array) -> Draws:
    """The random numbers of some steps: functions of the stream and of the step alone."""
    keys = jax.vmap(jax.random.fold_in, (None, 0))(noise, steps)
    inputs, masks, more = _sizes(plan)
    end = inputs + -(-masks // 2)
    words = jax.vmap(functools.partial(_words, count=end + more))(keys)
    # What a kind adds comes last: runs of two kinds have their noise and masks in common.
    long = jnp.concatenate([words[:, :inputs], words[:, end:]], axis=1)
    halves = [words[:, inputs:end] >> 16, words[:, inputs:end] & 0xFFFF]
    short = jnp.concatenate(halves, axis=1)[:, :masks]
    return Draws(keys, _uniform(long >> 8, 24), _uniform(short, 16))


def _words(key: jax.Array, count: int) -> jax.Array:
    """Random words ``(count,)`` uint32, at half the price of ``jax.random.bits``."""
    # Threefry makes two words at a time; bits keeps one of them, splitting a key keeps both.
    return jax.random.key_data(jax.random.split(key, -(-count // 2))).reshape(-1)[:count]


def _uniform(integers: jax.Array, bits: int) -> jax.Array:
    return integers.astype(jnp.float32) * 2.0**-bits


@nn.looped()
def train_step(
    plan: Plan, state: TrainState, data: Data, hyper: Hyper, draws: Draws, order: jax.Array
) -> TrainState:
    """Takes one step on the batch that ``order`` and the step number name."""
    # The step's number alone names the batch, so a run that is cut or undone reads the same
    # examples; the last batch of an epoch goes on with the first examples of its order.
    position = (state.step % epoch_length(hyper.num_train, plan.batch_size)) * plan.batch_size
    index = order[(position + jnp.arange(plan.batch_size)) % hyper.num_train]
    target = LOSSES[plan.loss].targets(data.y[index], plan.num_classes, hyper.label_smoothing)
    changes = plan.augment, plan.image_shape
    x, target = disturbed(draws.inputs, data.inputs[index], target, hyper, *changes)
    is_proximal = plan.l1_step == "proximal"
    smooth = hyper._replace(l1=0.0) if is_proximal else hyper  # l1 then acts after the step

    def loss(params):
        model = model_at(plan, state._replace(params=params), hyper.dropout_rate)
        momentum = hyper.batch_norm_momentum
        logits = plan.modes.scores(model, x, draws.key, draws.masks, momentum)
        before = nn.Variables(state.params, state.batch_stats, state.other)
        written = plan.modes.written(model, before)
        cost = LOSSES[plan.loss].of(logits, target) + penalty(params, smooth)
        return cost, written

    (cost, written), gradient = jax.value_and_grad(loss, has_aux=True)(state.params)
    gradient = clipped(plan.clipping, gradient, hyper)
    rate = learning_rate(plan.schedule, state.step, hyper)
    # Made in each step: its numbers are traced, and its state does not depend on them.
    tx = optimizer(plan.optimizer, hyper._replace(learning_rate=rate), state.params)
    extra = {"value": cost, "grad": gradient, "value_fn": lambda params: loss(params)[0]}
    # ``written``, not ``state``: a module such as weight norm writes its parameters in its call.
    updates, opt_state = tx.update(gradient, state.opt_state, written.params, **extra)
    params: Any = optax.apply_updates(written.params, updates)
    if is_proximal:
        params = soft_thresholded(params, rate * hyper.l1)
    return TrainState(state.step + 1, params, written.batch_stats, written.other, opt_state)


def measure(predict, plan: Plan, data: Data, num_train: int | jax.Array) -> tuple[jax.Array, ...]:
    """Loss and error on S, and error over D with its bounds, of one hypothesis.

    An example with a score that is not finite has no answer, and counts as a mistake.
    """
    scores = in_blocks(predict, data.inputs)
    if plan.loss == "squared":
        return _measure_squared(scores[:, 0], plan, data, num_train)
    answers = distributions.answers_of(scores)
    counted = jnp.arange(plan.max_train) < num_train
    logits = nn.widened(scores[: plan.max_train])
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, data.y)
    wrong = (answers[: plan.max_train] != data.y) & counted
    answers = answers[plan.max_train :]
    if data.bounds is None:
        exact = plan.method == "enumeration"
        true = distributions.weighted_error(
            answers, data.mass, exact=exact, net_coordinates=plan.net_coordinates
        )
    else:
        true = distributions.sampled_error(answers, data.mass, data.bounds)
    train_loss = _share(jnp.where(counted, losses, 0.0).sum(), num_train)
    return train_loss, wrong.sum() / num_train, *true


def _share(total: jax.Array, num_train: int | jax.Array) -> jax.Array:
    """A sum over the training examples by their number, in the type of the sum."""
    return total / jnp.asarray(num_train).astype(total.dtype)


def _measure_squared(
    answers: jax.Array, plan: Plan, data: Data, num_train: int | jax.Array
) -> tuple[jax.Array, ...]:
    noise = cast(jax.Array, data.noise)  # which there is where errors are squared
    counted = jnp.arange(plan.max_train) < num_train
    squares = (answers[: plan.max_train] - data.y) ** 2
    train_loss = _share(jnp.where(counted, squares, 0.0).sum(), num_train)
    train = train_loss, train_loss / (1 + noise**2)
    true = distributions.squared_error(
        answers[plan.max_train :], data.mass[:, 0], noise, is_affine=plan.modes.is_affine
    )
    return *(jnp.where(jnp.isnan(error), jnp.inf, error) for error in train), *true


@full_precision
@nn.looped()
def record(plan: Plan, state: TrainState, data: Data, hyper: Hyper) -> tuple[Rows, Any]:
    """The row of history at a state, and the folded hypothesis that belongs to it."""
    folded = plan.modes.hypothesis(model_at(plan, state, hyper.dropout_rate))
    # A copy: a module of the user's may write to its variables when it predicts.
    variables = jax.tree.map(lambda leaf: leaf, nnx.state(folded, graph=True))
    train_loss, train_error, *true = measure(folded, plan, data, hyper.num_train)
    cost = penalty(state.params, hyper)
    return Rows(state.step, train_loss, cost, train_error, *true), variables


def _zeros(leaf: jax.ShapeDtypeStruct, *count: int) -> jax.Array:
    return jnp.zeros((*count, *leaf.shape), leaf.dtype)


@jit(static_argnames=("plan", "num_rows"), precision=asked_precision)
def advance(
    plan: Plan,
    state: TrainState,
    data: Data,
    hyper: Hyper,
    keys: Streams,
    stop,
    last,
    fresh,
    num_rows: int = CHUNK_ROWS,
) -> tuple[TrainState, Chunk]:
    """Trains until step ``stop`` or until ``num_rows`` rows are full, whichever comes first.

    A row is recorded after every ``plan.eval_every`` steps, after step ``last`` and, where
    ``fresh`` is true, at the start. ``fit`` and the live session call this one program, whatever
    the length of a run or of a chunk: nothing but ``plan`` is compiled in.
    """
    row = jax.eval_shape(functools.partial(record, plan), state, data, hyper)
    empty = jax.tree.map(lambda leaf: _zeros(leaf, num_rows), row)
    block = block_size(plan)

    def train_block(end, carry):
        state, shuffle = carry
        # A whole block, even where a call starts or ends within it: shapes are compiled in, and the
        # numbers of a step are the same whichever block they are drawn in.
        first = state.step // block * block
        draws = draws_of(plan, keys.noise, first + jnp.arange(block))

        def train_one(step, carry):
            state, shuffle = carry
            shuffle = reshuffled(plan, keys.order, hyper.num_train, step, shuffle)
            own = jax.tree.map(lambda numbers: numbers[step - first], draws)
            return train_step(plan, state, data, hyper, own, shuffle.order), shuffle

        stop_block = jnp.minimum(end, first + block)
        return jax.lax.fori_loop(state.step, stop_block, train_one, (state, shuffle))

    def train_to_row(carry):
        state, shuffle, fresh, count, recorded = carry
        next_row = (state.step // plan.eval_every + 1) * plan.eval_every
        end = jnp.where(fresh, state.step, jnp.minimum(next_row, stop))
        state, shuffle = jax.lax.while_loop(
            lambda carry: carry[0].step < end,
            functools.partial(train_block, end),
            (state, shuffle),
        )
        is_row = fresh | (end == next_row) | (end == last)
        # A chunk that ends between rows is not measured: that may take longer than to train it.
        new = jax.lax.cond(
            is_row, lambda: record(plan, state, data, hyper), lambda: jax.tree.map(_zeros, row)
        )
        recorded = jax.tree.map(lambda rows, entry: rows.at[count].set(entry), recorded, new)
        count = count + is_row.astype(jnp.int32)
        return state, shuffle, jnp.bool_(False), count, recorded

    def unfinished(carry):
        state, _, fresh, count, _ = carry
        return (count < num_rows) & (fresh | (state.step < stop))

    # Of no epoch: the order is a function of seed and epoch, and is no part of the state.
    nothing = Shuffle(jnp.int32(-1), jnp.zeros(plan.max_train, jnp.int32))
    carry = (state, nothing, fresh, jnp.int32(0), empty)
    state, _, _, count, (rows, hypotheses) = jax.lax.while_loop(unfinished, train_to_row, carry)
    return state, Chunk(count, rows, hypotheses)
