import numpy as np
import pytest

from reglab import distributions
from reglab.mitchell import pool_of
from tests.mitchell.fake_runs import empty_run, fake_run
from tests.own import Half


class Left(Half):
    """Another class of the user's."""


class Right(Half):
    """And one whose objects differ."""

    def __init__(self, threshold):
        self.threshold = threshold


def test_all_rows_of_all_runs_in_order():
    runs = fake_run([9, 6], [0.3, 0.2], half=0.01), fake_run([12, 1, 0], [0.4, 0.1, 0.5])
    pool, addresses = pool_of(runs, bayes=0.1)
    assert addresses.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]]
    assert addresses.dtype == np.int32
    for i, (run, row) in enumerate(addresses):
        history = runs[run].history
        assert round(pool.train_error[i] * 60) == round(float(history.train_error[row]) * 60)
        for mine, theirs in zip(pool[1:4], history[4:7], strict=True):
            assert mine[i] == theirs[row]
    assert (pool.num_train, pool.bayes, pool.over) == (60, 0.1, "the whole distribution")
    assert pool_of(runs, over="held-out data")[0].over == "held-out data"


def test_equal_counts_of_wrong_examples_are_equal_numbers():
    run = fake_run([7, 7, 8], [0.3, 0.2, 0.1])
    run.history.train_error[1] = np.nextafter(run.history.train_error[0], np.float32(1))
    errors = pool_of([run])[0].train_error
    assert errors.tolist() == [7 / 60, 7 / 60, 8 / 60]


def test_names():
    plain, other, nameless = (
        fake_run([1, 2], [0.1, 0.1], every=1800, name=n) for n in ("plain", "L2 0.1", None)
    )
    names = pool_of([plain, other, nameless])[0].names
    assert list(names) == [
        "run “plain”, step 0",
        "run “plain”, step 1\u202f800",
        "run “L2 0.1”, step 0",
        "run “L2 0.1”, step 1\u202f800",
        "run 3, step 0",
        "run 3, step 1\u202f800",
    ]
    assert (names[-1], names[1:3]) == (list(names)[5], list(names)[1:3])
    twice = pool_of([plain, fake_run([1], [0.1], name="plain")])[0].names
    assert [twice[0], twice[2]] == ["run 1 “plain”, step 0", "run 2 “plain”, step 0"]


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ((), 0),
        (((0, "noise", 0.3),), 0),
        (((6, "noise", 0.3),), 2),  # the row of step 6 was recorded before the change
        (((7, "noise", 0.3),), 2),
        (((5, "label_noise", 0.3),), 1),
        (((13, "num_train", 30),), 3),
        (((1, "noise", 0.3), (13, "label_noise", 0.3)), 3),
        (((13, "noise", 0.2),), 0),  # what it was before
        (((1, "noise", 0.3), (13, "noise", 0.3)), 1),
        (((1, "noise", 0.3), (13, "noise", 0.2)), 3),  # back again
        (((13, "l2", 0.1), (14, "dropout_rate", 0.5)), 0),
        (((18, "noise", 0.3),), 0),  # at the newest row: it has touched no error yet
        (((100, "num_train", 30),), 0),
    ],
)
def test_rows_from_before_a_move_of_the_data_leave(changes, first):
    run = fake_run([4, 3, 2, 1], [0.1] * 4, changes=changes)
    pool, addresses = pool_of([run])
    assert addresses[:, 1].tolist() == list(range(first, 4))
    assert pool.num_train == (30 if changes == ((13, "num_train", 30),) else 60)


def test_rows_of_later_steps_leave_on_request():
    runs = fake_run([1] * 4, [0.1] * 4), fake_run([1] * 4, [0.1] * 4, every=10)
    for until, count in ((0, (1, 1)), (9, (2, 1)), (10, (2, 2)), (18, (4, 2)), (None, (4, 4))):
        _, addresses = pool_of(runs, until=until)
        assert tuple(np.bincount(addresses[:, 0]).tolist()) == count


@pytest.mark.parametrize(
    "fields",
    [
        {"distribution": "xor"},
        {"draw": 1},
        {"noise": 0.3},
        {"label_noise": 0.0},
        {"num_train": 61},
        {"changes": ((3, "noise", 0.1),)},
    ],
)
def test_runs_on_other_data_are_refused(fields):
    runs = fake_run([1, 1], [0.1, 0.1]), fake_run([1, 1], [0.1, 0.1], **fields)
    name = "noise" if "changes" in fields else next(iter(fields))
    with pytest.raises(
        ValueError, match=f"^runs: expected the same {name} in all of a pool, got "
    ) as caught:
        pool_of(runs)
    assert "\n" not in str(caught.value)


def test_runs_that_differ_in_anything_else_share_a_pool():
    fields = {"l2": 0.1, "seed": 3, "optimizer": "sgd", "max_train": 500, "batch_size": 7}
    runs = fake_run([1], [0.1]), fake_run([1], [0.1], **fields)
    assert len(pool_of(runs)[1]) == 2
    # The second run came to the same data by a change.
    runs = (
        fake_run([1, 1], [0.1, 0.1], noise=0.3),
        fake_run([1, 1], [0.1, 0.1], changes=((2, "noise", 0.3),)),
    )
    assert pool_of(runs)[1].tolist() == [[0, 0], [0, 1], [1, 1]]


def test_a_distribution_of_the_users_own_is_not_the_named_one():
    one, two, three = (fake_run([1], [0.1]) for _ in range(3))
    one.distribution, two.distribution, three.distribution = Left(), Right(0.3), Left()
    with pytest.raises(ValueError, match="got 'Left' in run 1 and 'Right' in run 2"):
        pool_of([one, two])
    assert len(pool_of([one, three])[1]) == len(pool_of([three, one])[1]) == 2
    three.distribution = 3.0
    with pytest.raises(
        ValueError, match=r"distribution: expected input_shape, .*, but float lacks"
    ):
        pool_of([three])


def test_objects_of_one_class_are_told_apart_by_what_they_draw():
    one, two, three = (fake_run([1], [0.1]) for _ in range(3))
    one.distribution, two.distribution, three.distribution = Right(0.3), Right(0.3), Right(0.4)
    assert len(pool_of([one, two])[1]) == 2
    with pytest.raises(ValueError, match="expected the same draws in all of a pool"):
        pool_of([one, three])


def test_examples_of_the_users_need_not_be_nested():
    one, two = fake_run([1], [0.1]), fake_run([1], [0.1], max_train=500)
    one.distribution = two.distribution = Right(0.3)
    with pytest.raises(ValueError, match="expected the same max_train in all of a pool"):
        pool_of([one, two])


def test_shifts_are_told_apart():
    one, two = fake_run([1], [0.1]), fake_run([1], [0.1])
    moons = distributions.get("moons")
    one.distribution = distributions.shifted(moons, "rotation", 0.2)
    two.distribution = distributions.shifted(moons, "rotation", 0.3)
    assert len(pool_of([one, one])[1]) == 2
    with pytest.raises(ValueError, match=r"got 'rotation 0.2 of Moons' in run 1"):
        pool_of([one, two])


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match=r"^runs: expected at least one, got none$"):
        pool_of([])
    with pytest.raises(ValueError, match=r"^runs: expected at least one row of history, got none$"):
        pool_of([empty_run()])
    assert len(pool_of([empty_run(), fake_run([1], [0.1])])[1]) == 1
