"""``reglab run``: an experiment in, its verdict, numbers, weights and figures out."""

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from jax.errors import JaxRuntimeError

from reglab.cli.experiments import read_experiments
from reglab.cli.folder import staged
from reglab.cli.report import Report, report_of
from reglab.cli.say import say
from reglab.config import Experiment
from reglab.training import Run, fit, name_of

DESCRIPTION = """\
Trains what EXPERIMENT.json says and judges the last hypothesis h of the first run, by Mitchell's
definition, against every hypothesis of all runs. The file holds one experiment, as
Experiment.to_json writes it, or a list of them, as the panel exports it: the run of h, then its
twins on the same training examples. A run on data or a model of your own cannot be run from its
JSON, which says so; hand it to fit in Python, with what is yours."""
EPILOG = """\
DIR gets verdict.txt, history.csv, experiment.json (run it again), h.safetensors and, where h
overfits, witness.safetensors (reglab.nn.load_weights makes plain networks of them), and
figures/. Figures need matplotlib; without it, all the rest is written. Files move into DIR when all
of them are complete, verdict.txt last. Exit code: 0; 1 where something is wrong, which one line on
standard error names, or where a run diverged: then all is written nevertheless, up to there; 130
on Ctrl-C."""


def add_run(commands) -> None:
    """Adds ``reglab run``, which trains without a window and writes all there is to know."""
    parser = commands.add_parser(
        "run",
        help="train experiments and write verdict, numbers, weights and figures",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("experiment", metavar="EXPERIMENT.json", type=Path, help="what to run")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        required=True,
        help="where to write: a new or empty folder",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace an earlier run in DIR; a folder with any other file in it is left alone",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    experiments = read_experiments(arguments.experiment)
    has_figures = importlib.util.find_spec("matplotlib") is not None
    try:
        with staged(arguments.out, overwrite=arguments.overwrite) as stage:
            report = report_of(_train(experiments))
            files = report.write(stage)
            if has_figures:
                files += report.draw(stage)
    except KeyboardInterrupt:
        _note("stopped; nothing was written")
        return 130
    say(report.summary)
    say(f"{arguments.out}: {', '.join(files)}")
    if not has_figures:
        _note('matplotlib is not installed, so there are no figures: pip install "reglab[lab]"')
    return _end(report)


def _train(experiments: Sequence[Experiment]) -> list[Run]:
    runs = []
    for number, experiment in enumerate(experiments, 1):
        if sys.stderr.isatty():
            steps = f"{experiment.num_steps} steps of “{name_of(experiment)}”"
            _note(f"run {number} of {len(experiments)}: {steps}")
        try:
            runs.append(fit(experiment))
        except (JaxRuntimeError, MemoryError) as error:
            reason = str(error).partition("\n")[0]
            raise ValueError(f"run {number}: training stopped by an error: {reason}") from None
    return runs


def _end(report: Report) -> int:
    if report.divergence:
        _note(report.divergence)
    return int(bool(report.divergence))


def _note(text: str) -> None:
    say(f"reglab: {text}", sys.stderr)
