"""Examples in both parts are counted and said; a file that comes twice is refused."""

import gzip
import warnings
from pathlib import Path

import numpy as np
import pytest

from reglab import Experiment, Hyper, MLPConfig, distributions, find_witness, fit
from reglab.distributions.overlap import num_shared
from reglab.panels.kit.thumbnails import own_caption
from tests.distributions.test_idx import packed

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = RNG.integers(0, 2, 60)
SAID = r"^{} of {} held-out examples are training examples too: "


def test_repeated_rows_are_counted_as_sets_count_them():
    for shape in ((200, 1), (300, 2), (100, 2, 3)):
        for dtype in (np.float32, np.float64, np.uint8):
            x, test_x = (RNG.integers(0, 4, shape).astype(dtype) for _ in range(2))
            known = {row.tobytes() for row in x}
            assert num_shared(x, test_x) == sum(row.tobytes() in known for row in test_x)
    assert num_shared(np.array([[0.0]]), np.array([[-0.0], [1.0]])) == 1


@pytest.mark.slow
def test_rows_repeated_before_the_split_are_said():
    x, y = np.repeat(X[:30], 10, axis=0), np.repeat(Y[:30], 10)
    with pytest.warns(UserWarning, match=SAID.format(90, 90)) as told:
        data = distributions.arrays(x, y)
    assert len(told) == 1
    assert Path(told[0].filename) == Path(__file__)
    assert "\n" not in str(told[0].message)
    assert data.examples.num_shared == 90
    experiment = Experiment(
        max_train=100, num_steps=600, eval_every=600, hyper=Hyper(num_train=100, label_noise=0.0)
    )
    run = fit(experiment, distribution=data)
    assert run.history.true_error[-1] == 0  # which is why it has to be said
    assert find_witness(run).witness is None


def test_some_repeated_rows_are_said_through_every_door(tmp_path):
    test_x = np.concatenate([X[:7], X[:20] + 1])
    y = np.arange(27) % 2
    with pytest.warns(UserWarning, match=SAID.format(7, 27)):
        data = distributions.arrays(X, Y, test_x=test_x, test_y=y)
    assert data.examples.num_shared == 7
    said = "data of your own; 7 of 27 held-out examples are training examples too"
    assert own_caption(data) == said
    assert distributions.with_numbers(data, label_noise=0.1).examples.num_shared == 7
    with pytest.warns(UserWarning, match=SAID.format(7, 27)) as told:
        distributions.get("arrays", x=X, y=Y, test_x=test_x, test_y=y, standardize=False)
    assert Path(told[0].filename) == Path(__file__)
    path = tmp_path / "table.csv"
    lines = [f"{i // 2},{i % 3}\n" for i in range(60)]
    path.write_text("a,label\n" + "".join(lines))
    with pytest.warns(UserWarning, match="of 18 held-out examples are training") as told:
        data = distributions.csv(path, target="label")
    assert Path(told[0].filename) == Path(__file__)
    order = np.random.default_rng(0).permutation(60)
    known = set(order[18:] // 2)
    assert data.examples.num_shared == sum(row // 2 in known for row in order[:18])


def test_different_rows_say_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = distributions.arrays(X, Y)
        assert data.examples.num_shared == 0
        distributions.arrays(X, Y, test_x=X[:, ::-1], test_y=Y)


@pytest.mark.parametrize("standardize", [True, False])
def test_the_same_examples_twice_are_refused(standardize):
    options = {"standardize": standardize}
    said = "test_x: expected other examples than those to train on, got {0} of {0} that are among"
    with pytest.raises(ValueError, match=said.format(60)) as error:
        distributions.arrays(X, Y, test_x=X, test_y=Y, **options)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=said.format(20)):
        distributions.arrays(X, Y, test_x=X[40:], test_y=Y[40:], **options)


def folder_of(tmp_path, x, test_x):
    for part, images in (("train", x), ("t10k", test_x)):
        labels = (np.arange(len(images)) % 3).astype(np.uint8)
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(packed(images)))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(packed(labels))
    return tmp_path


@pytest.mark.slow
def test_images_in_both_files_are_said_and_one_file_twice_is_refused(tmp_path):
    images = RNG.integers(0, 256, (60, 5, 5)).astype(np.uint8)
    with pytest.raises(ValueError, match="idx: expected other examples than those to train on"):
        distributions.idx(folder_of(tmp_path, images, images))
    with pytest.raises(ValueError, match="got 30 of 30 that are among them"):
        distributions.idx(folder_of(tmp_path, images, images[30:]))
    with pytest.warns(UserWarning, match=SAID.format(20, 30)) as told:
        data = distributions.idx(folder_of(tmp_path, images[:50], images[30:]))
    assert Path(told[0].filename) == Path(__file__)
    assert data.examples.num_shared == 20
    experiment = Experiment(
        max_train=50, num_steps=2, eval_every=2, model=MLPConfig((4,)), hyper=Hyper(num_train=50)
    )
    assert fit(experiment, distribution=data).history.true_error.shape == (2,)


def test_images_of_zeros_and_ones_stay_as_they_are(tmp_path):
    x, test_x = (RNG.integers(0, 2, (n, 6, 6)).astype(np.uint8) for n in (60, 30))
    examples = distributions.idx(folder_of(tmp_path, x, test_x)).examples
    np.testing.assert_array_equal(examples.x, x)
    assert set(np.unique(examples.test_x)) == {0.0, 1.0}
    test_x[3, 2, 2] = 2  # one pixel of the other part tells that brightness goes up to 255
    examples = distributions.idx(folder_of(tmp_path, x, test_x)).examples
    np.testing.assert_allclose(examples.x, x / 255, atol=1e-7)
