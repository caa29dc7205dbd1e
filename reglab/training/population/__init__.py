"""Populations: many members in one program, in as many pieces as the memory asks for."""

from reglab.training.population.fit_population import fit_population, train_in_pieces
from reglab.training.population.grouping import static_key
from reglab.training.population.population import Bands, Population, bands
from reglab.training.population.timing import Forecast, forecast

__all__ = [
    "Bands",
    "Forecast",
    "Population",
    "bands",
    "fit_population",
    "forecast",
    "static_key",
    "train_in_pieces",
]
