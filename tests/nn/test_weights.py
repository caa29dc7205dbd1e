"""Plain networks as files."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from safetensors import safe_open
from safetensors.numpy import save_file

from reglab import nn
from reglab.config import MODELS

from .helpers import filled, predict

MAKERS = {
    "one hidden layer": lambda rngs: nn.MLP(2, (8,), 3, rngs=rngs),
    "tanh": lambda rngs: nn.MLP(4, (16, 5), 2, activation="tanh", rngs=rngs),
    "no hidden layer": lambda rngs: nn.MLP(3, (), 2, rngs=rngs),
    "linear": lambda rngs: nn.LinearClassifier(6, 4, rngs=rngs),
    "folded": lambda rngs: nn.fold(
        nn.MLP(2, (8, 8), 2, dropout_rate=0.5, batch_norm=True, rngs=rngs)
    ),
    "residual": lambda rngs: nn.MLP(2, (8, 8), 2, residual=True, rngs=rngs),
    "convolutions": lambda rngs: nn.fold(
        nn.CNN((8, 8), (4, 6), 3, pool=2, widths=(5,), batch_norm=True, rngs=rngs)
    ),
    "sequence": lambda rngs: nn.CNN(
        (40,), (5,), 3, kernel_size=(5,), stride=2, padding=1, rngs=rngs
    ),
    "attention": lambda rngs: nn.fold(
        nn.AttentionClassifier((8, 8), 4, 3, patch=4, dropout_rate=0.5, rngs=rngs)
    ),
    "AlexNet": lambda rngs: nn.AlexNet((28, 28), 10, variant="small", rngs=rngs),
}


def made(name):
    return filled(MAKERS[name])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "h.safetensors"


HEAVY = pytest.param("AlexNet", marks=pytest.mark.slow)


@pytest.mark.parametrize("name", [HEAVY if name == "AlexNet" else name for name in MAKERS])
def test_what_was_saved_is_what_is_loaded(name, path):
    model = made(name)
    nn.save_weights(path, model, step="12", note="it’s text")
    loaded = nn.load_weights(path)
    shape = getattr(model, "input_shape", None) or (model.in_features,)
    x = np.random.default_rng(0).normal(size=(5, *shape)).astype(np.float32)
    assert type(loaded) is type(model)
    np.testing.assert_array_equal(predict(loaded, x), predict(model, x))
    with safe_open(path, framework="numpy") as file:
        assert file.metadata()["step"] == "12"
        assert file.metadata()["note"] == "it’s text"
        assert json.loads(file.metadata()["model"])["class"] == type(model).__name__
        count = sum(file.get_tensor(key).size for key in file.keys())  # noqa: SIM118
    assert count == sum(leaf.size for leaf in jax.tree.leaves(nnx.state(model, nnx.Param)))


def test_bytes_are_those_of_the_file(path):
    model = made("tanh")
    content = nn.weights_bytes(model)
    nn.save_weights(path, model)
    assert content == path.read_bytes() == nn.weights_bytes(model)
    path.write_bytes(nn.weights_bytes(model, step="12"))
    with safe_open(path, framework="numpy") as file:
        assert file.metadata()["step"] == "12"
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_array_equal(predict(nn.load_weights(path), x), predict(model, x))


@pytest.mark.parametrize(
    "model",
    [
        nn.MLP(2, (8,), 2, batch_norm=True, rngs=nnx.Rngs(0)),
        nnx.Linear(2, 2, rngs=nnx.Rngs(0)),
        "a name",
    ],
    ids=lambda model: type(model).__name__,
)
def test_what_is_no_plain_network_is_refused(model, path):
    with pytest.raises(ValueError, match=r"^model: expected a plain network, as fold returns it"):
        nn.save_weights(path, model)
    assert not path.exists()
    with pytest.raises(ValueError, match=r"^model: expected a plain network, as fold returns it"):
        nn.weights_bytes(model)


def _cut(path):
    nn.save_weights(path, made("linear"))
    path.write_bytes(path.read_bytes()[:-7])


def _foreign(path):
    save_file({"weight": np.zeros((2, 2), np.float32)}, path)


def _other_shape(path):
    nn.save_weights(path, made("linear"))
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    tensors = {"linear.kernel": np.zeros((6, 3), np.float32), "linear.bias": np.zeros(4, "f4")}
    save_file(tensors, path, metadata)


def _other_class(path):
    tensors = {"kernel": np.zeros((2, 2), np.float32)}
    save_file(tensors, path, {"model": json.dumps({"class": "Transformer"})})


def _other_size(path):
    config = {"class": "MLP", "in_features": 2, "widths": ["many"], "out_features": 2}
    save_file({"x": np.zeros(1)}, path, {"model": json.dumps(config)})


def _text(path):
    path.write_text("not a file of weights")


@pytest.mark.parametrize("spoil", [_cut, _foreign, _other_shape, _other_class, _other_size, _text])
def test_what_is_no_such_file_is_refused_in_one_line(spoil, path):
    spoil(path)
    with pytest.raises(ValueError, match=r"^weights: expected .*h\.safetensors") as caught:
        nn.load_weights(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(path):
    with pytest.raises(FileNotFoundError, match=r"h\.safetensors"):
        nn.load_weights(path)


def test_a_loaded_network_is_a_module_like_any_other(path):
    nn.save_weights(path, made("tanh"))
    loaded = nn.load_weights(path)
    scores = nnx.jit(lambda model, x: model(x))(loaded, jnp.ones((2, 4)))
    np.testing.assert_allclose(scores, loaded(jnp.ones((2, 4))), atol=1e-6)


# What the files that there are say of their networks, and the names of some of their tensors.
STORED = {
    "mlp": (
        (2,),
        '{"class": "MLP", "in_features": 2, "widths": [64, 64], "out_features": 3, '
        '"residual": false, "activation": "relu"}',
        ["linears.0.bias", "linears.0.kernel", "linears.1.bias", "linears.1.kernel"],
    ),
    "linear": (
        (2,),
        '{"class": "LinearClassifier", "in_features": 2, "out_features": 3}',
        ["linear.bias", "linear.kernel"],
    ),
    "cnn": (
        (6, 5),
        '{"class": "CNN", "input_shape": [6, 5, 1], "channels": [16, 32], "out_features": 3, '
        '"kernel_size": [3, 3], "stride": [1, 1], "padding": ["same", "same"], "pool": [2, 2], '
        '"pooling": "max", "widths": [], "spatial_axes": 2, "residual": false, '
        '"activation": "relu"}',
        ["blocks.0.conv.bias", "blocks.0.conv.kernel", "blocks.1.conv.bias"],
    ),
    "attention": (
        (8,),
        '{"class": "AttentionClassifier", "input_shape": [8, 1], "features": 32, '
        '"out_features": 3, "num_heads": 2, "num_layers": 1, "patch": 1, "positions": "learned", '
        '"feed_forward": 64, "widths": [], "spatial_axes": 1, "residual": true, '
        '"activation": "relu"}',
        ["embed.bias", "embed.kernel", "head.linears.0.bias", "head.linears.0.kernel"],
    ),
    "alexnet": (
        (28, 28),
        '{"class": "AlexNet", "input_shape": [28, 28, 1], "out_features": 3, "variant": "small", '
        '"response_norm": false, "activation": "relu"}',
        ["blocks.0.conv.bias", "blocks.0.conv.kernel", "blocks.1.conv.bias"],
    ),
}


def test_files_of_every_model_are_told_of():
    assert STORED.keys() == MODELS.keys()


@pytest.mark.parametrize("name", STORED)
def test_files_stay_what_they_were_and_are_read_back(name, path):
    shape, header, first = STORED[name]
    made = nnx.eval_shape(lambda: nn.fold(nn.build(MODELS[name](), shape, 3, rngs=nnx.Rngs(0))))
    params = nnx.to_flat_state(nnx.state(made, nnx.Param))
    tensors = {
        ".".join(map(str, at)): np.full(param.shape, i, np.float32)
        for i, (at, param) in enumerate(params)
    }
    save_file(tensors, path, {"model": header})
    loaded = nn.load_weights(path)
    assert type(loaded) is type(made)
    path.write_bytes(nn.weights_bytes(loaded))
    with safe_open(path, framework="numpy") as file:
        assert file.metadata() == {"model": header}
        assert sorted(file.keys())[: len(first)] == first
        for i, tensor in enumerate(tensors):
            assert (file.get_tensor(tensor) == i).all()
