"""Reads the experiments of ``reglab run`` and checks them before anything is trained."""

import json
from pathlib import Path

from reglab.config import Experiment
from reglab.mitchell import check_one_pool
from reglab.training import set_up
from reglab.words import listed, say


def read_experiments(path: Path) -> list[Experiment]:
    """The experiments of a JSON file: one, or a list of those that share S and D.

    Raises:
        ValueError: one line that says what was expected and what came.
    """
    try:
        read = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(
            say(
                "experiment: expected a JSON file, got {path}: {error}",
                path=path,
                error=error.strerror,
            )
        ) from None
    except (ValueError, RecursionError) as error:
        raise ValueError(
            say("experiment: expected JSON text in {path}, got {error}", path=path, error=error)
        ) from None
    if read == []:
        raise ValueError(
            say("experiment: expected at least one in {path}, got an empty list", path=path)
        )
    if not isinstance(read, list):
        return _checked([_experiment(read, str(path))])
    numbers = range(1, len(read) + 1)
    places = [say("{path}, number {number}", path=path, number=number) for number in numbers]
    return _checked([_experiment(*pair) for pair in zip(read, places, strict=True)])


def _experiment(fields: object, place: str) -> Experiment:
    try:
        experiment = Experiment.from_json(json.dumps(fields))
        _check_own(experiment)
        set_up(experiment)  # knows what the distribution can take
    except ValueError as error:
        raise ValueError(say("{place}: {error}", place=place, error=error)) from None
    return experiment


def _check_own(experiment: Experiment) -> None:
    """Refuses what cannot be run from its text alone."""
    if experiment.own:
        objects = ", ".join(f"{name}=..." for name in experiment.own)
        raise ValueError(
            say(
                "{names}: expected those that reglab makes, got a run on objects of your own, "
                "which JSON does not hold; run it in Python: {code}",
                names=listed(experiment.own),
                code=f"fit(Experiment.from_json(text), {objects})",
            )
        )


def _checked(experiments: list[Experiment]) -> list[Experiment]:
    """The experiments, if their last rows may be held against each other."""
    check_one_pool(experiments)
    return experiments
