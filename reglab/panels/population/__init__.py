"""A panel on a population of runs: its controls, its view, what it saves."""
