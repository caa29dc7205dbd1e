"""A seeded walk over everything in a panel that a person can press, move or choose."""

import asyncio
import random

import ipywidgets as widgets

from reglab.panels.kit.cells import descendants

REST = 0.05  # seconds in which the worker gets on, now and then
CHOICES = (widgets.Dropdown, widgets.SelectionSlider, widgets.ToggleButtons)


class Walk:
    """Presses, moves and chooses at random, whatever the panel is doing at the time.

    Args:
        panel: made on the loop that runs.
        messages: makes what the front end may send, given a source of random numbers.
        seed: of the walk.
        rare: descriptions of widgets, or options of them, that are chosen one time in 20.

    Attributes:
        acts: what was done, newest last.
    """

    def __init__(self, panel, messages, *, seed=0, rare=()):
        self.panel, self.messages, self.rare = panel, messages, set(rare)
        self.random = random.Random(seed)
        self.acts: list[str] = []

    async def take(self, count):
        """Acts ``count`` times."""
        end = len(self.acts) + count
        while len(self.acts) < end:
            self.act()
            # As in a kernel, frames are taken between two messages of the front end.
            await asyncio.sleep(REST if self.random.random() < 0.05 else 0)

    def act(self):
        """Does one thing, or nothing where it fell on what is rare."""
        if self.random.random() < 0.3:
            content = self.messages(self.random)
            self.acts.append(str(content))
            self.panel.view._handle_custom_msg(content, [])
            return
        found = [one for one in descendants(self.panel) if _acts(one)]
        one = self.random.choice(found)
        if self._is_rare(one.description):
            return
        if isinstance(one, CHOICES):
            self._choose(one)
            return
        self.acts.append(f"{type(one).__name__} {one.description}")
        if isinstance(one, widgets.Button):
            one.click()
        elif isinstance(one, widgets.BoundedIntText):
            one.value = self.random.randint(one.min, min(one.max, one.min + 5))
        else:
            one.value = self.random.choice((-1.0, 0.0, 0.3, 0.5, 1.0, float("nan")))

    def _choose(self, one):
        index = self.random.randrange(len(one.options))
        if not self._is_rare(str(one._options_labels[index])):
            self.acts.append(f"{one.description} = {one._options_labels[index]}")
            one.index = index

    def _is_rare(self, name):
        return name in self.rare and self.random.random() < 0.95


def _acts(one):
    kinds = (widgets.Button, *CHOICES, widgets.BoundedIntText, widgets.FloatText)
    return isinstance(one, kinds) and not getattr(one, "disabled", False)
