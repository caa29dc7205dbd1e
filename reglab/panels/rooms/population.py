"""``PopulationLab``: the room in which it is counted how often h overfits."""

from reglab.panels.population.lab import SweepLab
from reglab.panels.population.view import CARDS
from reglab.panels.rooms.base import Group, Room
from reglab.words import say


class PopulationLab(SweepLab):
    """How often h overfits over training samples, for each value of a number."""

    room = Room(
        name="population",
        title=say("How often h overfits"),
        question=say(
            "Predict first: at which value will h overfit in fewer than half of the draws?"
        ),
        cards=CARDS,
        controls=(
            Group(say("What varies"), ("varied", "values", "draws")),
            Group(say("Verdict"), ("scope", "at_least")),
            Group(say("Data"), ("data", "num_train", "label_noise")),
            Group(say("Hypothesis space H and search"), ("sizes", "num_steps")),
        ),
    )
