"""MNIST's file format: what is read, and every way in which a file may be broken."""

import gzip
import struct

import jax
import numpy as np
import pytest

from reglab import CNNConfig, Experiment, Hyper, distributions, fit

RNG = np.random.default_rng(0)
PARTS = {
    "train-images-idx3-ubyte": RNG.integers(0, 256, (60, 6, 5)).astype(np.uint8),
    "train-labels-idx1-ubyte": (np.arange(60) % 3 + 4).astype(np.uint8),
    "t10k-images-idx3-ubyte": RNG.integers(0, 256, (30, 6, 5)).astype(np.uint8),
    "t10k-labels-idx1-ubyte": (np.arange(30) % 3 + 4).astype(np.uint8),
}
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def packed(array, kind=8):
    head = struct.pack(">BBBB", 0, 0, kind, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return head + array.tobytes()


@pytest.fixture
def folder(tmp_path):
    for name, array in PARTS.items():
        (tmp_path / name).write_bytes(packed(array))
    return tmp_path


@pytest.mark.parametrize("form", ["plain", "gz", "dotted"])
def test_files_are_read_as_they_were_written(folder, form):
    for name in PARTS:
        content = (folder / name).read_bytes()
        if form == "gz":
            (folder / name).unlink()
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        elif form == "dotted":
            (folder / name).rename(folder / name.replace("-idx", ".idx"))
    data = distributions.get("idx", folder=folder)
    assert (data.input_shape, data.image_shape, data.num_classes) == ((6, 5), (6, 5), 3)
    assert data.examples.classes == (4, 5, 6)
    np.testing.assert_allclose(data.examples.x, PARTS[IMAGES] / 255, atol=1e-7)
    np.testing.assert_array_equal(data.examples.y, PARTS[LABELS] - 4)
    order = np.random.default_rng(0).permutation(30)
    expected = PARTS["t10k-images-idx3-ubyte"][order] / 255
    np.testing.assert_allclose(data.examples.test_x, expected, atol=1e-7)
    np.testing.assert_array_equal(data.examples.test_y, (order % 3))


@pytest.mark.slow
def test_a_network_trains_on_them(folder):
    data = distributions.get("idx", folder=folder, label_noise=0.1)
    experiment = Experiment(
        max_train=60,
        num_steps=4,
        eval_every=4,
        model=CNNConfig((3,)),
        hyper=Hyper(num_train=50),
    )
    run = fit(experiment, distribution=data)
    assert run.history.step.tolist() == [0, 4]
    assert run.hypotheses[-1](data.sample(jax.random.key(0), 7).x).shape == (7, 3)


def spoilt(name, content):
    return lambda folder: (folder / name).write_bytes(content)


whole = packed(PARTS[IMAGES])
BAD = {
    "missing": (lambda folder: (folder / LABELS).unlink(), f"expected the file {LABELS} or"),
    "empty": (spoilt(IMAGES, b""), "to start with the bytes 0, 0, 8, 3 and 3 sizes, got nothing"),
    "head cut": (spoilt(IMAGES, whole[:9]), "to start with the bytes 0, 0, 8, 3"),
    "cut": (spoilt(IMAGES, whole[:-1]), "expected 1800 numbers in .*, got 1799"),
    "longer": (spoilt(IMAGES, whole + b"0"), "expected 1800 numbers in .*, got more"),
    "floats": (spoilt(IMAGES, packed(PARTS[IMAGES], 13)), "got 0, 0, 13, 3"),
    "labels as images": (spoilt(IMAGES, packed(PARTS[LABELS])), "got 0, 0, 8, 1"),
    "no images": (spoilt(IMAGES, packed(PARTS[IMAGES][:0])), r"numbers in .*, got sizes \(0, 6, 5"),
    "huge": (
        spoilt(IMAGES, whole[:4] + struct.pack(">3I", 2**31, 2**31, 2**31)),
        r"expected at most 1073741824 numbers in .*, got sizes \(2147483648,",
    ),
    "too few labels": (
        spoilt(LABELS, packed(PARTS[LABELS][:59])),
        "expected as many labels as images, got 59 in train-labels.* and 60 in train-images",
    ),
    "other size": (
        spoilt(IMAGES, packed(PARTS[IMAGES].reshape(60, 5, 6))),
        r"images of one size, got \(5, 6\) to train on and \(6, 5\) to test on",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_broken_file_is_refused_in_one_line(case, folder):
    spoil, said = BAD[case]
    spoil(folder)
    with pytest.raises(ValueError, match=f"idx: .*{said}") as error:
        distributions.get("idx", folder=folder)
    assert "\n" not in str(error.value)


def test_a_broken_archive_is_refused_in_one_line(folder):
    content = gzip.compress(whole)
    (folder / IMAGES).unlink()
    path = folder / f"{IMAGES}.gz"
    middle = len(content) // 2
    spoilt = bytes([content[middle] ^ 255])
    for broken in (content[:-9], content[:middle] + spoilt + content[middle + 1 :], b"no archive"):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match=r"idx: expected") as error:
            distributions.get("idx", folder=folder)
        assert "\n" not in str(error.value)


def test_one_class_is_refused(folder):
    for name in PARTS:
        if "labels" in name:
            (folder / name).write_bytes(packed(np.zeros_like(PARTS[name])))
    with pytest.raises(ValueError, match="idx: expected at least 2 classes, got only 0"):
        distributions.get("idx", folder=folder)
