"""A server that reads invoices well and does all else badly: busy, broken, cut off, invalid, inventing, in prose.

What it does is drawn with a seed, so that it is the same each time for the same requests in the same order.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.engine.remote.scripted import Asked, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable

SHARE_BAD = 0.45
"""Of the requests, those that are answered badly."""

_DOCUMENT = re.compile(r"Vendor: (.+)\nTotal: (\S+)")


class Misbehaving(ScriptedServer):
    """The server; `done` counts what it did. Use as a context manager."""

    def __init__(self, seed: int) -> None:
        super().__init__([self._answer], {"/v1/models": self._list})
        self.done: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._drawing = threading.Lock()
        self._ways: dict[str, Callable[[Asked, str], None]] = {
            "429": lambda asked, _: asked.json({"error": {"message": "slow down"}}, 429, Retry_After="0"),
            "503": lambda asked, _: asked.json({"error": {"message": "starting"}}, 503),
            "502 in HTML": lambda asked, _: _html(asked),
            "hangs up": lambda _asked, _text: None,
            "cut off": _cut,
            "garbage": lambda asked, _: _garbage(asked),
            "invalid JSON": lambda asked, text: asked.stream([text[:-1]]),
            "another schema": lambda asked, _: asked.stream(['{"vendor": 7, "comment": "as you wish"}']),
            "invented": lambda asked, _: asked.stream(['{"vendor": "Globex Imaginary", "total": "999999.99"}']),
            "prose": lambda asked, text: asked.stream(["Sure! Here it is:\n", text]),
            "too long": lambda asked, text: asked.stream([text[:9]], "length"),
            "empty": lambda asked, _: asked.stream([]),
        }

    def _list(self, asked: Asked) -> None:
        asked.json({"object": "list", "data": [{"id": "unruly", "object": "model", "owned_by": "vllm"}]})

    def _answer(self, asked: Asked) -> None:
        said = "\n".join(message["content"] for message in asked.body["messages"])
        found = _DOCUMENT.search(said)
        if found is None:
            asked.stream(["hello"])
            return
        text = json.dumps({"vendor": found[1], "total": found[2]})
        with self._drawing:
            bad = self._random.random() < SHARE_BAD
            way = self._random.choice(list(self._ways)) if bad else "well"
            self.done[way] += 1
        if bad:
            self._ways[way](asked, text)
        else:
            asked.stream([text[:9], text[9:]])


def _html(asked: Asked) -> None:
    asked.head(502, "text/html")
    asked.raw(b"<html><h1>Bad gateway</h1></html>")


def _cut(asked: Asked, text: str) -> None:
    asked.head()
    asked.chunk(text[: len(text) // 2])


def _garbage(asked: Asked) -> None:
    asked.head()
    payload: Any = {"choices": "none"}
    asked.raw(f"data: {json.dumps(payload)}\n\ndata: \x00\xff{{{{\n\n".encode("latin-1"))
