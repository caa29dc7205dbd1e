"""Pictures of what h decides: what does not change is not computed again."""

import pytest

from reglab.live.pictures import Moment, images
from reglab.training import Trainer
from tests.small import SMALL


@pytest.mark.slow
def test_images_are_judged_once_for_each_hypothesis(monkeypatch):
    judged = []
    predicted = images._predicted
    monkeypatch.setattr(
        images, "_predicted", lambda *given: judged.append(len(given[-1])) or predicted(*given)
    )
    trainer = Trainer(SMALL.replace(distribution="digits"))
    trainer.advance(8)
    hypotheses = trainer.trajectory.hypotheses
    make = images.ImagesMaker()
    for row in (0, 0, 1, 1):
        make(Moment(trainer, (hypotheses.network, hypotheses.state(row)), None))
    assert len(judged) == 2 * 2  # the whole population and S, for each of two hypotheses
