"""A picture of a hypothesis whose scores are not finite is drawn, and says so."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, Hyper, Session, distributions
from reglab.views import UNANSWERED


class Logarithm(nnx.Module):
    """No number for inputs below 0."""

    def __init__(self, size, rngs):
        self.a = nnx.Linear(size, 2, rngs=rngs)

    def __call__(self, x):
        return self.a(jnp.log(x.reshape(len(x), -1)))


@pytest.mark.costly
@pytest.mark.parametrize("shape", [(2,), (4, 4)])
def test_the_session_goes_on_where_scores_are_no_numbers(shape):
    rng = np.random.default_rng(0)
    x, t = (np.abs(rng.normal(size=(40, *shape))) + 0.1 for _ in range(2))
    t[:20] = -t[:20]
    labels = np.arange(40) % 2
    data = distributions.arrays(x, labels, test_x=t, test_y=labels, standardize=False)
    experiment = Experiment(max_train=40, num_steps=12, hyper=Hyper(num_train=40))
    size = int(np.prod(shape))
    model = {"model": lambda rngs: Logarithm(size, rngs), "distribution": data}
    with Session(experiment, **model, steps_per_second=None) as session:
        session.play()
        assert session.wait(60)
        assert session.state.state == "finished", session.state.text
        picture = session.frame.picture
    assert session.runs[0].history.true_error[-1] >= 0.5
    if shape == (2,):
        left = picture.shade[:, 0]  # of the region, whose left edge is below 0
        assert (left == 128).all()
    else:
        assert UNANSWERED in picture.error_predicted
