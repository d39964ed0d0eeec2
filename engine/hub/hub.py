"""What a hub has: asked through `huggingface_hub`, over this program's door to the network."""

from __future__ import annotations

import fnmatch
import functools
import logging
import os
import queue
import re
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2

from engine.errors import (
    DownloadDamaged,
    DownloadError,
    DownloadRefused,
    EngineError,
    InvalidRequest,
    SecretsUnavailable,
)
from engine.hub.addresses import Elsewhere, check_reachable, hub_endpoint, is_private, read_address, shown
from engine.hub.bounded import Deadline, bound
from engine.hub.fetching import extent
from engine.hub.file import ENDING, HubFile, split_name
from engine.hub.refusals import refusal, unreachable
from engine.hub.stream import Head, Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingface_hub import ModelInfo

    from engine.network import Network

_SECONDS = 20.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PROJECTOR = "mmproj"
_WILD = frozenset("*?[")

_asking = threading.Lock()
"""The client of `huggingface_hub` is one for the whole process: whoever asks lends it theirs, one after the other."""


class Hub:
    """A hub, by default the one of `HF_ENDPOINT` or huggingface.co. `token` is asked before each question.

    Every question waits for an answer, which has to be there within some forty seconds: ask on a worker. `seconds` is
    what a single wait may take, and all of them together twice as many.
    """

    def __init__(
        self,
        network: Network,
        *,
        endpoint: str | None = None,
        token: Callable[[], str | None],
        seconds: float = _SECONDS,
    ) -> None:
        self._network = network
        self._endpoint = (endpoint or hub_endpoint()).rstrip("/")
        self._token = token
        self._seconds = seconds

    def files(self, repository: str, pattern: str = f"*{ENDING}", revision: str | None = None) -> list[HubFile]:
        """Return the GGUF files of a repository that a pattern picks, by name; of a split model always all parts.

        A pattern has wildcards or ends in `.gguf`, and is held against the whole path and the name; anything else is
        taken for a quantization, as in `Q4_K_M`. Case does not matter. The revision is that of now, by its hash.
        Raises `DownloadRefused` where the hub shows nothing or nothing matches, `DownloadError` where it cannot be
        asked, `NetworkOff`.
        """
        info = self._ask(repository, revision)
        found = self._read(repository, info)
        if not found:
            raise DownloadRefused(
                "This repository has no GGUF files.",
                where=repository,
                advice="Look for one whose name ends in GGUF: most models have one.",
            )
        picked = _pick(found, pattern)
        if not picked:
            names = sorted({split_name(file.name)[0] for file in found})
            raise DownloadRefused(
                f"No GGUF file of this repository matches {pattern}.",
                where=repository,
                advice=f"It has {', '.join(names[:8])}{' and others' if len(names) > 8 else ''}.",
            )
        return picked

    def resolve(self, address: str) -> list[HubFile]:
        """Return the files that an address names: `owner/repo`, `owner/repo:pattern`, an address of the hub, another.

        Of a file elsewhere nobody promises a SHA-256. Raises like `files`, and `InvalidRequest` for what is none.
        """
        named = read_address(address, self._endpoint)
        if isinstance(named, Elsewhere):
            return [self._look_at(named)]
        return self.files(named.repository, named.pattern, named.revision)

    def _ask(self, repository: str, revision: str | None) -> ModelInfo:
        self._network.check()
        # Read when the library is imported: nothing about this machine is added to what is asked.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        from huggingface_hub import HfApi, close_session, set_client_factory
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError
        from huggingface_hub.utils.logging import set_verbosity

        set_verbosity(logging.ERROR)  # it would print what a hub says in its headers, as it is, to stderr
        token = self._ask_token() if is_private(self._endpoint) else None
        where = f"{shown(self._endpoint)}/{repository}"
        with (
            _asking,
            self._network.using(f"Asking {httpx2.URL(self._endpoint).host} for {repository}"),
            Deadline(2 * self._seconds) as deadline,
        ):
            set_client_factory(functools.partial(self._client, deadline))
            try:
                # False: not the token that some other program may have left on this machine.
                api = HfApi(endpoint=self._endpoint, token=token or False)
                return api.model_info(repository, revision=revision, files_metadata=True, timeout=self._seconds)
            except EngineError:
                raise
            except HFValidationError:
                raise InvalidRequest(
                    "This is not the name of a repository.", where=repository, advice="Give owner/repository."
                ) from None
            except HfHubHTTPError as error:
                status, headers = error.response.status_code, error.response.headers
                raise refusal(status, headers, where, with_token=token is not None) from error
            except (httpx2.HTTPError, OSError) as error:
                raise unreachable(where) from error
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                raise _garbled(where) from error
            finally:
                close_session()

    def _client(self, deadline: Deadline) -> httpx2.Client:
        """Return a client for `huggingface_hub`: with this program's name alone, and for secure addresses only."""
        client = self._network.client(timeout=self._seconds)
        own = client.headers["User-Agent"]

        def prepare(request: httpx2.Request) -> None:
            check_reachable(str(request.url), self._endpoint, self._endpoint)
            request.headers["User-Agent"] = own
            request.headers["Accept-Encoding"] = "identity"
            request.extensions["trace"] = deadline.watch

        client.event_hooks = {"request": [prepare], "response": [functools.partial(bound, seconds=self._seconds)]}
        # Repositories are renamed. httpx2 takes the token off when it is led to another host.
        client.follow_redirects = True
        return client

    def _read(self, repository: str, info: ModelInfo) -> list[HubFile]:
        """Take from an answer what a download needs; whatever is not as it should be is left out."""
        revision = info.sha if isinstance(info.sha, str) else ""
        if not re.fullmatch(r"[0-9a-f]{7,64}", revision):
            raise _garbled(f"{shown(self._endpoint)}/{repository}")
        licence = _licence(info)
        found = []
        told: Any
        for told in info.siblings or []:  # taken from JSON by the library as it came
            name, size, digest = told.rfilename, told.size, told.lfs.sha256 if told.lfs is not None else None
            if not isinstance(name, str) or not name.isprintable() or not name.lower().endswith(ENDING):
                continue
            if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
                continue
            known = isinstance(digest, str) and _SHA256.fullmatch(digest)
            url = f"{self._endpoint}/{repository}/resolve/{revision}/{quote(name)}"
            found.append(HubFile(repository, revision, name, size, digest if known else None, url, licence))
        return sorted(found, key=lambda file: file.name.casefold())

    def _look_at(self, named: Elsewhere) -> HubFile:
        """Ask a server that is no hub how large a file is."""
        where = shown(named.url)
        with (
            self._network.using(f"Asking {httpx2.URL(named.url).host} for {named.name}"),
            closing(Stream(self._network, named.url, 0, None, self._endpoint)) as stream,
        ):
            stream.start()
            try:
                head = stream.next(self._seconds)
            except queue.Empty:
                raise unreachable(where) from None
        if isinstance(head, httpx2.HTTPError | OSError):
            raise unreachable(where) from head
        if isinstance(head, Exception):
            raise head
        assert isinstance(head, Head)
        if head.status not in {200, 206}:
            raise refusal(head.status, head.headers, where, with_token=False)
        _, size = extent(head)
        if not size:
            raise DownloadRefused(
                "The server does not tell how large the file is, so nobody could say whether it arrived whole.",
                where=where,
            )
        return HubFile("", "", named.name, size, None, named.url)

    def _ask_token(self) -> str | None:
        try:
            return self._token()
        except SecretsUnavailable:
            return None  # most repositories need none; where this one does, the hub's refusal says so


def _pick(files: list[HubFile], pattern: str) -> list[HubFile]:
    wanted = pattern.lower()
    if any(file.name == pattern for file in files):  # as an address names it; such a name may look like a pattern
        picked = {split_name(pattern)[0]}
    elif _WILD & set(wanted) or wanted.endswith(ENDING):
        picked = {split_name(file.name)[0] for file in files if _matches(file.name.lower(), wanted)}
    else:
        stems = {split_name(file.name)[0] for file in files if _PROJECTOR not in file.name.lower()}
        exact = {stem for stem in stems if re.search(rf"(^|[-._/]){re.escape(wanted)}$", stem.lower())}
        picked = exact or {stem for stem in stems if wanted in stem.lower()}
    return [file for file in files if split_name(file.name)[0] in picked]


def _matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name.rpartition("/")[2], pattern)


def _licence(info: ModelInfo) -> str | None:
    card: Any = info.card_data
    if not hasattr(card, "get"):  # the library leaves what is no card as it came
        return None
    told = card.get("license")
    if told == "other":
        told = card.get("license_name", told)
    return told[:80] if isinstance(told, str) and told.isprintable() else None


def _garbled(where: str) -> DownloadError:
    return DownloadDamaged("What answers there is no hub.", where=where, advice="Check HF_ENDPOINT, or the proxy.")
