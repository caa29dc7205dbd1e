"""What the last hypothesis of a finished run decides, as a picture."""

from typing import Any

from flax import nnx

from reglab.live.pictures.pictures import Pictures
from reglab.nn import Network
from reglab.training import Trainer, fit
from reglab.views import BoundaryView, ImagesView


class LastPicture:
    """Draws the last hypotheses of runs; keeps what one has in common with the next.

    Args:
        model: the user's factory that the runs were trained with, if any.
    """

    def __init__(self, model: Any = None):
        self._model, self._pictures = model, Pictures()

    def __call__(self, run: Any) -> BoundaryView | ImagesView | None:
        """The picture of a run, or None where inputs have none or there is no hypothesis.

        Args:
            run: with ``experiment``, ``distribution`` and its last hypothesis, as
                ``hypotheses`` or as ``hypothesis()``; without, it is trained again.
        """
        experiment = run.experiment
        last = experiment.replace(hyper=experiment.hyper_at(experiment.num_steps), changes=())
        trainer = Trainer(last, distribution=run.distribution, model=self._model)
        return self._pictures.picture(trainer, self._last(run), None, "h")

    def _last(self, run: Any) -> Any:
        """The ``(network, state)`` of the last hypothesis."""
        if hasattr(run, "hypothesis"):
            graph, state = nnx.split(run.hypothesis(), graph=True)
            return Network(graph), state
        hypotheses = getattr(run, "hypotheses", None)
        if hypotheses is None:
            again = fit(run.experiment, distribution=run.distribution, model=self._model)
            hypotheses = again.hypotheses
        return (hypotheses.network, hypotheses.state(-1)) if len(hypotheses) else None
