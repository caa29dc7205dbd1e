"""Plain networks as files: safetensors, with all that it takes to build the network again."""

import json
import os
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import nnx
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from reglab.config import CLASSIFIERS
from reglab.nn.batch_norm import BatchNorm
from reglab.nn.dropout import Dropout
from reglab.nn.fold import sizes
from reglab.nn.registry import is_registered
from reglab.words import say

_DTYPES = ("dtype", "param_dtype")  # the tensors know


def save_weights(path: str | os.PathLike, model: object, **metadata: str) -> None:
    """Writes a plain network, as ``fold`` returns it, to a safetensors file.

    Tensors are named after their place in the network, such as ``linears.0.kernel``, shape
    ``(in_features, out_features)``, and ``linears.0.bias``. The metadata entry ``model`` is a
    JSON object with the class of the network and its sizes.

    Args:
        path: of the file.
        model: one of the package's classifiers, without batch norm.
        **metadata: further entries, text.

    Raises:
        ValueError: a network with batch norm, or of another class.
    """
    Path(path).write_bytes(weights_bytes(model, **metadata))


def weights_bytes(model: Any, **metadata: str) -> bytes:
    """What :func:`save_weights` writes, with the same arguments and errors.

    Without further metadata equal networks give equal bytes.

    >>> from reglab.nn.linear import LinearClassifier
    >>> model = LinearClassifier(2, 2, rngs=nnx.Rngs(0))
    >>> weights_bytes(model) == weights_bytes(model)
    True
    """
    kind = type(model).__name__
    if not is_registered(type(model)) or _has_norm(model):
        raise ValueError(
            say("model: expected a plain network, as fold returns it, got {got}", got=kind)
        )
    config = {"class": kind, **_config(model)}
    tensors = {name: np.asarray(param[...]) for name, param in _params(model).items()}
    return save(tensors, {**metadata, "model": json.dumps(config)})


def load_weights(path: str | os.PathLike) -> Any:
    """The plain network in a file that ``save_weights`` wrote; call it on inputs for scores.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such file.
    """
    config, tensors = _read(Path(path))
    kind, classes = config.pop("class", None), _classes()
    if kind not in classes:
        raise ValueError(
            say(
                "weights: expected one of {allowed} in {path}, got {got!r}",
                allowed=", ".join(classes),
                path=path,
                got=kind,
            )
        )
    try:
        model: Any = nnx.eval_shape(lambda: classes[kind](**config, rngs=nnx.Rngs(0)))
    except (TypeError, ValueError) as error:
        raise ValueError(
            say(
                "weights: expected the sizes of an {kind} in {path}, {error}",
                kind=kind,
                path=path,
                error=error,
            )
        ) from None
    if not set(config) <= set(_config(model)):
        raise ValueError(
            say(
                "weights: expected {names} in {path}, got {got}",
                names=", ".join(_config(model)),
                path=path,
                got=config,
            )
        )
    params = _params(model)
    shapes = {name: param.shape for name, param in params.items()}
    stored = {name: tensor.shape for name, tensor in tensors.items()}
    if stored != shapes:
        raise ValueError(
            say(
                "weights: expected tensors {shapes} in {path}, got {got}",
                shapes=shapes,
                path=path,
                got=stored,
            )
        )
    for name, param in params.items():
        param.set_value(jnp.asarray(tensors[name]))
    for _, layer in nnx.iter_modules(model):
        if isinstance(layer, Dropout):
            layer.rate.set_value(jnp.zeros(()))
    model.eval()
    return model


def _has_norm(model: nnx.Module) -> bool:
    return any(isinstance(layer, BatchNorm) for _, layer in nnx.iter_modules(model))


def _classes() -> dict[str, Any]:
    """The classes of all models, by what a file calls them."""
    return {model.__name__: model for model in CLASSIFIERS.values()}


def _config(model: object) -> dict[str, Any]:
    return {name: value for name, value in sizes(model).items() if name not in _DTYPES}


def _params(model: object) -> dict[str, Any]:
    flat = nnx.to_flat_state(nnx.state(model, nnx.Param))
    return {".".join(map(str, path)): param for path, param in flat}


def _read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    with path.open("rb"):  # says what is wrong with a path in the system's own words
        pass
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        config = json.loads(metadata["model"])
        if not isinstance(config, dict):
            raise ValueError
    except (SafetensorError, KeyError, ValueError):
        raise ValueError(
            say("weights: expected a file that save_weights wrote, got {got}", got=path)
        ) from None
    return config, tensors
