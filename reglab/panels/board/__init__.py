"""A panel on one board of runs: its controls, its view, what it saves."""
