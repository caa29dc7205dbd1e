"""The one way in for an optimizer of the user's: checked and traced before it trains."""

import inspect
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax.interpreters import partial_eval
from jax.typing import ArrayLike

from reglab.nn import fingerprint
from reglab.precision import in_32_bits
from reglab.words import line_of, say

BUILT_IN = say("The optimizer is your own, which says this itself.")
IGNORED = say("Your optimizer makes no use of the learning rate that it is handed.")


class OwnOptimizer:
    """An Optax transformation of the user's, made anew in each step at the learning rate in force.

    The factory is run once without computing anything. Two of these are equal, and share compiled
    programs, where they do the same computations with the same constants.

    Args:
        factory: maps a learning rate, a traced number, to an ``optax.GradientTransformation``. One
            that takes extra arguments gets ``value``, ``grad`` and ``value_fn``, the loss of the
            batch as a function of the parameters.
        params: what it moves; shapes and types alone count.

    Attributes:
        inactive: numbers of ``Hyper`` that cannot act, with why.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    @in_32_bits
    def __init__(self, factory: object, params: optax.Params):
        self._make = _checked(factory)
        rate = jax.ShapeDtypeStruct((), jnp.float32)
        try:
            start, state = jax.make_jaxpr(self._init, return_shape=True)(rate, params)
            step, moved = jax.make_jaxpr(self._step, return_shape=True)(rate, params, state, params)
        except Exception as error:  # a factory of the user's may raise anything
            said = line_of(error)
            if said.startswith("optimizer: "):
                raise
            raise ValueError(
                say(
                    "optimizer: expected a factory (learning_rate) -> "
                    "optax.GradientTransformation, got {got}: {why}",
                    got=type(error).__name__,
                    why=said,
                )
            ) from error
        _check_like(say("updates"), params, moved[0])
        _check_like(say("state"), state, moved[1])
        digest, self._kept = fingerprint(start, step)
        self._key = digest, str(jax.tree.structure(state))
        self.inactive: dict[str, str] = {"momentum": BUILT_IN, "weight_decay": BUILT_IN}
        if not any(_uses_first(traced) for traced in (start, step)):
            self.inactive["learning_rate"] = IGNORED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnOptimizer) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return "an optimizer of your own"

    def transformation(self, learning_rate: ArrayLike) -> optax.GradientTransformationExtraArgs:
        """The transformation at a learning rate, whose state keeps its shapes and types."""
        made = self._make(learning_rate)
        if not isinstance(made, optax.GradientTransformation):
            raise ValueError(
                say(
                    "optimizer: expected a factory (learning_rate) -> "
                    "optax.GradientTransformation, got one that returns {got!r}",
                    got=made,
                )
            )
        tx = optax.with_extra_args_support(made)

        def init(params: optax.Params) -> Any:
            return jax.tree.map(_strong, tx.init(params))

        def update(
            updates: optax.Updates,
            state: optax.OptState,
            params: optax.Params | None = None,
            **extra: object,
        ) -> tuple:
            moved, new = tx.update(updates, state, params, **extra)
            if jax.tree.structure(new) == jax.tree.structure(state):  # else told by the check
                new = jax.tree.map(_like, state, new)
            return moved, new

        return optax.GradientTransformationExtraArgs(init, update)

    def _init(self, rate: jax.Array, params: optax.Params) -> Any:
        return self.transformation(rate).init(params)

    def _step(
        self, rate: jax.Array, gradient: optax.Updates, state: optax.OptState, params: optax.Params
    ) -> tuple:
        extra = {"value": _squares(gradient), "grad": gradient, "value_fn": _squares}
        return self.transformation(rate).update(gradient, state, params, **extra)


def _checked(factory: object) -> Callable[[Any], Any]:
    if isinstance(factory, optax.GradientTransformation):
        raise ValueError(
            say(
                "optimizer: expected a factory (learning_rate) -> optax.GradientTransformation, "
                "got a transformation; hand in what makes one at a learning rate: "
                "lambda learning_rate: optax.lion(learning_rate)"
            )
        )
    if not callable(factory):
        raise ValueError(
            say(
                "optimizer: expected a factory (learning_rate) -> optax.GradientTransformation, "
                "got {got!r}",
                got=factory,
            )
        )
    try:
        inspect.signature(factory).bind(0.0)
    except TypeError as error:
        raise ValueError(
            say(
                "optimizer: expected a factory (learning_rate) -> optax.GradientTransformation, "
                "got one whose call says: {error}",
                error=error,
            )
        ) from None
    except ValueError:  # built-in callables have no signature
        pass
    return factory


def _squares(params: optax.Params) -> jax.Array:
    """Stands for the loss where nothing is computed."""
    return sum((jnp.square(leaf).sum() for leaf in jax.tree.leaves(params)), jnp.float32(0))


def _strong(leaf: ArrayLike) -> jax.Array:
    """An array whose type no operation changes: a weak one would compile a second program."""
    leaf = jnp.asarray(leaf)
    return jax.lax.convert_element_type(leaf, leaf.dtype)


def _like(old: jax.Array, new: jax.Array) -> Any:
    new = jnp.asarray(new)
    is_alike = jnp.issubdtype(old.dtype, jnp.inexact) == jnp.issubdtype(new.dtype, jnp.inexact)
    return new.astype(old.dtype) if is_alike and new.dtype != old.dtype else new


def _check_like(what: str, expected: object, got: object) -> None:
    """Raises where an update does not have the shapes and types that it should."""
    were, are = (
        {jax.tree_util.keystr(path): leaf for path, leaf in jax.tree.leaves_with_path(tree)}
        for tree in (expected, got)
    )
    if jax.tree.structure(expected) != jax.tree.structure(got):
        raise ValueError(
            say("optimizer: expected {what} of the structure before, got another one", what=what)
        )
    for name, old in were.items():
        new = are[name]
        is_alike = jnp.issubdtype(old.dtype, jnp.inexact) == jnp.issubdtype(new.dtype, jnp.inexact)
        if old.shape != new.shape or not is_alike:
            raise ValueError(
                say(
                    "optimizer: expected {what}{name} to stay {old_dtype} of shape "
                    "{old_shape}, got {dtype} of shape {shape}",
                    what=what,
                    name=name,
                    old_dtype=old.dtype,
                    old_shape=old.shape,
                    dtype=new.dtype,
                    shape=new.shape,
                )
            )


def _uses_first(traced: Any) -> bool:
    """Whether a traced function depends on its first argument."""
    _, used = partial_eval.dce_jaxpr(traced.jaxpr, [True] * len(traced.jaxpr.outvars))
    return used[0]
