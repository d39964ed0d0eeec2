"""What the commands share at the terminal: reading files, Ctrl+C, the model, and text that may be shown."""

from __future__ import annotations

import signal
import sys
import threading
import unicodedata
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationError

from engine.errors import InvalidRequest, SchemaError
from engine.model.client import ModelClient
from engine.model.protocol import LoadOptions
from engine.schema.document import read_schema

if TYPE_CHECKING:
    import argparse
    from pathlib import Path
    from types import FrameType, TracebackType

    from engine.model.backend import Backend
    from engine.model.client import ClientState
    from engine.schema.document import SchemaDocument


def read_text(path: Path) -> str:
    """Read a file that was named on the command line; raises InvalidRequest with a sentence."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InvalidRequest(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InvalidRequest("The file is not UTF-8 text.", where=str(path)) from error


def read_schema_file(path: Path) -> SchemaDocument:
    """Read a schema named on the command line; raises SchemaError with the file and the place in it."""
    text = read_text(path)
    try:
        return read_schema(text)
    except SchemaError as error:
        error.message = f"{path}: {error.message}"
        raise


def explain(error: ValidationError) -> InvalidRequest:
    """Turn a request that pydantic refuses into a sentence that names the option."""
    first = error.errors()[0]
    option = "--" + "-".join(str(part) for part in first["loc"]).replace("_", "-")
    return InvalidRequest(f"{option}: {first['msg'][0].lower()}{first['msg'][1:]}.")


def open_model(options: argparse.Namespace, **load: Any) -> ModelClient:
    """Start the model that the command line names; loading goes on in its own process.

    A file that is not the one it was pinned to is refused there.
    """
    from engine.cli.models.naming import model_path, pinned_hash  # which show names as this module does

    try:
        asked = LoadOptions(context=options.context, **{name: v for name, v in load.items() if v is not None})
    except ValidationError as error:
        raise explain(error) from error
    path = model_path(options.model, options.profile)
    cache = options.profile / "cache"
    pinned = pinned_hash(path, options.profile)
    return ModelClient(path, options=asked, cache_dir=cache, listener=StageLine(), expected_sha256=pinned)


def open_backend(options: argparse.Namespace, what: str, *, preview: bool = False, **load: Any) -> Backend:
    """Return what the command line wants to be asked: the model here, or models elsewhere. The caller closes it.

    `what` is said to go there, e.g. "Documents"; of a `preview`, that it would. `load` are options of the model on
    this machine.
    """
    if not options.endpoint and not options.then_here:
        return open_model(options, **load)
    from engine.cli.elsewhere import open_elsewhere  # the network is not imported where nothing is sent

    return open_elsewhere(options, what, preview=preview, **load)


class StageLine:
    """Tells on stderr what loading a model is doing, where somebody is there to read it."""

    def __init__(self) -> None:
        self._told = ""

    def __call__(self, state: ClientState) -> None:
        """Show each stage once."""
        if state.phase == "loading" and state.stage != self._told and sys.stderr.isatty():
            self._told = state.stage
            print(f"{state.stage} …", file=sys.stderr)


class Interrupt:
    """Ctrl+C as a question: within the block the first is only noted, the second raises KeyboardInterrupt.

    So a command can end in good order instead of being thrown out of whatever it was waiting for.
    """

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def __call__(self) -> bool:
        """Tell whether Ctrl+C was pressed."""
        return self._asked.is_set()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()


def showable(text: str) -> str:
    """Take out control characters other than line breaks and tabs: text must not command the terminal."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def one_line(text: str) -> str:
    """Return a text that may be shown in one line of a terminal, whatever it holds."""
    return showable(" ".join(text.split()))
