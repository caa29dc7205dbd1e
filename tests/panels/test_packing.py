"""Frames as messages: what is sent adds up to what there is, and is small."""

import itertools
import json
import zlib

import numpy as np
import pytest

from reglab.panels.packing import Packer, pack_whole, plain
from tests.panels.live_frames import boundary, curves, images, story

BYTES_A_FRAME = 12_000


class Mirror:
    """What a browser knows after the messages it got."""

    def __init__(self):
        self.fields, self.runs, self.arrays = {}, [], {}

    def take(self, content, buffers):
        content = json.loads(json.dumps(content, allow_nan=False))
        if content["reset"]:
            self.__init__()
        blobs = {
            name: zlib.decompress(data) if zipped else data
            for (name, zipped), data in zip(content["blobs"], buffers, strict=True)
        }
        runs = []
        for i, (kept, total) in enumerate(content["runs"]):
            new = np.frombuffer(blobs.pop(f"run{i}", b""), "<f4").reshape(-1, 5)
            old = self.runs[i][:kept] if i < len(self.runs) else new[:0]
            assert len(old) == kept
            runs.append(np.concatenate([old, new]))
            assert len(runs[i]) == total
        self.runs = runs
        self.arrays |= blobs
        self.fields |= content["fields"]

    def agrees_with(self, frame):
        for table, run in zip(self.runs, frame.runs, strict=True):
            np.testing.assert_array_equal(table, np.stack(run[1:6], axis=1))
        names = [run["name"] for run in self.fields["labels"]]
        assert names == [run.name for run in frame.runs]
        assert self.fields["h"] == list(frame.h)
        assert self.fields["verdict"]["code"] == frame.verdict.code
        assert self.fields["status"]["step"] == frame.status.step
        assert len(self.fields["board"]) == len(frame.board)
        if frame.picture is None:
            assert self.fields["picture"] is None
            return
        for name, value in frame.picture._asdict().items():
            if isinstance(value, np.ndarray):
                assert self.arrays[name] == value.tobytes(), name


def moved_sample(frame):
    """The same run, all of it measured anew."""
    run = frame.runs[0]
    return frame._replace(runs=(run._replace(true_error=run.true_error + np.float32(0.01)),))


GROWING = [story(n) for n in (1, 2, 10, 40)]
SEQUENCES = {
    "grows": GROWING,
    "rewinds": [story(40), story(10), story(11)],
    "rewinds and runs past its old end": [story(40), story(1), story(60)],
    "is measured anew": [story(40), moved_sample(story(40)), moved_sample(story(41))],
    "changes in the middle": [
        story(40),
        story(runs=[curves()._replace(train_error=np.r_[curves().train_error[:20], [0] * 20])]),
    ],
    "gets a twin": [story(40), *(story(runs=[curves(), curves(1, n)]) for n in (1, 40))],
    "loses a run": [story(runs=[curves(i) for i in runs]) for runs in ((0, 1, 2), (1, 2))],
    "starts empty": [story(runs=[]), story(1)],
    "changes its picture": [
        story(picture=images()), story(), story(picture=boundary(0.5, "disagreement")),
        story(picture=images(30, 0)), story()._replace(picture=None), story(),
    ],
    "same again": [story(), story()],
}  # fmt: skip


@pytest.mark.parametrize("frames", SEQUENCES.values(), ids=SEQUENCES)
def test_what_is_sent_adds_up_to_the_frame(frames):
    packer, mirror = Packer(), Mirror()
    for frame in frames:
        mirror.take(*packer.pack(frame))
        mirror.agrees_with(frame)


def test_only_what_is_new_is_sent():
    packer = Packer()
    frame = story(40)
    content, _ = packer.pack(frame)
    assert content["reset"]
    content, buffers = packer.pack(frame)
    assert (content["reset"], content["fields"], content["blobs"], buffers) == (False, {}, [], [])
    content, _ = packer.pack(story(42))
    assert [name for name, _ in content["blobs"]] == ["run0", "shade"]
    assert content["runs"] == [[40, 42]]
    assert "labels" not in content["fields"]


def test_a_frame_is_small():
    packer = Packer()
    packer.pack(story(40, runs=[curves(i, 300) for i in range(4)]))
    grown = [curves(0, 303), *(curves(i, 300) for i in range(1, 4))]
    content, buffers = packer.pack(story(303, runs=grown))
    assert len(json.dumps(content)) + sum(map(len, buffers)) < BYTES_A_FRAME


def test_a_whole_frame_in_one_piece():
    frame = story(25, runs=[curves(rows=25), curves(1, 7)])
    piece = pack_whole(frame)
    length = int.from_bytes(piece[:4], "little")
    content = json.loads(piece[4 : 4 + length])
    ends = [4 + length, *(4 + length + end for end in itertools.accumulate(content["sizes"]))]
    assert ends[-1] == len(piece)
    mirror = Mirror()
    mirror.take(content, [piece[a:b] for a, b in itertools.pairwise(ends)])
    mirror.agrees_with(frame)


def test_numbers_that_are_not_finite_are_json():
    frame = story()._replace(bayes_error=float("nan"))
    frame = frame._replace(board=(frame.board[0]._replace(true_error=np.float32("inf")),))
    content, _ = Packer().pack(frame)
    fields = json.loads(json.dumps(content, allow_nan=False))["fields"]
    assert fields["bayes_error"] is None
    assert fields["board"][0]["true_error"] is None
    assert plain(np.int64(3)) == 3
