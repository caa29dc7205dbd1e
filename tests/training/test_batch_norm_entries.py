"""Batch norm over one entry is refused before it trains; over positions of an example it is not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import CNNConfig, Experiment, Grid, MLPConfig, Session, fit
from reglab.nn import BatchNorm
from reglab.sweeps import sweep
from reglab.training import fit_population
from reglab.training.batch_norm import batch_norm_entries

NORMED = MLPConfig((8,), batch_norm=True)
SHORT = Experiment(num_steps=6, model=NORMED)
ONE = {
    "batch_size": SHORT.replace(batch_size=1),
    "num_train": SHORT.replace(num_train=1),
}
REFUSED = "{}: expected at least 2 with batch norm, got 1; .* so use more examples or no batch norm"


@pytest.mark.costly
@pytest.mark.parametrize("name", ONE)
def test_one_example_a_step_is_refused_wherever_it_is_asked_for(name):
    one, line = ONE[name], REFUSED.format(name)
    calls = {
        "": lambda: fit(one),
        r"experiments\[1\]: ": lambda: fit_population([SHORT, one]),
    }
    for before, call in calls.items():
        with pytest.raises(ValueError, match=f"^{before}{line}$"):
            call()
    with pytest.raises(ValueError, match=line):
        Session(one)
    with pytest.raises(ValueError, match=line):
        fit(one.replace(model=MLPConfig((8, 8), batch_norm=True, residual=True)))
    plain = one.replace(model=MLPConfig((8,)))
    with pytest.raises(ValueError, match=line):
        Session(plain, [{"batch_norm": True}])
    assert len(fit(plain).history.step) == 2


@pytest.mark.slow
def test_a_moved_number_of_examples_is_refused_and_changes_nothing():
    with pytest.raises(ValueError, match=REFUSED.format("num_train")):
        fit(Experiment(num_steps=12, model=NORMED, changes=((6, "num_train", 1),)))
    with Session(SHORT) as session:
        with pytest.raises(ValueError, match=REFUSED.format("num_train")):
            session.set(num_train=1)
        assert session.wait(120)
        assert session.experiment == SHORT


def test_a_grid_names_the_member_that_is_refused():
    grid = Grid(SHORT, product={"batch_size": [20, 1]})
    with pytest.raises(ValueError, match=r"^experiments\[1\]: batch_size"):
        fit_population(grid)
    with pytest.raises(ValueError, match=r"^experiment 2: batch_size"):
        sweep(grid)


@pytest.mark.slow
def test_convolutions_average_over_positions_and_train_on_one_example():
    one = Experiment("mnist1d", model=CNNConfig((4,), batch_norm=True), num_steps=2, batch_size=1)
    one = one.replace(num_train=20, eval_every=2)
    assert len(fit(one).history.step) == 2
    dense = one.replace(model=CNNConfig((4,), widths=(4,), batch_norm=True))
    with pytest.raises(ValueError, match=REFUSED.format("batch_size")):
        fit(dense)


class Block(nnx.Module):
    """A module of nobody's: two norms of several kinds, one of them in a list."""

    def __init__(self, norms):
        self.norms = nnx.List(norms)

    def __call__(self, x):
        for norm in self.norms:
            x = norm(x)
        return x


@pytest.mark.parametrize("is_wide", [False, True])
def test_the_fewest_entries_of_any_layer_count(is_wide):
    def norm(**options):
        return nnx.BatchNorm(3, rngs=nnx.Rngs(0), **options)

    def entries(*norms, shape=(5, 4, 3)):
        with jax.enable_x64(is_wide):
            return batch_norm_entries(lambda: Block([one() for one in norms]), call, shape)

    def call(model, x):
        return model(x)

    assert entries() is None
    assert entries(norm) == 20
    assert entries(norm, lambda: BatchNorm(3, rngs=nnx.Rngs(0))) == 20
    assert entries(lambda: norm(axis=1), shape=(5, 3, 7)) == 35
    assert entries(lambda: norm(use_running_average=True)) is None
    assert entries(lambda: nnx.LayerNorm(3, rngs=nnx.Rngs(0)), shape=(1, 3)) is None
    assert entries(norm, shape=(1, 3)) == 1


def test_what_is_refused_would_have_learned_nothing():
    layer = BatchNorm(3, rngs=nnx.Rngs(0))
    one = jnp.asarray(np.random.default_rng(0).normal(size=(1, 3)))
    for count in (1, 4):
        np.testing.assert_array_equal(layer(jnp.repeat(one, count, axis=0)), 0)
