"""A header's entries, asked for by kind: what is there and of another kind is as if it were not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.gguf.header import Header

_LONGEST_LINE = 200
"""Characters of a name: a header may hold megabytes of them."""


class Entries:
    """The entries of one header; those of its architecture are asked for without its name."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self.architecture = self.line("general.architecture") or "unknown"

    def text(self, key: str) -> str | None:
        """Return an entry that is a text and not empty."""
        value = self._header.values.get(key)
        return value if isinstance(value, str) and value else None

    def line(self, key: str) -> str | None:
        """Return an entry that is a text as one line of a list can show it: no control signs, no more than fits."""
        text = self.text(key)
        if text is None:
            return None
        shown = "".join(sign for sign in text[: 4 * _LONGEST_LINE] if sign.isprintable() or sign.isspace())
        line = " ".join(shown.split())
        return (line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…") or None

    def whole(self, key: str) -> int | None:
        """Return an entry that is a number of things."""
        value = self._header.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    def length(self, key: str) -> int | None:
        """Return how many items a list has."""
        items = self._header.items.get(key)
        return None if items is None else items.count

    def own(self, key: str) -> int | None:
        """Return a number that stands under the architecture's name."""
        return self.whole(f"{self.architecture}.{key}")

    def own_items(self, key: str, count: int) -> tuple[int, ...] | None:
        """Return the first items of a list of numbers of things under the architecture's name, if it has so many."""
        items = self._header.items.get(f"{self.architecture}.{key}")
        if items is None or items.kept is None or len(items.kept) < count:
            return None
        return tuple(int(item) if isinstance(item, int) and item > 0 else 0 for item in items.kept[:count])

    def own_most(self, key: str) -> int | None:
        """Return a number under the architecture's name, the largest where each layer has its own."""
        items = self._header.items.get(f"{self.architecture}.{key}")
        if items is None or items.kept is None:
            return self.own(key)
        return max((item for item in items.kept if isinstance(item, int) and item > 0), default=None)
