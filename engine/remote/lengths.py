"""How many tokens texts take on a server: counted by it where it can, else estimated from above."""

from __future__ import annotations

import asyncio
import math
import re
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.remote.faults import StatusFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from engine.remote.endpoint import Capabilities

TURN_TOKENS = 8
"""What a chat template takes for each message beside its content, from above."""
_TOGETHER = 8
_MOST_COUNTED = 400
"""Texts beyond which a server is not asked about each."""
_PARTS = re.compile(r"(?P<word>[A-Za-z]+)|(?P<blank> (?=[A-Za-z]))|(?P<wide>[\u0800-\U0010ffff])| +|.", re.DOTALL)


def estimate(text: str) -> int:
    """Return about as many tokens as a vocabulary of 50,000 pieces, English for the most part, needs for a text.

    Others need fewer. A word is two tokens for each five letters; each digit, sign and line end is one, each letter
    beyond Latin, Greek, Cyrillic and the like two, beyond U+FFFF three; the blank before a word is a part of it.
    """
    tokens = 0
    for part in _PARTS.finditer(text):
        if part["word"] is not None:
            tokens += math.ceil(len(part["word"]) * 2 / 5)
        elif part["wide"] is not None:
            tokens += 3 if part["wide"] > "\uffff" else 2
        else:
            tokens += part["blank"] is None
    return tokens


class Lengths:
    """Counts tokens for one endpoint. `exact` tells whether the server counts them."""

    def __init__(
        self, capabilities: Capabilities, model: str, ask: Callable[[str, dict[str, Any]], Awaitable[Any]]
    ) -> None:
        """`ask` sends a body to a path of the server's root and returns the JSON that it answers with."""
        self._path = capabilities.tokenize
        self._server = capabilities.server
        self._model = model
        self._ask = ask

    @property
    def exact(self) -> bool:
        """Whether lengths are the server's own."""
        return self._path is not None

    async def of(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each text by itself; a server that does not answer makes it an estimate."""
        if self._path is None or len(texts) > _MOST_COUNTED:
            return [estimate(text) for text in texts]
        gate = asyncio.Semaphore(_TOGETHER)

        async def count(text: str) -> int:
            if not text:
                return 0
            async with gate:
                return await self._count(text)

        return list(await asyncio.gather(*map(count, texts)))

    async def _count(self, text: str) -> int:
        assert self._path is not None
        field = {"llama-server": "content", "llama-cpp-python": "input"}.get(self._server, "prompt")
        try:
            answer = await self._ask(self._path, {"model": self._model, field: text})
        except (EngineError, StatusFault):
            return estimate(text)
        told = answer.get("count") if isinstance(answer, dict) else None
        if isinstance(told, int) and told >= 0:
            return told
        tokens = answer.get("tokens") if isinstance(answer, dict) else None
        return len(tokens) if isinstance(tokens, list) else estimate(text)
