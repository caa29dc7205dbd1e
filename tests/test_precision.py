"""Every product of every program is in full precision, on a CPU, a GPU and a TPU."""

import ast
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import reglab
from reglab import (
    AttentionConfig,
    CNNConfig,
    Experiment,
    LinearConfig,
    MLPConfig,
    distributions,
    nn,
)
from reglab.distributions import base, planar
from reglab.live.board import shifted
from reglab.live.pictures import images
from reglab.live.pictures import map as decision_map
from reglab.precision import asked_precision, full_precision, in_32_bits, jit
from reglab.training import Ensemble, Trainer, predictions
from reglab.training.population.grouping import grouped, members_of
from reglab.training.population.members import advance_members, initial_states
from reglab.training.population.partition import pieces_of, stacked
from reglab.training.remedies import stopping
from reglab.training.remedies.mc_dropout import _all_scores, _mean_probabilities, _Thinned
from reglab.training.state import data_of, fresh_state, model_at, streams, traced
from reglab.training.step import advance

from .lowered import PLATFORMS, calls, on, precisions
from .small import SMALL

HIGHEST = {("HIGHEST", "HIGHEST")}
# Factorizations by LAPACK and cuSOLVER, and where arrays lie.
ROUTINES = {
    "lapack_spotrf_ffi",
    "lapack_strsm_ffi",
    "cusolver_potrf_ffi",
    "Cholesky",
    "Sharding",
    "SPMDFullToShardShape",
    "SPMDShardToFullShape",
}


class Own(nnx.Module):
    """Products as users write them: in layers of Flax's, bare, recomputed and over a window."""

    def __init__(self, rngs):
        self.first, self.last = nnx.Linear(2, 4, rngs=rngs), nnx.Linear(4, 2, rngs=rngs)
        self.conv = nnx.Conv(1, 1, (3,), rngs=rngs)
        self.kernel = nnx.Param(jnp.eye(4))

    def __call__(self, x):
        x = jax.checkpoint(jnp.matmul)(nnx.tanh(self.first(x)), self.kernel[...])
        x = self.conv(x[..., None])[..., 0]
        return self.last(jnp.einsum("ni,ij->nj", x, self.kernel[...]))


DIGITS = SMALL.replace(distribution="digits")
EXPERIMENTS = {
    "mlp": (SMALL.replace(model=MLPConfig((4, 4), batch_norm=True, order="after")), None),
    "regression": (SMALL.replace(distribution="gaussian_linear", model=LinearConfig()), None),
    "cnn": (DIGITS.replace(model=CNNConfig((2, 3), residual=True, batch_norm=True)), None),
    "attention": (DIGITS.replace(model=AttentionConfig(features=4, patch=4)), None),
    "own": (SMALL.replace(model=Experiment().model), Own),
}


def assert_highest(name, program, platforms=PLATFORMS):
    text = on(platforms, program)
    assert set(precisions(text)) == HIGHEST, (name, precisions(text))
    assert calls(text) <= ROUTINES, name


@in_32_bits
def start(trainer):
    """Shapes of the state, the numbers, the keys and the data at the first step."""
    plan, hyper = trainer.plan, traced(trainer.plan, trainer.hyper)
    keys = jax.eval_shape(streams, np.uint32(0))
    state = jax.eval_shape(partial(fresh_state, plan), keys.weights, hyper)
    data = jax.eval_shape(lambda: data_of(trainer.distribution, 0, plan.max_train))
    return state, data, hyper, keys


ENDS = np.int32(3), np.int32(12), np.bool_(True)


def programs_of(trainer):
    """What ``fit``, a session and all that is done to a run afterwards compile."""
    plan = trainer.plan
    state, data, hyper, keys = start(trainer)
    yield (
        "training",
        jax.jit(in_32_bits(lambda *args: advance.__wrapped__(plan, *args))).trace(
            state, data, hyper, keys, *ENDS
        ),
    )
    network, y = plan.modes.network, data.y
    x, points = jax.eval_shape(lambda data: (data.x, data.points), data)
    one = jax.eval_shape(lambda s: nnx.state(plan.modes.hypothesis(model_at(plan, s, 0.1))), state)
    some = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct((3, *leaf.shape), leaf.dtype), one)
    yield "predictions", predictions._answers.trace(network, some, x)
    yield "early stopping", stopping._losses.trace(network, plan.loss, some, x, y)
    model = nnx.eval_shape(lambda: model_at(plan, fresh_state(plan, jax.random.key(0), hyper), 0))
    thinned = _Thinned(model)
    for compute in (_mean_probabilities, _all_scores):
        program = compute.trace(
            nn.Network(thinned._graph), thinned._call, thinned._state, jax.random.split(KEY, 2), x
        )
        yield compute.__name__, program
    if plan.loss == "zero-one":
        yield "decision map", decision_map._class_one.trace(network, one, x)
        yield "images", images._predicted.trace(network, one, x)
        moved = points, data.mass, None, plan.net_coordinates, plan.method == "enumeration"
        yield "moved distribution", shifted._errors.trace(network, one, *moved)


KEY = jax.random.key(0)


@pytest.mark.parametrize(
    "name",
    # of convolutions and attention, test_models_alone_and_folded has what matters
    [
        pytest.param(n, marks=[pytest.mark.slow] if n in ("cnn", "attention") else [])
        for n in EXPERIMENTS
    ],
)
def test_training_and_all_that_follows_it(name):
    experiment, model = EXPERIMENTS[name]
    for what, program in programs_of(Trainer(experiment, model=model)):
        assert_highest(what, program)


def test_training_with_convolutions_where_they_are_xlas_own(monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    what, program = next(programs_of(Trainer(EXPERIMENTS["cnn"][0])))
    assert_highest(what, program, PLATFORMS[1:])


@pytest.mark.costly
@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("name", ["mlp", "own"])
def test_populations(name, lanes):
    experiment, model = EXPERIMENTS[name]
    experiments = [experiment, experiment.replace(seed=1)]
    (group,) = grouped(members_of(experiments, model=model))
    (piece,) = pieces_of(group, lanes=lanes, memory=None)
    plan, layout = group[0].plan, piece.layout
    own, shared = stacked(piece, 0)
    members, turns = layout.placed(own), layout.split(layout.turns(2))
    states = initial_states.trace(plan, layout, members)
    rest = members, layout.copied(shared), turns, layout.copied(ENDS)
    program = advance_members.trace(plan, layout, 4, states.out_info, *rest)
    assert_highest(name, program)


@pytest.mark.parametrize("name", ["moons", "gaussian_linear"])
def test_distributions(name):
    distribution = distributions.get(name, noise=0.2)
    assert_highest("evaluation", base._evaluation.trace(distribution, KEY, 64))
    if name == "moons":
        x = jnp.zeros((5, 2))
        assert_highest("density", planar._density.trace(distribution, x))
        assert_highest("posterior", planar._posterior.trace(distribution, x))


LAYERS = {
    "LinearClassifier": lambda rngs: nn.LinearClassifier(64, 2, rngs=rngs),
    "MLP": lambda rngs: nn.MLP(64, (4,), 2, rngs=rngs),
    "CNN of one axis": lambda rngs: nn.CNN((64,), (2, 2), 2, residual=True, rngs=rngs),
    "CNN of two axes": lambda rngs: nn.CNN((8, 8), (2, 2), 2, widths=(3,), rngs=rngs),
    "AlexNet": lambda rngs: nn.AlexNet((28, 28), 2, variant="small", rngs=rngs),
    "AttentionClassifier": lambda rngs: nn.AttentionClassifier((8, 8), 4, 2, patch=4, rngs=rngs),
}


def slopes(graph, state, x):
    """Scores and all gradients, as anybody takes them."""

    def loss(state, x):
        return jnp.sin(nn.inference(nnx.merge(graph, state))(x)).sum()

    return jax.value_and_grad(loss, argnums=(0, 1))(state, x)


@pytest.mark.parametrize("name", LAYERS)
def test_models_alone_and_folded(name):
    model = nnx.eval_shape(lambda: LAYERS[name](nnx.Rngs(0)))
    graph, state = nnx.split(model)
    x = jax.ShapeDtypeStruct((3, 28 * 28 if name == "AlexNet" else 64), jnp.float32)
    program = jax.jit(partial(slopes, graph)).trace(state, x)
    assert_highest(name, program)
    with jax.default_matmul_precision("tensorfloat32"):
        program = jax.jit(partial(slopes, graph)).trace(state, x)
        assert ("HIGH", "HIGH") in precisions(on(["cuda"], program))


def test_folding():
    model = nnx.eval_shape(
        lambda: nn.MLP(2, (4,), 2, batch_norm=True, order="after", rngs=nnx.Rngs(0))
    )
    graph, state = nnx.split(model)
    for asked in (None, "tensorfloat32"):
        with jax.default_matmul_precision(asked):
            program = jax.jit(lambda s: nnx.state(nn.fold(nnx.merge(graph, s)))).trace(state)
        assert_highest("fold", program)


def test_what_is_asked_for_is_for_training_alone():
    experiment, _ = EXPERIMENTS["mlp"]
    with jax.default_matmul_precision("bfloat16"):
        found = {what: precisions(on(["tpu"], p)) for what, p in programs_of(Trainer(experiment))}
    training = found.pop("training")
    assert training[("DEFAULT", "DEFAULT")] >= 5  # three layers, and gradients
    assert training[("HIGHEST", "HIGHEST")] == 5  # a row: three layers, and two shifts to fold
    assert all(set(said) == HIGHEST for said in found.values())


def test_what_a_users_layer_names_stands():
    def f(a, b):
        return jnp.matmul(a, b, precision="tensorfloat32") + a @ b

    found = precisions(on(["cuda"], jit(f).trace(*[jnp.ones((2, 2))] * 2)))
    assert found == {("HIGH", "HIGH"): 1, ("HIGHEST", "HIGHEST"): 1}


def test_errors_of_functions_that_are_not_compiled():
    """A user's module is called step by step; each of its products counts, too."""
    seen = []

    def predict(x):
        seen.append(jax.config.jax_default_matmul_precision)
        return x @ jnp.ones((64, 10))

    distribution = distributions.get("digits")
    distribution.true_error(predict)
    distributions.shifted(distribution, "rotation", 0.1).true_error(predict)
    distributions.true_error_from(distribution, predict)
    Ensemble([predict])(jnp.ones((3, 64)))
    assert len(seen) >= 4
    assert set(seen) == {"highest"}


def test_everything_is_compiled_by_our_jit():
    package = Path(reglab.__file__).parent
    found = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            compiles = isinstance(node, ast.Attribute) and node.attr in ("jit", "pmap")
            if compiles and path.name != "precision.py":
                found.append(f"{path.relative_to(package)}:{node.lineno}: {ast.unparse(node)}")
    assert found == []


def test_the_decorators_keep_names_and_put_the_setting_back():
    def f():
        """Says it."""
        return jax.config.jax_default_matmul_precision

    for decorated in (full_precision(f), asked_precision(f)):
        assert (decorated.__name__, decorated.__doc__) == ("f", "Says it.")
        assert decorated() == "highest"
        assert f() is None
    with jax.default_matmul_precision("high"):
        assert (full_precision(f)(), asked_precision(f)()) == ("highest", "high")
