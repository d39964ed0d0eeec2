"""What the writers of the parts share: ids, what texts say, and what is written only once."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.interface.export.page.markup import tag, words
from engine.interface.state import State, interpolate, names_in, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engine.interface.export.outline import Outline
    from engine.interface.export.page.choices import Choices

_OPEN, _SHUT = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([a-z][a-z0-9_]{{0,39}}){_SHUT}")
NOTHING = "\N{EN DASH}"
"""What stands for a value that is empty at first."""


class Writer:
    """Writes the parts of one screen as HTML.

    `ids` are those of the inputs by name, `targets` those of dialogs, tabs and sections by what actions call them,
    `forms` those of forms by name, `images` the addresses (`data:`) of attached pictures by name, `glyphs` the
    outlines of drawings as SVG paths in a square of 64. `overlays` are the dialogs written so far, which stand at the
    end of the page.
    """

    def __init__(
        self,
        found: Outline,
        choices: Choices,
        ids: Mapping[str, str],
        images: Mapping[str, str],
        glyphs: Mapping[str, str],
        writers: Mapping[str, Callable[[Writer, dict[str, Any]], str]],
    ) -> None:
        self.found = found
        self.choices = choices
        self.ids = ids
        self.images = images
        self.glyphs = glyphs
        self.overlays: list[str] = []
        self.form: str | None = None
        self.targets: dict[str, str] = {}
        self.forms: dict[str, str] = {}
        self._writers = writers
        self._row: Mapping[str, str] | None = None
        self._places = 0
        self._written: set[str] = set()
        # Names are marked before anything is escaped, so that no value can pass for markup.
        self._marks = State()
        for name in found.state.values:
            self._marks.define(name, f"{_OPEN}{name}{_SHUT}")

    def part(self, node: Any) -> str:
        """Return a part; one of an unknown type is a sentence, and what is in it."""
        if not isinstance(node, dict):
            return ""
        return self._writers.get(str(node.get("type")), self._writers[""])(self, node)

    def parts(self, nodes: Any) -> str:
        """Return parts one behind the other."""
        return "".join(self.part(node) for node in nodes) if isinstance(nodes, list) else ""

    def said(self, text: Any) -> str:
        """Return a text as HTML: values in braces are those that hold at first, and follow what can be ticked."""
        text = str(text or "")
        if not names_in(text):
            return words(interpolate(text, self.found.state, self._row))
        return _MARK.sub(lambda match: self._value(match[1]), words(interpolate(text, self._marks, self._row)))

    def plain(self, text: Any) -> str:
        """Return a text with the values that hold at first."""
        return interpolate(str(text or ""), self.found.state, self._row)

    def place(self, kind: str) -> str:
        """Return an id that nothing else has."""
        self._places += 1
        return f"{kind}{self._places}"

    def own(self, ids: Mapping[str, str], name: Any) -> str:
        """Return the id that a name has among some: for the first part that asks for it; others get a new one."""
        found = ids.get(str(name))
        if found is None or found in self._written:
            return self.place("x")
        self._written.add(found)
        return found

    @contextmanager
    def within(self, *, form: str | None = None, row: Mapping[str, str] | None = None) -> Iterator[None]:
        """Write what follows in a form, or for a row of data."""
        before = self.form, self._row
        self.form = form or self.form
        self._row = row if row is not None else self._row
        try:
            yield
        finally:
            self.form, self._row = before

    def _value(self, name: str) -> str:
        spellings = list(self.choices.spellings(name))
        if not spellings:
            return words(spelled(self.found.state.get(name)) or NOTHING)
        return "".join(tag("span", words(text or NOTHING), class_=kind) for text, kind in spellings)
