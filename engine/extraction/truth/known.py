"""What is known of documents, and which document a name stands for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.extraction.table import Path


NAMES: Final = ("document", "file", "filename", "file_name")
"""Keys and columns that hold the name of a document."""


class _Unknown:
    """Stands where nothing is known of a value; None stands for "not in the document"."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True)
class Truth:
    """The true values by document name, as far as they are known: a key that is missing is not known."""

    records: Mapping[str, Any]

    def matching(self, documents: Iterable[str]) -> dict[str, str]:
        """Return the name here of each document that is known: the same, or alike but for folders or the ending.

        Names are alike only where that leaves no choice on either side.
        """
        asked = list(documents)
        found = {name: name for name in asked if name in self.records}
        for shorten in (_normal, _base, _stem):
            taken = set(found.values())
            theirs = _unique({key: shorten(key) for key in self.records if key not in taken})
            ours = _unique({name: shorten(name) for name in asked if name not in found})
            found |= {name: theirs[short] for short, name in ours.items() if short in theirs}
        return found

    @cached_property
    def size(self) -> int:
        """How many documents are known."""
        return len(self.records)


def known_at(record: Any, path: Path) -> Any:
    """Return what is known of a field, or UNKNOWN. Of an object that is absent its fields are absent."""
    for step in path:
        if record is None:
            return None
        if not isinstance(record, dict) or step not in record:
            return UNKNOWN
        record = record[step]
    return record


def _unique(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by their short form, where no two have the same."""
    counted = Counter(names.values())
    return {short: name for name, short in names.items() if counted[short] == 1}


def _normal(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _base(name: str) -> str:
    return _normal(name).rpartition("/")[2]


def _stem(name: str) -> str:
    return PurePosixPath(_base(name)).stem
