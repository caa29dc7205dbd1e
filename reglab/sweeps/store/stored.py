"""One result as it was read from a store; it can be held against others like a run."""

import functools
import math
from dataclasses import dataclass, field
from pathlib import Path

import jax
import numpy as np
from flax import nnx

from reglab import distributions
from reglab.config import Experiment
from reglab.distributions import AnyDistribution
from reglab.nn import Network
from reglab.nn.weights import load_weights
from reglab.sweeps.store import files
from reglab.sweeps.store.rows import Row, experiment_of, history_of
from reglab.training import Hypotheses, Rows, name_of, set_up
from reglab.training.run import OnData
from reglab.training.trajectory import LastHypothesis
from reglab.words import say


@dataclass(frozen=True, eq=False)
class Stored(OnData):
    """What a store holds of one experiment; it stays when the store is closed.

    Attributes:
        key: of the experiment, see ``reglab.sweeps.key_of``.
        number: ascending in the order in which results were stored.
        experiment: what was trained.
        history: arrays of equal length, one entry a row, as in ``Run.history``.
        diverged: whether the loss left every reasonable range.
        seconds: what the training took.
        versions: name and version of the packages of the process that trained.
        weights: the file with the last hypothesis; None where no hypothesis was recorded.
        sha256: of that file.
    """

    key: str
    number: int
    experiment: Experiment
    history: Rows = field(repr=False)
    diverged: bool
    seconds: float
    versions: tuple[tuple[str, str], ...]
    weights: Path | None
    sha256: str | None = field(repr=False)

    @property
    def name(self) -> str:
        """The remedies in words, such as ``dropout 0.5``."""
        return name_of(self.experiment)

    @property
    def distribution(self) -> AnyDistribution:
        """D, with the numbers of the last step."""
        return self._distribution

    @functools.cached_property
    def _distribution(self) -> AnyDistribution:
        base = distributions.get(self.experiment.distribution)
        return distributions.with_numbers(base, **self.hyper.of_distribution)

    @property
    def hypotheses(self) -> Hypotheses:
        """The last hypothesis, the only one that is stored; read anew at each access.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is not as it was written.
        """
        if self.weights is None:
            return Hypotheses(set_up(self.experiment).plan.modes.network, nnx.State({}), 0)
        graph, state = nnx.split(self.hypothesis(), graph=True)
        states = jax.tree.map(lambda leaf: np.asarray(leaf)[None], state)
        return LastHypothesis(Network(graph), states, len(self.history.step))

    def hypothesis(self) -> nnx.Module:
        """The last hypothesis: a plain network, to call on inputs for class scores.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is not as it was written, or there is none.
        """
        if self.weights is None:
            raise ValueError(
                say("result {key}: expected weights, got a run without a hypothesis", key=self.key)
            )
        if files.sha256(self.weights.read_bytes()) != self.sha256:
            raise ValueError(
                say("weights: expected the file that was stored, got {got}", got=self.weights)
            )
        return load_weights(self.weights)


def stored(folder: Path, row: Row, history: bytes | None) -> Stored:
    """A row with its history.

    Raises:
        ValueError: one of them is damaged.
    """
    try:
        rows = history_of(history)
    except ValueError as error:
        raise ValueError(say("result {key}: {error}", key=row.key, error=error)) from None
    return Stored(
        key=row.key,
        number=row.number,
        experiment=experiment_of(row),
        history=rows,
        diverged=bool(row.diverged),
        seconds=math.nan if row.seconds is None else row.seconds,
        versions=row.versions,
        weights=None if row.weights is None else folder / row.weights,
        sha256=row.sha256,
    )
