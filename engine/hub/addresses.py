"""What a person gives to name a model, and where the network may lead a download."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from engine.errors import DownloadRefused, InvalidRequest
from engine.hub.file import ENDING

DEFAULT_ENDPOINT = "https://huggingface.co"

_REPOSITORY = re.compile(r"([\w-][\w.-]*/[\w-][\w.-]*)(?::(.+))?", re.ASCII)
_HUBS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OTHER_KINDS = frozenset({"datasets", "spaces", "api"})


@dataclass(frozen=True)
class InRepository:
    """Files of a repository: those of a name or pattern, at a revision; None is its newest."""

    repository: str
    pattern: str
    revision: str | None = None


@dataclass(frozen=True)
class Elsewhere:
    """One file at an address that is not the hub's."""

    url: str
    name: str


def read_address(address: str, endpoint: str) -> InRepository | Elsewhere:
    """Read `owner/repo`, `owner/repo:pattern`, an address of the hub or another https address of a GGUF file.

    Raises `InvalidRequest` for anything else.
    """
    address = address.strip()
    if "://" not in address and address.split("/")[0] in _HUBS:
        address = f"https://{address}"
    if "://" not in address:
        named = _REPOSITORY.fullmatch(address)
        if named is None:
            raise _unreadable(address)
        return InRepository(named[1], named[2] or f"*{ENDING}")
    url = _split(address)
    if url.hostname in _HUBS or origin(address) == origin(endpoint):
        return _in_repository(url, endpoint)
    check_reachable(address, None)
    name = unquote(url.path).rpartition("/")[2]
    if not name.lower().endswith(ENDING):
        raise _unreadable(shown(address))
    return Elsewhere(urlunsplit(url._replace(fragment="")), name)


def hub_endpoint() -> str:
    """Return the address of the hub: that of `HF_ENDPOINT`, or the public one."""
    return (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what has to be equal for a token to be sent."""
    parts = _split(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def is_private(url: str) -> bool:
    """Tell whether nobody on the way can read what is sent: by TLS, or since it stays on this machine."""
    parts = _split(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def check_reachable(url: str, before: str | None, endpoint: str | None = None) -> None:
    """Raise `DownloadRefused` unless an address may be asked, `before` being the one that redirected to it.

    TLS always; plain HTTP only on this machine, or where `endpoint`, which somebody has set up, is plain itself. What
    began with TLS never ends without it.
    """
    plain_endpoint = endpoint is not None and origin(url) == origin(endpoint)
    if not (is_private(url) or (plain_endpoint and _split(url).scheme == "http")):
        raise DownloadRefused(
            "The address is not a secure one, so what arrives could be anybody's.",
            where=shown(url),
            advice="Use its https address.",
        )
    if before is not None and _split(before).scheme == "https" and _split(url).scheme != "https":
        raise DownloadRefused("The server redirects to an address that is not secure.", where=shown(url))


def shown(url: str) -> str:
    """Return an address as it may be shown and logged: without user, password, query and fragment, where keys are."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    return urlunsplit((parts.scheme, f"[{host}]{port}" if ":" in host else f"{host}{port}", parts.path, "", ""))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _unreadable("") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise _unreadable(shown(url))
    if parts.username or parts.password:
        raise InvalidRequest(
            "The address holds a name or a password.", where=shown(url), advice="Give the address without them."
        )
    return parts


def _in_repository(url: SplitResult, endpoint: str) -> InRepository:
    path = url.path
    below = urlsplit(endpoint).path
    if below and url.hostname == urlsplit(endpoint).hostname:
        path = path.removeprefix(below)
    steps = [unquote(step) for step in path.split("/") if step]
    named = _REPOSITORY.fullmatch("/".join(steps[:2]))
    if named is None or steps[0] in _OTHER_KINDS:
        raise _unreadable(shown(url.geturl()))
    if len(steps) == 2:
        return InRepository(named[1], named[2] or f"*{ENDING}")
    if steps[2] == "tree" and len(steps) > 3:
        inside = "/".join([*steps[4:], f"*{ENDING}"])
        return InRepository(named[1], inside, steps[3])
    if steps[2] in {"blob", "resolve", "raw"} and len(steps) > 4 and steps[-1].lower().endswith(ENDING):
        return InRepository(named[1], "/".join(steps[4:]), steps[3])
    raise _unreadable(shown(url.geturl()))


def _unreadable(where: str) -> InvalidRequest:
    return InvalidRequest(
        "This names no model: neither a repository of the hub nor an https address of a GGUF file.",
        where=where or None,
        advice="Give owner/repository, owner/repository:Q4_K_M, or the address of a file that ends in .gguf.",
    )
