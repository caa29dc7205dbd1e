"""Panels that tests make, and that are closed after them."""

import pytest


@pytest.fixture
def make():
    """Makes panels and views."""
    made = []

    def make(kind, *arguments, **values):
        made.append(kind(*arguments, **values))
        return made[-1]

    yield make
    for panel in made:
        panel.close()
