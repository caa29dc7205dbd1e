"""Every room: its declaration is what its panel shows, and the panel leaves nothing behind."""

import inspect
import threading

import pytest

from reglab import live
from reglab.panels import (
    ROOMS,
    BoardLab,
    CheckLab,
    Group,
    Lab,
    MitchellLab,
    Room,
    register,
)
from reglab.panels.kit.cells import descendants


def headings(lab):
    """Titles of the groups of controls that are shown, with the widgets of each."""
    groups = [box for box in descendants(lab) if "reglab-group" in getattr(box, "_dom_classes", ())]
    return {box.children[0].value: box.children[1:] for box in groups}


@pytest.mark.parametrize("name", ROOMS)
def test_a_panel_shows_what_its_room_declares(name, make):
    kind = ROOMS[name]
    room = kind.room
    lab = make(kind)
    assert room.name == name
    assert room.title
    assert f"reglab-{lab.view.entry.removesuffix('.js')}" in lab._dom_classes
    for picture in room.pictures:
        assert f'["{picture}", $module' in lab.view._esm
    shown = headings(lab)
    groups = (*room.below, *room.controls)
    assert list(shown) == [f"<h3>{group.title}</h3>" for group in groups]
    for group, widgets in zip(groups, shown.values(), strict=True):
        declared = [widget for one in group.controls for widget in lab.controls.by_name[one]]
        assert list(widgets) == declared
    data, _ = lab._repr_mimebundle_()
    assert data["text/plain"].startswith(f"reglab {kind.__name__}: a live panel. ")


@pytest.mark.parametrize("name", ROOMS)
def test_a_panel_takes_each_action_that_its_view_may_ask_for(name, make):
    lab = make(ROOMS[name])
    actions, acts = getattr(lab.view, "actions", {}), lab._acts()
    assert acts.keys() == actions.keys()
    for kind, values in actions.items():
        inspect.signature(acts[kind]).bind(**values)


@pytest.mark.parametrize("name", ROOMS)
def test_a_closed_panel_leaves_no_widget(name, make):
    lab = make(ROOMS[name])
    controls = getattr(lab, "controls", None)
    unlisted = () if controls is None else (w for part in controls.by_name.values() for w in part)
    widgets = [lab, *descendants(lab), *unlisted]
    assert all(widget.comm is not None for widget in widgets)
    lab.close()
    assert [widget for widget in widgets if widget.comm is not None] == []
    assert lab.session.is_closed


def test_what_a_room_does_not_list_is_not_shown_and_acts_as_it_stands(make):
    class SmallLab(BoardLab):
        room = Room(
            name="small",
            title="Small",
            question="What then?",
            cards=(("curves",),),
            controls=(Group("One", ("dropout_rate",)),),
            presets=("noisy-moons", "dropout-rescues"),
        )

    lab = make(SmallLab)
    assert lab.session.frame.pictures._fields == ("curves",)
    assert [title for title, name in lab._toolbar.preset.options.items() if name] == [
        live.PRESETS[name].title for name in SmallLab.room.presets
    ]
    lab.controls.sliders["dropout_rate"].widget.value = 0.5
    assert lab.session.wait(60)
    assert lab.session.experiment.hyper_at(0).dropout_rate == 0.5
    saved = []
    lab.view.download = lambda name, *_: saved.append(name)
    for button in lab._toolbar.exports:
        button.click()
        assert lab.session.wait(60)
    assert saved == ["reglab-small.csv", "reglab-small.json", "reglab-small.png"]
    with pytest.raises(
        ValueError, match=r"^preset: expected one of noisy-moons, dropout-rescues, "
    ):
        SmallLab(preset="mnist")


def test_the_question_of_a_room_goes_before_that_of_a_preset(make):
    class AskingLab(BoardLab):
        room = Room(name="asking", title="Asking", question="Why?")

    lab = make(AskingLab)
    assert lab.message.value == "Why?"
    lab.controls.sliders["l2"].widget.value = 0.01
    assert lab.message.value == "Why?"
    lab.controls.optimizer.value = "sgd"
    assert lab.message.value == ""  # it was asked about another experiment
    lab._toolbar.preset.value = "noisy-moons"
    assert lab.message.value == "Why?"


def test_a_room_of_checks_offers_its_claims(make):
    class FewLab(CheckLab):
        room = Room(name="few", title="Few", claims=("G5", "G3"))

    lab = make(FewLab)
    assert [id for _, id in lab.menu.options] == ["G5", "G3"]
    assert lab.menu.value == "G5"
    with pytest.raises(ValueError, match=r"^claim: expected one of G5, G3, got 'B1'$"):
        FewLab("B1")


@pytest.mark.parametrize(
    ("kind", "lists", "said"),
    [
        (
            BoardLab,
            {"presets": ("none",)},
            r"^preset: expected one of noisy-moons, .*, got 'none'$",
        ),
        (CheckLab, {"claims": ("none",)}, r"^claim: expected one of .*, got 'none'$"),
        (BoardLab, {"cards": (("none",),)}, r"^picture: expected one of map, .*, got 'none'$"),
    ],
)
def test_a_room_that_lists_what_is_not_there_says_so(kind, lists, said):
    threads = threading.active_count()
    with pytest.raises(ValueError, match=said):
        type("OwnLab", (kind,), {"room": Room(name="own", title="Own", **lists)})()
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (None, "room: expected a Lab with a room, got "),
        ("mitchell", "room: expected a Lab with a room, got "),
        (Room(name="mitchell", title="x"), "room: expected a name that is free, got 'mitchell'"),
        (Room(name="a b", title="x"), "room: expected a name of letters, digits, _ and -, got "),
        (Room(name="x", title="x", cards=(("nothing",),)), "picture: expected one of map, "),
        (Room(name="x", title="x", controls=(Group("G", ("nothing",)),)), None),
    ],
)
def test_what_is_no_room_does_not_join(room, said, make):
    kind = type("OwnLab", (MitchellLab,), {"room": room})
    before = dict(ROOMS)
    if said is None:  # which controls there are a lab knows when it is opened
        threads = threading.active_count()
        with pytest.raises(ValueError, match=r"^control: expected one of data, .*, got 'nothing'$"):
            make(kind)
        assert threading.active_count() == threads
        return
    with pytest.raises(ValueError, match=f"^{said}"):
        register(kind)
    assert dict(ROOMS) == before


def test_something_else_does_not_join():
    for wrong in (3, Lab, object):
        with pytest.raises(ValueError, match=r"^room: expected a Lab with a room, got "):
            register(wrong)
