"""How long members of a population take, measured on a few of them before all are trained."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import numpy as np

from reglab.config import Experiment
from reglab.training.population.grouping import grouped, members_of
from reglab.training.population.members import advance_members, initial_states
from reglab.training.population.partition import Piece, num_rows, pieces_of, stacked
from reglab.words import say

LEAST = 0.05  # seconds that the steps that are timed last, where a run has so many
REPEATS = 10  # of a call that is shorter: the least of their times has waited for nobody else


class Forecast(NamedTuple):
    """What a member takes once its program is compiled.

    Attributes:
        seconds: of one member, where all devices are busy.
        evaluation: share of them that goes into the rows of history, of which there is one every
            ``eval_every`` steps: each takes the error over the whole distribution. From 0 to 1.
    """

    seconds: float
    evaluation: float


def forecast(
    experiments: Sequence[Experiment],
    *,
    distribution: object = None,
    model: Callable | None = None,
    optimizer: Callable | None = None,
    lanes: int | None = None,
    memory: int | None = None,
) -> Forecast:
    """Measures how long a member of a population takes, and what its rows of history take of that.

    The program that :func:`fit_population` would run first is compiled, unless it is there already,
    and takes a few rows and steps: not guessed, and told before the run.

    Args:
        experiments: at least one. Of several static configurations the first one is measured.
        distribution: as in :func:`fit_population`.
        model: likewise.
        optimizer: likewise.
        lanes: likewise.
        memory: likewise.

    Raises:
        ValueError: no experiments, or one line that names the member that cannot be trained.

    >>> measured = forecast([Experiment(num_steps=12)])
    >>> measured.seconds > 0, 0 < measured.evaluation <= 1
    (True, True)
    """
    members = members_of(experiments, distribution, model, optimizer)
    if not members:
        raise ValueError(say("experiments: expected at least one, got none"))
    piece = next(pieces_of(grouped(members)[0], lanes=lanes, memory=memory))
    with jax.set_mesh(piece.layout.mesh):  # as while it trains: the same program
        return forecast_of(piece)


def forecast_of(piece: Piece) -> Forecast:
    """The forecast of a piece, measured on one turn of each device."""
    layout = piece.layout
    few = piece.members[: layout.lanes * layout.mesh.size]
    experiment = few[0].experiment
    timed = _timer(piece._replace(members=few))
    nothing = timed(0, False)  # what a call takes, whatever it computes
    row = max(timed(0, True) - nothing, 1e-9)
    most = min(experiment.num_steps, num_rows(few[0]) * experiment.eval_every)  # of one call
    count, step = 1, 0.0
    while True:  # as many steps as can be timed
        taken = timed(count, False) - nothing
        step = max(taken - _rows(experiment, count) * row, 0.0) / count
        if taken > LEAST or count == most:
            break
        count = min(4 * count, most)
    rows = (1 + _rows(experiment, experiment.num_steps)) * row
    steps = experiment.num_steps * step
    return Forecast((rows + steps) / len(few), rows / (rows + steps))


def _timer(piece: Piece) -> Callable[[int, bool], float]:
    """What says how long a call from the first step on takes: its end, and whether it has row 0."""
    first, layout, count = piece.members[0], piece.layout, len(piece.members)
    plan, last = first.plan, np.int32(first.experiment.num_steps)
    own, shared = stacked(piece, 0)
    members, shared = layout.placed(own), layout.copied(shared)
    states, turns = initial_states(plan, layout, members), layout.split(layout.turns(count))

    def once(stop: int, fresh: bool) -> float:
        ends = layout.copied((np.int32(stop), last, np.bool_(fresh)))
        started = time.perf_counter()
        call = plan, layout, num_rows(first), states, members, shared, turns, ends
        jax.block_until_ready(advance_members(*call))
        return time.perf_counter() - started

    def timed(stop: int, fresh: bool) -> float:
        times = [once(stop, fresh)]
        while len(times) < 2 or (sum(times) < LEAST and len(times) < REPEATS):
            times.append(once(stop, fresh))
        return min(times)

    once(0, True)  # compiles
    return timed


def _rows(experiment: Experiment, step: int) -> int:
    """Rows from the first step to another, that of step 0 left out."""
    is_last = step == experiment.num_steps and step % experiment.eval_every > 0
    return step // experiment.eval_every + is_last
