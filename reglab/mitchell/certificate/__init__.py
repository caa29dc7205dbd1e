"""Certificates: bounds of true errors that are proved, not estimated."""

from reglab.mitchell.certificate.certify import Certificate, certify, not_certified
from reglab.mitchell.certificate.enclosure import answers_in, bounds
from reglab.mitchell.certificate.layers import Layer, layers_from, layers_of
from reglab.mitchell.certificate.tree import Bounds, Known, Tree, refined

__all__ = [
    "Bounds",
    "Certificate",
    "Known",
    "Layer",
    "Tree",
    "answers_in",
    "bounds",
    "certify",
    "layers_from",
    "layers_of",
    "not_certified",
    "refined",
]
