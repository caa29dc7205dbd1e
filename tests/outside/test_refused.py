"""Whoever is no member of a family does not join it, and is told why in one line."""

import pytest
from flax import nnx

from reglab import distributions, live, nn, theory
from reglab.live import Preset

from .conftest import FAMILIES


def likeness(kind, **attributes):
    """A subclass of another name that differs in some attributes."""
    return type("Likeness", (kind,), attributes)


def wrong_distributions(toys):
    stripe = toys.Stripe
    yield "stripe", stripe, "distribution: expected a name that is free, got 'stripe'"
    yield "arrays", stripe, "distribution: expected a name that is free, got 'arrays'"
    for name in ("", "two words", "<b>", 3, None):
        yield name, stripe, r"distribution: expected a name of letters, digits, _ and -, got "
    yield "other", 3, "distribution: expected a subclass of .*Distribution, got 3"
    yield "other", stripe(), "distribution: expected a subclass of .*Distribution, got Stripe"
    bare = distributions.Distribution
    yield "other", bare, "lacks input_shape, num_classes, ranges, num_coordinates, caption"
    yield "other", likeness(stripe, caption=""), "Likeness lacks caption"
    yield "other", likeness(stripe), "expected a pytree, .*; decorate Likeness with @pytree"
    for picture in ([[0.5, 2, 0]], [0.1, 0.2, 0], [[0.5, float("nan"), 1]], {"size": 2}, None, "x"):
        made = distributions.pytree(
            likeness(
                stripe,
                thumbnail=classmethod(lambda cls, picture=picture: picture),
                __dataclass_fields__=stripe.__dataclass_fields__,
            )
        )
        yield "other", made, "thumbnail of other: expected points"
    images = {"size": 2, "images": [[0, 0, 0]]}
    made = distributions.pytree(
        likeness(
            stripe,
            thumbnail=classmethod(lambda cls: images),
            __dataclass_fields__=stripe.__dataclass_fields__,
        )
    )
    yield "other", made, "thumbnail of other: expected points"


def wrong_models(toys):
    gated, config = toys.Gated, toys.GatedConfig
    other = type("OtherConfig", (config,), {})
    right = {"config": other, "title": "other", "offered": {"": other()}, "in_populations": {}}
    yield "gated", gated, "model: expected a name that is free, got 'gated'"
    yield "other", nnx.Linear, "model: expected a subclass of reglab.nn.Classifier, got "
    yield "other", config(), "model: expected a subclass of reglab.nn.Classifier, got Gated"
    yield "other", nn.Classifier, "model other: expected config, arguments, title, offered, which"
    yield "other", gated, "model other: expected another class name than that of gated, got 'Gated'"
    for name, value, said in (
        ("config", config, "another config than that of gated, got "),
        ("config", nn.MLP.config, "a MLPConfig in each offer, got OtherConfig"),
        ("config", dict, "a dataclass that inherits ModelConfig as config, got "),
        ("title", "MLP", "another title than that of mlp, got 'MLP'"),
        ("title", "", "title, which Likeness lacks"),
        ("offered", {}, "offered, which Likeness lacks"),
        ("offered", {"one": config(3)}, r"a OtherConfig in each offer, got GatedConfig"),
        ("in_populations", {"8": other()}, "another in_populations than that of mlp, got '8'"),
        (
            "arguments",
            ("units", "rngs", "self", "no"),
            "arguments of Likeness .*'rngs', 'self', 'no'",
        ),
    ):
        parts = {**right, name: value}
        if (name, value) == ("config", config):
            parts["offered"] = {"": config()}
        yield "other", likeness(gated, **parts), f"model other: expected {said}"


def wrong_claims(toys):
    yield None, toys.CLAIM, "claim: expected a name that is free, got 'edge-1'"
    yield None, 3, "claim: expected a reglab.theory.Claim, got 3"


def wrong_presets(toys):
    start, title = toys.PRESET.experiment, "a title"
    yield "stripe-gated", toys.PRESET, "preset: expected a name that is free, got 'stripe-gated'"
    yield "other", toys.PRESET, "preset other: expected another title than that of stripe-gated"
    for wrong in (
        start,
        Preset("", "", start),
        Preset(title, "", "moons"),
        Preset(title, "", start, ("l2",)),
        Preset(title, None, start),
        (title, "", start, ()),
    ):
        yield (
            "other",
            wrong,
            "preset: expected a Preset with a title, an Experiment and a dict a twin",
        )


@pytest.mark.parametrize(
    ("register", "wrong"),
    [
        (distributions.register, wrong_distributions),
        (nn.register, wrong_models),
        (lambda _, claim: theory.register(claim), wrong_claims),
        (live.register, wrong_presets),
    ],
    ids=["distributions", "models", "claims", "presets"],
)
def test_whoever_is_none_is_refused_in_one_line_and_does_not_join(toys, register, wrong):
    before = [tuple(family) for _, family in FAMILIES]
    for name, member, said in wrong(toys):
        with pytest.raises(ValueError, match=said) as told:
            register(name, member)
        assert "\n" not in str(told.value)
    assert [tuple(family) for _, family in FAMILIES] == before
