"""The toolbar: what its buttons say and do, state by state."""

import pytest

from reglab.live import Status
from reglab.panels.kit.toolbar import Toolbar

ACTIONS = ("play", "pause", "step", "rewind", "new_sample", "undo")


def status(state, *, can_undo=False):
    return Status(state, 6, 1800, 2.0, 120.0, "", can_undo)


@pytest.fixture
def done():
    """Names of the actions called so far."""
    return []


@pytest.fixture
def toolbar(done):
    return Toolbar(
        {name: lambda name=name: done.append(name) for name in ACTIONS},
        set_pace=done.append,
        choose=done.append,
        export=done.append,
        presets={"one": "the first", "two": "the second"},
        preset="one",
    )


@pytest.mark.parametrize(
    ("state", "label", "disabled"),
    [
        ("idle", "Play", False),
        ("compiling", "Play", False),
        ("playing", "Pause", False),
        ("paused", "Play", False),
        ("finished", "Play", False),
        ("diverged", "Play", True),
        ("closed", "Play", True),
    ],
)
def test_the_first_button_says_what_it_does(toolbar, state, label, disabled):
    toolbar.show(status(state))
    assert (toolbar.play.description, toolbar.play.disabled) == (label, disabled)


def test_undo_can_be_pressed_where_there_is_something_to_undo(toolbar):
    for can_undo in (True, False):
        toolbar.show(status("paused", can_undo=can_undo))
        assert toolbar.undo.disabled != can_undo


def test_play_and_pause_follow_the_state(toolbar, done):
    for state, action in (("idle", "play"), ("playing", "pause"), ("paused", "play")):
        toolbar.show(status(state))
        toolbar.play.click()
        assert done.pop() == action


def test_play_is_heard_and_can_be_taken_back_while_programs_compile(toolbar, done):
    toolbar.show(status("compiling"))
    toolbar.play.click()
    assert toolbar.play.description == "Pause"
    toolbar.show(status("compiling"))
    assert toolbar.play.description == "Pause"
    toolbar.play.click()
    assert (toolbar.play.description, done) == ("Play", ["play", "pause"])
    toolbar.show(status("playing"))
    assert toolbar.play.description == "Pause"


def test_every_other_control_calls_its_action(toolbar, done):
    for button in (toolbar.step, toolbar.rewind, toolbar.new_sample, toolbar.undo):
        button.click()
    for button in toolbar.exports:
        button.click()
    toolbar.pace.label = "flat out"
    assert toolbar.pace.label == "flat out"
    toolbar.preset.value = "two"
    assert done == ["step", "rewind", "new_sample", "undo", "CSV", "JSON", "PNG", None, "two"]
