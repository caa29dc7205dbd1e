"""Modes of a module: how it trains, how it predicts, and how Monte Carlo dropout asks it.

A mode reaches a layer in each of the ways that Flax has: by ``set_view``, by the attributes that
``train()`` and ``eval()`` switch, and by keywords of the module's own call.
"""

import inspect
from typing import Any, NamedTuple

from flax import nnx

from reglab.nn.base import Classifier
from reglab.words import say

TRAINING = {"deterministic": False, "use_running_average": False}
INFERENCE = {"deterministic": True, "use_running_average": True}
THINNED = {"deterministic": False, "use_running_average": True}
TRAIN_WORDS = ("train", "training", "is_training")  # keywords of calls that are true in training


def in_mode(model: nnx.Module, mode: dict[str, bool]) -> nnx.Module:
    """A view of the model in a mode; it shares the model's variables.

    Args:
        model: any NNX module.
        mode: ``TRAINING``, ``INFERENCE`` or ``THINNED``.
    """
    with nnx.set_graph_mode(True):  # layers may be shared
        view = nnx.view(model, raise_if_not_found=False, **mode)
        if isinstance(model, Classifier):
            return view  # whose layers all take views
        is_training = not mode["deterministic"] and not mode["use_running_average"]
        for _, layer in nnx.iter_modules(view):
            name = "train" if is_training else "eval"
            if getattr(type(layer), name) is not getattr(nnx.Module, name):
                getattr(layer, name)()
        view.set_attributes(raise_if_not_found=False, **mode)
    return view


def inference(model: nnx.Module) -> nnx.Module:
    """A view of the model that predicts: no dropout, running statistics."""
    return in_mode(model, INFERENCE)


def training(model: nnx.Module) -> nnx.Module:
    """A view of the model that trains: dropout drawn, statistics of the batch."""
    return in_mode(model, TRAINING)


class Call(NamedTuple):
    """What a module's ``__call__`` takes beside the inputs.

    Attributes:
        takes_rngs: whether it has an argument ``rngs``.
        needs_rngs: whether that has no default.
        modes: its arguments that say a mode.
        is_plain: whether the inputs alone make it predict, once it is a view that predicts.
    """

    takes_rngs: bool
    needs_rngs: bool
    modes: tuple[str, ...]
    is_plain: bool

    def keywords(self, mode: dict[str, bool], rngs: nnx.Rngs | None) -> dict[str, Any]:
        """The keyword arguments of a call in a mode.

        Args:
            mode: ``TRAINING``, ``INFERENCE`` or ``THINNED``.
            rngs: of the call; None where it is to draw nothing.
        """
        keywords: dict[str, Any] = {name: _said(name, mode) for name in self.modes}
        if self.takes_rngs and (rngs is not None or self.needs_rngs):
            keywords["rngs"] = nnx.Rngs(0) if rngs is None else rngs
        return keywords


def _said(name: str, mode: dict[str, bool]) -> bool:
    return not mode["deterministic"] if name in TRAIN_WORDS else mode[name]


def call_of(module: nnx.Module) -> Call:
    """How a module is called.

    Raises:
        ValueError: one line, where it cannot be called on inputs ``x``, or needs more than these.
    """
    kind = type(module)
    if not callable(module):
        raise ValueError(
            say("model: expected a module with __call__(self, x), got {got}", got=kind.__name__)
        )
    _, *parameters = inspect.signature(kind.__call__).parameters.values()
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    # Without *args the first one takes the inputs.
    rest = parameters[1:] if parameters and parameters[0].kind in named[:1] else parameters
    own = {parameter.name: parameter for parameter in rest if parameter.kind in named}
    modes = tuple(name for name in own if name in (*INFERENCE, *TRAIN_WORDS))
    more = [
        name
        for name, parameter in own.items()
        if parameter.default is inspect.Parameter.empty and name not in (*modes, "rngs")
    ]
    if more:
        raise ValueError(
            say(
                "model: expected a module with __call__(self, x) that may also take rngs and "
                "a mode ({modes}), got {got}, which needs {arguments}",
                modes=", ".join((*INFERENCE, *TRAIN_WORDS)),
                got=kind.__name__,
                arguments=", ".join(more),
            )
        )
    needs_rngs = "rngs" in own and own["rngs"].default is inspect.Parameter.empty
    defaults = {name: own[name].default for name in modes}
    says_nothing = all(
        value is None or value == _said(name, INFERENCE) for name, value in defaults.items()
    )
    # In newer Flax a Sequential takes any keyword, and hands each to the layers that know it.
    takes_rngs = "rngs" in own or isinstance(module, nnx.Sequential)
    return Call(takes_rngs, needs_rngs, modes, says_nothing and not needs_rngs)


class Predictor(nnx.Module):
    """A module in inference mode that is called on inputs alone; all else is the module's own.

    Args:
        module: whose call needs to be told that it predicts.
    """

    def __init__(self, module: nnx.Module):
        self.module = inference(module)

    def __call__(self, x: object) -> Any:
        """What the module answers in inference mode."""
        return self.module(x, **call_of(self.module).keywords(INFERENCE, None))  # pyright: ignore

    def __getattr__(self, name: str) -> Any:
        if name == "module" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.module, name)


def predictor(module: nnx.Module) -> nnx.Module:
    """The module as a function of inputs alone, in inference mode; it shares the variables."""
    return inference(module) if call_of(module).is_plain else Predictor(module)
