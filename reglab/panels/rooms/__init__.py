"""Rooms, one declaration each, and what every lab does."""
