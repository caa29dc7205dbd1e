"""What the buttons that choose a distribution show."""

from typing import Any

from reglab import distributions
from reglab.words import say

MOST_NAMED = 10  # classes of one's own that the caption has room for


def thumbnails() -> dict[str, Any]:
    """The picture of each distribution that has a name, see ``Distribution.thumbnail``."""
    return {name: kind.thumbnail() for name, kind in distributions.REGISTRY.items()}


def caption(name: str) -> str:
    """What the caption says of a distribution that has a name.

    >>> caption("moons")
    'two half circles'
    """
    return distributions.REGISTRY[name].caption


def own_caption(distribution: Any) -> str:
    """What the caption says of a distribution of the user's; the pictures number the classes."""
    examples, told = distribution.examples, say("data of your own")
    if examples is None:
        return told
    names = examples.classes
    if 0 < len(names) <= MOST_NAMED and list(names) != list(range(len(names))):
        classes = ", ".join(f"{number} {name}" for number, name in enumerate(names))
        told = say("data of your own, classes {classes}", classes=classes)
    if examples.num_shared:
        return say(
            "{data}; {shared} of {total} held-out examples are training examples too",
            data=told,
            shared=examples.num_shared,
            total=distribution.num_test,
        )
    return told
