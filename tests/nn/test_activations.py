import jax.numpy as jnp
import numpy as np
import pytest

from reglab import config
from reglab.nn import ACTIVATIONS, activation

from .helpers import NUMPY_ACTIVATIONS, x64


def test_names_are_those_of_the_configuration():
    assert tuple(ACTIVATIONS) == config.ACTIVATIONS


@pytest.mark.parametrize("name", config.ACTIVATIONS)
def test_values(name):
    x = np.linspace(-6, 6, 101)
    with x64(jnp.float64):
        measured = activation(name)(jnp.asarray(x))
        assert measured.dtype == jnp.float64
        np.testing.assert_allclose(measured, NUMPY_ACTIVATIONS[name](x), atol=1e-14)


def test_unknown_name():
    with pytest.raises(ValueError, match=r"activation: expected one of relu, .* got 'swish'"):
        activation("swish")
