"""The live panel in JupyterLab and Chromium: start, frames, bytes, kernel time, reaction times.

    python benchmarks/live.py

Needs the extras ``lab`` and ``test`` and Chromium. Prints what was measured beside what is promised
in the same line. Times are those of this machine, now: close what else is running.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import CHROMIUM, FLAGS, VIEW  # noqa: E402
from tests.browser.test_mitchell import ASK  # noqa: E402

PROBE = """
import time, threading
from collections import Counter
spent = Counter()
send, show = lab.view.send, lab._frames.take
def counted(content, buffers=None):
    spent["messages"] += content.get("kind") == "frame"
    spent["bytes"] += sum(memoryview(b).nbytes for b in buffers or ()) + len(str(content))
    return send(content, buffers)
def timed(frame):
    start = time.thread_time()
    show(frame)
    spent["seconds"] += time.thread_time() - start
    spent["frames"] += 1
lab.view.send, lab._frames.take = counted, timed
"""
REPORT = "print(spent['frames'], spent['bytes'], spent['seconds'])"
WATCH = """() => {
  const look = () => /compiling/i.test(document.querySelector(".rl-verdict").innerText);
  window.saidCompiling = look();
  const timer = setInterval(() => { window.saidCompiling ||= look(); }, 20);
  setTimeout(() => clearInterval(timer), 20000);
}"""
LAST = "window.__reglab.at(-1)"


def say(what, value, promise):
    print(f"{what:<58}{value:>12}   {promise}", flush=True)


@contextmanager
def server(cache):
    """``reglab lab`` in this clone: yields its address."""
    command = [sys.executable, "-c", "from reglab.cli import main; main()", "lab", "--no-browser"]
    command += ["--expose-app-in-browser", "--port=0"]
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        text=True,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        found = (
            re.search(r"http://127\.0\.0\.1:\d+/\S*token=\w+", line) for line in process.stdout
        )
        yield next(match.group() for match in found if match)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


class Panel:
    """The panel of the first notebook, from running its cell on."""

    def __init__(self, page, address):
        self.page = page
        page.goto(address)
        page.wait_for_function("window.jupyterapp !== undefined")
        page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
            " === 'idle'"
        )
        page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()

    def until(self, condition):
        """Waits for what the view says of itself."""
        script = f"() => {{ const r = (window.__reglab ?? []).at(-1); return r && ({condition}) }}"
        self.page.wait_for_function(script, polling=10)

    def ask(self, code):
        """What the code prints in the kernel."""
        return self.page.evaluate(ASK, code)

    def start(self):
        """Seconds to the data and to the first moving picture; Play is pressed at once."""
        begin = time.monotonic()
        self.page.keyboard.press("Shift+Enter")
        self.until("r.painted > 0")
        data = time.monotonic() - begin
        self.toggle()
        self.page.evaluate(WATCH)
        self.until("r.lastStep > 0")
        return data, time.monotonic() - begin, self.page.evaluate("window.saidCompiling")

    def toggle(self):
        """Play, or Pause."""
        self.page.locator(".reglab-primary").click()

    def milliseconds(self, act, condition):
        """From a click or key in the page until the kernel's answer is on screen."""
        begin = time.monotonic()
        act()
        self.page.wait_for_function(condition, polling=5)
        return 1000 * (time.monotonic() - begin)


def frames(panel):
    """Painted frames a second, bytes and kernel milliseconds a frame, for five seconds."""
    panel.ask(PROBE)
    painted, begin = panel.page.evaluate(f"{LAST}.painted"), time.monotonic()
    panel.page.wait_for_timeout(5000)
    rate = (panel.page.evaluate(f"{LAST}.painted") - painted) / (time.monotonic() - begin)
    count, size, seconds = map(float, panel.ask(REPORT).split())
    say("frames painted a second while training", f"{rate:.1f}", "at least 8")
    say("bytes a frame", f"{size / count:.0f}", "at most 12 000")
    say(
        "kernel milliseconds a frame beside the training",
        f"{1000 * seconds / count:.2f}",
        "at most 5",
    )


def reactions(panel, times=20):
    """Pause, and a slider moved by a key: milliseconds until the kernel has acted."""
    view = panel.page.locator(".reglab-slider", has_text="dropout rate")
    handle, keys = view.locator(".noUi-handle"), ("ArrowRight", "ArrowLeft")
    label = "document.querySelector('.reglab-primary').innerText.includes"
    pauses, moves = [], []
    panel.ask("lab.session.set_pace(60)")
    for i in range(times):
        pauses.append(panel.milliseconds(panel.toggle, f"{label}('Play')"))
        panel.milliseconds(panel.toggle, f"{label}('Pause')")
        handle.focus()
        press = partial(handle.press, keys[i % 2])
        moves.append(panel.milliseconds(press, f"{LAST}.changes > {i}"))
    for name, values in (("Pause", pauses), ("a slider", moves)):
        p50, p95 = np.percentile(values, (50, 95))
        say(f"{name}: median, 95 % of {times} (ms)", f"{p50:.0f}, {p95:.0f}", "95 %: at most 250")


def main():
    """Measures it all, and prints it."""
    with tempfile.TemporaryDirectory() as cache, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, most in (("an empty", 10), ("a warm", 5)):
            with server(cache) as address:
                page = browser.new_page(viewport=VIEW)
                page.set_default_timeout(90_000)
                panel = Panel(page, address)
                data, moving, compiling = panel.start()
                say(f"seconds to the data, {name} cache", f"{data:.1f}", "at most 3")
                say(
                    f"seconds to a moving picture, {name} cache", f"{moving:.1f}", f"at most {most}"
                )
                say("says that it compiles", "yes" if compiling else "no", "yes, if cold")
                if most == 10:
                    page.close()
                    continue
                begin = time.monotonic()
                page.locator(".rl-verdict", has_text="OVERFITS").wait_for()
                say(
                    "seconds from then to OVERFITS", f"{time.monotonic() - begin:.1f}", "at most 20"
                )
                frames(panel)
                reactions(panel)
        browser.close()


if __name__ == "__main__":
    main()
