"""In which language a panel speaks: asked for, set, or that of the first browser that comes."""

import json
import threading

import ipywidgets as widgets
import pytest

from reglab import theory
from reglab.live import PRESETS
from reglab.panels import ClaimsLab, LiveView, MitchellLab, PopulationLab
from reglab.panels.kit import cells
from reglab.panels.kit.speech import Speech, offer, speak, tell
from reglab.panels.kit.wire import pack_whole
from reglab.words import browser_words, say
from tests.panels.kit.wire_reader import Browser, fields, opened
from tests.panels.population.test_population import SMALL as GRID
from tests.small import SMALL

SECONDS = 120
CHINESE = ["fr", "zh-CN", "en"]


def hears(lab, languages=CHINESE):
    """A browser that has come."""
    return Browser(lab.view, languages=languages)


def test_a_panel_speaks_what_it_is_asked_for(make):
    lab = make(MitchellLab, SMALL, language="zh", steps_per_second=None)
    assert lab._toolbar.play.description == "播放"
    assert lab.controls.optimizer.description.into("en") == "optimizer"
    assert lab.children[-1].children[0].children[0].value == "<h3>数据</h3>"
    lab.session.play()
    assert lab.session.wait(SECONDS)
    verdict = hears(lab, ["en"]).frame.verdict
    assert verdict.word in ("过度拟合", "未定") or verdict.word.endswith("个假设中无见证")
    assert "训练样例" in verdict.sentence
    assert lab.session.frame.verdict.sentence.startswith(("h (", "No witness", "Undecided"))
    data, _ = lab._repr_mimebundle_()
    assert data["text/plain"].startswith("reglab MitchellLab：实时面板。")


def test_a_panel_is_told_by_the_environment(make, monkeypatch):
    monkeypatch.setenv("REGLAB_LANGUAGE", "zh")
    lab = make(MitchellLab)
    hears(lab, ["en"])
    assert lab._toolbar.play.description == "播放"
    assert lab.message.value == PRESETS["noisy-moons"].question.into("zh")
    assert lab.view.words == browser_words("zh")
    other = make(MitchellLab, language="en")
    assert (other._toolbar.play.description, other.view.words) == ("Play", {})


@pytest.mark.parametrize("kind", [MitchellLab, PopulationLab, ClaimsLab])
def test_the_first_browser_settles_the_language(make, kind):
    lab = make(kind)
    button = lab._toolbar.play if kind is MitchellLab else lab.button
    before = button.description
    assert lab.view.words == {}
    assert lab.session.wait(SECONDS)  # no frame of before comes on its thread any more
    changes = []
    lab.view.observe(lambda change: changes.append(change["name"]), ["words", "content", "last"])
    hears(lab)
    assert changes[:1] == ["words"]  # before what is said in them
    assert lab.view.words["texts"]["Witness plane\x04\x04"] == ["见证平面"]
    assert (button.description, button.description.into("en")) == (before.into("zh"), before)
    assert button.description != before
    assert lab.view.speech.language == "zh"
    hears(lab, ["en"])
    assert lab.view.speech.language == "zh"


@pytest.mark.parametrize("languages", [None, [], ["tlh"], [None, 3], 7, "zh", {"zh": 1}])
def test_who_names_no_language_of_ours_is_spoken_to_in_english(make, languages):
    lab = make(ClaimsLab)
    hears(lab, languages)
    assert lab.button.description == "Check"
    hears(lab)
    assert lab.button.description == "Check"  # settled once, by the first


@pytest.mark.parametrize("kind", [MitchellLab, PopulationLab, ClaimsLab, LiveView, Speech])
def test_a_language_that_is_not_there_is_refused_before_a_thread_is(kind):
    before = threading.active_count()
    values = {"asked" if kind is Speech else "language": "tlh"}
    with pytest.raises(ValueError, match=r"^language: expected one of en, zh, got 'tlh'$"):
        kind(**values)
    assert threading.active_count() == before


def test_saying_all_anew_moves_nothing_and_calls_nobody_back(make):
    lab = make(MitchellLab, SMALL)
    assert lab.session.wait(SECONDS)
    called = []
    choices = [w for w in cells.descendants(lab) if w.has_trait("options")]
    assert len(choices) > 20
    for choice in choices:
        choice.observe(lambda change: called.append(change), ["value", "index"])
    before = [(choice.index, choice.value, choice.options) for choice in choices]
    experiment = lab.session.experiment
    hears(lab)
    assert called == []
    assert [(choice.index, choice.value, choice.options) for choice in choices] == before
    assert lab.controls.mode._options_labels == ("本运行", "新的孪生运行")
    assert lab.controls.mode.label == "本运行"
    assert lab.session.experiment == experiment


def test_what_is_told_later_is_said_in_the_language_too(make):
    lab = make(MitchellLab, SMALL, steps_per_second=None)
    hears(lab)
    controls, shift = lab.controls, lab.controls.shift
    lab._toolbar._label(True)
    assert lab._toolbar.play.description == "暂停"
    shift.kind.value = "noise"
    assert shift.said.value == "正在那里测量……"
    lab.session.play()
    assert lab.session.wait(SECONDS)
    assert shift.said.value.startswith("在整个实例分布经强度 0.2 的噪声之后")
    controls.remedy.choice.value = "oracle"
    controls.remedy.apply.click()
    lab.session.do(lambda: None).result(SECONDS)
    assert controls.remedy.said.value.startswith("本运行在整个实例分布上的最低错误率为 ")
    assert "旋转" in shift.kind._options_labels
    assert shift.kind.value == "noise"


def test_options_that_are_offered_later_are_said_in_the_language():
    choice = widgets.Dropdown(options={say("off"): 1})
    box = widgets.Box([choice])
    speak(box, "zh")
    offer(choice, {say("before"): 1, "x": 2, say("after"): 3})
    choice.value = 3
    assert choice._options_labels == ("之前", "x", "之后")
    assert (choice.value, choice.label) == (3, "之后")
    offer(choice, (say("off"), "x"))
    assert (choice.value, choice._options_labels) == ("off", ("关闭", "x"))
    tell(choice, description=say("kind"), tooltip="x")
    assert (choice.description, choice.tooltip) == ("种类", "x")
    box.close()
    choice.close()


def test_a_population_says_its_last_picture_again(make):
    lab = make(PopulationLab, GRID)
    lab.run()
    assert lab.session.wait(SECONDS)
    assert opened(lab.view.last).status.text == "Finished: 6 of 6 runs."
    browser = hears(lab)
    for seen in (browser.frame, opened(lab.view.last)):
        assert seen.number == lab.session.frame.number
        assert seen.status.text == "已完成：6/6 次运行。"
        assert "为 0 时，3 次训练集抽样中有 " in seen.headline.sentence


def test_claims_say_what_is_on_screen_again(make):
    lab = make(ClaimsLab, "G3")
    lab.run()
    lab.wait(SECONDS)
    status = lab.view.content["status"]
    hears(lab)
    assert lab.view.content["status"] == status.into("zh")
    assert lab.view.content["status"].startswith("全部 5 项测量都与预测一致：")
    assert "<p>在以下情况下不成立：" in lab.words.value
    assert lab.menu.value == "G3"
    assert list(lab.menu._options_labels) == [label.into("zh") for label, _ in lab.menu.options]
    assert len(lab.menu._options_labels) == len(theory.CLAIMS)


def test_the_saved_picture_is_said_again(make):
    lab = make(MitchellLab, SMALL)
    assert lab.session.wait(SECONDS)
    frame = lab.session.frame
    lab.view.show(frame)
    assert b"Press Play" in lab.view.last
    hears(lab)
    assert json.dumps("请按“播放”")[1:-1].encode() in lab.view.last


def test_what_two_frames_share_is_said_once(make):
    lab = make(LiveView, language="zh")
    note = say("off")
    first = (7, (note, (0, note)))
    second = (8, first[1])
    said = lab.speech.said(first)
    assert said == (7, ("关闭", (0, "关闭")))
    assert lab.speech.said(second)[1] is said[1]
    assert lab.speech.said((8, (note, (0, note)))) == (8, said[1])


def test_what_stands_twice_in_a_frame_is_said_once(make):
    note = say("step {step}", step=3)
    both = (note,)
    one, (other,) = make(LiveView, language="zh").speech.said((both, (both,)))
    assert one is other
    assert one != both


def test_in_english_frames_are_as_they_were_made(make):
    lab = make(MitchellLab, SMALL)
    assert lab.session.wait(SECONDS)
    frame = lab.session.frame
    assert lab.view.speech.said(frame) is frame
    lab.view.show(frame)
    assert lab.view.last == pack_whole(frame)
    assert json.dumps(fields(hears(lab, None).frame)) == json.dumps(fields(lab.view._frame))
