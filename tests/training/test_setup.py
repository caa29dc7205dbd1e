"""An experiment is checked without a trainer, as a trainer would check it."""

import jax
import pytest
from flax import nnx

from reglab import CNNConfig, Experiment, LinearConfig
from reglab.training import Trainer, set_up
from reglab.training.modes import LabModes, OwnModes
from tests.small import OWN, SMALL
from tests.training.compiles import count_compilations


class Net(nnx.Module):
    """A module of the user's with a rate and a momentum of its own."""

    def __init__(self, rngs):
        self.hidden = nnx.Linear(2, 3, rngs=rngs)
        self.norm = nnx.BatchNorm(3, momentum=0.8, rngs=rngs)
        self.dropout = nnx.Dropout(0.25, rngs=rngs)
        self.out = nnx.Linear(3, 2, rngs=rngs)

    def __call__(self, x):
        return self.out(self.dropout(jax.nn.relu(self.norm(self.hidden(x)))))


def test_nothing_is_compiled_or_trained():
    set_up(SMALL)
    with count_compilations() as count:
        setup = set_up(SMALL.replace(seed=1))
    assert count() == 0
    assert setup.experiment == SMALL.replace(seed=1)
    assert setup.data is None


@pytest.mark.parametrize(
    ("experiment", "said"),
    [
        (Experiment(model=CNNConfig()), r"model: CNN does not suit inputs of shape \(2,\)"),
        (Experiment().replace(label_noise=0.6), "label_noise: expected"),
        (
            Experiment(batch_size=1, model=SMALL.model.__class__((4,), batch_norm=True)),
            "batch_size",
        ),
        (Experiment(changes=((3, "label_noise", 0.6),)), "label_noise: expected"),
    ],
)
def test_what_a_trainer_refuses_a_setup_refuses(experiment, said):
    for make in (set_up, Trainer):
        with pytest.raises(ValueError, match=said) as caught:
            make(experiment)
        assert "\n" not in str(caught.value)


def test_a_trainer_of_a_setup_is_the_trainer_of_its_experiment():
    setup = set_up(SMALL)
    one, two = Trainer.of(setup), Trainer(SMALL)
    assert (one.plan, one.experiment, one.inactive) == (two.plan, two.experiment, two.inactive)
    assert one.inactive == setup.inactive


def test_what_differs_between_a_model_of_the_labs_and_one_of_the_users():
    lab, own = set_up(SMALL).plan.modes, set_up(OWN, model=Net).plan.modes
    assert isinstance(lab, LabModes)
    assert isinstance(own, OwnModes)
    assert (lab.is_own, own.is_own) == (False, True)
    assert (lab.takes_rate, own.takes_rate) == (True, True)
    assert (lab.takes_momentum, own.takes_momentum) == (False, True)
    assert (lab.num_masks(8) > 0, own.num_masks(8)) == (True, 0)
    assert lab.settled(SMALL) == {}
    assert own.settled(OWN) == {
        "dropout_rate": pytest.approx(0.25),
        "batch_norm_momentum": pytest.approx(0.8),
    }
    asked = OWN.asking(dropout_rate=0.0)
    assert own.settled(asked) == {"batch_norm_momentum": pytest.approx(0.8)}


def test_modes_are_equal_where_plans_share_a_program():
    small, other = set_up(SMALL).plan, set_up(SMALL.replace(seed=3)).plan
    assert small == other
    assert (small.modes, hash(small.modes)) == (other.modes, hash(other.modes))
    linear = set_up(Experiment(model=LinearConfig())).plan
    assert small.modes != linear.modes
    assert set_up(OWN, model=Net).plan.modes == set_up(OWN, model=Net).plan.modes
