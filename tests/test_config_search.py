"""Numbers of schedules and of clipping in the configuration, and what JSON leaves out."""

import json
import math

import pytest

from reglab import Experiment
from tests.small import acting


@pytest.mark.parametrize("name", ["warmup_steps", "decay_steps"])
def test_steps_of_a_schedule_are_whole_numbers(name):
    high = 100_000_000
    for good in (0, high, float(high)):
        longest = (
            {"decay_steps": high, "num_steps": high} if good and name == "warmup_steps" else {}
        )
        value = good - 1 if longest else good
        found = getattr(acting(name).replace(**(longest | {name: value})).hyper, name)
        assert type(found) is int
        assert found == value
    for bad in (-1, high + 1, 0.5, math.nan, "1", None, True):
        with pytest.raises(ValueError, match=rf"^{name}: expected a whole number from 0 to"):
            acting(name).replace(**{name: bad})


def test_what_was_added_is_left_out_of_json_at_its_default():
    written = json.loads(Experiment().to_json())
    assert not {"schedule", "clipping"} & set(written)
    assert list(written["hyper"])[-1] == "num_train"
    moved = Experiment(schedule="cosine").replace(warmup_steps=5, batch_norm_momentum=0.9)
    fields = json.loads(moved.to_json())
    assert fields["schedule"] == "cosine"
    assert list(fields["hyper"])[-1] == "warmup_steps"
