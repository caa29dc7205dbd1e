"""What the buttons that choose a distribution show."""

from typing import Any

from reglab import distributions

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
    examples, told = distribution.examples, "data of your own"
    if examples is None:
        return told
    names = examples.classes
    if 0 < len(names) <= MOST_NAMED and list(names) != list(range(len(names))):
        told += ", classes " + ", ".join(f"{number} {name}" for number, name in enumerate(names))
    if examples.num_shared:
        shared = f"{examples.num_shared} of {distribution.num_test}"
        told += f"; {shared} held-out examples are training examples too"
    return told
