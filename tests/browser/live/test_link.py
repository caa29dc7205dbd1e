"""The live view in a real Chromium: its line to the kernel."""

import pytest

from reglab.panels.kit.wire import pack_whole
from tests.browser.live.bench import ALONE
from tests.panels.kit.live_frames import boundary, curves, story


def test_every_frame_is_painted_and_acknowledged_once(bench):
    bench = bench()
    for rows in range(1, 6):
        bench.show(story(rows))
    (counters,) = bench.counters
    assert (counters["acked"], counters["seq"], counters["resets"]) == (5, 5, 1)
    assert counters["lastStep"] == 6 * 4
    assert counters["painted"] >= 5
    assert len([content for content, _ in bench.sent if content["kind"] == "frame"]) == 5


@pytest.mark.parametrize("languages", [["zh-CN", "en"], ["en-US", "zh-CN"]])
def test_a_view_is_built_anew_in_the_language_of_the_browser(bench, sheet, languages):
    bench = bench(last=pack_whole(story(5)))
    sheet.evaluate(
        "(languages) => Object.defineProperty(navigator, 'languages', { get: () => languages })",
        languages,
    )
    sheet.evaluate("bench.drain()")  # what was said before
    bench.later(3000)
    for rows in (6, 7):
        bench.show(story(rows, witness=(0, 3)))
    is_chinese = languages[0] == "zh-CN"
    assert bench.view.speech.language == ("zh" if is_chinese else "en")
    (counters,) = bench.counters
    assert counters["lastStep"] == 36
    assert sheet.locator(".rl-view").count() == 1
    title = sheet.locator(".rl-curves .rl-title").inner_text()
    assert title == ("“plain”的错误率" if is_chinese else "Errors of “plain”")
    label = sheet.locator(".rl-canvas-curves > canvas").get_attribute("aria-label")
    assert ("60 个训练样例上的错误率为 " if is_chinese else "error on the 60 training") in label
    bench.show(story(8))
    assert bench.counters[0]["lastStep"] == 42
    bench.page.evaluate("bench.ends[0]()")
    assert bench.counters == []


def test_a_silent_kernel_is_told_and_forgiven(bench, sheet):
    bench = bench()
    bench.show(story(5))
    banner = sheet.locator(".rl-banner")
    assert banner.is_hidden()
    # Nothing is pumped, so nothing answers for eight seconds.
    bench.later(8000)
    banner.wait_for()
    assert banner.inner_text() == (
        "The kernel does not answer. If it was restarted, run this cell again."
    )
    bench.pump()
    sheet.wait_for_timeout(50)
    assert banner.is_hidden()
    bench.show(story(6))
    assert bench.counters[0]["lastStep"] == 30


def test_a_saved_picture_is_painted_without_a_kernel(bench, sheet):
    saved = pack_whole(story(40, witness=(0, 20), state="paused"))
    bench = bench(last=saved)
    sheet.wait_for_timeout(300)
    assert "OVERFITS" in sheet.locator(".rl-verdict").inner_text()
    assert bench.counters[0]["lastStep"] == 234
    bench.later(4000)
    sheet.locator(".rl-banner").wait_for()
    assert "saved with the notebook" in sheet.locator(".rl-banner").inner_text()
    bench.show(story(7))
    assert bench.counters[0]["lastStep"] == 36
    assert sheet.locator(".rl-banner").is_hidden()


def test_two_displays_of_one_view_both_paint(bench):
    bench = bench(width=600, body=ALONE + ALONE)
    for rows in (3, 4, 5):
        bench.show(story(rows))
        bench.page.wait_for_timeout(50)
    first, second = bench.counters
    assert first["lastStep"] == second["lastStep"] == 24
    bench.page.evaluate("bench.ends[0]()")
    bench.show(story(6))
    (left,) = bench.counters
    assert left["lastStep"] == 30


def test_a_rewind_and_another_run_need_no_new_start(bench):
    bench = bench()
    for frame in (story(40), story(10), story(12), story(runs=[curves(rows=12), curves(1, 5)])):
        bench.show(frame)
    (counters,) = bench.counters
    assert (counters["lastStep"], counters["resets"]) == (66, 1)


def test_a_lost_message_is_made_good(bench):
    bench = bench()
    bench.show(story(40, h=(0, 3)))
    bench.view.show(story(40, h=(0, 4)))
    bench._waiting.clear()
    bench.view._sender.acknowledged(bench.view._sender._seq)
    bench.later(1050)
    bench.show(story(40, h=(0, 4), picture=boundary(0.9)))
    plane = bench.page.locator(".rl-canvas-plane > canvas").get_attribute("aria-label")
    assert "h (step 24)" in plane.replace("\u202f", " ")
    assert bench.counters[0]["resets"] == 2


def test_a_download_reaches_the_disk(bench, sheet):
    bench = bench()
    bench.pump()
    with sheet.expect_download() as download:
        bench.view.download("curves.csv", "text/csv", b"step,error\n0,0.5\n")
        bench.pump()
    assert download.value.suggested_filename == "curves.csv"
    assert download.value.path().read_bytes() == b"step,error\n0,0.5\n"
