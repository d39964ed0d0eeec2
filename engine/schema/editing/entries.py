"""The entries of an object or array, and the edits that put one in or take one out.

An entry is a member with its key, or an item. What is put in takes over how its neighbours stand; all else stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.editing.edits import Edit
from engine.schema.editing.layout import Style, joined, moved
from engine.schema.editing.syntax import Kind

if TYPE_CHECKING:
    from engine.schema.editing.syntax import Member, Node

_BLANKS = " \t\r\n"
_MARGIN = re.compile(r"[ \t]*")


@dataclass(frozen=True)
class Entries:
    """What an object or array of a text holds, in order."""

    text: str
    holder: Node
    entries: list[Member] | list[Node]

    @classmethod
    def of(cls, text: str, holder: Node) -> Entries:
        """Return the entries of an object or array."""
        return cls(text, holder, holder.members() if holder.kind is Kind.OBJECT else holder.items())

    def lead(self, index: int) -> str:
        """Return the blanks before an entry."""
        start = near = self.entries[index].start
        while near and self.text[near - 1] in _BLANKS:
            near -= 1
        return self.text[near:start]

    def separator(self, style: Style) -> str:
        """Return what stands between a comma and an entry here."""
        lead = self.lead(min(1, len(self.entries) - 1))
        return lead if len(self.entries) > 1 or "\n" in lead else style.gap

    def margin(self, style: Style) -> str | None:
        """Return the indent of entries that stand on lines of their own; None where they share one."""
        if not self.entries:
            return margin_at(self.text, self.holder.start) + style.indent
        separator = self.separator(style)
        return separator.rpartition("\n")[2] if "\n" in separator else None

    def put(self, index: int, written: list[str], style: Style) -> Edit:
        """Return the edit that puts entries in before the one at an index, or at the end.

        Each is text as it stands behind `margin`; it is joined to one line where the entries share one.
        """
        if not self.entries:
            return self._fill(written, style)
        if self.margin(style) is None:
            written = [joined(each, style) for each in written]
        separator = self.separator(style)
        if index < len(self.entries):
            at = self.entries[index].start
            return Edit(at, at, "".join(f"{each},{separator}" for each in written))
        at = self.entries[-1].end
        return Edit(at, at, "".join(f",{separator}{each}" for each in written))

    def take(self, first: int, last: int) -> Edit:
        """Return the edit that takes out the entries from one index to another, with a comma and the blanks."""
        if last + 1 < len(self.entries):
            return Edit(self.entries[first].start, self.entries[last + 1].start, "")
        if first > 0:
            return Edit(self.entries[first - 1].end, self.entries[last].end, "")
        inside = self.holder.start + 1, self.holder.end - 1
        start, end = self.entries[0].start, self.entries[-1].end
        alone = not (self.text[inside[0] : start] + self.text[end : inside[1]]).strip(_BLANKS)
        return Edit(*inside, "") if alone else Edit(start, end, "")

    def arranged(self, written: list[str], style: Style) -> Edit:
        """Return the edit that makes these the entries, in this order, in the frame of those there are."""
        if not self.entries:
            return self._fill(written, style)
        if not written:
            return self.take(0, len(self.entries) - 1)
        if self.margin(style) is None:
            written = [joined(each, style) for each in written]
        return Edit(self.entries[0].start, self.entries[-1].end, f",{self.separator(style)}".join(written))

    def _fill(self, written: list[str], style: Style) -> Edit:
        start, end = self.holder.start + 1, self.holder.end - 1
        inside = self.text[start:end]
        if inside.strip(_BLANKS):
            return Edit(end, end, f",{style.gap}".join(written))
        is_object = self.holder.kind is Kind.OBJECT
        one_line = not style.lines or (
            "\n" not in inside
            and (style.objects if is_object else style.arrays)
            and not any("\n" in each or each.endswith(("}", "]")) for each in written)
            and sum(map(len, written)) < 80
        )
        if one_line:
            padding = style.padding if is_object else ""
            line = f",{style.gap}".join(joined(each, style) for each in written)
            return Edit(start, end, f"{padding}{line}{padding}")
        margin = margin_at(self.text, self.holder.start)
        broken = style.newline + margin + style.indent
        return Edit(start, end, f"{broken}{f',{broken}'.join(written)}{style.newline}{margin}")


def margin_at(text: str, place: int) -> str:
    """Return the indent of the line that a place is in."""
    found = _MARGIN.match(text, text.rfind("\n", 0, place) + 1)
    assert found is not None, "the pattern matches nothing too"
    return found.group()


def carried(entries: Entries, index: int, to: str) -> str:
    """Return an entry's text as it stands behind another margin."""
    entry = entries.entries[index]
    return moved(entries.text[entry.start : entry.end], margin_at(entries.text, entry.start), to)
