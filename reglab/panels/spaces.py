"""Hypothesis spaces that a panel offers: kinds of models, and sizes of each."""

import dataclasses
from typing import Any

from reglab.config import AlexNetConfig, AttentionConfig, CNNConfig, LinearConfig, MLPConfig

SPACES: dict[str, dict[str, Any]] = {
    "linear": {"no hidden layer": LinearConfig()},
    "MLP": {
        " · ".join(map(str, widths)): MLPConfig(widths=widths)
        for widths in ((8,), (64,), (16, 16), (64, 64), (256, 256), (64, 64, 64))
    },
    "convolutions": {
        "8": CNNConfig(channels=(8,)),
        "16 · 32": CNNConfig(),
        "16 · 32, dense 64": CNNConfig(widths=(64,)),
        "16 · 16 · 16, residual": CNNConfig(channels=(16, 16, 16), pool=(2, 1, 1), residual=True),
        "25 · 25 · 25, stride 2": CNNConfig(
            channels=(25, 25, 25), kernel_size=(5, 3, 3), stride=2, padding=1, pool=1
        ),
    },
    "attention": {
        "1 layer": AttentionConfig(),
        "2 layers": AttentionConfig(num_layers=2),
        "2 layers, 4 heads of 16": AttentionConfig(num_layers=2, num_heads=4, features=64),
    },
    "AlexNet": {"for 28x28": AlexNetConfig()},
}
KINDS = {type(next(iter(sizes.values()))): kind for kind, sizes in SPACES.items()}
EVERY, EVERY_SLOW = 6, 30  # steps between two rows
KEPT = ("activation", "dropout_scaling", "batch_norm", "order")  # from one space to the next


def kind_of(model: Any) -> str:
    """What a model is called.

    >>> kind_of(MLPConfig(widths=(3,)))
    'MLP'
    """
    return KINDS[type(model)]


def rows_every(model: Any, now: int) -> int:
    """Steps between two rows: more where to judge a hypothesis takes longer than to train it.

    Numbers that are nobody's default stay as they are.

    >>> rows_every(CNNConfig(), 6), rows_every(MLPConfig(), 30), rows_every(CNNConfig(), 10)
    (30, 6, 10)
    """
    if now not in (EVERY, EVERY_SLOW):
        return now
    return EVERY if isinstance(model, (LinearConfig, MLPConfig)) else EVERY_SLOW


def size_of(model: Any) -> str:
    """The sizes of a model, in words.

    >>> size_of(MLPConfig(activation="tanh")), size_of(MLPConfig(widths=(7, 5)))
    ('64 · 64', '7 · 5')
    """
    for words, config in SPACES[kind_of(model)].items():
        if like(config, model) == model:
            return words
    sizes = getattr(model, "channels", None) or getattr(model, "widths", None)
    return " · ".join(map(str, sizes)) if sizes else "of its own"


def like(config: Any, model: Any) -> Any:
    """``config`` with the activation, batch norm and dropout of ``model``, where both have them."""
    own = {field.name for field in dataclasses.fields(config)}
    kept = {name: getattr(model, name) for name in KEPT if name in own and hasattr(model, name)}
    return dataclasses.replace(config, **kept)
