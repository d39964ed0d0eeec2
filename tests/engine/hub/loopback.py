"""A hub on this machine, for tests and journeys: the few paths of huggingface.co that a download asks.

    with LoopbackHub() as hub:
        hub.add("owner/repo", {"model-Q4_K_M.gguf": data}, licence="apache-2.0")
        monkeypatch.setenv("HF_ENDPOINT", hub.url)      # or Hub(network, endpoint=hub.url, token=…)

The hub redirects to a second server, as the real one does to where its bytes lie. Knobs, all of which may be turned
while it serves:

* `cut_after`: each answer with a file's bytes breaks off after so many of them; None, never. `cuts` counts down: so
  many answers are cut, then no more; None, all of them.
* `wrong_size`: the list promises so many bytes more than there are. `wrong_hash`: a byte of each answer is another.
* `refusals`: answers to the next requests for a file, each `(status, headers)`, used up one by one. For a 429 that
  asks to wait: `hub.refusals.append((429, {"Retry-After": "1"}))`.
* `token`: what everybody has to show; without it the answer is 401.
* `gated`: whoever has no `token` is told to accept the licence (403).
* `ignores_ranges`: every answer is the whole file (200).
* `pace`: seconds to wait before each piece of 64 KiB. `gate`: while it is cleared, no more bytes are sent.
* `hold_after`: clears the gate by itself once so many bytes of files were sent in all; `held` is set then. `hang_up()`
  ends all answers that are under way and opens the gate again.
* `answers_empty`: connections are closed without a word.
* `api`: what is answered to every question that is not for a file, instead of the list; `api_headers` go with it.
* `redirect_to`: where requests for a file are sent instead of to the second server.

`asked` lists every request as an `Asked`, newest last; `sent` counts the bytes of files.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_PIECE = 1 << 16


@dataclass(frozen=True)
class Asked:
    """A request as it arrived at the hub, or at the store to which it redirects, and what it was answered.

    Header names are in lower case; `length` is what the answer says it has, whether that much was sent or not.
    """

    server: Literal["hub", "store"]
    path: str
    headers: dict[str, str]
    status: int
    length: int


@dataclass
class Repository:
    """Files by name, as of one revision."""

    files: dict[str, bytes]
    licence: str | None = None
    revision: str = ""
    renamed: str = ""

    def __post_init__(self) -> None:
        said = "".join(f"{name}\0{_sha256(data)}" for name, data in sorted(self.files.items()))
        self.revision = hashlib.sha1(said.encode()).hexdigest()


@dataclass
class LoopbackHub:
    """See above. Other addresses than those of repositories: `put(path, data)` makes one on the store."""

    token: str | None = None
    gated: bool = False
    cut_after: int | None = None
    cuts: int | None = None
    wrong_size: int = 0
    wrong_hash: bool = False
    ignores_ranges: bool = False
    answers_empty: bool = False
    pace: float = 0.0
    hold_after: int | None = None
    redirect_to: str | None = None
    api: bytes | None = None
    api_headers: dict[str, str] = field(default_factory=dict)
    refusals: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.elsewhere: dict[str, bytes] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.held = threading.Event()
        self.progressed = threading.Condition()
        self.calls = 0
        self._servers = [_Server(("127.0.0.1", 0), _handler(self, kind)) for kind in ("hub", "store")]

    def __enter__(self) -> Self:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gate.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def url(self) -> str:
        """What `HF_ENDPOINT` has to be."""
        return f"http://127.0.0.1:{self._servers[0].server_port}"

    @property
    def store_url(self) -> str:
        """Where the bytes lie: another host than the hub's, as far as tokens are concerned."""
        return f"http://127.0.0.1:{self._servers[1].server_port}"

    def add(self, repository: str, files: Mapping[str, bytes], *, licence: str | None = None) -> Repository:
        """Make a repository, or a new revision of one."""
        self.repositories[repository] = Repository(dict(files), licence)
        return self.repositories[repository]

    def put(self, path: str, data: bytes) -> str:
        """Make a file that belongs to no repository; returns its address."""
        self.elsewhere[path] = data
        return f"{self.store_url}{path}"

    def hang_up(self) -> None:
        """End every answer that is under way without another byte."""
        self.calls += 1
        self.held.clear()
        self.gate.set()

    def wait_sent(self, size: int, timeout: float = 60.0) -> bool:
        """Wait until so many bytes of files were sent, over all answers together."""
        with self.progressed:
            return self.progressed.wait_for(lambda: self.sent >= size, timeout)

    def files_asked(self) -> list[Asked]:
        """Return the requests for a file's bytes."""
        return [asked for asked in self.asked if asked.server == "store"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever breaks off, as downloads do when they are paused or killed, is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(hub: LoopbackHub, kind: Literal["hub", "store"]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
            """Say nothing: `asked` has it all."""

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if hub.answers_empty:
                self.close_connection = True
                return
            if kind == "store":
                self._store(path)
            elif path.startswith("/api/models/"):
                self._api(path.removeprefix("/api/models/"))
            else:
                self._resolve(path)

        def _api(self, path: str) -> None:
            name = path.partition("/revision/")[0]
            repository = hub.repositories.get(name)
            if hub.api is not None:
                self._answer(200, {"Content-Type": "application/json"} | hub.api_headers, hub.api)
                return
            if self._refuses_token():
                return
            if repository is None:
                self._answer(404, {"X-Error-Code": "RepoNotFound"})
                return
            if repository.renamed:
                self._answer(307, {"Location": f"/api/models/{repository.renamed}"})
                return
            siblings = [
                {
                    "rfilename": file,
                    "size": len(data) + hub.wrong_size,
                    "lfs": {"sha256": _sha256(data), "size": len(data) + hub.wrong_size, "pointerSize": 135},
                }
                for file, data in repository.files.items()
            ]
            said = {"id": name, "modelId": name, "sha": repository.revision, "siblings": siblings}
            card = {"cardData": {"license": repository.licence}} if repository.licence else {}
            self._answer(200, {"Content-Type": "application/json"}, json.dumps(said | card).encode())

        def _resolve(self, path: str) -> None:
            name, _, rest = path.removeprefix("/").partition("/resolve/")
            revision, _, file = rest.partition("/")
            repository = hub.repositories.get(name)
            if hub.refusals:
                self._answer(*hub.refusals.pop(0))
                return
            if self._refuses_token():
                return
            if repository is None or file not in repository.files or revision not in {repository.revision, "main"}:
                self._answer(404, {"X-Error-Code": "EntryNotFound"})
                return
            data = repository.files[file]
            headers = {
                "Location": hub.redirect_to or f"{hub.store_url}/of/{name}/{file}",
                "X-Linked-Etag": f'"{_sha256(data)}"',
                "X-Linked-Size": str(len(data)),
                "X-Repo-Commit": repository.revision,
            }
            self._answer(302, headers)

        def _store(self, path: str) -> None:
            data = hub.elsewhere.get(path)
            if path.startswith("/of/"):
                owner, repository, file = path.removeprefix("/of/").split("/", 2)
                data = hub.repositories[f"{owner}/{repository}"].files.get(file)
            if data is None:
                self._answer(404, {})
                return
            tag = f'"store-{_sha256(data)[:16]}"'
            if hub.wrong_hash:
                data = data[:-1] + bytes([data[-1] ^ 1])
            asked = self.headers.get("Range", "")
            start = int(asked.removeprefix("bytes=").rstrip("-") or 0)
            if asked and not hub.ignores_ranges and start >= len(data):
                self._answer(416, {"Content-Range": f"bytes */{len(data)}"})
                return
            if asked and not hub.ignores_ranges:
                extent = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
                self._begin(206, extent | {"ETag": tag}, len(data) - start)
            else:
                start = 0
                self._begin(200, {"ETag": tag}, len(data))
            self._send(data[start:])

        def _send(self, data: bytes) -> None:
            end = len(data)
            if hub.cut_after is not None and hub.cuts != 0 and hub.cut_after < end:
                end = hub.cut_after
                hub.cuts = None if hub.cuts is None else hub.cuts - 1
            at, call = 0, hub.calls
            try:
                while at < end:
                    if hub.pace:
                        threading.Event().wait(hub.pace)
                    size = min(_PIECE, end - at)
                    if hub.hold_after is not None and hub.sent + size >= hub.hold_after:
                        size = max(0, hub.hold_after - hub.sent)
                        hub.hold_after = None
                        hub.gate.clear()
                    self.wfile.write(data[at : at + size])
                    at += size
                    with hub.progressed:
                        hub.sent += size
                        hub.progressed.notify_all()
                    if not hub.gate.is_set():
                        hub.held.set()
                        hub.gate.wait()
                    if hub.calls != call:
                        end = at
            except OSError:  # whoever asked has gone
                self.close_connection = True
            if end < len(data):
                self.close_connection = True

        def _refuses_token(self) -> bool:
            if hub.token is None or self.headers.get("Authorization") == f"Bearer {hub.token}":
                return False
            if hub.gated:
                self._answer(403, {"X-Error-Code": "GatedRepo"})
            else:
                self._answer(401, {})
            return True

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
            self._begin(status, headers, len(body))
            self.wfile.write(body)

        def _begin(self, status: int, headers: Mapping[str, str], length: int) -> None:
            told = {name.lower(): value for name, value in self.headers.items()}
            hub.asked.append(Asked(kind, self.path, told, status, length))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()

    return Handler


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
