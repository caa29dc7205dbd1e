"""The families whose members an experiment names; the layers above say what these are.

``reglab.distributions`` and ``reglab.nn`` fill them, and check whoever joins.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from reglab.config.registry import Registry

DISTRIBUTIONS: Registry[type[Any]] = Registry("distribution")
CLASSIFIERS: Registry[type[Any]] = Registry("model")  # each with its ``config``


class _Configurations(Mapping[str, type[Any]]):
    """The class of the configurations of each model, under the model's name in JSON."""

    def __getitem__(self, name: str) -> type[Any]:
        return CLASSIFIERS[name].config

    def __iter__(self) -> Iterator[str]:
        return iter(CLASSIFIERS)

    def __len__(self) -> int:
        return len(CLASSIFIERS)


MODELS: Mapping[str, type[Any]] = _Configurations()
