"""``fit``: an experiment in, a run with all its hypotheses out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flax import nnx

from reglab.config import Experiment
from reglab.training.step import Rows
from reglab.training.trainer import Trainer
from reglab.training.trajectory import Hypotheses


@dataclass(frozen=True, eq=False)  # arrays make no truth value
class Run:
    """A finished run. Two runs are equal where they are the same object.

    Attributes:
        experiment: what was run.
        distribution: D, with the numbers of the last step.
        history: arrays of equal length, one entry a row: ``step``; ``train_loss`` (nats, on S,
            without the penalty); ``penalty``; ``train_error`` (on S, of the folded hypothesis);
            ``true_error``, ``true_low``, ``true_high`` (over D, with its interval).
        hypotheses: ``hypotheses[i]`` is the plain network of row ``i``.
        diverged: whether the run stopped early because its loss left every reasonable range.
        name: the remedies in words, such as ``dropout 0.5``.
        trained: makes ``model``; None where no step was taken.
    """

    experiment: Experiment
    distribution: Any
    history: Rows
    hypotheses: Hypotheses
    diverged: bool = False
    name: str = "plain"
    trained: Callable[[], nnx.Module] | None = field(default=None, repr=False, compare=False)

    @property
    def model(self) -> nnx.Module:
        """The module as trained, after the last step, a new copy at each access.

        It has its batch norm and dropout layers, at the last rate that it was trained with; see
        ``nnx.view`` for its modes. ``hypotheses[-1]`` is the plain network that it predicts as.

        Raises:
            ValueError: the run diverged, so that its last weights belong to no row, or has not
                begun.
        """
        if self.diverged:
            raise ValueError("run: expected one that did not diverge, got one that did")
        if self.trained is None:
            raise ValueError("run: expected one that has been trained, got one without a state")
        return self.trained()


def fit(
    experiment: Experiment | None = None,
    *,
    distribution: Any = None,
    model: Callable | None = None,
    optimizer: Callable | None = None,
) -> Run:
    """Trains an experiment and keeps every recorded hypothesis.

    Args:
        experiment: the default preset where left out.
        distribution: an object of the user's that meets the protocol of
            ``reglab.distributions``, instead of the named one.
        model: a factory ``(rngs) -> nnx.Module`` of the user's, instead of ``experiment.model``,
            which is then the default. The module maps inputs ``(n, *input_shape)`` to scores ``(n,
            num_classes)``; its call may take ``rngs``, and a mode by one of the keywords
            ``deterministic``, ``use_running_average``, ``train``, ``training``, ``is_training``.

        optimizer: a factory ``(learning_rate) -> optax.GradientTransformation`` of the user's,
            instead of ``experiment.optimizer``, which is then the default. It is called in each
            step with the learning rate in force, which is traced: a number that Optax takes and
            that decides no ``if``. Schedule, clipping and penalties of the experiment act before
            it; a transformation that takes ``value``, ``grad`` or ``value_fn`` gets them.

    Raises:
        ValueError: one line that says what was expected and what came, before anything is traced.

    >>> run = fit(Experiment(num_steps=12))
    >>> run.history.step.tolist()
    [0, 6, 12]
    """
    experiment = Experiment() if experiment is None else experiment
    if not isinstance(experiment, Experiment):
        raise ValueError(f"experiment: expected an Experiment, got {experiment!r}")
    trainer = Trainer(experiment, distribution=distribution, model=model, optimizer=optimizer)
    while trainer.advance(experiment.num_steps):
        pass
    return run_of(trainer)


def run_of(trainer: Trainer) -> Run:
    """The run that a trainer has made so far."""
    history, hypotheses = trainer.trajectory.recorded
    return Run(
        experiment=trainer.experiment,
        distribution=trainer.distribution,
        history=history,
        hypotheses=hypotheses,
        diverged=trainer.diverged,
        name=trainer.name,
        trained=trainer.trained,
    )
