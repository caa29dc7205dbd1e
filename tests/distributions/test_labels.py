"""Labels: what counts as one, what is missing, and when text is a number."""

import fractions

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pandas as pd
import polars as pl
import pytest

from reglab import Experiment, Hyper, LinearConfig, distributions, fit, fit_population
from reglab.live import Session

N = 60
X = np.random.default_rng(0).normal(size=(N, 2))
EXPERIMENT = Experiment(
    max_train=40, num_steps=2, eval_every=2, model=LinearConfig(), hyper=Hyper(num_train=40)
)
HALF = np.arange(N) % 2


@pytest.fixture
def labelled(tmp_path):
    """The classes of a file whose rows carry these labels in turn."""

    def read(*labels, **options):
        path = tmp_path / "labels.csv"
        rows = [f"{i},{labels[i % len(labels)]}\n" for i in range(N)]
        path.write_text("x,label\n" + "".join(rows))
        return distributions.csv(path, target="label", **options)

    return read


@pytest.mark.costly
@pytest.mark.parametrize(
    ("written", "classes"),
    [
        (("1E1", "10", "2E1"), ("10", "1E1", "2E1")),
        (("01", "1", "2"), ("01", "1", "2")),
        (("1", "1.0", "2"), ("1", "1.0", "2")),
        (("1.0", "2.0", "10.0"), (1, 2, 10)),
        (("9", "10", "-3"), (-3, 9, 10)),
        (("+1", "1"), ("+1", "1")),
        (("-0", "0"), ("-0", "0")),
        (("1_0", "10"), ("10", "1_0")),
        (("١", "1"), ("1", "١")),
        (("0x1", "1"), ("0x1", "1")),
        (("0.5", "1.5"), ("0.5", "1.5")),
        (("1577134800018226901", "1577134800018226944", "7"), None),
        (("9223372036854775808", "7"), ("7", "9223372036854775808")),
        (("True", "False"), ("False", "True")),
        (("no", " yes ", "yes"), ("no", "yes")),
    ],
)
def test_text_becomes_a_number_only_where_nothing_is_lost(labelled, written, classes):
    data = labelled(*written)
    wanted = tuple(sorted(map(int, written))) if classes is None else classes
    assert data.examples.classes == wanted
    assert [type(found) for found in data.examples.classes] == [type(one) for one in wanted]
    run = fit(EXPERIMENT, distribution=data)
    assert run.history.true_error.shape == (2,)


MISSING = ("NA", "?", "", "nan", "NaN", "N/A", "null", "None", "none", "<NA>", "#N/A", "NaT", " ")


@pytest.mark.parametrize("word", [*MISSING, "inf", "-Infinity"])
def test_a_missing_label_in_a_file_is_refused(labelled, word):
    with pytest.raises(ValueError, match=r"csv: expected a class in column 'label', .* line 4"):
        fit(EXPERIMENT, distribution=labelled("a", "b", word))


def test_words_that_are_classes_after_all_can_be_said(labelled):
    assert labelled("none", "some", missing=()).examples.classes == ("none", "some")
    with pytest.raises(ValueError, match=r"expected a class .* got a missing value in line 2"):
        labelled("", "some", "other", missing=())
    with pytest.raises(ValueError, match=r"expected a class .* got a missing value in line 3"):
        labelled("a", "Unknown", "b", missing=["unknown"])


ABSENT = {
    "nan among text": ["a", "b", float("nan")],
    "nan among objects": np.array(["a", "b", np.nan], object),
    "nan made text": np.array(["a", "b", np.nan]),
    "NA made text": pd.Series(["a", "b", pd.NA], dtype="string").astype(str),
    "NA among text": pd.Series(["a", "b", pd.NA], dtype="string"),
    "nan in new text": pd.Series(["a", "b", None], dtype="str"),
    "None": ["a", "b", None],
    "None among numbers": [0, 1, None],
    "NA": [0, 1, pd.NA],
    "NaT": [0, 1, pd.NaT],
    "NumPy's NaT": [0, 1, np.datetime64("NaT", "s")],
    "Int64": pd.Series([0, 1, pd.NA], dtype="Int64"),
    "boolean": pd.Series([True, False, None], dtype="boolean"),
    "category": pd.Series(["a", "b", None], dtype="category"),
    "category of numbers": pd.Series([0, 1, None], dtype="category"),
    "nan": np.array([0, 1, np.nan]),
    "float32 nan": np.array([0, 1, np.nan], np.float32),
    "bfloat16 nan": jnp.array([0, 1, jnp.nan], jnp.bfloat16),
    "masked": np.ma.array([0, 1, 1], mask=[0, 0, 1]),
    "masked text": np.ma.array(["a", "b", "b"], mask=[0, 0, 1]),
    "a masked one": [0, 1, np.ma.masked],
    "polars": pl.Series(["a", "b", None]),
    "polars numbers": pl.Series([0, 1, None]),
    "polars truth": pl.Series([True, False, None]),
    "polars category": pl.Series(["a", "b", None], dtype=pl.Categorical),
    "empty": ["a", "b", ""],
    "blank": np.array(["a", "b", "  "]),
}


def repeated(values, count=N // 3):
    if isinstance(values, pd.Series):
        return pd.concat([values] * count, ignore_index=True)
    if isinstance(values, pl.Series):
        return pl.concat([values] * count)
    if isinstance(values, list):
        return values * count
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.concatenate([values] * count)
    return np.concatenate([np.asarray(values)] * count)


@pytest.mark.parametrize("kind", ABSENT)
def test_a_missing_label_is_refused(kind):
    said = r"^y: expected a label for every example, got .* in example 2; find it out or leave"
    y = repeated(ABSENT[kind])
    with pytest.raises(ValueError, match=said) as error:
        distributions.arrays(X, y)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=said.replace("y:", "test_y:")):
        distributions.arrays(X + 1, HALF, test_x=X, test_y=y)


GOOD = {
    "objects of int": (HALF.astype(object), (0, 1)),
    "objects of bool": ((HALF == 1).astype(object), (False, True)),
    "objects of NumPy's int": (np.array(list(HALF), object), (0, 1)),
    "whole numbers as objects": (pd.Series([0.0, 1.0] * 30, dtype=object), (0, 1)),
    "whole and floating": ([0, 1.0] * 30, (0, 1)),
    "list of bool": ([True, False] * 30, (False, True)),
    "list of JAX numbers": ([jnp.int32(0), jnp.int32(1)] * 30, (0, 1)),
    "bfloat16": (jnp.asarray(HALF, jnp.bfloat16), (0, 1)),
    "int4": (HALF.astype(ml_dtypes.int4), (0, 1)),
    "float16": (HALF.astype(np.float16), (0, 1)),
    "uint64": (HALF.astype(np.uint64), (0, 1)),
    "Int64": (pd.Series(HALF, dtype="Int64"), (0, 1)),
    "boolean": (pd.Series(HALF == 1, dtype="boolean"), (False, True)),
    "category": (pd.Series(["b", "a"] * 30, dtype="category"), ("a", "b")),
    "category of numbers": (pd.Series([10, 9] * 30, dtype="category"), (9, 10)),
    "string": (pd.Series(["b", "a"] * 30, dtype="string"), ("a", "b")),
    "str": (pd.Series(["b", "a"] * 30), ("a", "b")),
    "NumPy's text": (np.array(["b", "a"] * 30, np.dtypes.StringDType()), ("a", "b")),
    "NA as a text": (["NA", "DE"] * 30, ("DE", "NA")),
    "None as a text": (["None", "some"] * 30, ("None", "some")),
    "polars": (pl.Series(["b", "a"] * 30), ("a", "b")),
    "polars category": (pl.Series(["b", "a"] * 30, dtype=pl.Categorical), ("a", "b")),
    "polars numbers": (pl.Series([3, 1] * 30, dtype=pl.Int8), (1, 3)),
    "polars truth": (pl.Series([True, False] * 30), (False, True)),
    "nothing masked": (np.ma.array(HALF), (0, 1)),
    "numbers beyond 53 bits": ([2**60, 2**60 + 1] * 30, (2**60, 2**60 + 1)),
    "tuple": ((0, 1) * 30, (0, 1)),
}


@pytest.mark.parametrize("kind", GOOD)
def test_labels_in_any_container(kind):
    y, classes = GOOD[kind]
    data = distributions.arrays(X, y, test_share=0.5)
    assert data.examples.classes == classes
    order = np.random.default_rng(0).permutation(N)
    wanted = [classes.index(value.item() if hasattr(value, "item") else value) for value in list(y)]
    np.testing.assert_array_equal(data.examples.y, np.array(wanted)[order[30:]])


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([0, "1"] * 30, "y: expected labels of one kind, got 0 and '1'"),
        ([True, 2] * 30, "y: expected labels of one kind, got True and 2"),
        ([b"a", b"b"] * 30, "y: expected whole numbers or text, got b'a'"),
        (np.array([b"a", b"b"] * 30), r"y: expected whole numbers .* dtype \|S1; decode them"),
        ([0, 1.5] * 30, "y: expected classes, got the number 1.5"),
        ([0, np.inf] * 30, "y: expected classes, got the number inf"),
        (np.array([0, -np.inf] * 30), "y: expected classes, got the number -inf"),
        (np.array([0, 1e16] * 30), r"y: expected classes, got the number 1e\+16"),
        (np.array([0, 2.0**60] * 30, np.float32), r"y: expected classes, got the number 1.15"),
        ([0, 2**64] * 30, "y: expected whole numbers of 64 bits, got 18446744073709551616"),
        (np.array([0, 2**63] * 30, np.uint64), "y: expected whole numbers of 64 bits"),
        ([0, fractions.Fraction(1)] * 30, "y: expected whole numbers or text, got Fraction"),
        (pd.date_range("2024", periods=N), "y: expected whole numbers or text, got dtype datetime"),
        ([[0], [1]] * 30, r"y: expected one label an example, \(n,\), got shape \(60, 1\)"),
        (pd.DataFrame({"y": HALF}), r"y: expected one label an example, .* \(60, 1\)"),
        ([], "y: expected 60 labels, one for each of x, got 0"),
        ({0, 1}, r"y: expected one label an example, \(n,\), got shape \(\)"),
    ],
)
def test_what_is_no_label_is_refused(y, said):
    with pytest.raises(ValueError, match=said) as error:
        distributions.arrays(X, y)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("y", "test_y", "said"),
    [
        (["yes", "no"], ["Yes", "No"], "such as 'no', got none of them but 'No', 'Yes'; write"),
        ([0, 1], [2, 3], "test_y: expected classes of y, such as 0, got none of them but 2, 3"),
        ([1, 2], [False, False], "such as 1, got none of them but False"),
        (["yes", "no"], ["yes ", "no"], "y: .* more than blanks, got 'yes' and 'yes '; write"),
        (["a", "b"], [0, 1], "test_y: .* text or numbers"),
    ],
)
def test_parts_whose_labels_are_written_in_two_ways_are_refused(y, test_y, said):
    with pytest.raises(ValueError, match=said) as error:
        distributions.arrays(X, y * 30, test_x=X + 1, test_y=test_y * 30)
    assert "\n" not in str(error.value)


def test_capitals_may_be_classes_of_their_own():
    assert distributions.arrays(X, ["a", "A", "b"] * 20).examples.classes == ("A", "a", "b")
    with pytest.raises(ValueError, match="more than blanks"):
        distributions.arrays(X, ["a", " a", "b"] * 20)


def test_far_numbers_in_two_types_stay_apart():
    far = 2**60
    y, test_y = np.array([far, far + 1] * 30, np.uint64), np.array([far, far + 1] * 30, np.int64)
    data = distributions.arrays(X, y, test_x=X + 1, test_y=test_y)
    assert data.examples.classes == (far, far + 1)
    assert data.examples.test_y.sum() == 30


@pytest.mark.slow
def test_labels_out_of_a_file_reach_every_way_of_training(labelled):
    data = labelled("01", "1", "2")
    assert fit_population([EXPERIMENT], distribution=data).last("true_error").shape == (1,)
    session = Session(EXPERIMENT, distribution=data)
    try:
        session.set_pace(None)
        session.play()
        assert session.wait(60)
        assert session.runs[0].distribution.examples.classes == ("01", "1", "2")
    finally:
        session.close()
