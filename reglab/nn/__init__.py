"""Importable Flax NNX modules: layers, models, and folding to the plain network."""

from reglab.nn.activations import ACTIVATIONS, activation
from reglab.nn.alexnet import AlexNet
from reglab.nn.attention import AttentionClassifier
from reglab.nn.attention_block import Attention, AttentionBlock
from reglab.nn.batch_norm import BatchNorm
from reglab.nn.build import build
from reglab.nn.cnn import CNN
from reglab.nn.conv import ConvBlock, ConvSpec, response_norm
from reglab.nn.conv_net import ConvNet
from reglab.nn.convolve import looped
from reglab.nn.cost import Cost, cost
from reglab.nn.dropout import Draws, Dropout, DropoutRate, set_dropout_rate
from reglab.nn.flops import Flops, count_flops
from reglab.nn.fold import fold
from reglab.nn.linear import LinearClassifier
from reglab.nn.mlp import MLP
from reglab.nn.weights import load_weights, save_weights, weights_bytes

__all__ = [
    "ACTIVATIONS",
    "CNN",
    "MLP",
    "AlexNet",
    "Attention",
    "AttentionBlock",
    "AttentionClassifier",
    "BatchNorm",
    "ConvBlock",
    "ConvNet",
    "ConvSpec",
    "Cost",
    "Draws",
    "Dropout",
    "DropoutRate",
    "Flops",
    "LinearClassifier",
    "activation",
    "build",
    "cost",
    "count_flops",
    "fold",
    "load_weights",
    "looped",
    "response_norm",
    "save_weights",
    "set_dropout_rate",
    "weights_bytes",
]
