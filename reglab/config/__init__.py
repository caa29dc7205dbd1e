"""Experiments: what is run, checked before anything is traced."""

from reglab.config.arguments import check_experiment
from reglab.config.checks import Range, check_counts, check_name, check_number
from reglab.config.experiment import (
    AUGMENTS,
    L1_STEPS,
    OPTIMIZERS,
    Experiment,
    fields_of,
)
from reglab.config.families import CLASSIFIERS, DISTRIBUTIONS, MODELS
from reglab.config.hyper import RANGES, Hyper, check_hyper_value
from reglab.config.knobs import DATA_KNOBS, DISTRIBUTION_NUMBERS, KNOBS, Knob
from reglab.config.models import (
    ACTIVATIONS,
    ORDERS,
    POOLINGS,
    POSITIONS,
    SCALINGS,
    VARIANTS,
    AlexNetConfig,
    AttentionConfig,
    CNNConfig,
    LinearConfig,
    MLPConfig,
    ModelConfig,
)
from reglab.config.registry import Registry
from reglab.config.search import CLIPPINGS, NEEDS, SCHEDULES, idle_in_search

__all__ = [
    "ACTIVATIONS",
    "AUGMENTS",
    "CLASSIFIERS",
    "CLIPPINGS",
    "DATA_KNOBS",
    "DISTRIBUTIONS",
    "DISTRIBUTION_NUMBERS",
    "KNOBS",
    "L1_STEPS",
    "MODELS",
    "NEEDS",
    "OPTIMIZERS",
    "ORDERS",
    "POOLINGS",
    "POSITIONS",
    "RANGES",
    "SCALINGS",
    "SCHEDULES",
    "VARIANTS",
    "AlexNetConfig",
    "AttentionConfig",
    "CNNConfig",
    "Experiment",
    "Hyper",
    "Knob",
    "LinearConfig",
    "MLPConfig",
    "ModelConfig",
    "Range",
    "Registry",
    "check_counts",
    "check_experiment",
    "check_hyper_value",
    "check_name",
    "check_number",
    "fields_of",
    "idle_in_search",
]
