"""Where the runs of a population come from: trained in this process, piece by piece."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence

from reglab.config import Experiment
from reglab.distributions import check
from reglab.training import Piece, Progress, Source, train_in_pieces
from reglab.training.settled import check_handed

SLICE = 12  # members that are trained between two looks, unless a draw has more
STEPS = 12_000  # steps of all of them, about: long runs are seen sooner a few at a time


def trained(
    experiments: Sequence[Experiment],
    *,
    distribution: object | None = None,
    model: Callable | None = None,
) -> Source:
    """Trains experiments in this process, whole draws of the training set first.

    Args:
        experiments: such as a :class:`reglab.Grid`.
        distribution: an object of the user's instead of the named ones, as in ``fit``.
        model: a factory of the user's instead of ``experiment.model``, as in ``fit``.

    Raises:
        ValueError: an experiment that was run on objects of the user's, without these, or what
            ``reglab.distributions.check`` refuses.
    """
    experiments = list(experiments)
    if distribution is not None:
        check(distribution)  # here, and not in the thread that trains
    objects = {"distribution": distribution, "model": model}
    for experiment in experiments:
        check_handed(experiment, distribution=distribution, model=model)

    def source(should_stop: Callable[[], bool]) -> Iterator[Piece]:
        started, done, total = time.monotonic(), 0, len(experiments)
        yield [], Progress(0, total, 0.0)
        longest = max((experiment.num_steps for experiment in experiments), default=1)
        size = min(SLICE, max(1, STEPS // longest))
        for members in slices(experiments, size):
            if should_stop():
                return
            for piece in train_in_pieces(members, should_stop=should_stop, **objects):
                done += len(piece)
                yield list(piece.values()), Progress(done, total, time.monotonic() - started)

    return source


def slices(experiments: Sequence[Experiment], size: int = SLICE) -> list[list[Experiment]]:
    """Experiments in parts that hold whole draws, as alike as can be: one program serves all.

    >>> parts = slices([Experiment(draw=draw, seed=seed) for seed in range(6) for draw in range(4)])
    >>> [sorted({e.draw for e in part}) for part in parts], len(parts[0])
    ([[0, 1], [2, 3]], 12)
    """
    draws: dict[int, list[Experiment]] = {}
    for experiment in experiments:
        draws.setdefault(experiment.draw, []).append(experiment)
    groups = list(draws.values())
    if len({len(group) for group in groups}) > 1:
        return [list(experiments)]
    most = max(1, size // max(1, len(groups[0]) if groups else 1))
    each = max(n for n in range(1, most + 1) if len(groups) % n == 0) if groups else 1
    return [list(itertools.chain(*groups[i : i + each])) for i in range(0, len(groups), each)]
