"""A factory is traced for each run; compiled programs are found by what they compute."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, Session, find_witness, fit, fit_population
from reglab.live.pictures import Moment
from reglab.live.pictures.map import MapMaker
from reglab.nn import OwnModel
from reglab.training import Trainer
from tests.training.compiles import count_compilations

SHORT = Experiment(num_steps=12)
width = 8
slope = 1.0


def of_global_width(rngs):
    return nnx.Sequential(
        nnx.Linear(2, width, rngs=rngs), nnx.relu, nnx.Linear(width, 2, rngs=rngs)
    )


class OfGlobalSlope(nnx.Module):
    def __init__(self, rngs):
        self.a = nnx.Linear(2, 2, rngs=rngs)

    def __call__(self, x):
        return slope * self.a(x)


def closed_over(value):
    def model(rngs):
        return nnx.Sequential(nnx.Linear(2, 2, rngs=rngs), lambda x: value * x)

    return model


def test_a_changed_global_takes_effect():
    global width
    assert fit(SHORT, model=of_global_width).hypotheses[-1].layers[0].kernel.shape == (2, 8)
    width = 24
    try:
        assert fit(SHORT, model=of_global_width).hypotheses[-1].layers[0].kernel.shape == (2, 24)
    finally:
        width = 8


@pytest.mark.slow
def test_a_changed_global_of_the_call_takes_effect_in_training_and_afterwards():
    global slope
    first = fit(SHORT, model=OfGlobalSlope)
    slope = 3.0
    try:
        second = fit(SHORT, model=OfGlobalSlope)
        trainer = Trainer(SHORT, model=OfGlobalSlope)
        trainer.advance(12)
        hypotheses = trainer.trajectory.hypotheses
        h = hypotheses.network, hypotheses.state(-1)
        picture = MapMaker()(Moment(trainer, h, None))
    finally:
        slope = 1.0
    assert (first.history.train_loss != second.history.train_loss).all()
    share = 1 / (1 + np.exp(-np.abs(np.asarray(picture.shade, float) / 255 - 0.5)))
    assert share.max() > 0.5
    again = fit(SHORT, model=OfGlobalSlope)
    np.testing.assert_array_equal(again.history.train_loss, first.history.train_loss)


@pytest.mark.slow
def test_a_changed_attribute_of_the_factory_takes_effect():
    class Factory:
        width = 4

        def __call__(self, rngs):
            hidden = nnx.Linear(2, self.width, rngs=rngs)
            return nnx.Sequential(hidden, nnx.Linear(self.width, 2, rngs=rngs))

    factory = Factory()
    for factory.width in (4, 6):
        run = fit(SHORT, model=factory)
        assert run.hypotheses[-1].layers[0].kernel.shape == (2, factory.width)


def test_an_array_that_is_closed_over_counts():
    def scaled(array):
        return lambda rngs: nnx.Sequential(nnx.Linear(2, 2, rngs=rngs), lambda x: x * array)

    one, same, other = (OwnModel(scaled(jnp.array([[1.0, v]])), (2,), 2, 20) for v in (2, 2, 3))
    assert one == same
    assert one != other
    assert hash(one) == hash(same)


def test_what_a_slope_is_made_of_counts():
    import jax

    def model(rule):
        @jax.custom_jvp
        def step(x):
            return x

        step.defjvp(lambda x, dx: (x[0], rule * dx[0]))
        return lambda rngs: nnx.Sequential(nnx.Linear(2, 2, rngs=rngs), step)

    one, same, other = (OwnModel(model(rule), (2,), 2, 20) for rule in (1.0, 1.0, 2.0))
    assert one == same
    assert one != other


def test_twins_and_new_lambdas_compile_nothing_anew():
    def model(rngs):
        hidden, out = nnx.Linear(2, 7, rngs=rngs), nnx.Linear(7, 2, rngs=rngs)
        return nnx.Sequential(hidden, lambda x: jnp.tanh(x), nnx.Dropout(0.5), out)

    find_witness(fit(SHORT, model=model))
    with Session(SHORT, model=model, steps_per_second=None) as session:
        session.play()
        assert session.wait(60)
    fit_population([SHORT], model=model)
    with count_compilations() as compiled:
        fit(SHORT.replace(l2=0.1, seed=3, dropout_rate=0.2), model=model)
        options = {"model": model, "steps_per_second": None}
        with Session(SHORT, [{"l2": 0.1}, {"dropout_rate": 0.1}], **options) as session:
            session.play()
            assert session.wait(60)
            assert len(session.runs[2].history.step) == 3
        fit_population([SHORT.replace(seed=1)], model=model)
    assert compiled() == 0


def test_hypotheses_are_instances_of_the_class_that_was_handed_in():
    """The same computation under another definition: what a notebook has after an edit."""

    def defined(answer):
        class Net(nnx.Module):
            def __init__(self, rngs):
                self.a = nnx.Linear(2, 2, rngs=rngs)

            def __call__(self, x):
                return self.a(x)

            def about(self):
                return answer

        return Net

    for answer in (1, 2):
        run = fit(SHORT, model=defined(answer))
        assert run.hypotheses[-1].about() == run.model.about() == answer
