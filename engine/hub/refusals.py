"""What a server's answer means to a person, and whether it is worth asking again."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from engine.errors import DownloadError, DownloadRefused
from engine.network import when_again

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIMIT = re.compile(r"\br\s*=\s*0\s*;\s*t\s*=\s*(\d{1,9})\b", re.ASCII)
ASKS_TO_WAIT = frozenset({429, 503})
MAY_PASS = frozenset({408, 425, 500, 502, 503, 504})
"""Faults of a server or of those before it, which the next attempt may not meet."""


_GATED = "Accept the licence on the model's page at the hub, and give a token of your account."


def again_later(*, fetching: bool) -> str:
    """Return what to do about a fault that may pass; only of a file that is `fetching` has something arrived."""
    return "Try again later; what has arrived is kept." if fetching else "Try again later."


def refusal(
    status: int, headers: Mapping[str, str], where: str, *, with_token: bool, fetching: bool = False
) -> DownloadError:
    """Return the error that an answer with this status stands for, to a question, or while a file is `fetching`."""
    later = again_later(fetching=fetching)
    code = headers.get("X-Error-Code", "")
    if status == 401 and with_token:
        return DownloadRefused("The hub does not accept the token.", where=where, advice="Give a new one.")
    if status == 403 or code == "GatedRepo":
        return DownloadRefused(
            "The hub hands this out only to those who accepted its terms.", where=where, advice=_GATED
        )
    if status == 401:
        return DownloadRefused(
            "The hub shows this to nobody without a token: it is gated, private, or not there.",
            where=where,
            advice=f"Check its name. {_GATED}",
        )
    if status in {404, 410}:
        return DownloadRefused(
            "There is nothing of this name on the hub.", where=where, advice="Check the name; it may have been moved."
        )
    if status == 429:
        when = when_again(asked_wait(headers))
        return DownloadRefused(f"The hub was asked too often, and says to come back {when}.", where=where, advice=later)
    if status in MAY_PASS:
        return DownloadError(f"The hub has a fault of its own (HTTP {status}).", where=where, advice=later)
    return DownloadRefused(f"The hub refuses this (HTTP {status}).", where=where)


def unreachable(where: str, *, fetching: bool = False) -> DownloadError:
    """Return the error for a server that cannot be reached, or whose answers break off again and again."""
    return DownloadError(
        "The server cannot be reached, or does not answer.",
        where=where,
        advice=f"Check the connection to the internet. {again_later(fetching=fetching)}",
    )


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks to wait.

    `Retry-After` (RFC 9110, 10.2.3), in either form, or `RateLimit`, a draft of the IETF that huggingface.co follows.
    """
    limit = _LIMIT.search(headers.get("RateLimit", ""))
    if "Retry-After" not in headers and limit is not None:
        return float(limit[1])
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return None
