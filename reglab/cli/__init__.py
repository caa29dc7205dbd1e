"""The command ``reglab``. A subcommand is a function that adds its parser, in ``COMMANDS``."""

import argparse
import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import reglab
from reglab.cli.audit import add_audit
from reglab.cli.claims import add_claims
from reglab.cli.run import add_run
from reglab.cli.store import add_store
from reglab.cli.sweep import add_sweep

FIRST_NOTEBOOK = "01_mitchell.ipynb"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs ``reglab`` with the arguments ``argv`` (those of the process if None).

    Returns:
        The exit code. What a user can mend is one line on standard error, never a traceback.
    """
    parser = argparse.ArgumentParser(prog="reglab", description=reglab.__doc__)
    parser.set_defaults(passes_on=False)
    parser.add_argument("--version", action="version", version=f"reglab {reglab.__version__}")
    commands = parser.add_subparsers(metavar="command", required=True)
    for add_command in COMMANDS:
        add_command(commands)
    arguments, further = parser.parse_known_args(argv)
    if further and not arguments.passes_on:
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    arguments.further = further
    try:
        return arguments.run(arguments)
    except (OSError, ValueError) as error:
        print(f"reglab: {error}", file=sys.stderr)
        return 1


def add_lab(commands) -> None:
    """Adds ``reglab lab``, which opens the notebooks in JupyterLab."""
    parser = commands.add_parser(
        "lab",
        help="open the notebooks in JupyterLab",
        description="Opens reglab's notebooks in JupyterLab, for this machine only, with a token. "
        "In a clone they are those in ./notebooks; elsewhere they are copied to ./reglab-notebooks "
        "once. Further arguments, such as --no-browser, go on to jupyter lab.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=_lab, passes_on=True)


COMMANDS = (add_lab, add_run, add_sweep, add_store, add_audit, add_claims)


def notebook_folder(here: Path) -> Path:
    """The folder under ``here`` with the notebooks; outside a clone they are copied there first.

    Raises:
        OSError: the folder cannot be written.
    """
    clone = here / "notebooks"
    if (clone / FIRST_NOTEBOOK).is_file():
        return clone
    # A wheel has them inside the package; an editable install, beside it.
    places = [folder / "notebooks" for folder in Path(__file__).parents[:3]]
    bundled = next((place for place in places if (place / FIRST_NOTEBOOK).is_file()), None)
    if bundled is None:
        raise OSError(f"{FIRST_NOTEBOOK} is missing from this installation; install reglab again")
    copies = here / "reglab-notebooks"
    copies.mkdir(exist_ok=True)
    for notebook in sorted(bundled.glob("*.ipynb")):
        if not (copies / notebook.name).exists():
            shutil.copyfile(notebook, copies / notebook.name)
    return copies


def _lab(arguments: argparse.Namespace) -> int:
    if importlib.util.find_spec("jupyterlab") is None:
        raise OSError('JupyterLab is not installed; install it with: pip install "reglab[lab]"')
    here = Path.cwd()
    opening = (notebook_folder(here) / FIRST_NOTEBOOK).relative_to(here).as_posix()
    command = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={here}"]
    # Jupyter refuses root for fear of an open port; this one is closed to other machines, and
    # containers know no other user.
    command += ["--allow-root", f"--LabApp.default_url=/lab/tree/{opening}", *arguments.further]
    # The server takes this process over: one Ctrl-C reaches it alone, and JAX, whose threads do not
    # survive the forks of a server's terminals, is not in it.
    sys.stdout.flush()
    os.execv(sys.executable, command)
