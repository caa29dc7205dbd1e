"""An experiment on the stripe, with a twin."""

from reglab import Experiment, Hyper
from reglab.live import Preset, register

from .model import GatedConfig

PRESET = Preset(
    title="the stripe, gated",
    question="Will the gates overfit the edge?",
    experiment=Experiment(
        distribution="stripe",
        max_train=40,
        model=GatedConfig(),
        batch_size=10,
        num_steps=60,
        eval_every=6,
        hyper=Hyper(num_train=40, noise=0.5),
    ),
    twins=({"dropout_rate": 0.5},),
)

register("stripe-gated", PRESET)
