"""Events are read however their bytes are cut, and a stream that does not end is given up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.remote.sse import EventStream, StreamMalformed

TEXT = '\ufeff: hello\r\ndata: {"a": "é🌿"}\r\n\r\ndata:1\rdata: 2\r\revent: x\nid: 3\ndata\n\ndata: [DONE]\n\n'
EVENTS = ['{"a": "é🌿"}', "1\n2", "", "[DONE]"]


def read(pieces: list[bytes], **bounds: int) -> list[str]:
    stream = EventStream(**({"largest_event": 1000, "largest": 10_000} | bounds))
    return [*(event for piece in pieces for event in stream.feed(piece)), *stream.finish()]


def told(events: list[str]) -> list[str]:
    """Return the events that say something: one without data may be read or not."""
    return [event for event in events if event]


@given(st.lists(st.integers(0, len(TEXT.encode())), max_size=12))
def test_events_are_the_same_wherever_they_are_cut(cuts: list[int]) -> None:
    data = TEXT.encode()
    places = sorted({0, *cuts, len(data)})
    assert told(read([data[start:end] for start, end in pairwise(places)])) == told(EVENTS)


def test_each_byte_may_come_by_itself() -> None:
    assert told(read([bytes([byte]) for byte in TEXT.encode()])) == told(EVENTS)


def test_the_last_event_needs_no_blank_line() -> None:
    assert read([b"data: 1\n\ndata: 2"]) == ["1", "2"]


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ([b"data: " + b"x" * 600, b"x" * 600], "lines does not end"),
        ([b"data: x\n"] * 400, "lines does not end"),
        ([b"data: x\n\n"] * 2000, "it does not end"),
        ([b"data: \xff\xfe\n\n"], "UTF-8"),
    ],
    ids=["a line", "an event", "a stream", "other bytes"],
)
def test_what_does_not_end_or_is_no_text_is_given_up(pieces: list[bytes], why: str) -> None:
    with pytest.raises(StreamMalformed, match=why):
        read(pieces)


def test_comments_alone_are_no_event_however_many() -> None:
    assert read([b": ping\n\n"] * 500) == []
