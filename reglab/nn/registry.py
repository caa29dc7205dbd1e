"""Models that have a name: what each must be, and how one joins."""

import dataclasses
import inspect
import json
from typing import Any

from reglab.config import CLASSIFIERS, ModelConfig
from reglab.nn.base import Classifier
from reglab.words import say

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
    raise ValueError(say("config: expected a configuration of a model, got {got!r}", got=config))


def is_registered(model: type) -> bool:
    """Whether a class, and not only one that it inherits, is that of a model with a name."""
    return any(model is known for known in CLASSIFIERS.values())


def _check(name: str, model: object) -> None:
    if not isinstance(model, type) or not issubclass(model, Classifier):
        raise ValueError(
            say("model: expected a subclass of reglab.nn.Classifier, got {got!r:.80}", got=model)
        )
    if lacks := [attribute for attribute in NEEDED if not getattr(model, attribute, None)]:
        raise ValueError(
            say(
                "model {name}: expected {lacks}, which {model} lacks",
                name=name,
                lacks=", ".join(lacks),
                model=model.__name__,
            )
        )
    _check_config(name, model.config)
    taken = inspect.signature(model.__init__).parameters
    if wrong := [
        argument
        for argument in model.arguments
        if argument not in taken or argument in ("self", "rngs")
    ]:
        raise ValueError(
            say(
                "model {name}: expected arguments of {model} other than rngs in arguments, "
                "got {got}",
                name=name,
                model=model.__name__,
                got=", ".join(map(repr, wrong)),
            )
        )
    configs = [*model.offered.values(), *model.in_populations.values()]
    if wrong := [config for config in configs if type(config) is not model.config]:
        raise ValueError(
            say(
                "model {name}: expected a {config} in each offer, got {got!r}",
                name=name,
                config=model.config.__name__,
                got=wrong[0],
            )
        )
    _check_free(name, model)


def _check_config(name: str, config: Any) -> None:
    """Raises where a class is none whose instances are found again in JSON."""
    is_config = isinstance(config, type) and issubclass(config, ModelConfig)
    if not is_config or not dataclasses.is_dataclass(config):
        raise ValueError(
            say(
                "model {name}: expected a dataclass that inherits ModelConfig as config, "
                "got {got!r}",
                name=name,
                got=config,
            )
        )
    try:
        usual = config()
        hash(usual)
        text = json.dumps(dataclasses.asdict(usual), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            say(
                "model {name}: expected a frozen {config} with defaults that JSON has, got {got}",
                name=name,
                config=config.__name__,
                got=error,
            )
        ) from None
    if (again := config(**json.loads(text))) != usual:
        raise ValueError(
            say(
                "model {name}: expected {wanted!r} back out of JSON, got {got!r}",
                name=name,
                wanted=usual,
                got=again,
            )
        )
    if "kind" in json.loads(text):
        raise ValueError(
            say(
                "model {name}: expected no field of the name kind in {config}",
                name=name,
                config=config.__name__,
            )
        )


def _check_free(name: str, model: type[Classifier]) -> None:
    """Raises where one that is there goes by the same class, configuration or words."""
    for taken, other in CLASSIFIERS.items():
        pairs = {
            say("class name"): ({model.__name__}, {other.__name__}),
            "config": ({model.config}, {other.config}),
            "title": ({model.title}, {other.title}),
            "in_populations": (set(model.in_populations), set(other.in_populations)),
        }
        for what, (own, theirs) in pairs.items():
            if both := own & theirs:
                raise ValueError(
                    say(
                        "model {name}: expected another {what} than that of {taken}, got {got!r}",
                        name=name,
                        what=what,
                        taken=taken,
                        got=both.pop(),
                    )
                )


CLASSIFIERS.check = _check
