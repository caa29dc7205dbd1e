"""The live view without a browser: what comes back, what is saved, what others see."""

import pytest

import reglab.panels.kit.view
from reglab.panels.board.view import LiveView
from reglab.panels.kit.spoken import with_fallback
from reglab.panels.kit.wire import pack_whole
from tests.panels.kit.live_frames import story

ACTIONS = [
    {"kind": "select", "run": 0, "row": 39},
    {"kind": "follow"},
    {"kind": "map", "what": "disagreement"},
    {"kind": "pool", "run": 0, "include": False},
    {"kind": "pick_run", "run": 0},
]
NONSENSE = [
    None, [], "select", {}, {"kind": None}, {"kind": ["select"]}, {"kind": "eval", "run": 0},
    {"kind": "select", "run": 0}, {"kind": "select", "run": 0, "row": 40},
    {"kind": "select", "run": 0, "row": -1}, {"kind": "select", "run": 1, "row": 0},
    {"kind": "select", "run": True, "row": 0}, {"kind": "select", "run": 0, "row": 1.0},
    {"kind": "map", "what": "h′"}, {"kind": "map", "what": ["h"]}, {"kind": "pick_run", "run": "0"},
    {"kind": "pool", "run": 0, "include": 1}, {"kind": "pool", "include": True},
]  # fmt: skip


@pytest.fixture
def view():
    view = LiveView()
    view.sent = []
    view.send = lambda content, buffers=None: view.sent.append((content, buffers))
    yield view
    view.close()


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action["kind"])
def test_an_action_comes_back_as_it_was(view, action):
    seen = []
    view.on_action(seen.append)
    view.show(story(40))
    view._handle_custom_msg({**action, "more": "x"}, [])
    assert seen == [action]


@pytest.mark.parametrize("content", NONSENSE, ids=str)
def test_a_malformed_action_is_ignored(view, content):
    assert view.checked_action(content) is None  # without a frame
    seen = []
    view.on_action(seen.append)
    view.show(story(40))
    view._handle_custom_msg(content, [])
    assert seen == []


def test_hello_and_ping_are_answered(view):
    view._handle_custom_msg({"kind": "ping"}, [])
    view._handle_custom_msg({"kind": "hello"}, [])
    view.show(story(2))
    view._handle_custom_msg({"kind": "ack", "seq": 1, "painted": 1}, [])
    view.show(story(3))
    kinds = [(content["kind"], content.get("seq")) for content, _ in view.sent]
    assert kinds == [("pong", None), ("pong", None), ("frame", 1), ("frame", 2)]


def test_a_download_carries_its_bytes(view):
    view.download("curves.csv", "text/csv", b"step,error\n")
    content = {"kind": "download", "name": "curves.csv", "mime": "text/csv"}
    assert view.sent == [(content, [b"step,error\n"])]


@pytest.mark.parametrize("state", ["idle", "paused", "finished", "diverged", "closed"])
def test_the_picture_at_rest_is_saved(view, state):
    for moving in ("compiling", "playing"):
        view.show(story(5, state=moving))
        assert view.last == b""
    rested = story(6, state=state)
    view.show(rested)
    assert view.last == pack_whole(rested)


def test_dragging_at_rest_does_not_save_every_picture(view, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(reglab.panels.kit.view.time, "monotonic", lambda: now[0])
    view.show(story(6, state="paused"))
    first = view.last
    view.show(story(6, h=(0, 2), state="paused"))
    assert view.last == first
    now[0] += 10
    view.show(story(6, h=(0, 3), state="paused"))
    assert view.last == pack_whole(story(6, h=(0, 3), state="paused"))


def test_the_last_picture_is_saved_a_little_later(view, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(reglab.panels.kit.view.time, "monotonic", lambda: now[0])
    for h in (1, 2, 3):
        view.show(story(6, h=(0, h), state="finished"))
    view._handle_custom_msg({"kind": "ping"}, [])
    assert view.last == pack_whole(story(6, h=(0, 1), state="finished"))
    now[0] += 3
    view._handle_custom_msg({"kind": "ping"}, [])
    assert view.last == pack_whole(story(6, h=(0, 3), state="finished"))


def test_a_viewer_without_widgets_is_told_what_to_do(view):
    data, _ = view._repr_mimebundle_()
    assert "run this cell again" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "image/png" not in data
    view.fallback_png = b"\x89PNG"
    assert view._repr_mimebundle_()[0]["image/png"] == "iVBORw=="
    assert with_fallback({"a/b": "c"}, "words") == ({"a/b": "c", "text/plain": "words"}, {})
