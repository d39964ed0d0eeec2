"""llama-cpp-python's own server with the bundled model, in a process of its own: a real peer on loopback.

Run as a program, this is the server's launcher. It ends when its standard input does, so that none outlives a test
run, however that ends.
"""

from __future__ import annotations

import os
import runpy
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_TICK_S = 0.1
_PATIENCE_S = 120.0
_ROOT = Path(__file__).resolve().parents[3]


class Peer:
    """The server while it runs; `url` is its address. Use as a context manager."""

    def __init__(self, log: Path, *, context: int = 2048) -> None:
        """Prepare to start one; what it says goes to `log`."""
        self._log = log
        self._context = context

    def __enter__(self) -> Self:
        from engine.model.bundled import bundled_model

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        options = {
            "model": bundled_model(),
            "model_alias": "bundled",
            "host": "127.0.0.1",
            "port": port,
            "n_ctx": self._context,
            # Else a request breaks off the one before it, which is not what several clients of a server want.
            "interrupt_requests": "false",
            "verbose": "false",
        }
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, __file__, *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(_ROOT)},
            )
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()

    def _wait(self) -> None:
        limit = time.monotonic() + _PATIENCE_S
        while time.monotonic() < limit and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/models", timeout=5):
                    return
            except OSError:
                time.sleep(_TICK_S)
        self.close()
        raise RuntimeError(f"the server did not start: {self._log.read_text('utf-8', 'replace')[-2000:]}")


def _serve() -> None:
    """Run llama-cpp-python's server as its own command line does."""
    import llama_cpp
    import llama_cpp.llama_cpp as low

    made = low.llama_model_default_params

    def without_extra_buffers() -> low.llama_model_params:
        # With them the first product of matrices ends the process on machines with AMX (llama.cpp issue 20824).
        parameters = made()
        parameters.use_extra_bufts = False
        return parameters

    low.llama_model_default_params = llama_cpp.llama_model_default_params = without_extra_buffers
    threading.Thread(target=_end_with_input, daemon=True).start()
    runpy.run_module("llama_cpp.server", run_name="__main__")


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    _serve()
