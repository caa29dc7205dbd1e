"""``reglab claims``: the theory, predicted, measured and judged."""

import argparse
import functools
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from reglab import theory
from reglab.cli.printing import note, show
from reglab.config import Range, check_name, check_number
from reglab.theory.catalogue import page
from reglab.theory.words import (
    KIND_WORDS,
    RELATION_WORDS,
    interval,
    name_of,
    number,
    shown_of,
)
from reglab.training import keep_compiled
from reglab.words import Message, columns, padded, say, translated, wrapped

DESCRIPTION = say(
    """\
Checks what textbooks and papers claim about overfitting and its remedies: each claim is predicted
by its formula, measured, and judged by an interval. Without an ID, all of them."""
)
EPILOG = say(
    """\
In --json, predicted, measured and interval name each check of a claim; of more than 64 numbers, the
one nearest to failing stands for all. Exit code: 0 where every claim is as predicted; 1 where one
is not, or could not be checked, which standard error says."""
)
MOST_NUMBERS = 64  # of one check, in JSON
WIDTH, INDENT = 100, "    "


def add_claims(commands) -> None:
    """Adds ``reglab claims``, which checks the theory."""
    parser = commands.add_parser(
        "claims",
        help=say("check the theory: predictions beside measurements"),
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    first = next(iter(theory.CLAIMS))
    parser.add_argument("ids", metavar="ID", nargs="*", help=say("such as {id}", id=first))
    parser.add_argument(
        "--seed", type=int, default=0, help=say("of every random number (default: 0)")
    )
    parser.add_argument("--jobs", type=int, help=say("processes at a time (default: one a core)"))
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=say("print a list of results as JSON"))
    form.add_argument(
        "--markdown",
        action="store_true",
        help=say("check nothing, print the catalogue as a page"),
    )
    parser.set_defaults(run=_claims)


def _claims(arguments: argparse.Namespace) -> int:
    ids, language = list(dict.fromkeys(arguments.ids)) or list(theory.CLAIMS), arguments.language
    for id in ids:
        check_name("claim", id, tuple(theory.CLAIMS))
    seed = check_number("seed", arguments.seed, Range(0, 2**31 - 1), integer=True)
    if arguments.markdown:
        claims = (theory.CLAIMS[id] for id in ids)
        show(page(claims, language=language).removesuffix("\n"), language)
        return 0
    jobs = _num_cores() if arguments.jobs is None else arguments.jobs
    jobs = check_number("jobs", jobs, Range(1, 1024), integer=True)
    started, records = time.perf_counter(), []
    for result in _results(ids, seed, min(jobs, len(ids))):
        records.append(result["record"])
        if not arguments.json:
            show(_table(result, language), language)
            sys.stdout.flush()
        if result["fault"]:
            note(result["fault"], language)
    if arguments.json:
        show(json.dumps(records, indent=1, allow_nan=False), language)
    else:
        show(_sum(records, time.perf_counter() - started), language)
    return 0 if all(record["passed"] for record in records) else 1


def _sum(records: Sequence[dict[str, Any]], seconds: float) -> Message:
    return say(
        "{passed} of {claims} claims as predicted, {checks} checks, {seconds:.0f} s",
        passed=sum(record["passed"] for record in records),
        claims=len(records),
        checks=sum(len(record["measured"]) for record in records),
        seconds=seconds,
    )


def _num_cores() -> int:
    """Those that this process may use, where the system says so."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _results(ids: Sequence[str], seed: int, jobs: int) -> Iterator[dict[str, Any]]:
    """Results in the order of ``ids``, each as soon as it and those before it are there."""
    if jobs == 1:
        yield from (_result(id, seed) for id in ids)
        return
    # JAX's threads do not survive a fork
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as executor:
        yield from executor.map(functools.partial(_result, seed=seed), ids)


def _result(id: str, seed: int) -> dict[str, Any]:
    """One claim as plain values and messages: its record, what its table says, and its fault."""
    keep_compiled()
    claim, started = theory.CLAIMS[id], time.perf_counter()
    try:
        check = theory.check(id, seed)
    except ValueError as error:  # such as data of an extra that is not installed
        check = theory.Check(claim, seed, (), time.perf_counter() - started)
        fault = say("{claim} could not be checked: {error}", claim=id, error=error)
    else:
        fault = _fault(check)
    return {
        "record": _record(check, not fault),
        "head": _head(check, not fault),
        "statement": check.claim.statement,
        "rows": [_cells(row) for row in check.rows],
        "fault": fault,
    }


def _fault(check: theory.Check) -> str:
    """What is wrong with a check, in words; empty where nothing is."""
    wrong = [row.name for row in check.rows if not row.passed]
    if not wrong:
        return ""
    rows, *others = wrong
    for more in others:
        rows = say("{one}; {more}", one=rows, more=more)
    return say("{claim} is not as predicted: {rows}", claim=check.claim.id, rows=rows)


def _record(check: theory.Check, passed: bool) -> dict[str, Any]:
    return {
        "id": check.claim.id,
        "claim": check.claim.statement,
        "kind": check.claim.kind,
        "predicted": {row.name: _numbers(row, "predicted") for row in check.rows},
        "measured": {row.name: _numbers(row, "measured") for row in check.rows},
        "interval": {row.name: [_numbers(row, "low"), _numbers(row, "high")] for row in check.rows},
        "passed": passed,
        "seconds": round(check.seconds, 3),
    }


def _numbers(row: theory.Row, part: str) -> Any:
    """A number or a nested list of them, ``None`` for what is none."""
    predicted, measured = row.predicted.value, row.measured
    if measured.value.size > MOST_NUMBERS:
        return _plain(getattr(shown_of(row), part))
    arrays = {
        "predicted": predicted,
        "measured": measured.value,
        "low": measured.low,
        "high": measured.high,
    }
    return _plain(np.asarray(arrays[part], float).tolist())


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value if np.isfinite(value) else None


def _head(check: theory.Check, passed: bool) -> Message:
    return say(
        "{claim}  {kind}, {verdict}, {seconds:.1f} s",
        claim=check.claim.id,
        kind=KIND_WORDS[check.claim.kind],
        verdict=say("as predicted") if passed else say("NOT AS PREDICTED"),
        seconds=check.seconds,
    )


def _table(result: dict[str, Any], language: str) -> str:
    statement = wrapped(translated(result["statement"], language), columns, WIDTH - len(INDENT))
    lines = [translated(result["head"], language)]
    lines += [INDENT + line for line in statement.split("\n")]
    rows = translated(result["rows"], language)
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    lines += ["  " + "  ".join(map(padded, row, widths)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def _cells(row: theory.Row) -> tuple[str, ...]:
    shown, said = shown_of(row), row.predicted
    mark = "✓" if row.passed else "✗"
    return (
        mark if row.is_judged else " ",
        name_of(row),
        KIND_WORDS[said.kind],
        interval(shown),
        RELATION_WORDS[said.relation],
        number(shown.predicted) if row.is_judged else "",
    )
