"""The version of Espalier, as receipts name it."""

__version__ = "0.1.0"
