"""Importable Flax NNX modules: layers, models, and folding to the plain network."""

from reglab.config import CLASSIFIERS
from reglab.nn.activations import ACTIVATIONS, activation
from reglab.nn.alexnet import AlexNet
from reglab.nn.attention import AttentionClassifier
from reglab.nn.attention_block import Attention, AttentionBlock
from reglab.nn.base import Classifier
from reglab.nn.batch_norm import BatchNorm, momenta, set_momentum
from reglab.nn.build import build
from reglab.nn.cnn import CNN
from reglab.nn.conv import ConvBlock, ConvSpec, response_norm
from reglab.nn.conv_net import ConvNet
from reglab.nn.convolve import looped
from reglab.nn.cost import Cost, cost
from reglab.nn.dropout import Draws, Dropout, DropoutRate, set_dropout_rate
from reglab.nn.dtypes import promoted, widened
from reglab.nn.fingerprint import fingerprint
from reglab.nn.flops import Flops, count_flops
from reglab.nn.fold import fold
from reglab.nn.kernels import is_kernel, kernels
from reglab.nn.linear import LinearClassifier
from reglab.nn.mlp import MLP
from reglab.nn.modes import INFERENCE, THINNED, Call, call_of, in_mode, inference, training
from reglab.nn.network import Network
from reglab.nn.own import OwnModel
from reglab.nn.registry import model_class, register
from reglab.nn.variables import Variables, carried, split
from reglab.nn.weights import load_weights, save_weights, weights_bytes

for _name, _model in {
    "mlp": MLP,
    "linear": LinearClassifier,
    "cnn": CNN,
    "attention": AttentionClassifier,
    "alexnet": AlexNet,
}.items():
    register(_name, _model)

__all__ = [
    "ACTIVATIONS",
    "CLASSIFIERS",
    "CNN",
    "INFERENCE",
    "MLP",
    "THINNED",
    "AlexNet",
    "Attention",
    "AttentionBlock",
    "AttentionClassifier",
    "BatchNorm",
    "Call",
    "Classifier",
    "ConvBlock",
    "ConvNet",
    "ConvSpec",
    "Cost",
    "Draws",
    "Dropout",
    "DropoutRate",
    "Flops",
    "LinearClassifier",
    "Network",
    "OwnModel",
    "Variables",
    "activation",
    "build",
    "call_of",
    "carried",
    "cost",
    "count_flops",
    "fingerprint",
    "fold",
    "in_mode",
    "inference",
    "is_kernel",
    "kernels",
    "load_weights",
    "looped",
    "model_class",
    "momenta",
    "promoted",
    "register",
    "response_norm",
    "save_weights",
    "set_dropout_rate",
    "set_momentum",
    "split",
    "training",
    "weights_bytes",
    "widened",
]
