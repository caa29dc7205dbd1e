"""Early stopping: where several rules would have ended one run, and what that was worth."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from reglab.config import DATA_KNOBS, Range, check_name, check_number
from reglab.distributions import HeldOut, Sample, answers_of, loss_of
from reglab.nn import Network
from reglab.precision import jit
from reglab.training.blocks import in_blocks
from reglab.training.plan import CHUNK_ROWS
from reglab.training.remedies.rules import RULES, Stop
from reglab.training.run import RunLike
from reglab.training.trajectory import Hypotheses
from reglab.words import say

ORACLE = "oracle"
_STREAM = 1_986_095_214  # sets validation draws apart from training draws of the same number


class Stopped(NamedTuple):
    """What one rule made of a run. Errors are shares, from 0 to 1.

    Attributes:
        rule: its name; ``oracle`` knows the true errors.
        stopped_row: the row of history at which it ends training; the last where it never does.
        stopped_step: the step of that row.
        returned_row: the row whose hypothesis it returns.
        returned_step: the step of that row.
        is_early: whether it asked to stop.
        validation_loss: of the hypothesis returned, nats, on the validation sample.
        validation_error: of the hypothesis returned, on the validation sample.
        true_error: of the hypothesis returned, over the whole distribution.
        low: lower end of its interval.
        high: upper end of its interval.
        regret: its true error minus the least on the run; from 0, and 0 for the oracle.
    """

    rule: str
    stopped_row: int
    stopped_step: int
    returned_row: int
    returned_step: int
    is_early: bool
    validation_loss: float
    validation_error: float
    true_error: float
    low: float
    high: float
    regret: float


def early_stopping(
    run: RunLike,
    *,
    rules: Iterable[str] | Mapping[str, Callable[..., Stop]] = RULES,
    monitor: str = "loss",
    num_validation: int = 100,
    validation_draw: int = 0,
) -> tuple[Stopped, ...]:
    """Applies stopping rules to a finished run, and the oracle that no one has in practice.

    The rules read the loss of every row's hypothesis on a validation sample, drawn afresh from the
    distribution of the run: independent and identically distributed, and independent of S whatever
    ``validation_draw`` is. These examples come on top of S. (From a finite population they are
    drawn with replacement, so some may be members that S holds too. Of data of one's own they are
    training examples that S left over.)

    The regret has three parts: that training stopped before the best row, that a finite sample
    chose the row, and that the row of the least cross-entropy need not be that of the least error:
    a network that grows sure of its mistakes pays for it in cross-entropy long before its error
    rises.

    Args:
        run: as ``fit`` returns it.
        rules: names out of ``RULES``, or a mapping from names of one's own to functions of
            ``(validation_loss, train_loss)`` that return a :class:`Stop`.
        monitor: what the rules read: ``loss``, the cross-entropy, or ``error``, the share of wrong
            answers, which moves in steps of one example. Of regression both are squared errors.
        num_validation: examples to validate on.
        validation_draw: which validation sample.

    Returns:
        One entry a rule, in order, then the oracle.

    Raises:
        ValueError: an unknown rule or monitor, a number out of its range, a run without rows, one
            whose data or distribution moved, or one without any finite validation loss.

    References:
        Prechelt, *Early stopping - but when?*, in Neural Networks: Tricks of the Trade, 1998.

    >>> import functools
    >>> from reglab import Experiment, fit
    >>> rows = functools.partial(RULES["patience"], num_rows=3)
    >>> stops = early_stopping(fit(Experiment(num_steps=120)), rules={"3 rows": rows})
    >>> [(stopped.rule, stopped.regret >= 0) for stopped in stops]
    [('3 rows', True), ('oracle', True)]
    """
    chosen = _chosen(rules)
    _check(run)
    check_name("monitor", monitor, ("loss", "error"))
    history = run.history
    x, y = validation_sample(run, num_validation, validation_draw)
    loss, error = losses_on(run.hypotheses, x, y, loss_of(run.distribution))
    true_error = np.asarray(history.true_error, np.float64)
    best = int(true_error.argmin())
    read = (loss, history.train_loss) if monitor == "loss" else (error, history.train_error)
    if not np.isfinite(read[0]).any():
        raise ValueError(
            say(
                "run: expected a finite validation {monitor} in some row, got none; its "
                "hypotheses give scores that are nan or infinite",
                monitor=monitor,
            )
        )
    stops = {name: _checked(name, rule(*read), len(loss)) for name, rule in chosen.items()}
    stops[ORACLE] = Stop(best, best, best < len(true_error) - 1)
    return tuple(
        Stopped(
            rule=name,
            stopped_row=stop.stopped,
            stopped_step=int(history.step[stop.stopped]),
            returned_row=stop.returned,
            returned_step=int(history.step[stop.returned]),
            is_early=stop.is_early,
            validation_loss=float(loss[stop.returned]),
            validation_error=float(error[stop.returned]),
            true_error=float(true_error[stop.returned]),
            low=float(history.true_low[stop.returned]),
            high=float(history.true_high[stop.returned]),
            regret=float(true_error[stop.returned] - true_error[best]),
        )
        for name, stop in stops.items()
    )


def validation_sample(run: RunLike, num_validation: int, validation_draw: int) -> Sample:
    """Examples ``(x, y)`` from the distribution of a run, independent of its S.

    Where there is only held-out data, they are training examples that S left over.
    """
    count = check_number("num_validation", num_validation, Range(1, 10_000_000), integer=True)
    draw = check_number("validation_draw", validation_draw, Range(0, 2**32 - 1), integer=True)
    key = jax.random.fold_in(jax.random.key(draw), _STREAM)
    if isinstance(run.distribution, HeldOut):
        return _left_over(run, run.distribution, count, key)
    return run.distribution.sample(key, count)


def _left_over(run: RunLike, data: HeldOut, count: int, key: jax.Array) -> Sample:
    taken, there_are = run.experiment.hyper.num_train, data.num_train
    if count > there_are - taken:
        raise ValueError(
            say(
                "num_validation: expected at most the {num_left} training examples that S "
                "left over, got {got}",
                num_left=there_are - taken,
                got=count,
            )
        )
    # S is the start of this sample of them all.
    x, y = data.sample(jax.random.key(run.experiment.draw), there_are)
    chosen = taken + jax.random.permutation(key, there_are - taken)[:count]
    return Sample(x[chosen], y[chosen])


def losses_on(
    hypotheses: Hypotheses, x: jax.Array, y: jax.Array, kind: str = "zero-one"
) -> tuple[np.ndarray, np.ndarray]:
    """Cross-entropy (nats) and error of every hypothesis on a sample, each ``(m,)``.

    Where an error is ``squared``, both are the mean squared error. A loss that is no number is
    infinite, and an example with a score that is not finite has no answer: a mistake.

    One compiled program takes a few rows at a time, so neither memory nor compiling depends on the
    length of the run.

    Args:
        hypotheses: of a run.
        x: inputs ``(n, *input_shape)``.
        y: labels ``(n,)``.
        kind: ``zero-one`` or ``squared``, what an error is.
    """
    count, parts = len(hypotheses), []
    for start in range(0, count, CHUNK_ROWS):
        rows = np.minimum(np.arange(start, start + CHUNK_ROWS), count - 1)
        states = jax.tree.map(lambda leaf, rows=rows: leaf[rows], hypotheses.states)
        parts.append(np.asarray(_losses(hypotheses.network, kind, states, x, y)))
    columns = np.concatenate(parts, axis=1)[:, :count].astype(np.float64)
    loss, wrong = np.where(np.isnan(columns), np.inf, columns)
    return loss, wrong / len(y)


@jit(static_argnames=("network", "kind"))
def _losses(
    network: Network, kind: str, states: nnx.State, x: jax.Array, y: jax.Array
) -> jax.Array:
    def of_row(state):
        scores = in_blocks(network.merge(state), x)
        if kind == "squared":
            squares = jnp.square(scores[:, 0] - y)
            return jnp.stack([squares.mean(), squares.sum()])
        losses = optax.softmax_cross_entropy_with_integer_labels(scores, y)
        return jnp.stack([losses.mean(), (answers_of(scores) != y).sum()])

    return jax.lax.map(of_row, states).T


def _chosen(
    rules: Iterable[str] | Mapping[str, Callable[..., Stop]],
) -> dict[str, Callable[..., Stop]]:
    if isinstance(rules, Mapping):
        for name, rule in rules.items():
            if not callable(rule):
                raise ValueError(
                    say("rules: expected a function for {name!r}, got {got!r}", name=name, got=rule)
                )
        chosen = dict(rules)
    else:
        names = (rules,) if isinstance(rules, str) else tuple(rules)
        chosen = {name: RULES[check_name("rule", name, tuple(RULES))] for name in names}
    if ORACLE in chosen:
        raise ValueError(
            say("rules: expected other names than {name}, which is always there", name=ORACLE)
        )
    return chosen


def _checked(name: str, stop: object, num_rows: int) -> Stop:
    if isinstance(stop, Stop) and all(0 <= r < num_rows for r in (stop.stopped, stop.returned)):
        return stop
    raise ValueError(
        say(
            "rules: expected a Stop with rows below {num_rows} from {name}, got {got!r}",
            num_rows=num_rows,
            name=name,
            got=stop,
        )
    )


def _check(run: RunLike) -> None:
    """Raises where the rows of a run cannot be compared."""
    steps = run.history.step
    if not len(steps):
        raise ValueError(say("run: expected at least one row of history, got none"))
    start = run.experiment.hyper_at(0)
    for step in sorted({step for step, _, _ in run.experiment.changes if step <= steps[-1]}):
        for name in DATA_KNOBS:
            value = getattr(run.experiment.hyper_at(step), name)
            if value != getattr(start, name):
                raise ValueError(
                    say(
                        "run: expected one {name} in all its rows, got {got:g} from step {step} on",
                        name=name,
                        got=value,
                        step=step,
                    )
                )
