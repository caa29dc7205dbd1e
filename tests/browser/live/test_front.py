"""The live view in a real Chromium: what it says, and what it sends back."""

import itertools
import time

import pytest

from tests.browser.live.bench import DARK, LIGHT, PANEL
from tests.panels.kit.live_frames import curves, images, story

TWINS = [curves(0), curves(1), curves(2, 25), curves(3, 30, in_pool=False)]


def label(bench, name):
    return bench.page.locator(f".rl-canvas-{name} > canvas").first.get_attribute("aria-label")


def test_pictures_say_what_they_show(bench):
    bench = bench()
    bench.show(story(40, witness=(0, 20), state="paused"))
    assert "Decision of h" in label(bench, "map")
    assert "60 training examples" in label(bench, "map")
    assert "witness h′ (step 120)" in label(bench, "plane").replace("\u202f", " ")
    assert "At step 234" in label(bench, "curves")
    bench.later(1050)
    bench.show(story(3))
    assert "At step 12" in label(bench, "curves")
    bench.later(1050)
    bench.show(story(3, picture=images()))
    assert "3 with a flipped label, 4 wrong" in label(bench, "map")
    assert "a 0 taken for a 1" in label(bench, "map")


@pytest.mark.parametrize(
    ("code", "tone"),
    [("OVERFITS", "red"), ("OPTIMAL", "green"), ("NO_WITNESS", "plain"), ("UNDECIDED", "plain")],
)
def test_the_verdict_is_live_text_with_a_shape_of_its_own(bench, code, tone):
    bench = bench()
    frame = story(40)
    verdict = frame.verdict._replace(code=code, word=f"WORD {code}", severity=0.0891)
    bench.show(frame._replace(verdict=verdict))
    card = bench.page.locator(".rl-verdict")
    assert card.locator("[aria-live=polite]").inner_text().startswith(f"WORD {code}")
    assert card.get_attribute("data-tone") == tone
    figure = "8.9 points\nseverity" if code == "OVERFITS" else "above the Bayes error"
    assert figure in card.locator(".rl-figure").inner_text()
    shapes = bench.page.evaluate("() => document.querySelector('.rl-shape path').getAttribute('d')")
    bench.later(1050)
    bench.show(story(runs=[], state="idle"))
    other = bench.page.evaluate("() => document.querySelector('.rl-shape path').getAttribute('d')")
    assert shapes != other
    assert "Press Play" in card.inner_text()


STATES = {
    "compiling": (story(runs=[], state="compiling"), "Compiling"),
    "diverged": (
        story(9)._replace(status=story().status._replace(state="diverged", text="Rate 100: NaN.")),
        "Rate 100: NaN. Undo goes back",
    ),
    "finished": (story(40, state="finished"), "finished"),
    "closed": (story(40, state="closed"), "Run its cell again"),
}


@pytest.mark.parametrize("state", STATES)
def test_states_are_told_in_words(bench, state):
    bench = bench()
    frame, words = STATES[state]
    bench.show(frame)
    assert words in bench.page.locator(".rl-verdict").inner_text()
    assert bench.page.locator(".rl-bar").is_visible() == (state == "compiling")
    tone = bench.page.locator(".rl-verdict").get_attribute("data-tone")
    assert (tone == "alarm") == (state == "diverged")


def test_live_text_changes_once_a_second_at_most(bench):
    bench = bench()
    bench.show(story(1))
    bench.page.evaluate(
        """() => {
          bench.changes = [];
          const live = document.querySelector("[aria-live]");
          new MutationObserver(() => bench.changes.push(performance.now()))
            .observe(live, { subtree: true, childList: true, characterData: true });
        }"""
    )
    for rows in range(2, 30):
        bench.show(story(rows))
        bench.page.wait_for_timeout(40)
    bench.page.wait_for_timeout(1100)
    times = bench.page.evaluate("bench.changes")
    assert len(times) >= 2
    assert min(b - a for a, b in itertools.pairwise(times)) > 950
    step = 6 * 28
    assert "among 29 hypotheses" in bench.page.locator(".rl-verdict").inner_text()
    assert f"At step {step}" in label(bench, "curves")


def test_names_are_text_and_never_markup(bench):
    bench = bench()
    name = "<img src=x onerror='window.pwned=1'><b>bold</b>"
    runs = [curves(name=name, changes=((60, name),))]
    verdict = story().verdict._replace(sentence=name, scope=name, word=name)
    bench.show(story(runs=runs)._replace(verdict=verdict))
    assert bench.page.evaluate("window.pwned") is None
    assert bench.page.locator(".reglab-view img").count() == 0
    assert name in bench.page.locator(".rl-pick").inner_text()
    assert name in bench.page.locator(".rl-sentence").inner_text()


def names(bench):
    return bench.page.locator(".rl-table tbody .rl-col-name").all_inner_texts()


def test_the_board_sorts_and_tells_what_was_chosen(bench):
    bench = bench(width=1000)
    bench.show(story(runs=TWINS, state="paused"))
    came = [run.name for run in TWINS]
    assert names(bench) == came
    head = bench.page.get_by_role("columnheader", name="over the whole distribution")
    for order, reverse in (("ascending", False), ("descending", True)):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == order
        assert names(bench) == [
            run.name for run in sorted(TWINS, key=lambda run: run.true_error[-1], reverse=reverse)
        ]
    head.get_by_role("button").click()
    assert names(bench) == came
    boxes = bench.page.get_by_role("checkbox")
    assert [boxes.nth(i).is_checked() for i in range(4)] == [run.in_pool for run in TWINS]
    bench.page.get_by_label("Search this run for witnesses: dropout 0.5").click()
    bench.page.get_by_role("button", name="L2 0.003").click()
    bench.pump()
    expected = [{"kind": "pool", "run": 1, "include": False}, {"kind": "pick_run", "run": 2}]
    assert bench.actions == expected


def test_arrow_keys_choose_a_hypothesis(bench):
    bench = bench()
    bench.show(story(40, h=(0, 20), state="paused"))
    canvas = bench.page.locator(".rl-canvas-curves > canvas")
    canvas.focus()
    for key, row in (("ArrowLeft", 19), ("ArrowRight", 20), ("Shift+ArrowLeft", 10), ("End", 39)):
        canvas.press(key)
        bench.page.wait_for_timeout(120)
        bench.pump()
        assert bench.actions[-1] == {"kind": "select", "run": 0, "row": row}


def test_dragging_along_the_curve_chooses_the_nearest_row(bench):
    bench = bench()
    bench.show(story(101, state="paused"))
    box = bench.page.locator(".rl-canvas-curves > canvas").bounding_box()
    x, y = box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"]
    bench.page.mouse.move(x, y)
    start = time.monotonic()
    bench.page.mouse.down()
    bench.page.wait_for_timeout(150)
    for i in range(1, 21):
        bench.page.mouse.move(x + 5 * i, y)
    bench.page.mouse.up()
    elapsed = time.monotonic() - start
    bench.page.wait_for_timeout(150)
    bench.pump()
    rows = [action["row"] for action in bench.actions if action["kind"] == "select"]
    assert 2 <= len(rows) <= elapsed / 0.08 + 2
    assert rows == sorted(rows)
    assert rows[-1] > rows[0] + 10
    # The view shows the choice before the kernel has answered.
    assert bench.page.get_by_role("button", name="follow newest").is_visible()
    bench.page.get_by_role("button", name="follow newest").click()
    bench.pump()
    assert bench.actions[-1] == {"kind": "follow"}
    bench.show(story(101, state="paused"))
    bench.later(1300)
    bench.show(story(102, state="paused"))
    assert (
        bench.page.locator(".rl-chip").evaluate("node => getComputedStyle(node).visibility")
        == "hidden"
    )


def test_a_click_on_a_dot_chooses_it(bench):
    bench = bench()
    bench.show(story(40, state="paused"))
    box = bench.page.locator(".rl-canvas-plane > canvas").bounding_box()
    for i in range(8):
        for j in range(8):
            bench.page.mouse.click(
                box["x"] + (0.15 + 0.1 * i) * box["width"],
                box["y"] + (0.1 + 0.1 * j) * box["height"],
            )
    bench.page.wait_for_timeout(150)
    bench.pump()
    rows = {action["row"] for action in bench.actions}
    assert {action["kind"] for action in bench.actions} == {"select"}
    assert rows
    assert rows <= set(range(40))


def test_the_switch_asks_for_another_map(bench):
    bench = bench()
    bench.show(story(40, state="paused"))
    other = bench.page.get_by_role("button", name="There is no witness h′ at the moment")
    assert other.count() == 2
    assert other.first.is_disabled()
    bench.show(story(40, witness=(0, 20), state="paused"))
    bench.page.get_by_role("button", name="Where h and h′ disagree").click()
    bench.page.get_by_role("button", name="What the witness h′ decides").click()
    bench.pump()
    whats = [action["what"] for action in bench.actions]
    assert whats == ["disagreement", "witness"]


def test_a_change_of_theme_repaints(bench, sheet):
    bench = bench(theme=LIGHT)
    bench.show(story(40, state="paused"))
    view = sheet.locator(".reglab-view")
    assert view.get_attribute("data-scheme") == "light"
    painted = bench.counters[0]["painted"]
    colors = ";".join(f"--jp-{name}: {value}" for name, value in DARK.items())
    sheet.evaluate("(c) => { document.head.children[1].textContent = `:root { ${c} }`; }", colors)
    sheet.evaluate("() => { document.body.dataset.jpThemeLight = 'false'; }")
    sheet.wait_for_timeout(150)
    assert view.get_attribute("data-scheme") == "dark"
    assert bench.counters[0]["painted"] > painted


def test_less_motion_means_two_pictures_a_second(bench, sheet):
    sheet.emulate_media(reduced_motion="reduce")
    bench = bench()
    bench.show(story(1))
    bench.later(1100)
    before = bench.counters[0]["painted"]
    for rows in range(2, 40):
        bench.view.show(story(rows))
        bench.pump()
        sheet.wait_for_timeout(50)
    assert 2 <= bench.counters[0]["painted"] - before <= 6


def test_controls_round_the_view_get_names_and_pictures(bench, sheet):
    thumbnails = {"moons": [[0.1, 0.9, 0], [0.9, 0.1, 1]]}
    bench = bench(body=PANEL, thumbnails=thumbnails)
    bench.show(story(3))
    handle = sheet.get_by_role("slider", name="training examples")
    assert handle.get_attribute("aria-valuetext") == "60"
    sheet.evaluate("() => { document.querySelector('.widget-readout').textContent = '100'; }")
    sheet.wait_for_timeout(100)
    assert handle.get_attribute("aria-valuetext") == "100"
    thumb = sheet.get_by_role("button", name="moons")
    ground = "node => getComputedStyle(node).backgroundImage"
    assert thumb.evaluate(ground).startswith('url("data:image/png')


def test_the_verdict_can_be_certified_by_a_button(bench, sheet):
    bench = bench()
    frame = story(40, witness=(0, 20), state="paused")
    bench.show(frame)
    button = sheet.locator(".rl-proof")
    assert button.is_hidden()
    words = {"off": "Certify", "ready": "Certify", "working": "Certifying…", "done": "Certified"}
    for number, (certify, word) in enumerate(words.items(), start=41):
        verdict = frame.verdict._replace(certify=certify, why="no bounds" * (certify == "off"))
        bench.later(1000)
        bench.show(frame._replace(number=number, verdict=verdict))
        assert (button.inner_text(), button.is_enabled()) == (word, certify == "ready")
        tip = button.get_attribute("title")
        assert tip == "no bounds" if certify == "off" else tip.startswith("Proves the verdict")
        if certify == "ready":
            button.click()
            bench.pump()
            assert bench.actions == [{"kind": "certify"}]
    card, box = (sheet.locator(name).bounding_box() for name in (".rl-verdict", ".rl-proof"))
    assert card["y"] <= box["y"]
    assert box["y"] + box["height"] <= card["y"] + card["height"]
