"""Models that have a name: what each must be, and how one joins."""

import dataclasses
import inspect
import json
from typing import Any

from reglab.config import CLASSIFIERS, ModelConfig
from reglab.nn.base import Classifier

NEEDED = ("config", "arguments", "title", "offered")


def register(name: str, model: type[Classifier]) -> None:
    """Gives a model a name, by which JSON knows it, and puts it into the menus of panels.

    Args:
        name: letters, digits, ``_`` and ``-``; the ``kind`` in JSON.
        model: a subclass of :class:`Classifier` with all that is said there.

    Raises:
        ValueError: one line, for a name that is taken or none, or a class that is no such.

    >>> register("mlp", Classifier)
    Traceback (most recent call last):
    ValueError: model: expected a name that is free, got 'mlp'
    """
    CLASSIFIERS.register(name, model)


def model_class(config: object) -> type[Classifier]:
    """The class of the models that a configuration describes.

    Raises:
        ValueError: none is registered.

    >>> from reglab.config import MLPConfig
    >>> model_class(MLPConfig()).__name__
    'MLP'
    """
    for model in CLASSIFIERS.values():
        if model.config is type(config):
            return model
    raise ValueError(f"config: expected a configuration of a model, got {config!r}")


def is_registered(model: type) -> bool:
    """Whether a class, and not only one that it inherits, is that of a model with a name."""
    return any(model is known for known in CLASSIFIERS.values())


def _check(name: str, model: object) -> None:
    if not isinstance(model, type) or not issubclass(model, Classifier):
        raise ValueError(f"model: expected a subclass of reglab.nn.Classifier, got {model!r:.80}")
    said = f"model {name}: expected"
    if lacks := [attribute for attribute in NEEDED if not getattr(model, attribute, None)]:
        raise ValueError(f"{said} {', '.join(lacks)}, which {model.__name__} lacks")
    _check_config(said, model.config)
    taken = inspect.signature(model.__init__).parameters
    if wrong := [
        argument
        for argument in model.arguments
        if argument not in taken or argument in ("self", "rngs")
    ]:
        raise ValueError(
            f"{said} arguments of {model.__name__} other than rngs in arguments, got "
            f"{', '.join(map(repr, wrong))}"
        )
    configs = [*model.offered.values(), *model.in_populations.values()]
    if wrong := [config for config in configs if type(config) is not model.config]:
        raise ValueError(f"{said} a {model.config.__name__} in each offer, got {wrong[0]!r}")
    _check_free(said, model)


def _check_config(said: str, config: Any) -> None:
    """Raises where a class is none whose instances are found again in JSON."""
    is_config = isinstance(config, type) and issubclass(config, ModelConfig)
    if not is_config or not dataclasses.is_dataclass(config):
        raise ValueError(f"{said} a dataclass that inherits ModelConfig as config, got {config!r}")
    try:
        usual = config()
        hash(usual)
        text = json.dumps(dataclasses.asdict(usual), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{said} a frozen {config.__name__} with defaults that JSON has, got {error}"
        ) from None
    if (again := config(**json.loads(text))) != usual:
        raise ValueError(f"{said} {usual!r} back out of JSON, got {again!r}")
    if "kind" in json.loads(text):
        raise ValueError(f"{said} no field of the name kind in {config.__name__}")


def _check_free(said: str, model: type[Classifier]) -> None:
    """Raises where one that is there goes by the same class, configuration or words."""
    for name, other in CLASSIFIERS.items():
        pairs = {
            "class name": ({model.__name__}, {other.__name__}),
            "config": ({model.config}, {other.config}),
            "title": ({model.title}, {other.title}),
            "in_populations": (set(model.in_populations), set(other.in_populations)),
        }
        for what, (own, theirs) in pairs.items():
            if both := own & theirs:
                raise ValueError(f"{said} another {what} than that of {name}, got {both.pop()!r}")


CLASSIFIERS.check = _check
