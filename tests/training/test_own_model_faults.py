"""What cannot be right in a module of the user's is refused in one line, before it trains."""

import functools

import jax
import jax.numpy as jnp
import pytest
from flax import nnx

from reglab import Experiment, Grid, MLPConfig, Session, fit, fit_population, twins
from reglab.config import CNNConfig, Hyper, LinearConfig
from tests.training.compiles import count_compilations

SHORT = Experiment(num_steps=6)


class Base(nnx.Module):
    def __init__(self, rngs):
        self.a = nnx.Linear(2, 2, rngs=rngs)

    def __call__(self, x):
        return self.a(x)


class Tuple(Base):
    def __call__(self, x):
        return self.a(x), x


class Dict(Base):
    def __call__(self, x):
        return {"logits": self.a(x)}


class Whole(Base):
    def __call__(self, x):
        return self.a(x).astype(jnp.int32)


class OneColumn(nnx.Module):
    def __init__(self, rngs):
        self.a = nnx.Linear(2, 1, rngs=rngs)

    def __call__(self, x):
        return self.a(x)


class WrongInputs(OneColumn):
    def __init__(self, rngs):
        self.a = nnx.Linear(3, 2, rngs=rngs)


class NoParameters(nnx.Module):
    def __init__(self, rngs):
        pass

    def __call__(self, x):
        return x


class NoCall(nnx.Module):
    def __init__(self, rngs):
        self.a = nnx.Linear(2, 2, rngs=rngs)


class NeedsMore(Base):
    def __call__(self, x, mask):
        return self.a(x) * mask


class NoStream(Base):
    """Dropout that nobody hands random numbers to."""

    def __init__(self, rngs):
        super().__init__(rngs)
        self.d = nnx.Dropout(0.5)

    def __call__(self, x):
        return self.d(self.a(x))


class AlwaysRandom(Base):
    def __init__(self, rngs):
        super().__init__(rngs)
        self.stream = rngs.fork()

    def __call__(self, x):
        return self.a(x + jax.random.normal(self.stream.noise(), x.shape))


class RandomWhenAsked(Base):
    def __call__(self, x, rngs):
        return self.a(x + jax.random.normal(rngs.noise(), x.shape))


class Growing(Base):
    """A step that leaves a variable in another shape."""

    def __init__(self, rngs):
        super().__init__(rngs)
        self.seen = nnx.BatchStat(jnp.zeros(2))

    def __call__(self, x):
        self.seen.set_value(jnp.concatenate([self.seen[...], x[0]]))
        return self.a(x)


class Asks(Base):
    """Python asks for a number that is only known when it runs."""

    def __call__(self, x):
        return self.a(x) if x.sum() > 0 else x


FAULTS = {
    "a tuple": (Tuple, r"as one array, got a tuple of 2; return the scores alone"),
    "a dict": (Dict, r"as one array, got a dict with 'logits'; return the scores alone"),
    "whole numbers": (Whole, r"floating-point numbers, .* got int32 of shape \(20, 2\)"),
    "one column": (OneColumn, r"scores of shape \(n, 2\), .* got float32 of shape \(20, 1\)"),
    "other inputs": (WrongInputs, r"one for inputs of shape \(n, 2\), got TypeError"),
    "no parameters": (NoParameters, r"a module with parameters \(nnx.Param\), got none"),
    "no call": (NoCall, r"a module with __call__\(self, x\), got NoCall"),
    "more arguments": (NeedsMore, r"got NeedsMore, which needs mask"),
    "no stream": (NoStream, r"nnx.Dropout: expected rngs while training, .* of its own"),
    "always random": (AlwaysRandom, r"answers that inputs alone decide in inference mode"),
    "random when asked": (RandomWhenAsked, r"answers that inputs alone decide in inference mode"),
    "a variable that grows": (Growing, r"leave the variable seen as float32 of shape \(2,\)"),
    "a question": (Asks, r"got TracerBoolConversionError"),
    "an instance": (
        Base(nnx.Rngs(0)),
        r"got an instance of Base; hand in what makes one",
    ),
    "no factory": (3, r"a factory \(rngs\) -> nnx.Module, got 3"),
    "no arguments": (lambda: Base(nnx.Rngs(0)), r"takes rngs and nothing else, .* takes nothing"),
    "two arguments": (lambda width, rngs: Base(rngs), r"got one that takes width, rngs; wrap it"),
    "no module": (lambda rngs: 3, r"a factory \(rngs\) -> nnx.Module, got 3"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_and_compiles_nothing(name):
    model, said = FAULTS[name]
    with (
        count_compilations() as compiled,
        pytest.raises(ValueError, match=f"^model: .*{said}") as e,
    ):
        fit(SHORT, model=model)
    assert "\n" not in str(e.value)
    assert compiled() == 0


@pytest.mark.parametrize("name", ["a tuple", "no stream", "an instance", "no parameters"])
@pytest.mark.parametrize("door", ["population", "session", "twin"])
def test_every_door_refuses_it(name, door):
    model, said = FAULTS[name]
    enter = {
        "population": lambda: fit_population([SHORT], model=model),
        "session": lambda: Session(SHORT, model=model),
        "twin": lambda: Session(SHORT, [{"l2": 0.1}], model=model),
    }
    with pytest.raises(ValueError, match=said):
        enter[door]()


class Factory:
    """Told apart by nothing: it has no hash."""

    __hash__ = None

    def __init__(self, width):
        self.width = width

    def __call__(self, rngs):
        return Wide(self.width, rngs)


class Wide(nnx.Module):
    def __init__(self, width, rngs):
        self.a, self.b = nnx.Linear(2, width, rngs=rngs), nnx.Linear(width, 2, rngs=rngs)

    def __call__(self, x):
        return self.b(nnx.relu(self.a(x)))


FACTORIES = {
    "a class": Base,
    "a function of rngs": lambda rngs: Base(rngs),
    "another name": lambda streams: Base(streams),
    "a keyword": lambda *, rngs: Base(rngs),
    "a default": lambda rngs, width=4: Wide(width, rngs),
    "a partial class": functools.partial(Wide, 4),
    "a partial of a stock layer": functools.partial(nnx.Linear, 2, 2),
    "an object": Factory(4),
}


@pytest.mark.parametrize("name", FACTORIES)
def test_a_factory_is_called_as_it_takes_its_rngs(name):
    from reglab.nn import OwnModel

    assert OwnModel(FACTORIES[name], (2,), 2, 20).network is not None


def test_a_model_of_ones_own_refuses_what_it_says_itself():
    for config in (MLPConfig(batch_norm=True), MLPConfig((8,)), CNNConfig(), LinearConfig()):
        with pytest.raises(ValueError, match=r"^model: expected Experiment's default"):
            fit(Experiment(num_steps=6, model=config), model=Base)
    with pytest.raises(ValueError, match=r"^(batch_norm|model): "):
        Session(SHORT, [{"batch_norm": True}], model=Base)
    grid = Grid(SHORT, product={"model.batch_norm": [False, True]})
    with pytest.raises(ValueError, match=r"^experiments\[1\]: model: expected"):
        fit_population(grid, model=Base)


def test_a_rate_that_cannot_act_is_refused():
    dropped = SHORT.replace(dropout_rate=0.5)
    with pytest.raises(ValueError, match=r"^dropout_rate: expected 0, got 0.5. .* no dropout"):
        fit(dropped, model=Base)
    with pytest.raises(ValueError, match=r"^dropout_rate: "):
        fit(twins(SHORT, dropout_rate=0.5)[0], model=Base)
    with pytest.raises(ValueError, match=r"^experiments\[1\]: dropout_rate: "):
        fit_population(Grid(SHORT, product={"dropout_rate": [0, 0.5]}), model=Base)
    with pytest.raises(ValueError, match=r"^dropout_rate: .* no dropout layer"):
        Session(SHORT, [{"dropout_rate": 0.5}], model=Base)
    moved = Experiment(num_steps=6, changes=((3, "dropout_rate", 0.5),))
    with pytest.raises(ValueError, match=r"^dropout_rate: "):
        fit(moved, model=Base)


def test_batch_norm_with_one_example_a_step_is_refused():
    def model(rngs):
        norm = nnx.BatchNorm(4, rngs=rngs)
        return nnx.Sequential(nnx.Linear(2, 4, rngs=rngs), norm, nnx.Linear(4, 2, rngs=rngs))

    with pytest.raises(ValueError, match=r"^batch_size: expected at least 2 with batch norm"):
        fit(Experiment(num_steps=6, batch_size=1), model=model)
    with pytest.raises(ValueError, match=r"^num_train: expected at least 2 with batch norm"):
        fit(Experiment(num_steps=6, hyper=Hyper(num_train=1)), model=model)
