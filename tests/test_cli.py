"""``reglab lab``: which notebooks it opens, and what its server answers to whom."""

import os
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

import reglab
from reglab import cli

ROOT = Path(reglab.__file__).parents[1]
TOKEN = "only-for-this-test"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """An empty folder as the current one, and an installation with two notebooks."""
    package = tmp_path / "site" / "reglab"
    (package / "notebooks").mkdir(parents=True)
    for name in (cli.FIRST_NOTEBOOK, "02_dropout.ipynb"):
        (package / "notebooks" / name).write_text(f"bundled {name}")
    monkeypatch.setattr(cli, "__file__", str(package / "cli.py"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def executed(monkeypatch):
    """The command line that would have taken the process over."""
    commands = []
    monkeypatch.setattr(cli.os, "execv", lambda path, command: commands.append(command))
    return commands


def test_a_clone_opens_its_own_notebooks(clone):
    (clone / "notebooks").mkdir()
    (clone / "notebooks" / cli.FIRST_NOTEBOOK).write_text("mine")
    assert cli.notebook_folder(clone) == clone / "notebooks"
    assert sorted(p.name for p in clone.iterdir()) == ["notebooks"]


def test_elsewhere_the_notebooks_are_copied_once(clone):
    (clone / "notebooks").mkdir()  # of another project
    folder = cli.notebook_folder(clone)
    assert folder == clone / "reglab-notebooks"
    assert {p.name: p.read_text() for p in folder.iterdir()} == {
        name: f"bundled {name}" for name in (cli.FIRST_NOTEBOOK, "02_dropout.ipynb")
    }
    (folder / cli.FIRST_NOTEBOOK).write_text("mine")
    (folder / "02_dropout.ipynb").unlink()
    assert cli.notebook_folder(clone) == folder
    assert (folder / cli.FIRST_NOTEBOOK).read_text() == "mine"
    assert (folder / "02_dropout.ipynb").read_text() == "bundled 02_dropout.ipynb"


def test_an_editable_install_copies_from_its_clone(clone, monkeypatch):
    package = Path(cli.__file__).parent
    shutil.move(package / "notebooks", package.parent / "notebooks")
    assert (cli.notebook_folder(clone) / cli.FIRST_NOTEBOOK).is_file()


def test_lab_is_closed_to_others_and_passes_arguments_on(clone, executed):
    cli.main(["lab", "--no-browser", "--port", "8899", "--ServerApp.quit_button=False"])
    [command] = executed
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ip=127.0.0.1" in command
    assert f"--ServerApp.root_dir={clone}" in command
    assert "--LabApp.default_url=/lab/tree/reglab-notebooks/01_mitchell.ipynb" in command
    assert command[-4:] == ["--no-browser", "--port", "8899", "--ServerApp.quit_button=False"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("jupyterlab", 'JupyterLab is not installed; install it with: pip install "reglab[lab]"'),
        ("notebooks", "01_mitchell.ipynb is missing from this installation; install reglab again"),
        ("folder", "File exists"),
    ],
)
def test_what_a_user_can_mend_is_one_line(clone, executed, monkeypatch, capsys, spoil, message):
    if spoil == "jupyterlab":
        monkeypatch.setattr(cli.importlib.util, "find_spec", lambda name: None)
    elif spoil == "notebooks":
        shutil.rmtree(Path(cli.__file__).parent / "notebooks")
    else:
        (clone / "reglab-notebooks").write_text("a file in the way")
    assert cli.main(["lab"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("reglab: ")
    assert message in error
    assert error.count("\n") == 1
    assert executed == []


@pytest.mark.parametrize("arguments", [[], ["lap"], ["--labb"]])
def test_a_wrong_command_says_which_there_are(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert "usage: reglab" in capsys.readouterr().err


def test_version_and_help(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"reglab {reglab.__version__}\n"
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    assert "open the notebooks in JupyterLab" in capsys.readouterr().out


@pytest.fixture
def started(tmp_path):
    """A running ``reglab lab``: its address, and the folder it runs in."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / cli.FIRST_NOTEBOOK).touch()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"JUPYTER_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
    for folder in ("CONFIG", "DATA", "RUNTIME"):
        environment[f"JUPYTER_{folder}_DIR"] = str(tmp_path / folder.lower())
    command = [sys.executable, "-c", "from reglab.cli import main; main()", "lab", "--no-browser"]
    command += [f"--port={port}", "--ServerApp.port_retries=0"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process, port
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def get(address):
    """The status and the final address of a request."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.url
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.url


def wait_for(process, port):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[1][-3000:]
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer within a minute")


def test_server_answers_those_with_the_token(started):
    process, port = started
    wait_for(process, port)
    address = f"http://127.0.0.1:{port}"
    assert get(f"{address}/api/contents/notebooks?token={TOKEN}")[0] == 200
    assert get(f"{address}/api/contents/notebooks")[0] == 403
    assert get(f"{address}/api/contents/notebooks?token=wrong")[0] == 403
    status, opened = get(f"{address}/?token={TOKEN}")
    assert (status, opened.partition("?")[0]) == (
        200,
        f"{address}/lab/tree/notebooks/01_mitchell.ipynb",
    )
