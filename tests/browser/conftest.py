"""One JupyterLab server and one page of a real Chromium for all tests of this folder."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

import reglab

CHROMIUM = os.environ.get("REGLAB_CHROMIUM") or "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
VIEW = {"width": 1280, "height": 800}
SECONDS = 60
SHARED = "test.ipynb"  # the notebook whose kernel stays


def pytest_collection_modifyitems(config, items):
    """Marks the tests of this folder, and puts them first: each waits for long for a browser.

    Playwright's synchronous interface keeps an event loop running in the main thread, in which no
    other test could start one: what opens it is closed after the last test of this folder.
    """
    here = Path(__file__).parent
    browser = [item for item in items if here in item.path.parents]
    items[:] = browser + [item for item in items if here not in item.path.parents]
    for item in browser:
        item.add_marker(pytest.mark.browser)
        if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
            reason = f"no Chromium at {CHROMIUM}; install it or set REGLAB_CHROMIUM"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keeps what the page showed when a test failed."""
    report = yield
    if report.when == "call" and report.failed and "lab" in item.funcargs:
        name = re.sub(r"\W+", "-", item.name)
        picture = item.funcargs["lab"].screenshot(f"failed-{name}")
        report.sections.append(("screenshot", str(picture)))
    return report


class Lab:
    """JupyterLab in a page.

    Attributes:
        page: the Playwright page.
        root: the folder that the server shows.
        address: of the server, ending in a slash.
        token: of the server.
        errors: uncaught errors of the page, newest last.
    """

    def __init__(self, page, root, address, token, pictures):
        self.page, self.root, self.address, self.token = page, root, address, token
        self._pictures = pictures
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def load(self):
        """Loads, or reloads, JupyterLab with an empty workspace."""
        self.page.goto(f"{self.address}lab?reset&token={self.token}")
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("() => window.jupyterapp.restored.then(() => undefined)")

    def execute(self, command, **arguments):
        """Runs one of JupyterLab's commands and waits for it."""
        self.page.evaluate(
            "([c, a]) => window.jupyterapp.commands.execute(c, a).then(() => undefined)",
            [command, arguments],
        )

    def open(self, notebook, fresh=False):
        """Opens a notebook (a path, or the sources of its code cells) and waits for its kernel.

        A path and what is to be ``fresh`` get a kernel of their own. All others share one, to which
        their cells are the same ones run again: the panels of the test before end there.
        """
        if isinstance(notebook, Path):
            name = notebook.name
            shutil.copyfile(notebook, self.root / name)
        else:
            name = "fresh.ipynb" if fresh else SHARED
            parts = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
            cells = [parts | {"id": f"cell-{i}", "source": s} for i, s in enumerate(notebook)]
            kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
            made = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
            (self.root / name).write_text(json.dumps(made), encoding="utf-8")
        self.execute("docmanager:open", path=name, factory="Notebook")
        self.wait_idle()

    def run_all(self):
        """Runs all cells of the open notebook; fails with the traceback if one raises."""
        self.execute("notebook:run-all-cells")
        self.wait_idle()
        # The model knows every output; the page has only those of cells near the screen.
        tracebacks = self.page.evaluate(
            """() => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
              .flatMap((cell) => cell.toJSON().outputs ?? [])
              .filter((output) => output.output_type === "error")
              .map((output) => output.traceback.join("\\n"))"""
        )
        assert tracebacks == [], "\n".join(tracebacks)

    def wait_idle(self):
        """Waits until the kernel of the open notebook has nothing to do."""
        self.page.wait_for_function(
            """() => {
              const panel = window.jupyterapp.shell.currentWidget;
              return panel?.sessionContext?.session?.kernel?.status === "idle";
            }"""
        )

    def close_all(self):
        """Closes all documents and shuts their kernels down, but for the shared one."""
        self.page.evaluate(
            """async (shared) => {
              for (const panel of Array.from(window.jupyterapp.shell.widgets("main"))) {
                const path = panel.sessionContext?.session?.path;
                if (path && path !== shared) await panel.sessionContext.shutdown();
                panel.dispose();
              }
            }""",
            SHARED,
        )

    def screenshot(self, name):
        """Saves what the page shows as a PNG file and returns its path."""
        path = self._pictures / f"{name}.png"
        self.page.screenshot(path=path)
        return path


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    """A JupyterLab server of its own: ``(address, token, folder)``."""
    home = tmp_path_factory.mktemp("jupyter")
    root = home / "root"
    root.mkdir()
    (home / "config" / "labconfig").mkdir(parents=True)
    settings = home / "config" / "labconfig" / "default_setting_overrides.json"
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    environment = os.environ | {"IPYTHONDIR": str(home / "ipython"), "JUPYTER_TOKEN": token}
    environment.pop("XLA_FLAGS", None)  # kernels train for long, and are those of users
    for folder in ("config", "data", "runtime"):
        environment[f"JUPYTER_{folder.upper()}_DIR"] = str(home / folder)
    # The kernels import the package under test, also where it is not installed.
    paths = [str(Path(reglab.__file__).parents[1]), os.environ.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"]
    command += ["--expose-app-in-browser"]
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=root, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for_server(process, f"{address}api?token={token}", home / "log.txt")
        yield address, token, root
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)


def wait_for_server(process, address, log):
    """Returns when the address answers; fails with the server's log if it does not."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="package")
def page(tmp_path_factory):
    """The one page of a headless Chromium with a fresh profile."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"no Chromium at {CHROMIUM}; install it or set REGLAB_CHROMIUM")
    profile = tmp_path_factory.mktemp("chromium")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport=VIEW,
        )
        context.set_default_timeout(SECONDS * 1000)
        yield context.pages[0]
        context.close()


@pytest.fixture(scope="package")
def shared_lab(page, server, tmp_path_factory):
    """JupyterLab, loaded once."""
    address, token, root = server
    lab = Lab(page, root, address, token, tmp_path_factory.mktemp("screenshots"))
    lab.load()
    return lab


@pytest.fixture
def lab(shared_lab):
    """JupyterLab in a page, with nothing open before the test and after it."""
    shared_lab.page.set_viewport_size(VIEW)
    shared_lab.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    shared_lab.errors.clear()
    yield shared_lab
    shared_lab.close_all()
