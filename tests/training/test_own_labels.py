"""Labels of the user's are flipped only where the data, a twin, a grid or a knob asks for it."""

import jax
import numpy as np
import pytest

from reglab import (
    Experiment,
    Grid,
    Hyper,
    LinearConfig,
    Session,
    distributions,
    fit,
    fit_population,
    twins,
)

SHORT = Experiment(max_train=60, model=LinearConfig(), num_steps=6)  # whose Hyper flips 20 %
X = np.random.default_rng(0).normal(size=(200, 2))
Y = (X[:, 0] > 0) * 1


def flipped(run):
    key = jax.random.key(run.experiment.draw)
    return int((run.distribution.sample(key, 60).y != run.distribution.clean_labels(key, 60)).sum())


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_hyper_alone_leaves_them_as_the_data_have_them(noise):
    data = distributions.arrays(X, Y, label_noise=noise)
    for experiment in (SHORT, SHORT.replace(label_noise=0.0), SHORT.replace(hyper=Hyper())):
        run = fit(experiment, distribution=data)
        assert run.distribution.label_noise == pytest.approx(noise)
        assert (flipped(run) > 0) == (noise > 0)
        assert run.experiment.hyper.label_noise == pytest.approx(noise)
    (member,) = fit_population([SHORT], distribution=data).runs
    assert member.distribution.label_noise == pytest.approx(noise)


@pytest.mark.slow
def test_a_twin_a_grid_and_a_knob_ask_for_it():
    data = distributions.arrays(X, Y)
    (twin,) = twins(SHORT, label_noise=0.3)
    assert flipped(fit(twin, distribution=data)) > 5
    grid = Grid(SHORT, product={"label_noise": [0.0, 0.3]})
    plain, noisy = fit_population(grid, distribution=data).runs
    assert flipped(plain) == 0 < flipped(noisy)
    others = fit_population(Grid(SHORT, product={"l2": [0.0, 0.1]}), distribution=data).runs
    assert [flipped(run) for run in others] == [0, 0]
    with Session(SHORT, distribution=data, steps_per_second=None) as session:
        session.set(label_noise=0.2)
        session.rewind()
        assert session.wait(60)
        assert session.runs[0].distribution.label_noise == pytest.approx(0.2)
