"""``reglab run``: an experiment in, its verdict, numbers, weights and figures out."""

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from jax.errors import JaxRuntimeError

from reglab.cli.experiments import read_experiments
from reglab.cli.folder import staged
from reglab.cli.printing import note, show
from reglab.cli.report import report_of
from reglab.config import Experiment
from reglab.training import Run, fit, name_of
from reglab.words import line_of, say

DESCRIPTION = say(
    """\
Trains what EXPERIMENT.json says and judges the last hypothesis h of the first run, by Mitchell's
definition, against every hypothesis of all runs. The file holds one experiment, as
Experiment.to_json writes it, or a list of them, as the panel exports it: the run of h, then its
twins on the same training examples. A run on data or a model of your own cannot be run from its
JSON, which says so; hand it to fit in Python, with what is yours."""
)
EPILOG = say(
    """\
DIR gets verdict.txt, history.csv, experiment.json (run it again), h.safetensors and, where h
overfits, witness.safetensors (reglab.nn.load_weights makes plain networks of them), and
figures/. Figures need matplotlib; without it, all the rest is written. Files move into DIR when all
of them are complete, verdict.txt last. Exit code: 0; 1 where something is wrong, which one line on
standard error names, or where a run diverged: then all is written nevertheless, up to there; 130
on Ctrl-C."""
)


def add_run(commands) -> None:
    """Adds ``reglab run``, which trains without a window and writes all there is to know."""
    parser = commands.add_parser(
        "run",
        help=say("train experiments and write verdict, numbers, weights and figures"),
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("experiment", metavar="EXPERIMENT.json", type=Path, help=say("what to run"))
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        required=True,
        help=say("where to write: a new or empty folder"),
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help=say("replace an earlier run in DIR; a folder with any other file in it is left alone"),
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    experiments, language = read_experiments(arguments.experiment), arguments.language
    has_figures = importlib.util.find_spec("matplotlib") is not None
    try:
        with staged(arguments.out, overwrite=arguments.overwrite) as stage:
            report = report_of(_train(experiments, language), language)
            files = report.write(stage)
            if has_figures:
                files += report.draw(stage)
    except KeyboardInterrupt:
        note(say("stopped; nothing was written"), language)
        return 130
    show(report.summary, language)
    show(f"{arguments.out}: {', '.join(files)}", language)
    if not has_figures:
        command = 'pip install "reglab[lab]"'
        said = say(
            "matplotlib is not installed, so there are no figures: {command}", command=command
        )
        note(said, language)
    if report.divergence:
        note(report.divergence, language)
    return int(bool(report.divergence))


def _train(experiments: Sequence[Experiment], language: str) -> list[Run]:
    runs = []
    for number, experiment in enumerate(experiments, 1):
        if sys.stderr.isatty():
            said = say(
                "run {number} of {count}: {steps} steps of “{run}”",
                number=number,
                count=len(experiments),
                steps=experiment.num_steps,
                run=name_of(experiment),
            )
            note(said, language)
        try:
            runs.append(fit(experiment))
        except (JaxRuntimeError, MemoryError) as error:
            said = say(
                "run {number}: training stopped by an error: {error}",
                number=number,
                error=line_of(error),
            )
            raise ValueError(said) from None
    return runs
