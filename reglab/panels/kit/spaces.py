"""Hypothesis spaces that a panel offers: kinds of models, and sizes of each."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from reglab.config import ModelConfig
from reglab.nn import CLASSIFIERS, Classifier, model_class
from reglab.words import say

EVERY, EVERY_SLOW = 6, 30  # steps between two rows
KEPT = ("activation", "dropout_scaling", "batch_norm", "order")  # from one space to the next


def spaces() -> dict[str, Mapping[str, ModelConfig]]:
    """The sizes on offer of each kind of model, by its title; those without hidden layers first.

    >>> list(spaces())
    ['linear', 'MLP', 'convolutions', 'attention', 'AlexNet']
    """
    return {model.title: model.offered for model in _in_order()}


def sizes_in_populations() -> dict[str, ModelConfig]:
    """What the population lab offers, by the words for it, in the same order.

    >>> list(sizes_in_populations())
    ['linear', '8', '32', '32 · 32', '64 · 64', '128 · 128', 'convolutions 8']
    """
    return {
        words: config for model in _in_order() for words, config in model.in_populations.items()
    }


def _in_order() -> list[type[Classifier]]:
    return sorted(CLASSIFIERS.values(), key=lambda model: model.config().has_hidden)


def kind_of(model: object) -> str:
    """What a model is called.

    >>> from reglab.config import MLPConfig
    >>> kind_of(MLPConfig(widths=(3,)))
    'MLP'
    """
    return model_class(model).title


def rows_every(model: object, now: int) -> int:
    """Steps between two rows: more where to judge a hypothesis takes longer than to train it.

    Numbers that are nobody's default stay as they are.

    >>> from reglab.config import CNNConfig, MLPConfig
    >>> rows_every(CNNConfig(), 6), rows_every(MLPConfig(), 30), rows_every(CNNConfig(), 10)
    (30, 6, 10)
    """
    if now not in (EVERY, EVERY_SLOW):
        return now
    return EVERY_SLOW if model_class(model).is_slow_to_judge else EVERY


def size_of(model: object) -> str:
    """The sizes of a model, in words.

    >>> from reglab.config import MLPConfig
    >>> size_of(MLPConfig(activation="tanh")), size_of(MLPConfig(widths=(7, 5)))
    ('64 · 64', '7 · 5')
    """
    for words, config in model_class(model).offered.items():
        if like(config, model) == model:
            return words
    sizes = getattr(model, "channels", None) or getattr(model, "widths", None)
    return " · ".join(map(str, sizes)) if sizes else say("of its own")


def like(config: Any, model: object) -> Any:
    """``config`` with the activation, batch norm and dropout of ``model``, where both have them."""
    own = {field.name for field in dataclasses.fields(config)}
    kept = {name: getattr(model, name) for name in KEPT if name in own and hasattr(model, name)}
    return dataclasses.replace(config, **kept)
