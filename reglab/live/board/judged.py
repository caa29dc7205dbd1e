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
    say,
    scope,
)
from reglab.training import Rows
from reglab.training.run import RunOnData
from reglab.views import BoardRow, VerdictView

NOTHING = Rows(0, *[0.0] * 6)  # of a run without a row


class Judged(NamedTuple):
    """What the pool says."""

    verdict: VerdictView
    witness: Address | None
    rows: tuple[BoardRow, ...]


def judged(board: Shown[RunOnData], bayes: float | None, language: str) -> Judged:
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
        over = over_of(board.runs[board.current].distribution, language)
        return Judged(_nothing(language, "invitation", over=over), None, ())
    recorded = {index: board.recorded(index) for index in members}
    shared = data_of(recorded[board.current])
    members = [index for index in members if data_of(recorded[index]) == shared]
    runs = [recorded[index] for index in members]
    pool, addresses = pool_of(runs, bayes=bayes, language=language)
    verdicts = judge(pool.train_error, pool.true_error, low=pool.low, high=pool.high, bayes=bayes)
    place = {(members[run], int(row)): i for i, (run, row) in enumerate(addresses.tolist())}

    verdict, witness = _nothing(language, "left_pool"), None
    i = place.get(board.h)
    if i is not None and len(pool.train_error) == 1:
        verdict = _nothing(language, "invitation", over=pool.over)
    elif i is not None:
        verdict = _spoken(verdicts, i, pool, language)
        other = int(verdicts.witness[i])
        if other >= 0:
            run, row = addresses[other].tolist()
            witness = members[run], row
    rows = tuple(_row(board, index, place, verdicts, language) for index in range(len(board.runs)))
    return Judged(verdict, witness, rows)


def _nothing(language: str, key: str, **words: str) -> VerdictView:
    return VerdictView("NONE", say(language, "badge_NONE"), "", say(language, key, **words), 0.0)


def _spoken(verdicts: Verdicts, i: int, pool: Pool, language: str) -> VerdictView:
    code, count = Verdict(int(verdicts.verdict[i])), len(pool.train_error)
    return VerdictView(
        code=code.name,
        word=badge(code, count, language),
        scope=scope(count, language),
        sentence=explain(verdicts, i, language, pool=pool),
        severity=float(verdicts.severity[i]),
    )


def _row(
    board: Shown[RunOnData],
    index: int,
    place: dict[Address, int],
    verdicts: Verdicts,
    language: str,
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
        word=say(language, f"row_{code}"),
        in_pool=index not in board.excluded or index == board.current,
    )
