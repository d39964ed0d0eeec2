"""A server on loopback that does what a test has written down for it, byte by byte where need be."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Act = Callable[["Asked"], None]


@dataclass
class Asked:
    """One request as it arrived, and the ways to answer it."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    handler: BaseHTTPRequestHandler
    server: ScriptedServer

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Send a status and headers; what follows ends with the connection."""
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Connection", "close")
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def json(self, payload: Any, status: int = 200, **headers: str) -> None:
        """Answer with JSON."""
        self.head(status, "application/json", **headers)
        self.raw(json.dumps(payload).encode())

    def chunk(self, content: str | None = None, finish: str | None = None, **more: Any) -> None:
        """Send one chunk of a streamed completion."""
        delta = {} if content is None else {"content": content}
        choice = {"index": 0, "delta": delta | more.pop("delta", {}), "finish_reason": finish} | more
        self.raw(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())

    def stream(self, pieces: Iterable[str], finish: str = "stop", usage: dict[str, int] | None = None) -> None:
        """Answer with a whole streamed completion."""
        self.head()
        for piece in pieces:
            self.chunk(piece)
        self.chunk(finish=finish)
        if usage is not None:
            self.raw(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n".encode())
        self.raw(b"data: [DONE]\n\n")

    def hang(self) -> None:
        """Say nothing more until the client goes away or the server is closed."""
        self.server.hanging.set()
        connection = self.handler.connection
        connection.settimeout(0.02)
        while not self.server.closing.is_set():
            try:
                if not connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.server.left.set()


@dataclass
class ScriptedServer:
    """Answers chat completions with one act after the other, the last one again and again; use as a context manager.

    `others` are acts by path. `asked` are all requests. `hanging` is set when an act hangs, `left` when a client went.
    """

    acts: list[Act] = field(default_factory=list)
    others: dict[str, Act] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)
    together: int = 0
    most_together: int = 0

    def __enter__(self) -> Self:
        script = self
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._answer(json.loads(data) if data else None)

            def _answer(self, body: Any) -> None:
                asked = Asked(self.command, self.path, dict(self.headers), body, self, script)
                with lock:
                    script.asked.append(asked)
                    chat = self.path.endswith("/chat/completions")
                    act = script.others.get(self.path) if not chat or self.path in script.others else None
                    if chat and act is None:
                        act = script.acts[0] if len(script.acts) == 1 else script.acts.pop(0)
                    script.together += chat
                    script.most_together = max(script.most_together, script.together)
                self.close_connection = True
                try:
                    (act or missing)(asked)
                except OSError:
                    script.left.set()
                finally:
                    with lock:
                        script.together -= chat

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that went away

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    @property
    def chats(self) -> list[Asked]:
        """The requests for chat completions."""
        return [asked for asked in self.asked if asked.path.endswith("/chat/completions")]


def missing(asked: Asked) -> None:
    asked.json({"detail": "Not Found"}, 404)


def says(*pieces: str, finish: str = "stop", usage: dict[str, int] | None = None) -> Act:
    """Return the act of a whole answer."""
    return lambda asked: asked.stream(pieces, finish, usage)


def fails(status: int, payload: Any, **headers: str) -> Act:
    """Return the act of an error."""
    return lambda asked: asked.json(payload, status, **headers)


def unused_port() -> int:
    """Return a port at which nobody listens."""
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
