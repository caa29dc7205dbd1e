"""What runs have recorded, as a table."""

import csv
import io
from collections.abc import Iterable

from reglab.training import RunLike


def history_csv(runs: Iterable[RunLike]) -> str:
    """The histories of runs as CSV text: all rows of the first run, then of the next.

    Columns are ``run`` (its number, from 0), ``name``, and the fields of ``Run.history``; errors
    are shares from 0 to 1.

    >>> from reglab import Experiment, fit
    >>> print(history_csv([fit(Experiment(num_steps=6))]).splitlines()[0])
    run,name,step,train_loss,penalty,train_error,true_error,true_low,true_high
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, run in enumerate(runs):
        if number == 0:
            writer.writerow(["run", "name", *run.history._fields])
        for row in zip(*run.history, strict=True):
            writer.writerow([number, run.name, *(value.item() for value in row)])
    return text.getvalue()
