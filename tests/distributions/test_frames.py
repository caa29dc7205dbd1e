"""Inputs in any container: read as the numbers they hold, or refused by what they are."""

import decimal
import warnings

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse

from reglab import Experiment, Hyper, LinearConfig, distributions, fit
from reglab.distributions.inputs import inputs

N = 60
RNG = np.random.default_rng(0)
X = np.stack([RNG.permutation(N), RNG.integers(0, 2, N)], axis=1).astype(float)
Y = np.arange(N) % 2
WHOLE, TRUTH = X[:, 0].astype(int), X[:, 1] == 1
EXPERIMENT = Experiment(
    max_train=40, num_steps=2, eval_every=2, model=LinearConfig(), hyper=Hyper(num_train=40)
)


class Tensor:
    """Of another library, on a device or with a gradient."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on a tensor\nthat requires grad")


def matrix(values):
    with warnings.catch_warnings():  # SciPy ignores it for good, in whoever imports it first
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.asmatrix(values)


def frame(first, second):
    return pd.DataFrame({"a": first, "b": second})


GOOD = {
    "bool beside float": frame(X[:, 0], TRUTH),
    "Int64": frame(pd.array(WHOLE, dtype="Int64"), X[:, 1]),
    "boolean and Float64": frame(
        pd.array(X[:, 0], dtype="Float64"), pd.array(TRUTH, dtype="boolean")
    ),
    "category of numbers": frame(pd.Categorical(WHOLE), TRUTH),
    "whole numbers as objects": frame(WHOLE.astype(object), TRUTH.astype(object)),
    "decimals": frame([decimal.Decimal(int(value)) for value in WHOLE], TRUTH),
    "uint8 and int8": frame(WHOLE.astype(np.uint8), TRUTH.astype(np.int8)),
    "sparse columns": frame(pd.arrays.SparseArray(X[:, 0]), X[:, 1]),
    "names that are numbers": pd.DataFrame(X),
    "another index": frame(WHOLE, TRUTH).set_index(np.arange(N) * 7),
    "polars": pl.DataFrame({"a": WHOLE, "b": TRUTH}),
    "polars, small types": pl.DataFrame(
        {"a": WHOLE, "b": TRUTH}, schema={"a": pl.UInt8, "b": pl.Float32}
    ),
    "polars, decimals": pl.DataFrame({"a": WHOLE, "b": TRUTH}).cast({"a": pl.Decimal(10, 2)}),
    "objects": np.stack([WHOLE.astype(object), TRUTH.astype(object)], axis=1),
    "lists": X.tolist(),
    "list of rows of JAX": [jnp.asarray(row) for row in X],
    "bfloat16": jnp.asarray(X, jnp.bfloat16),
    "float16": X.astype(np.float16),
    "long double": X.astype(np.longdouble),
    "big end first": X.astype(">f8"),
    "turned": np.asfortranarray(X),
    "every second": np.repeat(X, 2, axis=1)[:, ::2],
    "nothing masked": np.ma.array(X),
    "matrix": matrix(X),
}


@pytest.mark.parametrize("kind", GOOD)
def test_numbers_in_any_container(kind):
    values = GOOD[kind]
    data = distributions.arrays(values, Y, standardize=False)
    order = np.random.default_rng(0).permutation(N)
    np.testing.assert_array_equal(data.examples.x, X[order[18:]])
    np.testing.assert_array_equal(data.examples.test_x, X[order[:18]])
    assert data.examples.x.dtype == np.float32
    assert fit(EXPERIMENT, distribution=data).history.true_error.shape == (2,)


@pytest.mark.parametrize("dtype", [ml_dtypes.float8_e4m3fn, ml_dtypes.int4, ml_dtypes.bfloat16])
def test_numbers_of_few_bits(dtype):
    few = (X % 8).astype(dtype)
    np.testing.assert_array_equal(inputs("x", few), X % 8)
    np.testing.assert_array_equal(inputs("x", jnp.asarray(few)), X % 8)


def with_one(value, dtype=object):
    return frame(X[:, 0], pd.Series([*TRUTH[1:].astype(int), value], dtype=dtype))


FRAMES = {
    "text": (with_one("six"), "x: expected numbers in column 'b', got text 'six' in example 59"),
    "numbers as text": (frame(X[:, 0], WHOLE.astype(str)), r"column 'b', got text '\d+' in .* 0"),
    "polars text": (pl.DataFrame({"a": ["x", "y"] * 30}), "in column 'a', got text 'x'"),
    "category": (frame(X[:, 0], pd.Categorical(["r", "g"] * 30)), "got text 'r' in example 0"),
    "polars category": (
        pl.DataFrame({"a": ["r", "g"] * 30}, schema={"a": pl.Categorical}),
        "in column 'a', got text 'r' in example 0; make numbers of it",
    ),
    "NA": (with_one(pd.NA, "Int64"), "in column 'b', got a missing value in example 59; fill it"),
    "boolean NA": (with_one(pd.NA, "boolean"), "got a missing value in example 59"),
    "NA in objects": (with_one(pd.NA), "got a missing value in example 59"),
    "None": (with_one(None), "got a missing value in example 59"),
    "nan": (with_one(np.nan, float), "in column 'b', got a missing value in example 59"),
    "infinite": (with_one(-np.inf, float), "in column 'b', got -inf in example 59"),
    "too large": (with_one(10**400), "in column 'b', got inf in example 59"),
    "polars null": (pl.DataFrame({"a": [None, 1] * 30}), "got a missing value in example 0"),
    "polars truth": (pl.DataFrame({"a": [None, True] * 30}), "got a missing value in example 0"),
    "dates": (frame(X[:, 0], pd.date_range("2024", periods=N)), "in column 'b', got datetime64"),
    "spans": (frame(X[:, 0], pd.to_timedelta(WHOLE, "D")), "in column 'b', got timedelta64"),
    "polars dates": (
        pl.DataFrame({"b": pd.date_range("2024", periods=N).to_numpy()}),
        "in column 'b', got datetime64",
    ),
    "complex": (frame(X[:, 0], X[:, 1] + 1j), "in column 'b', got complex128"),
    "lists": (frame(X[:, 0], [[1.0, 2.0]] * N), r"in column 'b', got list \[1.0, 2.0\]"),
    "row numbers": (pd.DataFrame(X, columns=["Unnamed: 0", "b"]), "got 'Unnamed: 0', which may"),
    "no name": (pl.DataFrame({"": WHOLE, "b": X[:, 1]}), "a name for every column, got ''"),
    "polars arrays": (
        pl.DataFrame({"a": pl.Series(X.tolist(), dtype=pl.Array(pl.Float64, 2))}),
        r"x: expected one number an example in column 'a', got arrays of shape \(2,\)",
    ),
    "lazy": (pl.DataFrame({"a": WHOLE}).lazy(), r"got a LazyFrame .* use x.collect\(\)"),
    "a column": (frame(X[:, 0], TRUTH)["a"], r"x: expected inputs of shape .* got shape \(60,\)"),
}
ARRAYS = {
    "sparse": (scipy.sparse.csr_matrix(X), "a dense array, got a sparse csr_matrix; use x.toarr"),
    "sparse array": (scipy.sparse.coo_array(X), "got a sparse coo_array"),
    "masked": (np.ma.array(X, mask=np.eye(N, 2, -3) > 0), "finite numbers, .* in example 3"),
    "masked rows": ([np.ma.array(row, mask=row == 5) for row in X], "expected finite numbers"),
    "None": ([*X[1:].tolist(), [0, None]], "finite numbers, got a missing.* in example 59"),
    "text": (np.array([[1, "a"]] * N, object), "x: expected numbers, got text 'a' in example 0"),
    "dates": (np.full((N, 2), np.datetime64("2024")), "got an array of dtype datetime64"),
    "bytes": (np.full((N, 2), b"1"), r"got an array of dtype \|S1"),
    "fields": (np.zeros((N, 2), [("a", float)]), r"expected numbers, got an array of dtype \[\("),
    "bfloat16 nan": (jnp.asarray(X, jnp.bfloat16).at[7].set(jnp.nan), "finite .* in example 7"),
    "long double": (np.full((N, 2), np.longdouble("1e400")), "too large one in example 0"),
    "gradient": (Tensor(), "takes for an array, got Tensor: Can't call"),
    "dictionary": ({"a": 1}, "x: expected numbers, got dict"),
}


@pytest.mark.parametrize("kind", [*FRAMES, *ARRAYS])
def test_what_holds_no_numbers_is_refused_by_what_it_is(kind):
    values, said = {**FRAMES, **ARRAYS}[kind]
    with pytest.raises(ValueError, match=said) as error:
        fit(EXPERIMENT, distribution=distributions.arrays(values, Y))
    assert "\n" not in str(error.value)


def test_frames_and_labels_that_do_not_belong_together_are_refused():
    table = frame(X[:, 0], X[:, 1])
    table["y"] = Y
    with pytest.raises(ValueError, match=r"x: expected inputs without their labels, .* column 'y'"):
        distributions.arrays(table, table["y"])
    with pytest.raises(ValueError, match="without their labels"):
        distributions.arrays(pl.from_pandas(table), pl.from_pandas(table)["y"])
    inputs, y = table[["a", "b"]], table["y"]
    with pytest.raises(ValueError, match="y: expected the rows of x in their order"):
        distributions.arrays(inputs, y.sample(frac=1, random_state=0))
    with pytest.raises(ValueError, match="test_x: expected the columns a, b of x in this order, g"):
        distributions.arrays(inputs, y, test_x=inputs[["b", "a"]] + 1, test_y=y)
    data = distributions.arrays(inputs, y, test_x=inputs + 0.5, test_y=y)
    assert (data.num_train, data.num_test) == (N, N)


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("is_apart", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_is_shared_with_the_caller(dtype, is_apart, standardize):
    x, test_x = X.astype(dtype), X.astype(dtype) + 100
    y, test_y = Y.astype(np.int32), Y.astype(np.int32)
    apart = {"test_x": test_x, "test_y": test_y} if is_apart else {}
    data = distributions.arrays(x, y, standardize=standardize, **apart)
    parts = [getattr(data.examples, name) for name in ("x", "y", "test_x", "test_y")]
    before = [part.copy() for part in parts]
    for given in (x, y, test_x, test_y):
        given[:] = 0
    for part, old in zip(parts, before, strict=True):
        np.testing.assert_array_equal(part, old)
        assert part.base is None or part.base.base is None
        assert not any(np.shares_memory(part, given) for given in (x, y, test_x, test_y))
