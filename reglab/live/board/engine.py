"""What a session does, without a thread: commands in, training, frames out."""

import time
from collections.abc import Callable
from typing import Any

from reglab.live.board.board import Board
from reglab.live.board.certified import Found
from reglab.live.board.frame import Frame, Status
from reglab.live.board.pace import Pace
from reglab.live.board.scene import Scene
from reglab.live.board.shifted import Shift
from reglab.mitchell import say
from reglab.training import epoch_length


class Engine:
    """A state machine over a board: idle, compiling, playing, paused, finished, diverged, closed.

    Args:
        board: the runs.
        pace: how fast they train.
        interval: seconds between two frames while playing.
        publish: takes each frame.
        is_closing: whether nobody wants a further frame.
        post: hands in a command from another thread.
    """

    def __init__(
        self,
        board: Board,
        pace: Pace,
        interval: float,
        publish: Callable[[Frame], None],
        is_closing: Callable[[], bool] = lambda: False,
        post: Callable[..., None] = lambda name, **values: None,
    ):
        self.board, self.pace, self.scene = board, pace, Scene()
        self.state, self.text = "compiling", ""
        self._is_ready = False  # whether every run has its first row, and so is compiled
        self._interval, self._publish, self._is_closing = interval, publish, is_closing
        self._post = post
        self._due = 0.0  # when the next frame is, in seconds of the monotonic clock
        self._number = 0

    @property
    def is_busy(self) -> bool:
        """Whether there is work without a further command."""
        return self.state == "playing" or (not self._is_ready and self.state != "closed")

    @property
    def delay(self) -> float | None:
        """Seconds until there is work; None where only a command brings some."""
        if self._is_ready and self.state == "playing":
            return self.pace.delay(self.board.runs[self.board.current].experiment.eval_every)
        return 0.0 if self.is_busy else None

    def turn(self, commands: list[tuple[str, dict[str, Any]]]) -> None:
        """Carries out commands, trains one chunk, publishes where that is due."""
        for name, values in commands:
            try:
                getattr(self, name)(**values)
            except ValueError as error:  # right for the board it was asked of, which has changed
                self.text = str(error)
        if not self._is_ready and self.state != "closed":
            self._prepare()
        elif self.state == "playing":
            self._train()
        if commands or time.monotonic() >= self._due or self.state != "playing":
            self.publish()

    def fail(self, error: Exception) -> Status:
        """Stops after an error that nobody foresaw, and says so."""
        self.state, self._is_ready = "paused", True
        self.text = say(self.scene.language, "stopped", error=str(error).partition("\n")[0])
        return self.status()

    def publish(self) -> None:
        """Hands out a frame of this moment, unless that would only keep the end waiting."""
        if self._is_closing():
            return
        self._number += 1
        # From when it was due, not from now: chunks of training would stretch every interval.
        self._due = max(self._due, time.monotonic() - self._interval) + self._interval
        self._publish(self.scene.frame(self._number, self.status(), self.board))

    def status(self) -> Status:
        """Where the session stands."""
        run = self.board.runs[self.board.current]
        speed = self.pace.measured if self.state == "playing" else 0.0
        epoch = run.step / epoch_length(run.hyper.num_train, run.plan.batch_size)
        steps = run.step, run.experiment.num_steps, epoch, speed
        return Status(self.state, *steps, self.text, self.board.can_undo)

    def _prepare(self) -> None:
        wanted, self.state = self.state, "compiling"
        self.publish()
        for run in self.board.runs:
            if self._is_closing():
                return
            run.advance(0)
        self._is_ready = True
        self.state = "playing" if wanted == "playing" else "idle"
        self.pace.restart()
        self._look()

    def _train(self) -> None:
        runs = self.board.runs
        self.pace.train(runs)
        if all(run.is_finished for run in runs):
            self.state = "finished"
        self._look()

    def _look(self) -> None:
        """Says so where a run has diverged."""
        diverged = next((run for run in self.board.runs if run.diverged), None)
        if diverged is not None:
            self.state, self.text = "diverged", self.scene.divergence(diverged, self.board)

    # -- commands ------------------------------------------------------------------------------

    def play(self) -> None:
        """Trains on; a finished board gets as many steps again."""
        if self.state == "diverged":
            return
        if self._is_ready and all(run.is_finished for run in self.board.runs):
            self.board.extend()
        self.state, self.text = "playing", ""
        self.pace.restart()

    def pause(self) -> None:
        """Stops training."""
        if self.state == "playing":
            self.state = "paused" if self._is_ready else "compiling"

    def step(self) -> None:
        """Trains every run to its next row."""
        if self.state == "diverged":
            return
        for run in self.board.runs:
            every = run.experiment.eval_every
            run.advance(every - run.step % every)
        self._is_ready, self.state = True, "paused"
        self._look()

    def restart(self, draw: int | None = None) -> None:
        """Starts all runs over."""
        self.board.restart(draw=draw)
        self._again()

    def new_sample(self) -> None:
        """Starts all runs over on another training sample."""
        self.restart(draw=self.board.runs[0].experiment.draw + 1)

    def configure(self, runs: tuple) -> None:
        """Starts over with other runs."""
        self.board.configure(runs)
        self._again()

    def set(self, **values: float) -> None:
        """Moves knobs."""
        self.board.change(**values)

    def twin(self, **values: Any) -> None:
        """Adds a twin and trains it."""
        self.board.twin(**values)
        self._is_ready, self.state = False, "playing"

    def undo(self) -> None:
        """Back to before the last action."""
        if not self.board.can_undo:
            return
        self.board.undo()
        self._is_ready = all(len(run.trajectory) for run in self.board.runs)
        self.state, self.text = "paused", ""
        self._look()

    def select(self, run: int, row: int | None) -> None:
        """Chooses h."""
        self.board.select(run, row)

    def include(self, run: int, included: bool) -> None:
        """Chooses the pool."""
        self.board.include(run, included)

    def show(self, what: str) -> None:
        """Chooses the picture."""
        self.scene.what = what

    def shift(self, kind: str | None, strength: float) -> None:
        """Chooses where else h is measured."""
        self.scene.shifted.shift = None if kind is None else Shift(kind, strength)

    def certify(self) -> None:
        """Begins to prove that h overfits."""
        self.scene.certified.start(
            self.board, self.scene.witness, lambda found: self._post("certified", found=found)
        )

    def certified(self, found: Found) -> None:
        """Takes what came out."""
        self.scene.certified.take(found)

    def set_pace(self, steps_per_second: float | None) -> None:
        """Chooses the pace."""
        self.pace.wanted = steps_per_second
        self.pace.restart()

    def close(self) -> None:
        """Ends for good."""
        self.state = "closed"

    def _again(self) -> None:
        self._is_ready, self.text = False, ""
        self.state = "playing" if self.state == "playing" else "idle"
