"""Experiments worth starting from, each with what to look for."""

from typing import Any, NamedTuple

from reglab.config import CNNConfig, Experiment, Hyper, Registry
from reglab.words import say


class Preset(NamedTuple):
    """A named start.

    Attributes:
        title: in a menu; a message where it is said in more than one language.
        question: what to predict before pressing Play, likewise.
        experiment: the first run.
        twins: what each further run differs in.
    """

    title: str
    question: str
    experiment: Experiment
    twins: tuple[dict[str, Any], ...] = ()


def register(name: str, preset: Preset) -> None:
    """Adds a preset to the menu of the panel.

    Args:
        name: letters, digits, ``_`` and ``-``, as in ``MitchellLab(preset=name)``.
        preset: whose title no other has.

    Raises:
        ValueError: one line, for a name that is taken or none, or what is no :class:`Preset`.

    >>> register("mine", "moons")
    Traceback (most recent call last):
    ValueError: preset: expected a Preset with a title, an Experiment and a dict a twin, got 'moons'
    """
    PRESETS.register(name, preset)


def _check(name: str, preset: object) -> None:
    if not isinstance(preset, Preset) or not _is_whole(preset):
        raise ValueError(
            say(
                "preset: expected a Preset with a title, an Experiment and a dict a twin, got "
                "{got!r:.80}",
                got=preset,
            )
        )
    titles = {other.title: key for key, other in PRESETS.items()}
    if preset.title in titles:
        raise ValueError(
            say(
                "preset {name}: expected another title than that of {other}, got {got!r}",
                name=name,
                other=titles[preset.title],
                got=str(preset.title),
            )
        )


def _is_whole(preset: Preset) -> bool:
    are_words = all(isinstance(part, str) for part in (preset.title, preset.question))
    are_dicts = all(isinstance(twin, dict) for twin in preset.twins)
    return bool(
        are_words and preset.title and are_dicts and isinstance(preset.experiment, Experiment)
    )


PRESETS: Registry[Preset] = Registry("preset", _check)
_OURS = {
    "noisy-moons": Preset(
        title=say("small noisy sample"),
        question=say("The training error will fall to nothing. What will the true error do?"),
        experiment=Experiment(),
    ),
    "dropout-rescues": Preset(
        title=say("dropout rescues"),
        question=say(
            "The twin drops half of its hidden units in every step. Which run ends lower?"
        ),
        experiment=Experiment(),
        twins=({"dropout_rate": 0.5},),
    ),
    "too-much-l2": Preset(
        title=say("an L2 so strong that it underfits"),
        question=say(
            "A penalty can be too strong. Where will the run with L2 0.1 end in the plane?"
        ),
        experiment=Experiment(),
        twins=({"l2": 0.01}, {"l2": 0.1}),
    ),
    "digits-50": Preset(
        title=say("digits: 50 images, flipped labels"),
        question=say(
            "One label in five is wrong. Can a network be right where its teacher is not?"
        ),
        experiment=Experiment(
            distribution="digits",
            num_steps=1200,
            hyper=Hyper(learning_rate=0.001, label_noise=0.2, num_train=50),
        ),
        twins=({"dropout_rate": 0.5}, {"input_noise": 0.5}),
    ),
    "mnist-moved": Preset(
        title=say("MNIST: 100 images, moved about"),
        question=say(
            "A digit moved by a pixel is the same digit. Which twin makes the most of that?"
        ),
        experiment=Experiment(
            distribution="mnist5k",
            augment="translation",
            num_steps=900,
            eval_every=15,
            hyper=Hyper(learning_rate=0.001, label_noise=0.0, num_train=100),
        ),
        twins=({"augmentation": 0.5}, {"dropout_rate": 0.5}),
    ),
    "signals-moved": Preset(
        title=say("MNIST-1D: 300 signals, convolutions"),
        question=say("These classes do not care where a signal begins. Which twin is told so?"),
        experiment=Experiment(
            distribution="mnist1d",
            model=CNNConfig(channels=(16, 16), kernel_size=5, stride=2, padding=2, pool=1),
            augment="translation",
            num_steps=900,
            eval_every=30,
            hyper=Hyper(learning_rate=0.003, label_noise=0.1, num_train=300),
        ),
        twins=({"augmentation": 1.0}, {"dropout_rate": 0.3}),
    ),
}

for _name, _preset in _OURS.items():
    register(_name, _preset)
