"""What the last hypothesis of a finished run decides, as a picture."""

from collections.abc import Callable

from reglab.live.pictures.base import Moment
from reglab.live.pictures.images import ImagesMaker
from reglab.live.pictures.map import MapMaker
from reglab.training import fit
from reglab.training.run import RunOnData
from reglab.views import BoundaryView, ImagesView


class LastPicture:
    """Draws the last hypotheses of runs; keeps what one has in common with the next.

    Args:
        model: the user's factory that the runs were trained with, if any.
    """

    def __init__(self, model: Callable | None = None):
        self._model, self._makers = model, (MapMaker(), ImagesMaker())

    def __call__(self, run: RunOnData) -> BoundaryView | ImagesView | None:
        """The picture of a run, or None where inputs have none or there is no hypothesis.

        Args:
            run: finished; where its weights were not kept, it is trained again.
        """
        hypotheses = run.hypotheses
        if not hypotheses.has_last:
            own = {"distribution": run.distribution, "model": self._model}
            hypotheses = fit(run.experiment, **own).hypotheses
        last = (hypotheses.network, hypotheses.state(-1)) if len(hypotheses) else None
        views = (make(Moment(run, last, None)) for make in self._makers)
        return next((view for view in views if view is not None), None)
