"""Which parameters are kernels: those that penalties and weight decay act on."""

import re
from typing import Any

import jax

# Attribute names under which Flax's layers and most others keep what is no kernel.
NO_KERNEL = frozenset(
    ("b", "bias", "biases", "scale", "gain", "gamma", "beta", "offset", "shift", "temperature")
)
POSITION = re.compile(r"^pos|position")  # pos_embedding, positions, learned_position
TOKEN = re.compile(r"(^|_)(cls|class|register)(_|$)")  # a token that all inputs share
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def is_kernel(params: object) -> Any:
    """Marks the kernels of a tree of parameters, by what a parameter is: by its name.

    Biases, scales of norm layers, learned positions and class tokens are none, however many axes
    they have: the biases of attention and those of stacked layers have two. ``kernel`` (dense,
    convolution, recurrent cells), ``embedding`` and whatever else multiplies inputs are kernels; a
    parameter of any other name counts as one if it has two axes or more.

    Args:
        params: a tree whose keys are attribute names, such as an ``nnx.State``; leaves with a
            ``shape``.

    Returns:
        A tree of the same structure, of booleans.

    >>> is_kernel({"query": {"kernel": jax.numpy.ones((2, 2, 4)), "bias": jax.numpy.ones((2, 4))}})
    {'query': {'bias': False, 'kernel': True}}
    """
    return jax.tree_util.tree_map_with_path(_is_kernel, params)


def kernels(params: object) -> list[Any]:
    """The leaves that are kernels."""
    marks = jax.tree.leaves(is_kernel(params))
    return [leaf for leaf, mark in zip(jax.tree.leaves(params), marks, strict=True) if mark]


def _is_kernel(path: tuple, leaf: Any) -> bool:
    names = [name for name in map(_name, path) if name and not name.isdigit()]
    names = [name for name in names if name not in ("value", "raw_value")] or [""]
    last = names[-1]
    words = [word.lower() for word in _WORD.findall(last)]
    if any(word in NO_KERNEL for word in words) or TOKEN.search(last.lower()):
        return False
    if any(POSITION.search(name.lower()) for name in names[-2:]):
        return False
    return "kernel" in words or len(leaf.shape) > 1


def _name(entry: object) -> str:
    for attribute in ("key", "name", "idx"):
        if hasattr(entry, attribute):
            return str(getattr(entry, attribute))
    return ""
