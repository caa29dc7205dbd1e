"""The verdict on h and on the newest hypothesis of every run, out of one pool."""

from typing import NamedTuple

from reglab.live.board.shown import Address, Shown
from reglab.mitchell import (
    Pool,
    Verdict,
    Verdicts,
    badge,
    data_of,
    explain,
    judge,
    over_of,
    pool_of,
    scope,
)
from reglab.training import Rows
from reglab.training.run import RunOnData
from reglab.views import BoardRow, VerdictView
from reglab.words import Message, say

NOTHING = Rows(0, *[0.0] * 6)  # of a run without a row
ROW_WORDS = {
    "OVERFITS": say("overfits"),
    "OPTIMAL": say("optimal"),
    "NO_WITNESS": say("no witness"),
    "UNDECIDED": say("undecided"),
    "NONE": say("not in the pool"),
}


class Judged(NamedTuple):
    """What the pool says."""

    verdict: VerdictView
    witness: Address | None
    rows: tuple[BoardRow, ...]


def judged(board: Shown[RunOnData], bayes: float | None) -> Judged:
    """Judges h and the board over the runs in the pool.

    The run of h is always in the pool. Hypotheses measured before S or D last moved have left it,
    and with them runs without a later one, such as those that had ended.
    """
    members = [
        index
        for index in range(len(board.runs))
        if board.num_rows(index) and (index not in board.excluded or index == board.current)
    ]
    if board.current not in members:
        over = over_of(board.runs[board.current].distribution)
        return Judged(_nothing(_invitation(over)), None, ())
    recorded = {index: board.recorded(index) for index in members}
    shared = data_of(recorded[board.current])
    members = [index for index in members if data_of(recorded[index]) == shared]
    runs = [recorded[index] for index in members]
    pool, addresses = pool_of(runs, bayes=bayes)
    verdicts = judge(pool.train_error, pool.true_error, low=pool.low, high=pool.high, bayes=bayes)
    place = {(members[run], int(row)): i for i, (run, row) in enumerate(addresses.tolist())}

    left_pool = say(
        "This h was measured before the training examples or the distribution moved, so no "
        "later hypothesis may be held against it. Choose a newer one."
    )
    verdict, witness = _nothing(left_pool), None
    i = place.get(board.h)
    if i is not None and len(pool.train_error) == 1:
        verdict = _nothing(_invitation(pool.over))
    elif i is not None:
        verdict = _spoken(verdicts, i, pool)
        other = int(verdicts.witness[i])
        if other >= 0:
            run, row = addresses[other].tolist()
            witness = members[run], row
    rows = tuple(_row(board, index, place, verdicts) for index in range(len(board.runs)))
    return Judged(verdict, witness, rows)


def _nothing(sentence: Message) -> VerdictView:
    return VerdictView("NONE", say("NOT JUDGED YET"), "", sentence, 0.0)


def _invitation(over: str) -> Message:
    return say(
        "Press Play: h learns from the training examples, and each step is judged by its "
        "error over {over}.",
        over=over,
    )


def _spoken(verdicts: Verdicts, i: int, pool: Pool) -> VerdictView:
    code, count = Verdict(int(verdicts.verdict[i])), len(pool.train_error)
    return VerdictView(
        code=code.name,
        word=badge(code, count),
        scope=scope(count),
        sentence=explain(verdicts, i, pool=pool),
        severity=float(verdicts.severity[i]),
    )


def _row(
    board: Shown[RunOnData],
    index: int,
    place: dict[Address, int],
    verdicts: Verdicts,
) -> BoardRow:
    run = board.runs[index]
    row = board.num_rows(index) - 1
    i = place.get((index, row))
    code = "NONE" if i is None else Verdict(int(verdicts.verdict[i])).name
    newest = NOTHING if row < 0 else Rows(*(column[row].item() for column in run.history))
    error = newest.true_error
    return BoardRow(
        name=run.name,
        step=newest.step,
        train_error=newest.train_error,
        true_error=error,
        half_width=max(newest.true_high - error, error - newest.true_low),
        severity=0.0 if i is None else float(verdicts.severity[i]),
        code=code,
        word=ROW_WORDS[code],
        in_pool=index not in board.excluded or index == board.current,
    )
