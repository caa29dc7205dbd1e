"""The package's modules with weights that a claim gives them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.typing import ArrayLike

from reglab.nn import MLP
from reglab.precision import jit


def blank(make: Callable[[], Any]) -> Any:
    """The module that ``make`` makes, with variables that are all 0: no draw, nothing compiled."""
    model = nnx.eval_shape(make)
    state = nnx.state(model)
    nnx.update(model, jax.tree.map(lambda v: jnp.asarray(np.zeros(v.shape, v.dtype)), state))
    return model


def put(layer: nnx.Module, **values: ArrayLike) -> None:
    """Sets variables of a layer by their names; those that are None there are left out."""
    for name, value in values.items():
        variable = getattr(layer, name)
        if variable is not None:
            variable.set_value(jnp.asarray(value, variable[...].dtype))


def mlp(layers: Sequence[tuple[np.ndarray, np.ndarray]], **options: Any) -> MLP:
    """The package's MLP.

    Args:
        layers: kernel ``(in, out)`` and bias of each; a layer right before a batch norm drops its
            bias.
        options: of :class:`reglab.nn.MLP`.
    """
    sizes = len(layers[0][0]), [len(bias) for _, bias in layers[:-1]], len(layers[-1][1])
    model = blank(lambda: MLP(*sizes, **options, rngs=nnx.Rngs(0)))
    for linear, (kernel, bias) in zip(model.linears, layers, strict=True):
        put(linear, kernel=kernel, bias=bias)
    return model


def scores_of(model: nnx.Module) -> Callable[[Any], jax.Array]:
    """What maps inputs to the scores of ``model`` at inference, compiled once for its sizes."""
    return partial(_scores, *nnx.split(model))


@jit(is_wide=True, static_argnames="graph")
def _scores(graph: nnx.GraphDef, state: nnx.State, x: jax.Array) -> jax.Array:
    modes = {"deterministic": True, "use_running_average": True}
    return nnx.view(nnx.merge(graph, state), raise_if_not_found=False, **modes)(x)
