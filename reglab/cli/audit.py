"""``reglab audit``: predictions of checkpoints in, a verdict on each of them out."""

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Any

import reglab
from reglab.cli.predictions import read_predictions
from reglab.cli.printing import show
from reglab.cli.words import VERDICTS
from reglab.mitchell import Audit, Verdict, audit, explain
from reglab.mitchell.words import ErrorInterval, exact, grouped, percent, points
from reglab.words import Message, columns, padded, say, translated

DESCRIPTION = say(
    """\
Judges the checkpoints of a model of any library by Mitchell's definition of overfitting, from the
classes they predict on the training examples and on held-out ones, and prints a verdict on each and
a sentence about the last."""
)
EPILOG = say(
    """\
PREDICTIONS.npz, as np.savez writes it, holds train_predictions (m, n), train_labels (n,),
test_predictions (m, N) and test_labels (N,): classes as whole numbers or strings, coded alike in
all four; predictions may also be finite class scores, with one more axis. The test labels decide
how the held-out examples are cut in two, so there is no seed to choose. In --json and --csv errors
are shares from 0 to 1, and checkpoints count from 0. Exit code: 0, whatever the verdict; 1 where
something is wrong, which one line on standard error names."""
)
COLUMNS = (
    say("checkpoint"),
    say("training error"),
    say("held-out error"),
    say("verdict"),
    say("witness"),
    say("severity"),
)
NONE = "–"


def add_audit(commands) -> None:
    """Adds ``reglab audit``, which judges what another library has trained."""
    parser = commands.add_parser(
        "audit",
        help=say("judge the checkpoints of any library's model from their predictions"),
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument(
        "predictions", metavar="PREDICTIONS.npz", type=Path, help=say("what to judge")
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=say("print all of it as JSON"))
    form.add_argument("--csv", action="store_true", help=say("print the checkpoints as CSV"))
    parser.set_defaults(run=_audit)


def _audit(arguments: argparse.Namespace) -> int:
    report, language = audit(*read_predictions(arguments.predictions)), arguments.language
    if arguments.json:
        show(json.dumps(_content(report), indent=1), language)
    elif arguments.csv:
        show(_csv(report), language)
    else:
        parts = _table(report, language), *translated((_note(report), _last(report)), language)
        show("\n\n".join(parts), language)
    return 0


def _last(report: Audit) -> str:
    return explain(report, len(report.verdict) - 1)


def _records(report: Audit) -> list[dict[str, Any]]:
    """The checkpoints as plain values, ``None`` where there is no witness."""
    records = []
    for i, verdict in enumerate(report.verdict.tolist()):
        witness = int(report.witness[i])
        records.append(
            {
                "checkpoint": i,
                "train_error": float(report.train_error[i]),
                "test_error": float(report.test_error[i]),
                "low": float(report.low[i]),
                "high": float(report.high[i]),
                "verdict": Verdict(verdict).name,
                "witness": None if witness < 0 else witness,
                "severity": float(report.severity[i]),
                "p_value": float(report.p_value[i]),
            }
        )
    return records


def _content(report: Audit) -> dict[str, Any]:
    return {
        "num_train": report.num_train,
        "num_test": report.num_test,
        "checkpoints": _records(report),
        "sentence": _last(report),
        "reglab": reglab.__version__,
    }


def _csv(report: Audit) -> str:
    records, text = _records(report), io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().removesuffix("\n")


def _table(report: Audit, language: str) -> str:
    rows: list[tuple[str, ...]] = [COLUMNS]
    for record in _records(report):
        overfits = record["witness"] is not None
        rows.append(
            (
                str(record["checkpoint"]),
                percent(exact(record["train_error"])),
                percent(ErrorInterval(record["test_error"], record["low"], record["high"])),
                VERDICTS[record["verdict"]],
                str(record["witness"]) if overfits else NONE,
                say("{points} points", points=points(record["severity"])) if overfits else NONE,
            )
        )
    rows = translated(rows, language)
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(padded, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def _note(report: Audit) -> Message:
    return say(
        "{num_train} training examples, {num_test} held-out ones; all intervals hold at once with "
        "a probability of 95 %. Witnesses were picked on one half of the held-out examples, which "
        "their labels decide, and confirmed on the other {num_confirming}.",
        num_train=grouped(report.num_train),
        num_test=grouped(report.num_test),
        num_confirming=grouped(report.num_confirming),
    )
