"""``PopulationPlaneDisplay``: where the last hypotheses of many runs lie."""

from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba

from reglab.figures import style
from reglab.figures.display import Display
from reglab.figures.labels import Labels
from reglab.figures.scale import domain
from reglab.mitchell import Verdict
from reglab.mitchell.words import grouped
from reglab.views import PopulationPlaneView
from reglab.words import counted, say

ROOM = 0.58, 0.22, 0.7, 0.26  # inches at the left, right, bottom and top
MARKS: dict[str, dict[str, Any]] = {
    say("overfits"): {"marker": "^", "s": 22, "facecolors": style.RED, "edgecolors": style.PAPER},
    say("overfits by less"): {
        "marker": "^",
        "s": 18,
        "facecolors": style.PAPER,
        "edgecolors": style.RED,
    },
    say("optimal"): {"marker": "P", "s": 26, "facecolors": style.GREEN, "edgecolors": style.PAPER},
    say("no witness"): {"marker": "o", "s": 20, "facecolors": style.PAPER, "edgecolors": style.INK},
    say("undecided"): {"marker": "D", "s": 14, "facecolors": style.PAPER, "edgecolors": style.INK},
}
CODES = {"optimal": 1, "no witness": 2, "undecided": 3}  # of Verdict


class PopulationPlaneDisplay(Display):
    """Training error across, true error up, a mark of its verdict for the end of each run.

    Args:
        view: the last hypothesis of each run.
        group: of the runs that are shown in full, others faintly; None shows all in full.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes.
        figure_: their figure.
        dots_: by its words, a collection of dots for each kind of verdict that is there.
        image_: the density, or None where dots are few.
        bayes_line_: the Bayes error, or None where it is not known or not the same for all.
        key_: what the marks mean, a legend without a box; None for a density.
    """

    def __init__(
        self,
        view: PopulationPlaneView,
        group: int | None = None,
        *,
        language: str | None = None,
    ):
        super().__init__(language)
        self.view, self.group = view, group

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure of one column of a journal."""
        view, ax = self.view, style.axes(ax, (3.4, 3.1), ROOM)
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        ax.set_xlim(domain(view.train_error.tolist(), from_zero=True))
        up = [*view.true_error.tolist(), view.bayes_error]
        ax.set_ylim(domain(up))
        style.ticks(ax, "x", 6)
        style.ticks(ax, "y", 6)
        count = view.num_train
        named = say("training examples") if count is None else style.examples(count)
        self._axis_titles(
            ax,
            say("error on the {examples}", examples=named),
            say("error over {over}", over=view.over),
        )
        dots = counted(
            len(view.run),
            "the end of {count} run",
            "the end of each of {count} runs",
            count=grouped(len(view.run)),
        )
        self._title(ax, say("Witness plane"), dots)
        self.bayes_line_ = self._bayes()
        self.image_ = None if view.density is None else self._draw_density(view.density)
        self.dots_ = {} if view.density is not None else self._draw_dots()
        self.key_ = self._key() if self.dots_ else None
        return self

    def _draw_density(self, density: np.ndarray) -> Any:
        ends = to_rgba(style.PAPER, 0), style.INK
        colours = LinearSegmentedColormap.from_list("reglab-density", ends)
        image = self.ax_.imshow(
            density,
            origin="lower",
            extent=self.view.region,
            cmap=colours,
            vmin=0,
            vmax=255,
            aspect="auto",
            interpolation="nearest",
        )
        self.ax_.set_xlim(domain([self.view.region[1]], from_zero=True))
        self.ax_.set_ylim(domain([*self.view.region[2:], self.view.bayes_error]))
        return image

    def _draw_dots(self) -> dict[str, Any]:
        view, drawn = self.view, {}
        for word, look in MARKS.items():
            chosen = self._chosen(word)
            if not chosen.any():
                continue
            is_full = chosen if self.group is None else chosen & (view.group == self.group)
            for mask, alpha in ((chosen & ~is_full, 0.25), (is_full, 0.9)):
                place = view.train_error[mask], view.true_error[mask]
                dots = self.ax_.scatter(*place, **look, linewidths=0.8, alpha=alpha, zorder=3)
                dots.set_clip_on(False)
            drawn[word] = dots
        return drawn

    def _chosen(self, word: str) -> np.ndarray:
        view = self.view
        if word == "overfits":
            return np.asarray(view.counts, bool)
        if word == "overfits by less":
            return (view.code == Verdict.OVERFITS) & ~view.counts
        return view.code == CODES[word]

    def _bayes(self) -> Any:
        bayes = self.view.bayes_error
        if bayes is None:
            return None
        line = self.ax_.axhline(bayes, color=style.BAYES, linewidth=0.8, linestyle=style.DASHES)
        labels = Labels(self.ax_, self.script)
        level = float(labels.points(0, bayes)[0, 1])

        def spots(width: float, height: float) -> list[tuple[float, float]]:
            return [(labels.width - width - 1, y) for y in (level - height - 1, level + 1.5)]

        labels.place([style.bayes_error(bayes)], spots)
        return line

    def _key(self) -> Any:
        return self._legend(
            self.ax_,
            self.dots_,
            loc="upper center",
            bbox_to_anchor=(0.43, -0.15),
            ncols=4 if len(self.dots_) < 5 else 3,
            handletextpad=0.2,
            columnspacing=0.9,
            handlelength=1.2,
            labelspacing=0.25,
        )
