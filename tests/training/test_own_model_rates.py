"""The dropout of a user's module: its own rate stands until somebody asks for another."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, Grid, Session, fit, fit_population, nn, twins
from reglab.training import dropout_samples, mc_dropout

SHORT = Experiment(num_steps=12)


def model(rngs, rates=(0.5,), kind=nnx.Dropout):
    layers = [nnx.Linear(2, 16, rngs=rngs), nnx.relu, *(kind(rate) for rate in rates)]
    return nnx.Sequential(*layers, nnx.Linear(16, 2, rngs=rngs))


def lab_dropout(rngs):
    return model(rngs, kind=nn.Dropout)


def two_rates(rngs):
    return model(rngs, (0.5, 0.2))


def losses(run):
    return run.history.train_loss


@pytest.mark.costly
@pytest.mark.parametrize("factory", [model, lab_dropout])
def test_its_own_rate_stands_until_somebody_asks_for_another(factory):
    own = fit(SHORT, model=factory)
    assert own.experiment.hyper.dropout_rate == 0.5
    assert own.name == "dropout 0.5"
    moved = fit(SHORT.replace(dropout_rate=0.9), model=factory)
    assert moved.name == "dropout 0.9"
    assert (losses(moved) != losses(own))[1:].all()
    asked = fit(SHORT.replace(dropout_rate=0.5), model=factory)
    np.testing.assert_array_equal(losses(asked), losses(own))
    without = [fit(SHORT.replace(dropout_rate=0.0), model=factory)]
    without.append(fit(twins(SHORT, dropout_rate=0.0)[0], model=factory))
    for run in without:
        assert run.name == "plain"
        np.testing.assert_allclose(losses(run), losses(without[0]), rtol=1e-5)
        assert (losses(run) != losses(own))[1:].all()
    again = fit(own.experiment.replace(l2=0.1), model=factory)
    assert again.name == "dropout 0.5, L2 0.1"


@pytest.mark.slow
@pytest.mark.parametrize("factory", [model, lab_dropout])
def test_a_grid_asks_for_another_rate(factory):
    grid = Grid(SHORT, product={"dropout_rate": [0]})
    (run,) = fit_population(grid, model=factory).runs
    assert run.name == "plain"
    alone = fit(SHORT.replace(dropout_rate=0.0), model=factory)
    np.testing.assert_allclose(losses(run), losses(alone), rtol=1e-5)


def test_the_json_of_a_run_trains_it_again():
    for rate in (0.0, 0.9):
        run = fit(SHORT.replace(dropout_rate=rate), model=model)
        again = fit(Experiment.from_json(run.experiment.to_json()), model=model)
        np.testing.assert_array_equal(losses(again), losses(run))


@pytest.mark.slow
def test_different_rates_stand_and_cannot_be_moved():
    run = fit(SHORT, model=two_rates)
    assert run.name == "plain"
    with pytest.raises(ValueError, match=r"^dropout_rate: .* different rates of their own"):
        fit(SHORT.replace(dropout_rate=0.5), model=two_rates)
    with Session(SHORT, model=two_rates) as session:
        assert "different rates" in session.inactive["dropout_rate"]
    spread = np.asarray(dropout_samples(run, jnp.ones((3, 2)), num_samples=50)).std(0)
    assert (spread > 0).all()


def test_the_session_shows_and_moves_the_rate_in_force():
    with Session(SHORT, [{"dropout_rate": 0.0}], model=model, steps_per_second=None) as session:
        assert [one.hyper.dropout_rate for one in session.experiments] == [0.5, 0.0]
        assert "dropout_rate" not in session.inactive
        session.play()
        assert session.wait(60)
        first, second = session.runs
        assert [first.name, second.name] == ["dropout 0.5", "plain"]
        assert (losses(first) != losses(second))[1:].all()
        session.set(dropout_rate=0.2)
        session.rewind()
        assert session.wait(60)
        assert session.experiment.hyper.dropout_rate == 0.2


class Stored(nnx.Module):
    def __init__(self, rngs):
        self.a, self.d = nnx.Linear(2, 32, rngs=rngs), nnx.Dropout(0.25, rngs=rngs)
        self.b = nnx.Linear(32, 2, rngs=rngs)

    def __call__(self, x):
        return self.b(self.d(jnp.tanh(self.a(x))))


class Handed(Stored):
    def __call__(self, x, rngs=None):
        return self.b(self.d(jnp.tanh(self.a(x)), rngs=rngs))


class Keyword(Stored):
    def __call__(self, x, deterministic):
        return self.b(self.d(jnp.tanh(self.a(x)), deterministic=deterministic))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Stored, Handed, Keyword])
def test_monte_carlo_dropout_has_the_spread_that_the_masks_have(kind):
    """Var of sum(w_i h_i m_i / q) is (1 - q) / q times sum((w_i h_i)^2)."""
    run, x = fit(SHORT, model=kind), jnp.array([[0.3, -1.0], [1.0, 0.5]])
    samples = np.asarray(dropout_samples(run, x, num_samples=4000), float)
    net = run.model
    terms = np.asarray(jnp.tanh(net.a(x)))[:, :, None] * np.asarray(net.b.kernel[...])[None]
    expected = 0.25 / 0.75 * (terms**2).sum(axis=1)
    np.testing.assert_allclose(samples.var(axis=0), expected, rtol=0.12)
    mean = np.asarray(run.hypotheses[-1](x))
    np.testing.assert_allclose(samples.mean(axis=0), mean, atol=4 * np.sqrt(expected.max() / 4000))
    assert mc_dropout(run, x, num_samples=20).shape == (2, 2)


@pytest.mark.slow
def test_dropout_and_batch_norm_that_one_word_switches_cannot_be_told_apart():
    class Together(Stored):
        def __init__(self, rngs):
            super().__init__(rngs)
            self.n = nnx.BatchNorm(32, rngs=rngs)

        def __call__(self, x, train):
            y = self.n(self.a(x), use_running_average=not train)
            return self.b(self.d(y, deterministic=not train))

    run = fit(SHORT, model=Together)
    with pytest.raises(ValueError, match=r"^model: expected one whose dropout can draw while its"):
        mc_dropout(run, jnp.ones((2, 2)))
