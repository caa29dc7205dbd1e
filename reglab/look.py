"""How everything is drawn: each colour, and each number that panels and figures share, once.

Figures read them here, by :mod:`reglab.figures.style`. Panels get them as custom properties of
their style sheets (:mod:`reglab.panels.kit.theme`), ``--rl-<name>``, and so do the scripts there.
"""

from typing import NamedTuple

PAPER = "#ffffff"
BLACK = "#000000"
# Shares of black on paper. A panel takes both from the theme of JupyterLab, dark ones too.
INK, MUTED, HAIRLINE, WASH, GRID, REGION = 0.87, 0.62, 0.14, 0.045, 0.09, 0.055
BRAND = "#1976d2"  # where a page has no theme
ARROW = "#888888"  # of a menu, on any ground

# Widths in CSS pixels up to which a view folds; a style sheet says ``@container (--phone)``.
FOLDS = {"narrow": 700, "column": 540, "phone": 440}


class Colours(NamedTuple):
    """One meaning, one colour, on light ground; beside these there are only ink and paper."""

    neutral: str = "#f4f4f2"  # where both classes are as likely
    rim: str = PAPER  # of training examples
    class0: str = "#e8820c"  # the two classes and nothing else
    class1: str = "#0877bd"
    train: str = "#23803c"  # error on the training examples
    whole: str = "#7a3fb8"  # error over the whole distribution
    bayes: str = "#6b7078"
    run0: str = "#24292f"  # the runs of a board, in turn
    run1: str = "#0a8f94"
    run2: str = "#d1478f"
    run3: str = "#8d5b2f"
    red: str = "#b3261e"  # verdicts alone
    red_wash: str = "#fdefed"
    green: str = "#1b7d46"
    green_wash: str = "#ebf6ef"

    @property
    def runs(self) -> tuple[str, ...]:
        """Of the runs of a board, in turn."""
        return self.run0, self.run1, self.run2, self.run3


class Numbers(NamedTuple):
    """What pictures are drawn by; opacities are shares from 0 to 1."""

    # Share of the class's colour at probability p: strength * min(1, gain * |2p - 1|) ** power.
    map_strength: float = 0.52
    map_gain: float = 1.04
    map_power: float = 0.85
    map_few: float = 300  # training examples; more are drawn smaller
    region_witness: float = 0.075  # opacity of the region of witnesses, where there is one
    dots_few: float = 600  # hypotheses; fewer than these have dots of the first opacity
    dots_some: float = 2500  # fewer than these have the second
    dot_few: float = 0.34
    dot_some: float = 0.2
    dot_many: float = 0.1
    out_of_pool: float = 0.4  # times the opacity of a run
    path: float = 0.75
    path_window: float = 24  # a mean over this part of the rows, each way
    plane_across: float = 0.97  # share of the errors that the axes hold at least
    plane_up: float = 0.96
    plane_room: float = 0.08  # to the right of h
    curves_up: float = 0.985
    least_across: float = 0.1  # least lengths of axes that start at 0, and of others
    least_up: float = 0.06
    empty: float = 0.45  # upper end of an axis before there is an error
    interval: float = 0.22  # opacity of the interval of a run's true error
    change: float = 0.28  # of the line at which a knob was moved
    handle: float = 0.5  # of the line at h
    others: float = 0.3  # of the medians at other values
    share_line: float = 0.45  # of the line from one share of runs to the next
    share_pad: float = 0.06  # of the axis of what varies, at both ends
    dash: float = 5  # of the Bayes line, in its widths
    dash_gap: float = 3


LIGHT = Colours()
DARK = Colours(
    neutral="#1c1f22",
    rim="#14171b",
    class0="#f2963a",
    class1="#3f9fdc",
    train="#6cc786",
    whole="#c49bf3",
    bayes="#a0a6ad",
    run0="#e8eaed",
    run1="#3fc3c6",
    run2="#f387bd",
    run3="#cf9c6b",
    red="#ff8f7d",
    red_wash="#331c1a",
    green="#74d19a",
    green_wash="#15291d",
)
NUMBERS = Numbers()
DARK_NUMBERS = NUMBERS._replace(map_strength=0.56, region_witness=0.11)


def rgb(colour: str) -> tuple[int, ...]:
    """Red, green and blue of ``#rrggbb``, each from 0 to 255.

    >>> rgb("#e8820c")
    (232, 130, 12)
    """
    return tuple(bytes.fromhex(colour[1:]))


def inked(share: float) -> str:
    """Black on paper by a share from 0 to 1.

    >>> inked(GRID)
    '#e8e8e8'
    """
    mixed = [
        round(share * a + (1 - share) * b) for a, b in zip(rgb(BLACK), rgb(PAPER), strict=True)
    ]
    return "#" + bytes(mixed).hex()
