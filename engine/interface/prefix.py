"""Reading a tree of components from a prefix of its JSON text (RFC 8259), in pieces of any size.

Nothing here recurses, and each character is looked at once: values may be nested to any depth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.interface.nodes import (
    SLOTS,
    Event,
    Node,
    NodeClosed,
    NodeDropped,
    PropClosed,
    PropDropped,
    PropGrown,
    is_tab,
    telling,
)
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 128
"""Nodes within one another: what the slots of a deeper one hold are plain values, as every path repeats all above."""

_MOST_DIGITS = 4_000

_BLANKS = re.compile(r"[ \t\n\r]*")
_RUN = re.compile(r'[^"\\\x00-\x1f]*')
_WHOLE_STRING = re.compile(r'"([^"\\\x00-\x1f]*)"')
_HEX = re.compile(r"[0-9a-fA-F]{0,4}")
_LOW_HALF = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_LOW_HALF_BEGUN = re.compile(r"(?:\\(?:u(?:[dD](?:[c-fC-F][0-9a-fA-F]?)?)?)?)?\Z")
_NUMBER_RUN = re.compile(r"[-+.0-9eE]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS: dict[str, tuple[str, bool | None]] = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


class _NoJson(Exception):
    """The text cannot be JSON from a place in what is being read on; says what would have been right."""

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(expected)
        self.position = position
        self.expected = expected


@dataclass(slots=True)
class _Frame:
    """An object or array that is being read: a node, a slot of one (`slot`), or a plain value (`plain`).

    `node` is the node it is, or that has the slot. `placed`: it has its place in the tree. `told`: so have those above.
    `depth` counts nodes within one another, `closed` the entries of a plain value that have ended.
    """

    node: Node | None = None
    slot: list[Node] | None = None
    plain: dict[str, Any] | list[Any] | None = None
    is_tab: bool = False
    placed: bool = False
    told: bool = False
    depth: int = 0
    closed: int = 0
    key: str = ""

    @property
    def is_object(self) -> bool:
        return self.slot is None and not isinstance(self.plain, list)


class PrefixReader:
    """Reads one tree. `root` is what is known of it; `broken` says from which character on the text is no JSON."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.root: Node | None = None
        self.broken: str | None = None
        self._length = 0
        self._rest = ""
        self._events: list[Event] = []
        self._stack: list[_Frame] = []
        self._state: Callable[[str, int], int] = self._value
        self._string: list[str] = []
        self._is_key = False
        self._number: list[str] = []
        self._literal: tuple[str, bool | None] = _LITERALS["n"]
        self._matched = 0
        # The array or object that is a prop's value, while it is open, and the node that has the prop.
        self._prop: _Frame | None = None
        self._owner = _Frame()
        self._told_size = 0

    def read(self, piece: str) -> list[Event]:
        """Read on, and return what that tells."""
        self._length += len(piece)
        if self.broken:
            return []
        data = self._rest + piece
        self._rest = ""
        position = 0
        try:
            while position < len(data):
                position = self._state(data, position)
        except _NoJson as problem:
            place = self._length - len(data) + problem.position
            self.broken = f"{problem.expected} was expected at character {place + 1}."
        self._tell_growth()
        events, self._events = self._events, []
        return events

    # What may come next: each of these reads some of the data from a position on and returns where it stopped.

    def _value(self, data: str, position: int) -> int:
        position = _BLANKS.match(data, position).end()  # type: ignore[union-attr] # it matches nothing, too
        if position == len(data):
            return position
        character = data[position]
        if character == '"':
            whole = _WHOLE_STRING.match(data, position)
            if whole:
                self._close(whole[1])
                return whole.end()
            self._begin_string(is_key=False)
            return position + 1
        if character == "{":
            self._open_object()
        elif character == "[":
            self._open_array()
        elif character in "-0123456789":
            self._number = []
            self._state = self._in_number
            return position
        elif character in _LITERALS:
            self._literal, self._matched = _LITERALS[character], 0
            self._state = self._in_literal
            return position
        else:
            raise _NoJson(position, "A value")
        return position + 1

    def _first_item(self, data: str, position: int) -> int:
        position = _BLANKS.match(data, position).end()  # type: ignore[union-attr]
        if position < len(data) and data[position] == "]":
            self._close_container()
            return position + 1
        if position < len(data):
            self._state = self._value
        return position

    def _first_key(self, data: str, position: int) -> int:
        position = _BLANKS.match(data, position).end()  # type: ignore[union-attr]
        if position < len(data) and data[position] == "}":
            self._close_container()
            return position + 1
        if position < len(data):
            self._state = self._key
        return position

    def _key(self, data: str, position: int) -> int:
        position = _BLANKS.match(data, position).end()  # type: ignore[union-attr]
        if position == len(data):
            return position
        whole = _WHOLE_STRING.match(data, position)
        if whole:
            self._close_key(whole[1])
            return whole.end()
        if data[position] != '"':
            raise _NoJson(position, "A key in quotes")
        self._begin_string(is_key=True)
        return position + 1

    def _colon(self, data: str, position: int) -> int:
        position = _BLANKS.match(data, position).end()  # type: ignore[union-attr]
        if position == len(data):
            return position
        if data[position] != ":":
            raise _NoJson(position, "A colon")
        self._state = self._value
        return position + 1

    def _after_value(self, data: str, position: int) -> int:
        position = _BLANKS.match(data, position).end()  # type: ignore[union-attr]
        if position == len(data):
            return position
        is_object = self._stack[-1].is_object
        character = data[position]
        if character == ",":
            self._state = self._key if is_object else self._value
        elif character == ("}" if is_object else "]"):
            self._close_container()
        else:
            raise _NoJson(position, f'A comma or "{"}" if is_object else "]"}"')
        return position + 1

    def _after_all(self, data: str, position: int) -> int:
        position = _BLANKS.match(data, position).end()  # type: ignore[union-attr]
        if position < len(data):
            raise _NoJson(position, "Nothing more")
        return position

    def _in_number(self, data: str, position: int) -> int:
        end = _NUMBER_RUN.match(data, position).end()  # type: ignore[union-attr]
        self._number.append(data[position:end])
        if end == len(data):
            return end
        digits = "".join(self._number)
        form = _NUMBER.fullmatch(digits)
        if not form:
            # Where it begins, which may be in an earlier piece.
            raise _NoJson(end - len(digits), "A number")
        is_whole = form[1] is None and form[2] is None and len(digits) <= _MOST_DIGITS
        self._close(int(digits) if is_whole else float(digits))
        return end

    def _in_literal(self, data: str, position: int) -> int:
        word, value = self._literal
        while position < len(data) and self._matched < len(word):
            if data[position] != word[self._matched]:
                raise _NoJson(position, f"The word {word}")
            self._matched += 1
            position += 1
        if self._matched == len(word):
            self._close(value)
        return position

    def _in_string(self, data: str, position: int) -> int:
        end = _RUN.match(data, position).end()  # type: ignore[union-attr]
        if end > position:
            self._string.append(data[position:end])
        if end == len(data):
            return end
        character = data[end]
        if character == '"':
            text = "".join(self._string)
            if self._is_key:
                self._close_key(text)
            else:
                self._close(text)
            return end + 1
        if character != "\\":
            raise _NoJson(end, "A character that is no control character")
        return self._escape(data, end)

    def _escape(self, data: str, start: int) -> int:
        """Read the escape at `start`; one that may still grow, or half a character, waits for what follows it."""
        kind = data[start + 1 : start + 2]
        if kind in _ESCAPES:
            self._string.append(_ESCAPES[kind])
            return start + 2
        if kind not in {"", "u"}:
            raise _NoJson(start + 1, "An escape")
        end = _HEX.match(data, start + 2).end() if kind else len(data)  # type: ignore[union-attr]
        if end < start + 6:
            if end < len(data):
                raise _NoJson(end, "A hexadecimal digit")
            self._rest = data[start:]
            return len(data)
        code = int(data[start + 2 : end], 16)
        if 0xD800 <= code < 0xDC00:
            if _LOW_HALF_BEGUN.match(data, end):
                self._rest = data[start:]
                return len(data)
            low = _LOW_HALF.match(data, end)
            if low:
                code = 0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00)
                end = low.end()
        self._string.append(chr(code))
        return end

    # What was read

    def _begin_string(self, *, is_key: bool) -> None:
        self._string = []
        self._is_key = is_key
        self._state = self._in_string
        if self._prop is None:
            self._told_size = 0

    def _close_key(self, key: str) -> None:
        frame = self._stack[-1]
        frame.key = key
        self._state = self._colon
        if frame.node and key in frame.node.slots:
            # A key that comes again replaces what it had.
            for child in reversed(frame.node.slots.pop(key)):
                self._tell(frame, NodeDropped(child.path))

    def _open_object(self) -> None:
        above = self._stack[-1] if self._stack else None
        if above is None or above.slot is not None:
            path = self._next_path(above)
            frame = _Frame(Node(path), is_tab=is_tab(path), depth=above.depth + 1 if above else 1)
            if frame.node and frame.is_tab:
                frame.node.type = "tab"
                self._place(frame, above)
            self._stack.append(frame)
        else:
            self._open_plain(above, {})
        self._state = self._first_key

    def _open_array(self) -> None:
        above = self._stack[-1] if self._stack else None
        if above and above.node and above.slot is None and above.key in SLOTS and above.depth < DEEPEST:
            node, name = above.node, above.key
            if name in node.props:
                del node.props[name]
                self._tell(above, PropDropped(node.path, name))
            node.slots[name] = []
            self._stack.append(_Frame(node, node.slots[name], told=above.told, depth=above.depth, key=name))
        else:
            self._open_plain(above, [])
        self._state = self._first_item

    def _open_plain(self, above: _Frame | None, plain: dict[str, Any] | list[Any]) -> None:
        frame = _Frame(plain=plain)
        if above and above.node and above.slot is None:
            self._prop = frame
            self._owner = above
            self._told_size = 0
        self._stack.append(frame)

    def _close_container(self) -> None:
        frame = self._stack.pop()
        if frame is self._prop:
            self._prop = None
        if frame.plain is not None:
            self._close(frame.plain)
            return
        if frame.node and frame.slot is None:
            frame.node.closed = True
            if frame.placed:
                self._tell(frame, NodeClosed(frame.node.path))
            else:
                self._place(frame, self._stack[-1] if self._stack else None)
        self._settle()

    def _close(self, value: Any) -> None:
        """Take a plain value that has ended to where it belongs."""
        frame = self._stack[-1] if self._stack else None
        if frame is None or frame.slot is not None:
            node = Node(self._next_path(frame), props={"value": value}, closed=True, bare=True)
            self._place(_Frame(node), frame)
        elif frame.node is not None:
            self._close_prop(frame, frame.node, value)
        else:
            if isinstance(frame.plain, dict):
                frame.plain[frame.key] = value
            elif frame.plain is not None:
                frame.plain.append(value)
            frame.closed += 1
        self._settle()

    def _settle(self) -> None:
        self._state = self._after_value if self._stack else self._after_all

    def _close_prop(self, frame: _Frame, node: Node, value: Any) -> None:
        name = frame.key
        if name == "type" and not frame.is_tab:
            self._close_type(frame, node, value)
            return
        node.props[name] = value
        node.growing = None
        self._tell(frame, PropClosed(node.path, name, value))

    def _close_type(self, frame: _Frame, node: Node, value: Any) -> None:
        before = node.type
        if isinstance(value, str) and value:
            node.props.pop("type", None)
            node.type = value
        else:
            node.props["type"] = value
            node.type = ""
        if not frame.placed:
            if node.type:
                self._place(frame, self._stack[-2] if len(self._stack) > 1 else None)
        elif node.type != before or not node.type:
            # The key came again, with something else: that makes it another node.
            self._tell(frame, NodeDropped(node.path))
            if frame.told:
                self._events += telling(node)

    def _next_path(self, above: _Frame | None) -> str:
        if above is None or above.node is None or above.slot is None:
            return self.at
        return f"{above.node.path}/{escape(above.key)}/{len(above.slot)}"

    def _place(self, frame: _Frame, above: _Frame | None) -> None:
        """Put a node into the tree, and tell of it unless one above it is not told."""
        assert frame.node is not None
        if above is None:
            self.root = frame.node
        elif above.slot is not None:
            above.slot.append(frame.node)
        frame.placed = True
        frame.told = above is None or above.told
        if frame.told:
            self._events += telling(frame.node)

    def _tell(self, frame: _Frame, event: Event) -> None:
        if frame.told:
            self._events.append(event)

    def _tell_growth(self) -> None:
        """Tell what has come of a prop that is not closed, if any of it is new."""
        prop = self._prop
        if prop is not None and prop.plain is not None:
            owner = self._owner
            size: int = prop.closed
            value: Any = prop.plain
        elif self._stack and self._state == self._in_string and not self._is_key:
            owner = self._stack[-1]
            value = "".join(self._string)
            self._string = [value]
            size = len(value)
        else:
            return
        node, name = owner.node, owner.key
        if node is None or owner.slot is not None or (name == "type" and not owner.is_tab):
            return
        if owner.told and size > self._told_size:
            self._told_size = size
            value = value if isinstance(value, str) else value.copy()
            node.props[name] = value
            node.growing = name
            self._events.append(PropGrown(node.path, name, value))
