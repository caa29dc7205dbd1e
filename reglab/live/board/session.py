"""``Session``: the engine behind every panel. One worker thread, a mailbox in, frames out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reglab import distributions
from reglab.config import Experiment, check_experiment, check_name
from reglab.live.base import BaseSession
from reglab.live.board.board import Board
from reglab.live.board.engine import BoardEngine
from reglab.live.board.frame import Frame, Status
from reglab.live.board.pace import Pace
from reglab.live.board.scene import DECISIONS
from reglab.live.pictures import BOARD
from reglab.live.worker import Worker
from reglab.training import Run, run_of


class Session(BaseSession[Frame]):
    """Trains in the background and publishes what is to be seen.

    Every method returns at once: bad values raise here, in the caller, and change nothing; good
    ones go into a mailbox that the worker empties between chunks of 20 to 30 ms. Frames that
    nobody took in time are dropped, never queued.

    Args:
        experiment: the default preset where left out.
        twins: for each further run, the values in which it differs; see ``add_twin``.
        distribution: an object of the user's instead of the named distribution.
        model: a factory ``(rngs) -> nnx.Module`` of the user's instead of ``experiment.model``.
        optimizer: likewise ``(learning_rate) -> optax.GradientTransformation``; see ``fit``.
        frames_per_second: the most frames that are published while training.
        steps_per_second: the pace of training; ``None`` trains as fast as the machine can.
        pictures: names of those that frames have, out of ``reglab.live.pictures.PICTURES``; no
            other is made.

    Raises:
        ValueError: one line that says what was expected and what came.

    >>> with Session(Experiment(num_steps=12), steps_per_second=None) as session:
    ...     session.play()
    ...     done = session.wait()
    ...     session.state.state, session.state.step
    ('finished', 12)
    """

    def __init__(
        self,
        experiment: Experiment | None = None,
        twins: Sequence[dict[str, Any]] = (),
        *,
        distribution: object = None,
        model: Callable | None = None,
        optimizer: Callable | None = None,
        frames_per_second: float = 10.0,
        steps_per_second: float | None = 120.0,
        pictures: Sequence[str] = BOARD,
    ):
        experiment = Experiment() if experiment is None else check_experiment(experiment)
        objects = {"distribution": distribution, "model": model, "optimizer": optimizer}
        self._board, pace = Board(experiment, twins, **objects), Pace(steps_per_second)
        self._worker: Worker[Frame] = Worker("reglab-session")
        every = 1.0 / frames_per_second
        self._engine = BoardEngine(self._board, pace, every, self._worker, pictures)
        self._worker.start(self._engine)

    # -- what a user can do --------------------------------------------------------------------

    def play(self) -> None:
        """Trains until paused or finished; a finished run gets as many steps again."""
        self._worker.post(self._engine.play)

    def pause(self) -> None:
        """Stops training after the chunk in hand."""
        self._worker.post(self._engine.pause)

    def step(self) -> None:
        """Trains to the next row of the history, then pauses."""
        self._worker.post(self._engine.step)

    def rewind(self) -> None:
        """Back to step 0 with the same initial weights and the knobs as they are now."""
        self._worker.post(self._engine.rewind)

    def new_sample(self) -> None:
        """Draws another training sample S from the same distribution and starts over."""
        self._worker.post(self._engine.new_sample)

    def set(self, **hyper: float) -> None:
        """Moves knobs of the current run while it trains; never recompiles.

        Raises:
            ValueError: an unknown number, one out of its range, or one that cannot act in the
                current run, see ``inactive``.
        """
        self._worker.post_latest(self._board.set, **self._board.check(hyper))

    def configure(self, experiment: Experiment, twins: Sequence[dict[str, Any]] = ()) -> None:
        """Starts over with another experiment and its twins; static changes compile."""
        runs = self._board.trainers(check_experiment(experiment), twins)
        self._worker.post(self._engine.configure, runs)

    def add_twin(self, **values: object) -> None:
        """Adds a run that shares data, weights and order and differs in these values alone.

        Args:
            **values: fields of ``Hyper`` or of the model's config, such as ``batch_norm=True``.

        Raises:
            ValueError: an unknown field, a value out of its range, one that cannot act in the
                twin, or one that would give it another sample or distribution.
        """
        self._board.check_twin(values)
        self._worker.post(self._engine.add_twin, **values)

    def undo(self) -> None:
        """Back to before the last user action (not before Play, Pause or Step)."""
        self._worker.post(self._engine.undo)

    def select(self, run: int, row: int | None = None) -> None:
        """Makes a hypothesis h: ``row`` of ``run``, or its newest one."""
        self._board.check_address(run, row)
        self._worker.post(self._board.select, run, row)

    def include(self, run: int, included: bool = True) -> None:
        """Puts a run into the pool of possible witnesses, or takes it out."""
        self._board.check_address(run, None)
        self._worker.post(self._board.include, run, bool(included))

    def show(self, what: str) -> None:
        """Chooses whose decisions are shown: ``h``, ``witness`` or ``disagreement``."""
        self._worker.post(self._engine.show, check_name("picture", what, DECISIONS))

    def shift(self, kind: str | None, strength: float = 0.0) -> None:
        """Also measures h where the distribution has moved; ``None`` stops that.

        Args:
            kind: one of ``reglab.distributions.SHIFTS`` that can act on the inputs.
            strength: from 0, which is D itself, to 1.
        """
        if kind is not None:
            distributions.shifted(self._board.run.distribution, kind, strength)
        self._worker.post(self._engine.shift, kind, float(strength))

    def certify(self) -> None:
        """Proves that h overfits, on a thread of its own; see ``reglab.certify``.

        The frame that comes when it is done says so, as long as h and h′ are the same: its
        verdict has ``certify`` "done", and the proved bounds in its sentence.
        """
        self._worker.post(self._engine.certify)

    def set_pace(self, steps_per_second: float | None) -> None:
        """Steps a second of each run; ``None`` is as fast as the machine can."""
        self._worker.post(self._engine.set_pace, Pace.check(steps_per_second))

    # -- what a user can see -------------------------------------------------------------------

    @property
    def state(self) -> Status:
        """Where the session stands."""
        return self._engine.status

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs on the board, with all that they have recorded so far."""
        return tuple(run_of(run) for run in self._board.runs)

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The runs on the board, each as the experiment that reproduces its numbers."""
        return tuple(run.experiment for run in self._board.runs)

    @property
    def experiment(self) -> Experiment:
        """The experiment of the current run, with the changes made so far."""
        return self._board.run.experiment

    @property
    def current(self) -> int:
        """The index of the current run: that of h, which the knobs move."""
        return self._board.shown[1]

    @property
    def inactive(self) -> Mapping[str, str]:
        """Numbers, and fields of models, that cannot act in the current run, each with why."""
        return self._board.run.inactive
