"""Pictures of what h decides: what does not change is not computed again."""

import pytest

from reglab.live.pictures import pictures
from reglab.training import Trainer
from tests.small import SMALL


@pytest.mark.slow
def test_images_are_judged_once_for_each_hypothesis(monkeypatch):
    judged = []
    predicted = pictures._predicted
    monkeypatch.setattr(
        pictures, "_predicted", lambda *given: judged.append(len(given[-1])) or predicted(*given)
    )
    trainer = Trainer(SMALL.replace(distribution="digits"))
    trainer.advance(8)
    hypotheses = trainer.trajectory.hypotheses
    drawn = pictures.Pictures()
    for row in (0, 0, 1, 1):
        drawn.picture(trainer, (hypotheses.network, hypotheses.state(row)), None, "h")
    assert len(judged) == 2 * 2  # the whole population and S, for each of two hypotheses
