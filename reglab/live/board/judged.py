"""The verdict on h and on the newest hypothesis of every run, out of one pool."""

from typing import NamedTuple

from reglab.live.board.board import Address, Board
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
from reglab.training import run_of
from reglab.views import BoardRow, VerdictView


class Judged(NamedTuple):
    """What the pool says."""

    verdict: VerdictView
    witness: Address | None
    rows: tuple[BoardRow, ...]


def judged(board: Board, bayes: float | None, language: str) -> Judged:
    """Judges h and the board over the runs in the pool.

    The run of h is always in the pool. Hypotheses measured before S or D last moved have left it,
    and with them runs without a later one, such as those that had ended.
    """
    members = [
        index
        for index, run in enumerate(board.runs)
        if len(run.trajectory) and (index not in board.excluded or index == board.current)
    ]
    if board.current not in members:
        over = over_of(board.runs[board.current].distribution, language)
        return Judged(_nothing(language, "invitation", over=over), None, ())
    found = {index: run_of(board.runs[index]) for index in members}
    shared = data_of(found[board.current])
    members = [index for index in members if data_of(found[index]) == shared]
    runs = [found[index] for index in members]
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
    board: Board, index: int, place: dict[Address, int], verdicts: Verdicts, language: str
) -> BoardRow:
    run = board.runs[index]
    row = len(run.trajectory) - 1
    i = place.get((index, row))
    code = "NONE" if i is None else Verdict(int(verdicts.verdict[i])).name
    newest = [0.0] * 7 if row < 0 else [float(c[row]) for c in run.trajectory.history]
    step, _, _, train_error, true_error, low, high = newest
    return BoardRow(
        name=run.name,
        step=int(step),
        train_error=train_error,
        true_error=true_error,
        half_width=max(high - true_error, true_error - low),
        severity=0.0 if i is None else float(verdicts.severity[i]),
        code=code,
        word=say(language, f"row_{code}"),
        in_pool=index not in board.excluded or index == board.current,
    )
