"""Panels for JupyterLab: a session, its controls and its pictures in one widget."""

from reglab.panels.claims import ClaimsLab
from reglab.panels.live import LiveView
from reglab.panels.mitchell import MitchellLab
from reglab.panels.population import PopulationLab

__all__ = ["ClaimsLab", "LiveView", "MitchellLab", "PopulationLab"]
