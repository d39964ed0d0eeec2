"""Schemas: a tree and the text of the same document."""
