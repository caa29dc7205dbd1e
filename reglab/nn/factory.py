"""Factories of the user's: functions that make a module out of ``rngs``."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from flax import nnx

from reglab.words import say


def checked_factory(factory: object) -> Callable[[nnx.Rngs], Any]:
    """The factory as a function of ``rngs``, handed over by position or by keyword as it takes it.

    Raises:
        ValueError: one line, where it is none.

    >>> checked_factory(lambda *, rngs: nnx.Linear(2, 2, rngs=rngs))(nnx.Rngs(0)).out_features
    2
    """
    if isinstance(factory, nnx.Module):
        kind = type(factory).__name__
        raise ValueError(
            say(
                "model: expected a factory (rngs) -> nnx.Module, got an instance of {kind}; "
                "hand in what makes one: lambda rngs: {kind}(..., rngs=rngs)",
                kind=kind,
            )
        )
    if not callable(factory):
        raise ValueError(
            say("model: expected a factory (rngs) -> nnx.Module, got {got!r}", got=factory)
        )
    try:
        own = _parameters(factory)
    except (TypeError, ValueError):  # built-in callables have no signature
        return factory
    is_keyword = "rngs" in own and own["rngs"].kind is not inspect.Parameter.POSITIONAL_ONLY
    required = [name for name, parameter in own.items() if _is_required(parameter)]
    others = [name for name in required if name != "rngs"] if is_keyword else required[1:]
    takes = [
        parameter
        for parameter in own.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    if others or not takes:
        raise ValueError(
            say(
                "model: expected a factory that takes rngs and nothing else, got one that takes "
                "{arguments}; wrap it: lambda rngs: ...",
                arguments=", ".join(required),
            )
            if required
            else say(
                "model: expected a factory that takes rngs and nothing else, got one that takes "
                "nothing; wrap it: lambda rngs: ..."
            )
        )
    return (lambda rngs: factory(rngs=rngs)) if is_keyword else factory


def _parameters(factory: Any) -> dict[str, inspect.Parameter]:
    """What a factory takes; an ``nnx.Module`` class hides it behind its metaclass."""
    if isinstance(factory, functools.partial):
        own = _parameters(factory.func)
        given = [*list(own)[: len(factory.args)], *factory.keywords]
        return {name: parameter for name, parameter in own.items() if name not in given}
    if isinstance(factory, type):
        _, *parameters = inspect.signature(factory.__init__).parameters.values()
    else:
        parameters = inspect.signature(factory).parameters.values()
    return {parameter.name: parameter for parameter in parameters}


def _is_required(parameter: inspect.Parameter) -> bool:
    named = parameter.kind not in (
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
    )
    return named and parameter.default is inspect.Parameter.empty
