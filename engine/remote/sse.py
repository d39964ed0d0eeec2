"""Server-sent events, read as they come and within bounds (WHATWG HTML, 9.2.6)."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class StreamMalformed(Exception):
    """What comes is no stream of events, or none that is read. Its text is half a sentence on why."""


class EventStream:
    """Turns bytes, cut anywhere, into the data of events.

    Only `data` fields matter; comments, names and ids of events are passed over. Each byte is looked at once. Raises
    `StreamMalformed` for text that is not UTF-8, and where an event or all of the stream is larger than it may be.
    """

    def __init__(self, *, largest_event: int, largest: int) -> None:
        """`largest_event` and `largest` are in bytes."""
        self._largest_event = largest_event
        self._left = largest
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line: list[str] = []
        self._data: list[str] = []
        self._size = 0
        self._began = False
        self._after_return = False

    def feed(self, piece: bytes) -> Iterator[str]:
        """Read the next bytes and yield the data of each event that they complete."""
        self._left -= len(piece)
        if self._left < 0:
            raise StreamMalformed("it does not end")
        try:
            text = self._decoder.decode(piece)
        except UnicodeDecodeError:
            raise StreamMalformed("it is not UTF-8") from None
        if not self._began and text:
            self._began, text = True, text.removeprefix("\ufeff")
        if self._after_return and text:
            self._after_return, text = False, text.removeprefix("\n")
        self._after_return = text.endswith("\r")
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in lines:
            self._keep(line)
            event = self._end_line()
            if event is not None:
                yield event
        self._keep(rest)

    def finish(self) -> Iterator[str]:
        """Yield the last event, where the stream ended without the blank line behind it."""
        for event in (self._end_line(), self._end_line()):
            if event is not None:
                yield event

    def _keep(self, part: str) -> None:
        self._size += len(part)
        if self._size > self._largest_event:
            raise StreamMalformed("one of its lines does not end")
        if part:
            self._line.append(part)

    def _end_line(self) -> str | None:
        line, self._line = "".join(self._line), []
        if not line:
            data, self._data, self._size = self._data, [], 0
            return "\n".join(data) if data else None
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif not self._data:
            self._size = 0
        return None
