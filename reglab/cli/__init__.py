"""The command ``reglab``. A subcommand is a function that adds its parser, in ``COMMANDS``."""

import argparse
import functools
import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import reglab
from reglab.cli.audit import add_audit
from reglab.cli.claims import add_claims
from reglab.cli.parser import Parser, asked
from reglab.cli.printing import note, warned
from reglab.cli.run import add_run
from reglab.cli.store import add_store
from reglab.cli.sweep import add_sweep
from reglab.cli.usage import spoken, unrecognized
from reglab.words import SOURCE, chosen_language, reason, say, translated
from reglab.words.language import VARIABLE

DESCRIPTION = say("reglab: see overfitting as Tom Mitchell defined it, with the true error known.")
FIRST_NOTEBOOK = "01_mitchell.ipynb"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs ``reglab`` with the arguments ``argv`` (those of the process if None).

    Returns:
        The exit code. What a user can mend is one line on standard error, never a traceback.
    """
    argv, language = sys.argv[1:] if argv is None else argv, SOURCE
    try:
        language = chosen_language(asked(argv))
        arguments = _parsed(argv, language)
        with warned(language):
            return arguments.run(arguments)
    except (OSError, ValueError) as error:
        note(reason(error), language)
        return 1


def parser_of(language: str) -> Parser:
    """The parser of all commands, whose help is in a language."""
    parser = Parser(language=language, prog="reglab", description=DESCRIPTION)
    parser.set_defaults(passes_on=False)
    parser.add_argument(
        "--version",
        action="version",
        version=f"reglab {reglab.__version__}",
        help=say("show program's version number and exit"),
    )
    commands = parser.add_subparsers(
        metavar=translated(say("command"), language),
        required=True,
        parser_class=functools.partial(Parser, language=language),  # pyright: ignore
    )
    for add_command in COMMANDS:
        add_command(commands)
    return parser


def _parsed(argv: Sequence[str], language: str) -> argparse.Namespace:
    with spoken(language):
        parser = parser_of(language)
        arguments, further = parser.parse_known_args(argv)
        if further and not arguments.passes_on:
            parser.error(unrecognized(further, language))
    arguments.further, arguments.asked = further, getattr(arguments, "language", None)
    arguments.language = language
    return arguments


def add_lab(commands) -> None:
    """Adds ``reglab lab``, which opens the notebooks in JupyterLab."""
    parser = commands.add_parser(
        "lab",
        help=say("open the notebooks in JupyterLab"),
        description=say(
            "Opens reglab's notebooks in JupyterLab, for this machine only, with a token. In a "
            "clone they are those in ./notebooks; elsewhere they are copied to ./reglab-notebooks "
            "once. With --language the panels speak it too. Further arguments, such as "
            "--no-browser, go on to jupyter lab."
        ),
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
        raise OSError(
            say(
                "{file} is missing from this installation; install reglab again",
                file=FIRST_NOTEBOOK,
            )
        )
    copies = here / "reglab-notebooks"
    copies.mkdir(exist_ok=True)
    for notebook in sorted(bundled.glob("*.ipynb")):
        if not (copies / notebook.name).exists():
            shutil.copyfile(notebook, copies / notebook.name)
    return copies


def _lab(arguments: argparse.Namespace) -> int:
    if importlib.util.find_spec("jupyterlab") is None:
        raise OSError(
            say(
                "JupyterLab is not installed; install it with: {command}",
                command='pip install "reglab[lab]"',
            )
        )
    here = Path.cwd()
    opening = (notebook_folder(here) / FIRST_NOTEBOOK).relative_to(here).as_posix()
    command = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={here}"]
    # Jupyter refuses root for fear of an open port; this one is closed to other machines, and
    # containers know no other user.
    command += ["--allow-root", f"--LabApp.default_url=/lab/tree/{opening}", *arguments.further]
    if arguments.asked:  # else the panels speak the language of the browser
        os.environ[VARIABLE] = arguments.asked
    # The server takes this process over: one Ctrl-C reaches it alone, and JAX, whose threads do not
    # survive the forks of a server's terminals, is not in it.
    sys.stdout.flush()
    os.execv(sys.executable, command)
