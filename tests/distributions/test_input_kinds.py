"""What an input is: the columns of a table have no order, and channels come last."""

import jax
import numpy as np
import pytest

from reglab import CNNConfig, Experiment, Hyper, LinearConfig, distributions, fit, fit_population
from reglab.config import AUGMENTS
from reglab.distributions import SHIFTS, shifted
from reglab.distributions.transforms import check_kind, fitting
from reglab.live import Session
from reglab.panels import MitchellLab

RNG = np.random.default_rng(0)
Y = np.arange(60) % 3
EXPERIMENT = Experiment(
    max_train=40, num_steps=2, eval_every=2, model=LinearConfig(), hyper=Hyper(num_train=40)
)
ORDERED = ("translation", "flip", "rotation")
TABLE = "for rows of a table, whose columns have no order, got "


def own(*shape, **options):
    return distributions.arrays(RNG.normal(size=(60, *shape)), Y, **options)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    rows = [f"{i},{61000 - i},{i % 2},0.{i},{'ab'[i % 2]}\n" for i in range(60)]
    path.write_text("age,income,sex,rate,class\n" + "".join(rows))
    return distributions.csv(path, target="class")


@pytest.mark.parametrize("kind", ORDERED)
def test_no_column_of_a_table_moves_into_another(kind, table):
    moved = EXPERIMENT.replace(augment=kind, hyper=EXPERIMENT.hyper._replace(augmentation=0.5))
    said = "augment: expected one of mixup, noise " + TABLE + repr(kind)
    for data in (table, own(4), own(2), own(1)):
        assert data.input_kind == "table"
        for train in (fit, lambda one, **options: fit_population([one], **options)):
            with pytest.raises(ValueError, match=said) as error:
                train(moved, distribution=data)
            assert "\n" not in str(error.value)
        with pytest.raises(ValueError, match=said):
            Session(moved, distribution=data).close()


@pytest.mark.parametrize("kind", SHIFTS)
def test_a_table_takes_the_shift_that_keeps_its_columns_apart(kind, table):
    if kind == "contrast":
        moved = shifted(table, kind, 0.5)
        key = jax.random.key(0)
        before, after = table.evaluation(key, 10)[0], moved.evaluation(key, 10)[0]
        np.testing.assert_allclose(after, 0.55 * before, rtol=1e-6)  # about the training mean
        assert shifted(moved, kind, 0.1).input_kind == "table"
        return
    with pytest.raises(ValueError, match="shift: expected one of") as error:
        shifted(table, kind, 0.5)
    assert "\n" not in str(error.value)
    assert (TABLE in str(error.value)) == (kind in ORDERED)


def test_the_kinds_that_act():
    assert fitting((*AUGMENTS, "contrast"), (4,), None, "table") == ("mixup", "noise", "contrast")
    assert fitting(AUGMENTS, (2,), None, "table") == ("mixup", "noise")
    assert fitting(AUGMENTS, (2,), None, "plane") == AUGMENTS
    assert fitting(AUGMENTS, (40,)) == ("mixup", "translation", "flip", "noise")
    with pytest.raises(ValueError, match="flip: expected one of mixup, noise " + TABLE):
        check_kind("flip", "flip", AUGMENTS, (4,), None, "table")


@pytest.mark.costly
@pytest.mark.parametrize(
    ("shape", "kind", "found", "augment"),
    [
        ((5,), None, "table", "noise"),
        ((5,), "table", "table", "mixup"),
        ((5,), "sequence", "sequence", "flip"),
        ((2,), "plane", "plane", "rotation"),
        ((5, 4), None, "image", "rotation"),
        ((5, 4, 3), None, "image", "flip"),
        ((3, 6, 6), "image", "image", "translation"),
        ((2, 2, 2, 2), None, None, "noise"),
    ],
)
def test_what_inputs_are_can_be_said(shape, kind, found, augment):
    data = own(*shape, kind=kind)
    assert data.input_kind == found
    moved = EXPERIMENT.replace(augment=augment, hyper=EXPERIMENT.hyper._replace(augmentation=0.5))
    if len(shape) < 4:
        assert fit(moved, distribution=data).history.true_error.shape == (2,)


@pytest.mark.parametrize(
    ("shape", "kind", "said"),
    [
        (
            (5,),
            "image",
            r"kind: expected one of table, sequence for inputs of shape \(5,\), got 'im",
        ),
        ((2,), "sequence", "kind: expected one of table, plane for inputs"),
        ((5,), "plane", "kind: expected one of table, sequence for inputs"),
        ((5, 4), "table", "kind: expected one of image for inputs"),
        ((5,), 3, "kind: expected one of table, sequence for inputs .* got 3"),
        ((2, 2, 2, 2), "image", "kind: expected none for inputs"),
    ],
)
def test_what_inputs_cannot_be_is_refused(shape, kind, said):
    with pytest.raises(ValueError, match=said):
        own(*shape, kind=kind)


@pytest.mark.costly
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_channels_in_front_are_refused_with_what_to_do(channels):
    images = RNG.normal(size=(60, channels, 8, 9))
    said = (
        rf"x: expected images \(n, height, width, channels\), got shape \(60, {channels}, 8, 9\), "
        r"whose channels seem to come first; use x.transpose\(0, 2, 3, 1\), or say kind='image'"
    )
    experiment = EXPERIMENT.replace(model=CNNConfig((2,)))
    with pytest.raises(ValueError, match=said):
        fit(experiment, distribution=distributions.arrays(images, Y))
    data = distributions.arrays(images.transpose(0, 2, 3, 1), Y)
    assert data.input_shape == (8, 9, channels)
    assert fit(experiment, distribution=data).history.true_error.shape == (2,)


@pytest.mark.parametrize("shape", [(8, 8, 3), (5, 8, 8), (3, 4, 9), (8, 9), (3, 9), (8, 8, 1)])
def test_other_images_are_no_such_case(shape):
    assert own(*shape).input_shape == shape


def test_a_panel_offers_what_a_table_can_take(table):
    lab = MitchellLab(EXPERIMENT, distribution=table)
    try:
        controls = lab.controls
        assert controls.augment.options == ("mixup", "noise")
        assert set(controls.shift.kind.options.values()) == {"", "contrast"}
    finally:
        lab.close()
