"""``reglab audit``: predictions of checkpoints in, a verdict on each of them out."""

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Any

import reglab
from reglab.cli.predictions import read_predictions
from reglab.cli.say import say
from reglab.mitchell import Audit, Verdict, audit, explain
from reglab.mitchell.words import ErrorInterval, exact, grouped, percent, points

DESCRIPTION = """\
Judges the checkpoints of a model of any library by Mitchell's definition of overfitting, from the
classes they predict on the training examples and on held-out ones, and prints a verdict on each and
a sentence about the last."""
EPILOG = """\
PREDICTIONS.npz, as np.savez writes it, holds train_predictions (m, n), train_labels (n,),
test_predictions (m, N) and test_labels (N,): classes as whole numbers or strings, coded alike in
all four; predictions may also be finite class scores, with one more axis. The test labels decide
how the held-out examples are cut in two, so there is no seed to choose. In --json and --csv errors
are shares from 0 to 1, and checkpoints count from 0. Exit code: 0, whatever the verdict; 1 where
something is wrong, which one line on standard error names."""
COLUMNS = ("checkpoint", "training error", "held-out error", "verdict", "witness", "severity")
NONE = "–"


def add_audit(commands) -> None:
    """Adds ``reglab audit``, which judges what another library has trained."""
    parser = commands.add_parser(
        "audit",
        help="judge the checkpoints of any library's model from their predictions",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("predictions", metavar="PREDICTIONS.npz", type=Path, help="what to judge")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print all of it as JSON")
    form.add_argument("--csv", action="store_true", help="print the checkpoints as CSV")
    parser.set_defaults(run=_audit)


def _audit(arguments: argparse.Namespace) -> int:
    found = audit(*read_predictions(arguments.predictions))
    if arguments.json:
        say(json.dumps(_content(found), indent=1))
    elif arguments.csv:
        say(_csv(found))
    else:
        say(f"{_table(found)}\n\n{_note(found)}\n\n{_last(found)}")
    return 0


def _last(found: Audit) -> str:
    return explain(found, len(found.verdict) - 1)


def _records(found: Audit) -> list[dict[str, Any]]:
    """The checkpoints as plain values, ``None`` where there is no witness."""
    records = []
    for i, verdict in enumerate(found.verdict.tolist()):
        witness = int(found.witness[i])
        records.append(
            {
                "checkpoint": i,
                "train_error": float(found.train_error[i]),
                "test_error": float(found.test_error[i]),
                "low": float(found.low[i]),
                "high": float(found.high[i]),
                "verdict": Verdict(verdict).name,
                "witness": None if witness < 0 else witness,
                "severity": float(found.severity[i]),
                "p_value": float(found.p_value[i]),
            }
        )
    return records


def _content(found: Audit) -> dict[str, Any]:
    return {
        "num_train": found.num_train,
        "num_test": found.num_test,
        "checkpoints": _records(found),
        "sentence": _last(found),
        "reglab": reglab.__version__,
    }


def _csv(found: Audit) -> str:
    records, text = _records(found), io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().removesuffix("\n")


def _table(found: Audit) -> str:
    rows: list[tuple[str, ...]] = [COLUMNS]
    for one in _records(found):
        overfits = one["witness"] is not None
        rows.append(
            (
                str(one["checkpoint"]),
                percent(exact(one["train_error"])),
                percent(ErrorInterval(one["test_error"], one["low"], one["high"])),
                one["verdict"].replace("_", " "),
                str(one["witness"]) if overfits else NONE,
                f"{points(one['severity'])} points" if overfits else NONE,
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def _note(found: Audit) -> str:
    return (
        f"{grouped(found.num_train)} training examples, {grouped(found.num_test)} held-out ones; "
        "all intervals hold at once with a probability of 95 %. Witnesses were picked on one half "
        "of the held-out examples, which their labels decide, and confirmed on the other "
        f"{grouped(found.num_confirming)}."
    )
