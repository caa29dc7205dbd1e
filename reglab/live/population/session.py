"""``PopulationSession``: trains or watches a population, and publishes what is to be seen."""

from collections.abc import Callable, Sequence
from typing import Any

from reglab.config import check_name
from reglab.live.base import BaseSession
from reglab.live.pictures import POPULATION
from reglab.live.population.composer import Composer
from reglab.live.population.engine import PopulationEngine
from reglab.live.population.frame import PopulationFrame, SweepStatus
from reglab.live.population.tally import Tally
from reglab.live.worker import Worker
from reglab.mitchell import SCOPES
from reglab.training import Source
from reglab.words import say

EVERY = 0.3  # seconds between two frames, at least


class PopulationSession(BaseSession[PopulationFrame]):
    """Runs a source of results on one worker thread and publishes frames; knows no widget.

    Every method returns at once. What is asked for is looked at between two pieces of the source;
    of several wishes of a kind the latest counts. Frames that nobody took are dropped.

    Args:
        source: where runs come from, see :func:`reglab.live.trained` and
            :func:`reglab.sweeps.watched`.
        by: what varies; see :func:`reglab.mitchell.frequencies`.
        scope: what a hypothesis is held against: its own ``run``, or all on the same ``data``.
        at_least: severity from which a hypothesis counts as overfitting, 0 to 1.
        picture: draws what the last hypothesis of a run decides, or returns None.
        every: seconds between two frames, at least.
        pictures: names of those that frames have, out of ``reglab.live.pictures.PICTURES``.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    def __init__(
        self,
        source: Source,
        *,
        by: str = "dropout_rate",
        scope: str = "data",
        at_least: float = 0.0,
        picture: Callable[[Any], Any] | None = None,
        every: float = EVERY,
        pictures: Sequence[str] = POPULATION,
    ):
        tally = Tally(by, scope=scope, at_least=at_least)
        self._composer = Composer(tally, picture, pictures)
        self._worker: Worker[PopulationFrame] = Worker("reglab-population")
        self._engine = PopulationEngine(source, self._composer, every, self._worker)
        self._worker.start(self._engine)

    # -- what a user can do --------------------------------------------------------------------

    def play(self, source: Source | None = None, *, by: str | None = None) -> None:
        """Starts the source, or another one, from nothing; what was shown before is gone.

        Args:
            source: where runs come from; the last one where left out.
            by: what varies; empty to find it out from the runs that come, and as it is where
                left out.
        """
        if by:
            Tally(by)  # raises where there is no such field
        self._worker.post_latest(self._engine.play, source, by)

    def cancel(self) -> None:
        """Stops the source; the runs that are there stay."""
        self._worker.tell(self._engine.cancel)

    def choose(self, value: int) -> None:
        """Makes one value of what varies, by its index, the one that is told about."""
        self._worker.post_latest(self._composer.choose, int(value))

    def brush(self, run: int | None) -> None:
        """Looks at one run by itself, or at none."""
        self._worker.post_latest(self._composer.brush, run)

    def brush_near(self, train_error: float, true_error: float) -> None:
        """Looks at the run nearest to a place in the witness plane."""
        self._worker.post_latest(self._composer.brush, (float(train_error), float(true_error)))

    def judge(self, *, scope: str | None = None, at_least: float | None = None) -> None:
        """Judges anew in another scope, or from another severity on."""
        values: dict[str, Any] = {}
        if scope is not None:
            values["scope"] = check_name("scope", scope, SCOPES)
        if at_least is not None:
            if not 0 <= at_least <= 1:
                raise ValueError(
                    say("at_least: expected a share from 0 to 1, got {got}", got=at_least)
                )
            values["at_least"] = float(at_least)
        self._worker.post_latest(self._composer.judge, **values)

    # -- what a user can see -------------------------------------------------------------------

    @property
    def state(self) -> SweepStatus:
        """Where the session stands."""
        return self._engine.status

    @property
    def runs(self) -> tuple[Any, ...]:
        """The runs that are there."""
        return tuple(self._composer.tally.runs)
