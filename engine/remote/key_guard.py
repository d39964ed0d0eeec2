"""Keeping a key out of an answer that a server writes: it may send back what it was sent."""

from __future__ import annotations

import json
from typing import Any

from engine.errors import EndpointGarbled

_SHORTEST = 12
"""Shorter keys are placeholders such as EMPTY, which an answer may well hold."""


class KeyGuard:
    """Lets a text through piece by piece, but for an end that may be the beginning of the key."""

    def __init__(self, key: str | None, url: str) -> None:
        self._key = key if key is not None and len(key) >= _SHORTEST else None
        self._url = url
        self._held = ""

    def let_through(self, piece: str) -> str:
        """Return what of the text so far can be told now. Raises `EndpointGarbled` where the key stands in it."""
        text, key = self._held + piece, self._key
        if key is None:
            return text
        if key in text:
            raise self._sent_back()
        longest = min(len(key) - 1, len(text))
        size = next((size for size in range(longest, 0, -1) if text.endswith(key[:size])), 0)
        self._held = text[len(text) - size :]
        return text[: len(text) - size]

    def refuse_within(self, value: Any) -> None:
        """Raise `EndpointGarbled` where the key stands in a JSON value, in whatever way its text has spelled it."""
        if self._key is not None and json.dumps(self._key)[1:-1] in json.dumps(value):
            raise self._sent_back()

    def rest(self) -> str:
        """Return what was held back: the text has ended, and the key did not come."""
        held, self._held = self._held, ""
        return held

    def _sent_back(self) -> EndpointGarbled:
        return EndpointGarbled(
            "The server sends the key back within its answer, which was thrown away.", where=self._url
        )
