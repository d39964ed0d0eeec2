"""The edits that make a text say another value, and leave as it is written what is said by both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.schema.editing.edits import Edit, Step, apply
from engine.schema.editing.entries import Entries, margin_at
from engine.schema.editing.layout import Style, moved, scalar, write
from engine.schema.editing.syntax import Kind, Member, Node

if TYPE_CHECKING:
    from engine.schema.editing.syntax import Syntax


def reach(syntax: Syntax, node: Node, value: Any) -> Step:
    """Return the step after which a node of a text says a value: entries come and go, move, or say something else.

    Keys are in the order of the value. Numbers and strings that say the same stay as they are spelled. Raises
    SchemaSyntaxError where the node cannot be read.
    """
    return tuple(_Reach(syntax).edits(node, node.value(), value))


class _Reach:
    def __init__(self, syntax: Syntax) -> None:
        self._text = syntax.text
        self._style = Style.of(syntax.text)

    def edits(self, node: Node, old: Any, new: Any) -> list[Edit]:
        if _same(old, new):
            return []
        if node.kind is Kind.OBJECT and isinstance(new, dict) and new:
            entries = Entries.of(self._text, node)
            if len(entries.entries) == len(old):
                return self._object(entries, old, new)
        if node.kind is Kind.ARRAY and isinstance(new, list) and new:
            return self._array(Entries.of(self._text, node), old, new)
        margin = margin_at(self._text, node.start)
        return [Edit(node.start, node.end, write(new, self._style, margin, self._column(node.start)))]

    def _object(self, entries: Entries, old: dict[str, Any], new: dict[str, Any]) -> list[Edit]:
        members = {entry.key: entry for entry in entries.entries if isinstance(entry, Member)}
        kept = [key for key in new if key in members]
        gone = [key for key in members if key not in new]
        changed = {key: self.edits(members[key].value, old[key], new[key]) for key in kept}
        in_order = kept == [key for key in members if key in new]
        if in_order and kept and not (gone and len(kept) < len(new)):
            edits = [edit for inside in changed.values() for edit in inside]
            edits += self._taken(entries, [key in new for key in members])
            edits += self._put(entries, new, members) if len(kept) < len(new) else []
            return sorted(edits, key=lambda edit: edit.start)
        margin = entries.margin(self._style)
        written = [
            self._carried(members[key], changed[key], margin) if key in members else self._member(entries, key, value)
            for key, value in new.items()
        ]
        return [entries.arranged(written, self._style)]

    def _put(self, entries: Entries, new: dict[str, Any], members: dict[str, Member]) -> list[Edit]:
        """Put in the new keys between those there are, whose order is kept."""
        places = {key: index for index, key in enumerate(members)}
        edits, waiting, at = [], [], 0
        for key, value in new.items():
            if key not in places:
                waiting.append(self._member(entries, key, value))
                continue
            if waiting:
                edits.append(entries.put(places[key], waiting, self._style))
                waiting = []
            at = places[key] + 1
        return [*edits, entries.put(at, waiting, self._style)] if waiting else edits

    def _array(self, entries: Entries, old: list[Any], new: list[Any]) -> list[Edit]:
        least = min(len(old), len(new))
        front = next((index for index in range(least) if not _same(old[index], new[index])), least)
        back = next((i for i in range(least - front) if not _same(old[-1 - i], new[-1 - i])), least - front)
        until, pairs = len(old) - back, min(len(old), len(new)) - front - back
        items = [entry for entry in entries.entries if isinstance(entry, Node)]
        edits = [
            edit for index in range(front, front + pairs) for edit in self.edits(items[index], old[index], new[index])
        ]
        if front + pairs < until:
            edits.append(entries.take(front + pairs, until - 1))
        added = new[front + pairs : len(new) - back]
        if added:
            margin = entries.margin(self._style)
            edits.append(entries.put(until, [write(each, self._style, margin or "") for each in added], self._style))
        return edits

    def _taken(self, entries: Entries, keeps: list[bool]) -> list[Edit]:
        """Take out each run of entries that are not kept."""
        edits, first = [], None
        for index, keep in enumerate([*keeps, True]):
            if not keep and first is None:
                first = index
            elif keep and first is not None:
                edits.append(entries.take(first, index - 1))
                first = None
        return edits

    def _member(self, entries: Entries, key: str, value: Any) -> str:
        margin = entries.margin(self._style) or ""
        head = scalar(key) + self._style.colon
        return head + write(value, self._style, margin, len(margin) + len(head))

    def _carried(self, member: Member, changed: list[Edit], margin: str | None) -> str:
        """Return a member's text with the edits within it made, behind another margin."""
        inside = tuple(Edit(edit.start - member.start, edit.end - member.start, edit.text) for edit in changed)
        text = apply(self._text[member.start : member.end], inside)
        own = margin_at(self._text, member.start)
        return moved(text, own, own if margin is None else margin)

    def _column(self, place: int) -> int:
        return place - (self._text.rfind("\n", 0, place) + 1)


def _same(old: Any, new: Any) -> bool:
    """Tell whether two values are the same, with the order of their keys; 1, 1.0 and true are three values."""
    if old is new:
        return True
    if type(old) is not type(new) or old != new:
        return False
    return not isinstance(old, dict | list) or json.dumps(old) == json.dumps(new)
