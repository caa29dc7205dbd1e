"""``fit_population``: many experiments in, all their runs out."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np

from reglab.config import Experiment, check_counts, check_name
from reglab.training.divergence import diverged_at
from reglab.training.population.grouping import Member, grouped, members_of
from reglab.training.population.members import advance_members, initial_states, on_host
from reglab.training.population.partition import Piece, num_rows, pieces_of, stacked
from reglab.training.population.population import Population
from reglab.training.population.timing import forecast
from reglab.training.progress import Progress, reporter
from reglab.training.run import Run
from reglab.training.step import Chunk, Rows
from reglab.training.trajectory import Hypotheses, LastHypothesis
from reglab.training.twins import name_of

KEEPS = ("last", "all")


def fit_population(
    experiments: Sequence[Experiment],
    *,
    distribution: object = None,
    model: Callable | None = None,
    optimizer: Callable | None = None,
    keep: str = "last",
    progress: bool | Callable[[Progress], Any] = False,
    should_stop: Callable[[], bool] | None = None,
    lanes: int | None = None,
    memory: int | None = None,
) -> Population:
    """Trains many experiments, those of the same static configuration in one compiled program.

    Members are spread over all devices of the process (or of all processes, where
    ``jax.distributed`` is in use: all of them then call this, and all get the whole population).
    A CPU is one device until ``jax.config.update("jax_num_cpu_devices", 2)`` makes two of it,
    before anything else. Histories are those of ``fit`` on each experiment; those of vectorized
    members differ by round-off, which grows with the steps.

    Args:
        experiments: members; they may differ in anything. Each static configuration is compiled
            once, and so is each number of training examples run by itself.
        distribution: an object of the user's instead of the named ones, as in ``fit``.
        model: a factory of the user's instead of ``experiment.model``, as in ``fit``.
        optimizer: a factory of the user's instead of ``experiment.optimizer``, as in ``fit``.
        keep: which hypotheses stay: the ``last`` of each run, or ``all``, which for long histories
            takes much memory. Histories are kept whole.
        progress: a bar of tqdm's, or a function that is called with a :class:`Progress` after
            each piece, and before the first with what :func:`forecast` has measured.
        should_stop: asked before each piece and each 32 rows; where it says yes, the members that
            are finished come back.
        lanes: members that a device trains at once (``vmap``); left out, 1 on a CPU, where a loop
            over members is faster, and elsewhere as many as its memory holds (256 where it does
            not tell how much that is).
        memory: bytes that the members in training may take on a device; left out, a quarter of
            what is free on the machine, or half of what is free in a device's own memory.

    Raises:
        ValueError: one line that names the member, before anything is trained.

    >>> population = fit_population([Experiment(num_steps=12, seed=seed) for seed in range(3)])
    >>> population.bands("true_error").step.tolist()
    [0, 6, 12]
    """
    experiments = list(experiments)
    runs: dict[int, Run] = {}
    objects = {"distribution": distribution, "model": model, "optimizer": optimizer}
    options = {"lanes": lanes, "memory": memory, **objects}
    pieces = train_in_pieces(experiments, keep=keep, should_stop=should_stop, **options)
    with reporter(progress) as report:
        now = Progress(0, len(experiments), 0.0)
        if progress and experiments and jax.process_count() == 1:
            said = forecast(experiments, **options)
            now = now._replace(expected=said.seconds, evaluation=said.evaluation)
        report(now)
        started = time.monotonic()
        for piece in pieces:
            runs |= piece
            report(now._replace(done=len(runs), seconds=time.monotonic() - started))
    finished = [runs[index] for index in sorted(runs)]
    return Population(finished, is_complete=len(finished) == len(experiments))


def train_in_pieces(
    experiments: Sequence[Experiment],
    *,
    distribution: object = None,
    model: Callable | None = None,
    optimizer: Callable | None = None,
    keep: str = "last",
    should_stop: Callable[[], bool] | None = None,
    lanes: int | None = None,
    memory: int | None = None,
) -> Iterator[dict[int, Run]]:
    """What ``fit_population`` does, piece by piece: runs by the index of their experiment.

    The arguments are those of :func:`fit_population`. Ends early where ``should_stop`` says so.
    """
    check_name("keep", keep, KEEPS)
    check_counts(lanes=lanes, memory=memory)
    members = members_of(experiments, distribution, model, optimizer)
    stop = should_stop or (lambda: False)
    for group in grouped(members):
        for piece in pieces_of(group, lanes=lanes, memory=memory):
            # The caller's mesh, if one is set, is not that of the members.
            with jax.set_mesh(piece.layout.mesh):
                trained = _train(piece, keep, stop)
            if trained is None:
                return
            yield {m.position: run for m, run in zip(piece.members, trained, strict=True)}


def _train(piece: Piece, keep: str, stop: Callable[[], bool]) -> list[Run] | None:
    """The runs of a piece, or None where it was told to stop."""
    first, layout, count = piece.members[0], piece.layout, len(piece.members)
    plan, last = first.plan, first.experiment.num_steps
    rows, slots, turns = num_rows(first), layout.slots(count), layout.split(layout.turns(count))
    starts = [step for step, _ in first.segments]
    records = _Records(count, keep)
    states, fresh = None, True
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        own, shared = stacked(piece, start)
        members, shared = layout.placed(own), layout.copied(shared)
        if states is None:
            states = initial_states(plan, layout, members)
        step = start
        while fresh or step < end:
            if stop():
                return None
            ends = np.int32(end), np.int32(last), np.bool_(fresh)
            states, chunk = advance_members(
                plan, layout, rows, states, members, shared, turns, layout.copied(ends)
            )
            records.add(chunk, slots)
            step, fresh = int(on_host(states.step, slots[:1])[0]), False
    return [records.run(place, member) for place, member in enumerate(piece.members)]


class _Records:
    """Rows of all members of a piece, and the hypotheses that are kept."""

    def __init__(self, count: int, keep: str):
        self._keep = keep
        self._rows: list[Rows] = []  # (members, rows of a chunk)
        self._hypotheses: list[Any] = []  # likewise, or the last of each member alone
        self._bad: list[int | None] = [None] * count

    def add(self, chunk: Chunk, slots: np.ndarray) -> None:
        """Adds a chunk; all members have recorded equally many rows of it."""
        count = int(on_host(chunk.num_rows, slots[:1])[0])
        if not count:
            return
        before = self._num_rows
        self._rows.append(on_host(chunk.rows, (slots, slice(count))))
        loss = np.concatenate([rows.train_loss for rows in self._rows], axis=1)
        was_bad = np.array([bad is not None for bad in self._bad])
        for place in np.flatnonzero(~was_bad):
            self._bad[place] = diverged_at(loss[place])
        if self._keep == "all":
            self._hypotheses.append(on_host(chunk.hypotheses, (slots, slice(count))))
            return
        ends = [self._num_rows if bad is None else bad for bad in self._bad]
        index = np.array(ends) - 1 - before
        new = on_host(chunk.hypotheses, (slots, np.maximum(index, 0)))
        is_old = was_bad | (index < 0)  # the last good row lies in an earlier chunk
        if self._hypotheses and is_old.any():
            old = self._hypotheses[0]
            new = jax.tree.map(lambda o, n: _chosen(is_old, o, n), old, new)
        self._hypotheses = [new]

    def run(self, place: int, member: Member) -> Run:
        """The run of one member."""
        end = self._num_rows if (bad := self._bad[place]) is None else bad
        history = jax.tree.map(lambda *parts: _joined(parts, place)[:end], *self._rows)
        network = member.plan.modes.network
        if self._keep == "all":
            states = jax.tree.map(lambda *parts: _joined(parts, place)[:end], *self._hypotheses)
            hypotheses = Hypotheses(network, states, end)
        else:
            states = jax.tree.map(lambda leaf: leaf[place : place + 1], self._hypotheses[0])
            hypotheses = LastHypothesis(network, states, end)
        experiment = member.experiment
        return Run(
            experiment=experiment,
            distribution=member.distribution_at(experiment.num_steps),
            history=history,
            hypotheses=hypotheses,
            diverged=bad is not None,
            name=name_of(experiment, member.setup.inactive),
        )

    @property
    def _num_rows(self) -> int:
        return sum(rows.step.shape[1] for rows in self._rows)


def _joined(parts: Sequence[np.ndarray], place: int) -> np.ndarray:
    return np.concatenate([part[place] for part in parts])


def _chosen(is_old: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return np.where(is_old.reshape(-1, *[1] * (new.ndim - 1)), old, new)
