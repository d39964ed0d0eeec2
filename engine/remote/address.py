"""Addresses of servers: how they are written, which are of this network, and where a key may go."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from engine.errors import EndpointRefused, InvalidRequest

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_CHAT = ("/chat/completions", "/completions", "/models")
_PRIVATE_ENDINGS = (".localhost", ".local", ".lan", ".internal", ".home.arpa")
_PORTS = {"http": 80, "https": 443}


def parse_address(text: str) -> str:
    """Return the address of an API as it is kept: with its scheme, ending in `/v1` where no path is given.

    What was pasted may lack its scheme or name one of the API's paths. Raises `InvalidRequest` for what is no address
    of a server, and for one with a password or a query in it.
    """
    text = text.strip()
    if "://" not in text:
        host = text.split("/", 1)[0]
        text = f"{'http' if is_private(host.rsplit(':', 1)[0] if host.count(':') == 1 else host) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_address(text) from None
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not host or any(character.isspace() for character in text):
        raise _no_address(text)
    if parts.username is not None or parts.password is not None:
        raise InvalidRequest(
            "The address of a server cannot hold a password.", advice="Leave it out, and give the key by itself."
        )
    if parts.query:
        # Not repeated: a key may be in it, which would be kept and shown with the address.
        raise InvalidRequest(
            "The address of a server cannot hold what stands behind its “?”.",
            advice="Leave it out. A key goes to the system's keyring, where it is given by itself.",
        )
    path = parts.path.rstrip("/")
    for ending in _CHAT:
        path = path.removesuffix(ending)
    name = f"[{host}]" if ":" in host else host
    network = name if port in {None, _PORTS[parts.scheme]} else f"{name}:{port}"
    return urlunsplit((parts.scheme, network, path.rstrip("/") or "/v1", "", ""))


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), _port(parts)


def root(url: str) -> str:
    """Return the address of the server itself, where it has paths beside those of the API."""
    return url.removesuffix("/v1")


def is_private(host: str) -> bool:
    """Tell whether a host is this machine or one of its own network, as its name or number says; nobody is asked."""
    host = host.strip("[]").lower().rstrip(".")
    try:
        return not ipaddress.ip_address(host.split("%", 1)[0]).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_ENDINGS)


def refuse_open_key(url: str) -> None:
    """Raise `EndpointRefused` where a key would go over the open internet without encryption."""
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_private(parts.hostname or ""):
        raise EndpointRefused(
            "The key is not sent: this address is not encrypted, and leads out of this network.",
            where=url,
            advice="Use its address that begins with https.",
        )


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)


def _no_address(text: str) -> InvalidRequest:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return InvalidRequest(f"“{shown}” is not the address of a server.", advice="Write it like https://example.com/v1.")
