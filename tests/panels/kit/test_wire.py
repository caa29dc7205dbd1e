"""Frames as messages: what is sent adds up to what there is, and is small."""

import json
from collections import namedtuple
from typing import NamedTuple

import numpy as np
import pytest

from reglab.panels.kit.wire import Packer, pack_whole, readable
from tests.panels.kit.live_frames import curves, story
from tests.panels.kit.wire_cases import ARRAY, BOARDS, CASES, VIEWS, One, Two
from tests.panels.kit.wire_reader import Reader, fields, opened

# Bytes of JSON and buffers after the first frame of these stories, in the format before this one.
BEFORE = {"one run": 55_597, "three runs": 64_101}
STORIES = {
    "one run": [story(n, witness=(0, min(20, n - 1))) for n in range(1, 61, 3)],
    "three runs": [
        story(n, runs=[curves(0, n), curves(1, 30), curves(2, 30)], witness=(0, min(20, n - 1)))
        for n in range(1, 61, 3)
    ],
}


def bits(frame):
    """What is compared: the JSON of all that the browser sees, minus noughts among it."""
    return json.dumps(fields(frame))


@pytest.mark.parametrize("frames", CASES.values(), ids=CASES)
def test_what_is_sent_adds_up_to_the_frame(frames):
    packer, reader = Packer(), Reader()
    for frame in frames:
        assert bits(reader.take(*packer.pack(frame))) == bits(frame)


def test_every_view_is_among_them():
    assert len(VIEWS) >= 10
    assert {kind.__name__ for kind in VIEWS} < set(CASES)


@pytest.mark.parametrize("frames", BOARDS.values(), ids=BOARDS)
def test_a_whole_frame_in_one_piece(frames):
    for frame in frames:
        assert bits(opened(pack_whole(frame))) == bits(frame)


def test_only_what_is_new_is_sent():
    packer = Packer()
    frame = story(40)
    content, _ = packer.pack(frame)
    assert content["reset"]
    content, buffers = packer.pack(frame)
    assert (content["reset"], content["fields"], content["arrays"], buffers) == (False, {}, [], [])
    content, (body,) = packer.pack(story(42))
    errors = [f"runs.0.{name}" for name in ("train_error", "true_error", "true_low", "true_high")]
    assert content["arrays"] == [
        ["i4", [42], 40, "runs.0.step"],
        ["f4", [42], 40, *errors],
        ["u1", [60, 80], content["arrays"][2][2], "pictures.map.shade"],
    ]
    assert content["names"] == {}
    assert not {"runs", "pictures", "num_train", "over"} & set(content["fields"])
    assert content["zipped"]
    assert len(body) < 60 * 80


def test_rows_that_were_sent_are_not_sent_again():
    packer = Packer()
    packer.pack(One(ARRAY))
    content, (body,) = packer.pack(One(np.float32([*ARRAY, 9, 10])))
    assert content["arrays"] == [["f4", [6], 4, "part"]]
    assert np.frombuffer(body, "<f4").tolist() == [9, 10]
    content, buffers = packer.pack(One(ARRAY[:3]))
    assert (content["arrays"], buffers) == ([["f4", [3], 3, "part"]], [])
    assert packer.pack(One(ARRAY[:3] * 1))[0]["arrays"] == []


@pytest.mark.parametrize("name", STORIES)
def test_frames_are_no_larger_than_they_were(name):
    packer = Packer()
    sizes = [
        len(json.dumps(content)) + sum(map(len, buffers))
        for content, buffers in map(packer.pack, STORIES[name])
    ]
    assert sum(sizes[1:]) <= BEFORE[name]


class Holder(NamedTuple):
    """Holds anything."""

    one: object


@pytest.mark.parametrize(
    ("value", "got"),
    [
        ({"a": 1}, "dict"),
        (object(), "object"),
        (1j, "complex"),
        (np.complex64(1j), "complex"),
        (np.array([1j]), "complex128"),
        (np.array(["a"]), "<U1"),
        (np.array([None]), "object"),
        (np.array([0, 2**31]), "int64 0…2147483648"),
        (np.array([2**32], np.uint64), "uint64 4294967296…4294967296"),
        (b"bytes", "bytes"),
        (namedtuple("Holder", ["other"])(1), r"Holder\(other\)"),
        (namedtuple("Picture", ["kind"])(1), r"Picture\(kind\)"),
    ],
)
def test_what_has_no_place_on_the_wire_is_refused(value, got):
    packer = Packer()
    first = packer.pack(Two(1, ARRAY))
    with pytest.raises(ValueError, match=rf"^part\.1\.0: expected NamedTuples .*, got {got}$"):
        packer.pack(Two(2, (Holder(1), (value,))))
    content, _ = packer.pack(Two(1, ARRAY))  # and nothing is taken as sent
    assert (content["fields"], content["arrays"]) == ({}, [])
    assert first[0]["names"] == {}


@pytest.mark.parametrize(
    "array", [np.array([2**31 - 1, -(2**31)]), np.array([2**32 - 1], np.uint64)], ids=str
)
def test_integers_that_fit_are_kept(array):
    assert readable("x", array).tolist() == array.tolist()


def test_numbers_that_are_not_finite_are_json():
    frame = story()._replace(bayes_error=float("nan"))
    frame = frame._replace(board=(frame.board[0]._replace(true_error=np.float32("inf")),))
    seen = opened(pack_whole(frame))
    assert (seen.bayes_error, seen.board[0].true_error) == (None, None)
