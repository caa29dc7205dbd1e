"""A panel on the claims of the theory: its checks and its view."""
