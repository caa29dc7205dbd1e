"""``certify``: is it proved that a hypothesis overfits?"""

import time
from typing import NamedTuple, cast

import jax
import numpy as np
from flax import nnx

from reglab.config import Range, check_number
from reglab.distributions import AnyDistribution, Planar
from reglab.mitchell.certificate.enclosure import answers_in
from reglab.mitchell.certificate.layers import Layer, layers_of, refusal
from reglab.mitchell.certificate.tree import Bounds, Known, Tree, refined
from reglab.mitchell.certificate.words import sentence
from reglab.mitchell.find_witness import pool_about
from reglab.mitchell.pool import Pool
from reglab.training.run import RunLike
from reglab.words import chosen_language, reason, say


class Certificate(NamedTuple):
    """What is proved of a hypothesis h and of another one, h'.

    Attributes:
        overfits: True where h certainly overfits, since h' errs more on the training examples and
            less over the whole distribution; False where h' is certainly no witness; None where the
            budget ended before.
        h: bounds of the true error of h, shares from 0 to 1.
        witness: of that of h'.
        difference: of the true error of h minus that of h', narrower than the two together.
        train_h: bounds of the number of training examples that h gets wrong; equal but where two
            scores are closer than the program's rounding.
        train_witness: of that of h'.
        num_train: number of training examples.
        addresses: of h and of h', each the index of its run and the row of its history.
        cells: number of cells that were looked at.
        seconds: that it took.
        sentence: all this in words.
    """

    overfits: bool | None
    h: Bounds
    witness: Bounds
    difference: Bounds
    train_h: Bounds
    train_witness: Bounds
    num_train: int
    addresses: tuple[tuple[int, int], tuple[int, int]]
    cells: int
    seconds: float
    sentence: str


def certify(
    run: RunLike,
    *others: RunLike,
    row: int = -1,
    witness: tuple[int, int] | None = None,
    width: float = 0.02,
    max_cells: int = 200_000,
    max_seconds: float = 20.0,
    past_only: bool = False,
    language: str = "en",
) -> Certificate:
    """Proves that a hypothesis of a run overfits, or that its best contender is no witness.

    ``find_witness`` rests on estimated errors. Here the plane is split into cells; on a cell on
    which the program that the lab predicts with, in float32, provably gives one answer, a
    hypothesis is right and wrong on masses that are bounded with proof; cells on which it may
    change its answer are split further, the heaviest first. Points are real numbers that are
    rounded to float32, as inputs are; the program may sum in any order on any device that
    multiplies and adds in float32. ``docs/certificate.md`` has the proofs.

    The distribution is a planar one of the lab's (``gauss``, ``xor``, ``circle``, ``moons``,
    ``spiral``), with label noise or without; the hypotheses are dense networks or linear
    classifiers whose activation is ``relu``, ``leaky_relu`` or ``identity``.

    Args:
        run: as ``fit`` returns it.
        *others: runs on the same S and D, such as twins; see :func:`pool_of`.
        row: of the hypothesis h in ``run.history``; negative ones count from the end.
        witness: index of the run (0 is the first one handed in) and row of h'; where left out, the
            one of the least true error, as estimated, among those of larger training error.
        width: of the bounds of both errors that will do, once all is decided.
        max_cells: to look at, at most about.
        max_seconds: to take, at most about.
        past_only: leaves out every row of a later step than h, in all runs.
        language: of the sentence.

    Raises:
        ValueError: one line, where no such bounds are known of the distribution or a hypothesis,
            where nothing of larger training error may be held against h, and as ``find_witness``.

    >>> from reglab import Experiment, MLPConfig, fit
    >>> experiment = Experiment(model=MLPConfig((32, 32)), num_steps=600, eval_every=30)
    >>> made = certify(fit(experiment))
    >>> made.overfits, made.h.low > made.witness.high, made.train_h.low < made.train_witness.low
    (True, True, True)
    """
    width = check_number("width", width, Range(0, 1))
    max_cells = check_number("max_cells", max_cells, Range(1, 10**8), integer=True)
    max_seconds = check_number("max_seconds", max_seconds, Range(0, 10**6))
    language = chosen_language(language)  # or proofs of many seconds would end in a refusal
    began, runs = time.perf_counter(), (run, *others)
    pool, addresses, i = pool_about(runs, row, past_only=past_only)
    k = _contender(pool, i) if witness is None else _index(addresses, witness)
    here, there = (tuple(addresses[j].tolist()) for j in (i, k))
    why = not_certified(run.distribution)
    if why:
        raise ValueError(why)
    networks = tuple(layers_of(runs[owner].hypotheses[at]) for owner, at in (here, there))
    trained = [_num_wrong(layers, *_examples(run)) for layers in networks]
    planar = cast(Planar, run.distribution)  # or there would be a reason against it
    tree = Tree(planar.cell_masses, float(planar.label_noise), networks)
    known = refined(tree, width, max_cells, max_seconds)
    overfits = _overfits(known, *trained)
    return Certificate(
        overfits=overfits,
        h=known.h,
        witness=known.witness,
        difference=known.difference,
        train_h=trained[0],
        train_witness=trained[1],
        num_train=pool.num_train,
        addresses=(here, there),
        cells=known.cells,
        seconds=time.perf_counter() - began,
        sentence=sentence(overfits, known, pool, (i, k)).into(language),
    )


def not_certified(distribution: AnyDistribution, *hypotheses: nnx.Module) -> str:
    """Why there is no certificate; empty where there can be one."""
    if not isinstance(distribution, Planar):
        kind = distribution.class_name.lower()
        return say(
            "distribution: expected one on the plane for a certificate, got {kind}", kind=kind
        )
    try:
        distribution.cell_masses(np.zeros((1, 2)), np.ones((1, 2)))
    except ValueError as error:
        return reason(error)
    return next(filter(None, map(refusal, hypotheses)), "")


def _contender(pool: Pool, i: int) -> int:
    """The hypothesis of least true error, as estimated, among those of larger training error."""
    is_larger = pool.train_error > pool.train_error[i]
    if not is_larger.any():
        raise ValueError(say("h: expected some hypothesis of larger training error, got none"))
    return int(np.where(is_larger, pool.true_error, np.inf).argmin())


def _index(addresses: np.ndarray, witness: tuple[int, int]) -> int:
    here = np.flatnonzero((addresses == np.asarray(witness)).all(axis=1))
    if not len(here):
        raise ValueError(
            say("witness: expected the run and the row of one of them, got {got!r}", got=witness)
        )
    return int(here[0])


def _examples(run: RunLike) -> tuple[np.ndarray, np.ndarray]:
    """The training examples of the last step."""
    experiment = run.experiment
    num_train = experiment.hyper_at(max(int(run.history.step[-1]) - 1, 0)).num_train
    x, y = run.distribution.sample(jax.random.key(experiment.draw), experiment.max_train)
    return np.asarray(x[:num_train], np.float64), np.asarray(y)[:num_train]


def _num_wrong(layers: list[Layer], x: np.ndarray, y: np.ndarray) -> Bounds:
    """Bounds of the number of examples that a network gets wrong."""
    answers = answers_in(layers, x, np.zeros(len(x)))
    return Bounds(int(((answers >= 0) & (answers != y)).sum()), int((answers != y).sum()))


def _overfits(known: Known, train_h: Bounds, train_witness: Bounds) -> bool | None:
    if known.difference.high <= 0 or train_witness.high <= train_h.low:
        return False
    is_better = known.h.low > known.witness.high or known.difference.low > 0
    return True if is_better and train_h.high < train_witness.low else None
