"""Importable Flax NNX modules: layers, models, and folding to the plain network."""

from reglab.nn.activations import ACTIVATIONS, activation
from reglab.nn.batch_norm import BatchNorm
from reglab.nn.build import build
from reglab.nn.dropout import Draws, Dropout, DropoutRate, set_dropout_rate
from reglab.nn.fold import fold
from reglab.nn.linear import LinearClassifier
from reglab.nn.mlp import MLP
from reglab.nn.weights import load_weights, save_weights

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "BatchNorm",
    "Draws",
    "Dropout",
    "DropoutRate",
    "LinearClassifier",
    "activation",
    "build",
    "fold",
    "load_weights",
    "save_weights",
    "set_dropout_rate",
]
