"""A run of a second, for tests that need one."""

from reglab import Experiment, Hyper, MLPConfig
from reglab.config import NEEDS
from reglab.distributions import REGISTRY, Planar

PLANAR = tuple(name for name, kind in REGISTRY.items() if issubclass(kind, Planar))

SMALL = Experiment(
    draw=0,
    max_train=40,
    model=MLPConfig(widths=(8,)),
    batch_size=10,
    num_steps=80,
    eval_every=8,
    hyper=Hyper(num_train=40),
)
OWN = SMALL.replace(model=Experiment().model)  # beside a model of the user's


def acting(name, experiment=None):
    """An experiment, the default one where left out, whose kinds make use of a number."""
    experiment = Experiment() if experiment is None else experiment
    need = NEEDS.get(name)
    return experiment.replace(**({need.field: need.kinds[0]} if need else {}))
