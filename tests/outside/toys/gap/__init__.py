"""A picture: its maker, view, painter and display."""

from .maker import PICTURE

__all__ = ["PICTURE"]
