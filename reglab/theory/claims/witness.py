"""M1: a witness of overfitting, where every error is a count."""

from typing import NamedTuple

import numpy as np

from reglab.mitchell import find_witness, judge
from reglab.nn import MLP
from reglab.theory.base import Claim, Reference
from reglab.theory.cube import BITS, SIZE, corners, line, sides, trained
from reglab.theory.networks import mlp, scores_of
from reglab.theory.rows import at_least, exactly, higher_than, identity, too_low
from reglab.training import Run, errors_of, predictions_on
from reglab.words import say

ROUNDING = 2.0**-22  # of masses and their sums, which are float32
FLIPS, EXAMPLES, FEW = 0.15, 240, 80


class Given(NamedTuple):
    """A run on flipped labels, and a memory of a few clean ones.

    Attributes:
        weights: of the bits in the function that makes the labels.
        labels: of all corners of the cube before any is flipped.
        run: its last hypothesis is h.
        answers: of all its hypotheses at all corners, ``(rows, SIZE)``.
        remembered: the label of the nearest of ``FEW`` clean examples, ``(SIZE,)``.
        repeats: how often the first of those is among them.
    """

    weights: np.ndarray
    labels: np.ndarray
    run: Run
    answers: np.ndarray
    remembered: np.ndarray
    repeats: int


def setup(seed: int) -> Given:
    """Trains a network, and draws the clean examples."""
    rng = np.random.default_rng(seed)
    weights = line(rng)
    labels, (start, draw) = sides(weights), rng.integers(2**31, size=2).tolist()
    run = trained(labels, flips=FLIPS, n=EXAMPLES, seed=start, draw=draw)
    answers = predictions_on(run.hypotheses, np.arange(len(run.hypotheses)), corners())
    examples = rng.integers(SIZE, size=FEW)
    nearest = examples[(corners() @ corners()[examples].T).argmax(axis=1)]
    repeats = np.count_nonzero(examples == examples[0])
    return Given(weights, labels, run, answers, labels[nearest], int(repeats))


def predict(given: Given):
    """The definition, applied to counts of wrong corners."""
    wrong = (given.answers != given.labels).mean(axis=1)
    true = FLIPS + (1 - 2 * FLIPS) * wrong
    mistakes = np.rint(given.run.history.train_error * EXAMPLES)
    on_path = np.append(true[mistakes > mistakes[-1]], true[-1])  # h itself: no witness
    steps = {"x": given.run.history.step, "x_label": say("step")}
    forgotten = (given.remembered != given.labels).mean()
    return {
        say("true error along the path"): identity(true, **steps),
        say("true error along the path, not below the noise"): at_least(
            np.full(len(true), FLIPS), **steps
        ),
        say("severity of h, witnesses on its path"): identity(true[-1] - on_path.min()),
        say("severity of h, the Bayes rule among the witnesses"): identity(
            (1 - 2 * FLIPS) * wrong[-1]
        ),
        say("training error, Bayes rule minus h"): higher_than(0.0),
        say("best on the path: true error less than h's by"): higher_than(0.0),
        say("no noise, one example flipped as h': severity of a memory"): identity(
            forgotten - 1 / SIZE
        ),
        say("no noise, and yet a verdict"): too_low(0.0),
    }


def measure(given: Given):
    """The package's errors and verdicts."""
    history, rule = given.run.history, errors_of(scores_of(_bayes_rule(given.weights)), given.run)
    finding = exactly(find_witness(given.run).severity, 2 * ROUNDING)
    train = np.append(history.train_error, rule.train_error)
    true = np.append(history.true_error, rule.true_error.value)
    memory = judge(
        np.array([0, given.repeats / FEW]),
        np.array([(given.remembered != given.labels).sum(), 1]) / SIZE,
    )
    severity = exactly(memory.severity[0], 1e-12)
    return {
        "true error along the path": exactly(history.true_error, ROUNDING),
        "true error along the path, not below the noise": exactly(history.true_error, ROUNDING),
        "severity of h, witnesses on its path": finding,
        "severity of h, the Bayes rule among the witnesses": exactly(
            judge(np.rint(train * EXAMPLES), true).severity[-2], 2 * ROUNDING
        ),
        "training error, Bayes rule minus h": exactly(train[-1] - train[-2], ROUNDING),
        "best on the path: true error less than h's by": finding,
        "no noise, one example flipped as h': severity of a memory": severity,
        "no noise, and yet a verdict": severity,
    }


def _bayes_rule(weights: np.ndarray) -> MLP:
    """The function that makes the labels, as a network of the space that was trained in."""
    first, second, last = np.zeros((BITS, 32)), np.zeros((32, 32)), np.zeros((32, 2))
    first[:, :2] = weights[:, None] * [-1, 1]  # w·x = relu(w·x) − relu(−w·x)
    second[:2, :2] = last[:2] = np.eye(2)
    return mlp([(kernel, np.zeros(kernel.shape[1])) for kernel in (first, second, last)])


CLAIM = Claim(
    id="M1",
    statement=say(
        "A hypothesis h overfits if some h' of the same space errs more on the training examples "
        "and less over the whole distribution. With labels flipped at rate η the Bayes rule is "
        "such a witness against a network that fits them, and often an earlier state of the "
        "network is one too."
    ),
    formula=r"\text{train}(h) < \text{train}(h') \ \wedge\ D(h) > D(h'), \qquad "
    r"D(h) = \eta + (1 - 2\eta)\,\frac{\#\{x : h(x) \ne f(x)\}}{2^{10}}",
    kind="identity",
    source=(
        Reference(
            say("T. M. Mitchell, Machine Learning, McGraw-Hill 1997, sec. 3.7.1"),
            say(
                "the definition, word for word in two sets of lecture notes: "
                "jmvidal.cse.sc.edu/talks/decisiontrees/overfitting.html and "
                "cs.auckland.ac.nz/~pat/706_98/ln/node87.html; the section number was not"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("none but rounding: errors are counts of 1,024 corners, their masses float32"),
    fails_when=say(
        "h' may be any function: then the definition condemns every imperfect hypothesis without "
        "training error, noise or none. The target with one training example flipped errs once "
        "in training and at one corner. So a verdict has to say where h' may come from. A "
        "hypothesis of least true error never overfits."
    ),
)
