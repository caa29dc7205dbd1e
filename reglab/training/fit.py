"""``fit``: an experiment in, a run with all its hypotheses out."""

from collections.abc import Callable

from reglab.config import Experiment, check_experiment
from reglab.training.run import Run
from reglab.training.trainer import Trainer


def fit(
    experiment: Experiment | None = None,
    *,
    distribution: object = None,
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
    experiment = Experiment() if experiment is None else check_experiment(experiment)
    trainer = Trainer(experiment, distribution=distribution, model=model, optimizer=optimizer)
    while trainer.advance(experiment.num_steps):
        pass
    return run_of(trainer)


def run_of(trainer: Trainer) -> Run:
    """The run that a trainer has made so far, also while another thread trains on."""
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
