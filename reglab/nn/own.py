"""The one way in for a module of the user's: found out, checked and traced before it trains."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.core import eval_jaxpr
from jax.interpreters import partial_eval

from reglab.config import MODELS
from reglab.nn.array_dropout import with_array_rates
from reglab.nn.batch_norm import momenta, set_momentum
from reglab.nn.dropout import DropoutRate
from reglab.nn.factory import checked_factory
from reglab.nn.fingerprint import fingerprint
from reglab.nn.fold import fold
from reglab.nn.kernels import kernels
from reglab.nn.modes import INFERENCE, TRAINING, Call, call_of, in_mode, predictor
from reglab.nn.network import Network
from reglab.nn.variables import Variables, carried, split
from reglab.precision import in_32_bits
from reglab.words import line_of, say

BUILT_IN = say("The model is your own, which says this itself.")
NO_DROPOUT = say("The model is your own and has no dropout layer whose rate can be moved.")
RATES_DIFFER = say("The dropout layers of your model have different rates of their own.")
MOMENTA_DIFFER = say("The batch-norm layers of your model have different momenta of their own.")
NO_NORM = say("The model is your own and has no batch-norm layer whose momentum can be moved.")
NO_KERNELS = say("The model is your own and has no kernel that this could act on.")


class OwnModel:
    """A module of the user's for inputs of a shape and batches of a size.

    The factory is run, and the module called, once, without computing anything. Two of these are
    equal, and share compiled programs, where their initialisation, training and prediction are the
    same computations with the same constants.

    Args:
        factory: ``(rngs) -> nnx.Module``; ``rngs`` may be a keyword.
        input_shape: shape of one example.
        num_classes: columns of the scores.
        batch_size: examples in a step.

    Attributes:
        graph: of the module.
        network: of what it predicts as: the plain network where ``fold`` knows one, else the module
            in inference mode.
        call: how it is called.
        dropout_rate: the one rate of its dropout layers, or None where there is no such rate.
        batch_norm_momentum: the one momentum of its batch-norm layers, or None likewise.
        inactive: numbers of ``Hyper``, and fields of the lab's models, that cannot act, with why.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    graph: Any
    call: Call

    @in_32_bits
    def __init__(
        self, factory: object, input_shape: tuple[int, ...], num_classes: int, batch_size: int
    ):
        self._make = checked_factory(factory)
        self._input_shape, self._num_classes = tuple(input_shape), num_classes
        self._batch_size = batch_size
        self._has_array_rates, self._num_stock = True, 0
        try:
            traced, variables = self._trace()
        except ValueError as error:
            if not self._num_stock:
                raise
            self._has_array_rates = False  # layers that are scanned take no variable more
            try:
                traced, variables = self._trace()
            except ValueError:
                raise error from None
        digest, callbacks = fingerprint(*traced)
        kinds = [type(leaf) for leaf in jax.tree.leaves(variables, is_leaf=_is_variable)]
        self._key = digest, str(jax.tree.structure(variables)), tuple(map(id, kinds)), self.call
        self._kept = kinds, callbacks  # what the key names by its identity
        self.network = Network(self._plain, self._key, self._kept)
        rates = _rates(traced[0], variables)
        self.dropout_rate = rates[0] if len(rates) == 1 else None
        self.inactive = _inactive(rates, variables)
        if self.batch_norm_momentum is None:
            differ = len(self._momenta) > 1
            self.inactive["batch_norm_momentum"] = MOMENTA_DIFFER if differ else NO_NORM

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnModel) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        """A new module, whose stock dropout layers have array rates."""
        module = self._make(rngs)
        if self._has_array_rates:
            with_array_rates(module)
        return module

    def scores(
        self,
        module: nnx.Module,
        x: jax.Array,
        key: jax.Array,
        momentum: float | jax.Array | None = None,
    ) -> jax.Array:
        """Scores ``(n, num_classes)`` in training; writes the module's variables.

        Args:
            module: as ``build`` made it.
            x: inputs ``(n, *input_shape)``.
            key: of this step; each stream of ``rngs`` that the call takes derives from it.
            momentum: of its batch-norm layers, traced; None where they keep their own.
        """
        rngs = nnx.Rngs(jax.random.fold_in(key, 1), dropout=key)
        view: Any = in_mode(module, TRAINING)  # callable, as call_of has checked
        if momentum is not None:
            set_momentum(view, momentum)
        return self._checked_scores(view(x, **self.call.keywords(TRAINING, rngs)), x)

    def hypothesis(self, module: nnx.Module) -> nnx.Module:
        """What predicts as the module does: a plain network, or the module in inference mode."""
        try:
            return fold(module)
        except ValueError:  # a module that fold does not know
            return predictor(module)

    # -- what is found out -------------------------------------------------------------------------

    def _trace(self) -> tuple[tuple, Variables]:
        """Initialisation, training and prediction as jaxprs, and the shapes of all variables."""
        key = jax.eval_shape(lambda: jax.random.key(0))
        build, variables = jax.make_jaxpr(self._traced_build, return_shape=True)(key)
        if not jax.tree.leaves(variables.params):
            raise ValueError(say("model: expected a module with parameters (nnx.Param), got none"))
        batch, two = (
            jax.ShapeDtypeStruct((n, *self._input_shape), jnp.float32)
            for n in (self._batch_size, 2)
        )
        step = self._tried_step(variables, batch, key)
        answer = self._tried(lambda: jax.make_jaxpr(self._traced_answer)(variables, two, key))
        _check_draws_nothing(answer, (variables, two, key))
        return (build, step, answer), variables

    def _tried_step(self, *arguments: object) -> Any:
        if len(self._momenta) == 1:
            momentum = jax.ShapeDtypeStruct((), jnp.float32)
            try:
                step = jax.make_jaxpr(self._traced_step)(*arguments, momentum)
            except Exception:  # a model that takes its momentum for a number of Python's
                pass
            else:
                self.batch_norm_momentum = self._momenta[0]
                return step
        self.batch_norm_momentum = None
        return self._tried(lambda: jax.make_jaxpr(self._traced_step)(*arguments))

    def _traced_build(self, key: jax.Array) -> Variables:
        module = self._tried(lambda: self._make(nnx.Rngs(key)))
        if not isinstance(module, nnx.Module):
            raise ValueError(
                say("model: expected a factory (rngs) -> nnx.Module, got {got!r}", got=module)
            )
        layers = [type(layer) for _, layer in nnx.iter_modules(module, graph=True)]
        self._num_stock = layers.count(nnx.Dropout)
        if self._has_array_rates:
            with_array_rates(module)
        self._momenta = momenta(module)
        self.call = call_of(module)
        self.graph = nnx.graphdef(module, graph=True)
        return split(module)

    def _traced_step(
        self, variables: Variables, x: jax.Array, key: jax.Array, momentum: jax.Array | None = None
    ) -> Any:
        """Scores, slopes and variables: all that training reads off the module."""

        def scores(params):
            module = nnx.merge(
                self.graph, params, variables.batch_stats, variables.other, copy=True
            )
            return self.scores(module, x, key, momentum), carried(module, variables)

        outputs, slopes, kept = jax.vjp(scores, variables.params, has_aux=True)
        return outputs, slopes(jnp.ones_like(outputs)), kept

    def _traced_answer(self, variables: Variables, x: jax.Array, key: jax.Array) -> jax.Array:
        module: Any = nnx.merge(self.graph, *variables, copy=True)
        plain: Any = self.hypothesis(module)
        self._plain = nnx.graphdef(plain, graph=True)
        if self.call.is_plain:
            return self._checked_scores(plain(x), x)
        rngs = nnx.Rngs(key) if self.call.needs_rngs else None
        answers = in_mode(module, INFERENCE)(x, **self.call.keywords(INFERENCE, rngs))
        return self._checked_scores(answers, x)

    def _checked_scores(self, scores: object, x: jax.Array) -> jax.Array:
        expected = len(x), self._num_classes
        if not isinstance(scores, jax.Array):
            raise ValueError(
                say(
                    "model: expected scores of shape (n, {num_classes}) as one array, got "
                    "{got}; return the scores alone",
                    num_classes=self._num_classes,
                    got=_described(scores),
                )
            )
        if scores.shape != expected or not jnp.issubdtype(scores.dtype, jnp.floating):
            raise ValueError(
                say(
                    "model: expected scores of shape (n, {num_classes}), floating-point "
                    "numbers, for inputs of shape (n, {sizes}), got {dtype} of shape "
                    "{shape} for n = {num_inputs}",
                    num_classes=self._num_classes,
                    sizes=", ".join(map(str, self._input_shape)),
                    dtype=scores.dtype,
                    shape=scores.shape,
                    num_inputs=len(x),
                )
            )
        return scores

    def _tried(self, make: Callable[[], Any]) -> Any:
        """What ``make`` returns; whatever the user's module raises becomes one line."""
        try:
            return make()
        except Exception as error:  # a module of the user's may raise anything
            if (said := line_of(error)).startswith("model: "):
                raise
            raise ValueError(
                say(
                    "model: expected one for inputs of shape (n, {sizes}), got {got}: {why}",
                    sizes=", ".join(map(str, self._input_shape)),
                    got=type(error).__name__,
                    why=said,
                )
            ) from error


def _rates(build: Any, variables: Variables) -> list[float]:
    """The different rates of the dropout layers that the lab can move.

    Args:
        build: the jaxpr of the initialisation, of which nothing else is computed.
        variables: what it returns.
    """
    leaves = jax.tree.leaves(variables, is_leaf=_is_variable)
    wanted = [isinstance(variable, DropoutRate) for variable in leaves]
    jaxpr, used = partial_eval.dce_jaxpr(build.jaxpr, wanted)
    key = [jax.random.key(0)][: sum(used)]
    arrays = eval_jaxpr(jaxpr, build.consts, *key)
    return sorted({float(f"{rate:.7g}") for rates in arrays for rate in np.ravel(rates)})


def _check_draws_nothing(answer: Any, arguments: object) -> None:
    """Raises where answers depend on a key: then a module is no function of its inputs."""
    used = partial_eval.dce_jaxpr(answer.jaxpr, [True] * len(answer.jaxpr.outvars))[1]
    leaves = jax.tree.leaves(arguments)
    if any(
        is_used and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)
        for is_used, leaf in zip(used, leaves, strict=True)
    ):
        raise ValueError(
            say(
                "model: expected answers that inputs alone decide in inference mode "
                "(deterministic=True), got a module that draws random numbers there; draw "
                "them where deterministic is False"
            )
        )


def _inactive(rates: list[float], variables: Variables) -> dict[str, str]:
    fields = {name for config in MODELS.values() for name in config.__dataclass_fields__}
    reasons: dict[str, str] = dict.fromkeys(sorted(fields), BUILT_IN)
    if len(rates) != 1:
        reasons["dropout_rate"] = RATES_DIFFER if rates else NO_DROPOUT
    if not kernels(variables.params):
        reasons |= dict.fromkeys(("l1", "l2", "weight_decay"), NO_KERNELS)
    return reasons


def _is_variable(node: object) -> bool:
    return isinstance(node, nnx.Variable)


def _described(value: object) -> str:
    kind = type(value).__name__
    if isinstance(value, dict):
        return say("a {kind} with {names}", kind=kind, names=", ".join(map(repr, value)))
    if isinstance(value, (tuple, list)):
        return say("a {kind} of {count}", kind=kind, count=len(value))
    return say("a {kind}", kind=kind)
