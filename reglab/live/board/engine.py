"""What a session does, without a thread: commands in, training, frames out."""

import functools
import time
from collections.abc import Sequence

from reglab.live.board.board import Board
from reglab.live.board.frame import Frame, Status
from reglab.live.board.pace import Pace
from reglab.live.board.scene import Scene
from reglab.live.board.shifted import Shift
from reglab.live.pictures import BOARD
from reglab.live.worker import Worker
from reglab.training import Trainer, epoch_length
from reglab.words import line_of, reason, say


class BoardEngine:
    """A state machine over a board: idle, compiling, playing, paused, finished, diverged, closed.

    Its methods under *commands* are carried out by a worker, as are those of the board.

    Args:
        board: the runs.
        pace: how fast they train.
        interval: seconds between two frames while playing.
        worker: that it works for, and that hands out its frames.
        pictures: names of those that are shown.

    Attributes:
        status: where the session stands, as it was last published.
    """

    def __init__(
        self,
        board: Board,
        pace: Pace,
        interval: float,
        worker: Worker[Frame],
        pictures: Sequence[str] = BOARD,
    ):
        self.board, self.pace, self.scene = board, pace, Scene(pictures)
        self.state, self.text = "compiling", ""
        self._is_ready = False  # whether every run has its first row, and so is compiled
        self._interval, self._worker = interval, worker
        self._due = 0.0  # when the next frame is, in seconds of the monotonic clock
        self._number = 0
        self.status = self._now()

    @property
    def delay(self) -> float | None:
        """Seconds until there is work; None where only a command brings some."""
        if not self._is_ready:
            return 0.0
        if self.state == "playing":
            return self.pace.delay(self.board.run.experiment.eval_every)
        return None

    def turn(self, is_told: bool) -> None:
        """Trains one chunk, and publishes where that is due."""
        if not self._is_ready:
            self._prepare()
        elif self.state == "playing":
            self._train()
        if is_told or time.monotonic() >= self._due or self.state != "playing":
            self._publish()

    def refuse(self, error: Exception) -> None:
        """Says what was right for the board it was asked of, which has changed since."""
        if isinstance(error, ValueError):
            self.text = reason(error)
        else:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Stops after an error that nobody foresaw, and says so on the last picture."""
        self.state, self._is_ready = "paused", True
        self.text = say("Training stopped by an error: {error}", error=line_of(error))
        self._publish_last()

    def close(self) -> None:
        """Ends for good."""
        self.state = "closed"
        self._publish_last()

    def _publish(self) -> None:
        """Hands out a frame of this moment, unless that would only keep the end waiting."""
        if self._worker.is_closing:
            return
        self._number += 1
        # From when it was due, not from now: chunks of training would stretch every interval.
        self._due = max(self._due, time.monotonic() - self._interval) + self._interval
        frame = self.scene.frame(self._number, self._now(), self.board)
        self.status = frame.status
        self._worker.publish(frame)

    def _publish_last(self) -> None:
        """Hands out the last picture once more, with the words of now."""
        self.status = self._now()
        if (last := self._worker.frame) is not None:
            self._number += 1
            self._worker.publish(last._replace(number=self._number, status=self.status))

    def _now(self) -> Status:
        run = self.board.runs[self.board.current]
        speed = self.pace.measured if self.state == "playing" else 0.0
        epoch = run.step / epoch_length(run.hyper.num_train, run.plan.batch_size)
        steps = run.step, run.experiment.num_steps, epoch, speed
        return Status(self.state, *steps, self.text, self.board.can_undo)

    def _prepare(self) -> None:
        wanted, self.state = self.state, "compiling"
        self._publish()
        for run in self.board.runs:
            if self._worker.is_closing:
                return
            run.advance(0)
        self._is_ready = True
        self.state = "playing" if wanted == "playing" else "idle"
        self.pace.resume()
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
            self.state, self.text = "diverged", self.scene.divergence_sentence(diverged, self.board)

    # -- commands ------------------------------------------------------------------------------

    def play(self) -> None:
        """Trains on; a finished board gets as many steps again."""
        if self.state == "diverged":
            return
        if self._is_ready and all(run.is_finished for run in self.board.runs):
            self.board.extend()
        self.state, self.text = "playing", ""
        self.pace.resume()

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

    def rewind(self) -> None:
        """Starts all runs over."""
        self.board.rewind()
        self._again()

    def new_sample(self) -> None:
        """Starts all runs over on another training sample."""
        self.board.new_sample()
        self._again()

    def configure(self, runs: tuple[Trainer, ...]) -> None:
        """Starts over with other runs."""
        self.board.configure(runs)
        self._again()

    def add_twin(self, **values: object) -> None:
        """Adds a twin and trains it."""
        self.board.add_twin(**values)
        self._is_ready, self.state = False, "playing"

    def undo(self) -> None:
        """Back to before the last action."""
        if not self.board.can_undo:
            return
        self.board.undo()
        self._is_ready = all(len(run.trajectory) for run in self.board.runs)
        self.state, self.text = "paused", ""
        self._look()

    def show(self, what: str) -> None:
        """Chooses whose decisions are shown."""
        self.scene.what = what

    def shift(self, kind: str | None, strength: float) -> None:
        """Chooses where else h is measured."""
        self.scene.shifted.shift = None if kind is None else Shift(kind, strength)

    def certify(self) -> None:
        """Begins to prove that h overfits."""
        certified = self.scene.certified
        finished = functools.partial(self._worker.tell, certified.take)
        certified.start(self.board, self.scene.witness, finished)

    def set_pace(self, steps_per_second: float | None) -> None:
        """Chooses the pace."""
        self.pace.wanted = steps_per_second
        self.pace.resume()

    def _again(self) -> None:
        self._is_ready, self.text = False, ""
        self.state = "playing" if self.state == "playing" else "idle"
