"""Data that a person attaches to a screen: named columns and rows, read from a CSV or JSON file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["text", "number", "date", "boolean"]


@dataclass(frozen=True)
class Column:
    """A column: its name, one of its kind in a source, and what its cells hold."""

    name: str
    kind: ColumnKind


@dataclass(frozen=True)
class Source:
    """Rows of cells as they are written, each row with a cell a column."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
