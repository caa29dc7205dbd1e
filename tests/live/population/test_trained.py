"""The source that trains: members in slices that one program serves."""

import pytest

from reglab import Experiment
from reglab.live.population.trained import slices


@pytest.mark.parametrize(("values", "draws"), [(6, 10), (1, 50), (30, 4), (5, 7)])
def test_slices_hold_whole_draws_of_one_size(values, draws):
    experiments = [Experiment(seed=seed, draw=d) for seed in range(values) for d in range(draws)]
    parts = slices(experiments)
    assert sorted((e.draw, e.seed) for part in parts for e in part) == sorted(
        (e.draw, e.seed) for e in experiments
    )
    assert len({len(part) for part in parts}) == 1
    assert len(parts[0]) <= max(12, values)
    whole = [{e.draw for e in part} for part in parts]
    assert sum(len(one) for one in whole) == draws


def test_draws_of_several_sizes_are_one_part():
    experiments = [Experiment(draw=0), Experiment(draw=1), Experiment(draw=1, seed=1)]
    assert slices(experiments) == [experiments]
