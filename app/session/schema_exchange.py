"""Schemas from elsewhere and for elsewhere: whatever a text is, and whatever it is wanted as."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app import figures
from engine.errors import SchemaError, SchemaInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.schema.interchange import Incoming

Target = Literal["schema", "response_format", "tool", "pydantic", "typescript"]
MOST_BYTES: Final = 64_000_000
"""Of a file that is read as a schema."""


@dataclass(frozen=True)
class Outgoing:
    """What a schema can be written as: what that is called, and the ending of a file of it."""

    words: str
    ending: str


OUTGOING: Final[dict[Target, Outgoing]] = {
    "schema": Outgoing("JSON Schema", "json"),
    "response_format": Outgoing("OpenAI response format", "json"),
    "tool": Outgoing("OpenAI tool", "json"),
    "pydantic": Outgoing("Pydantic class", "py"),
    "typescript": Outgoing("TypeScript type", "ts"),
}


class SchemaExchange:
    """Reads and writes on a worker; nothing that is read is run."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def read_text(
        self, text: str, name: str, done: Callable[[Incoming], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Find out what a text is, and make a schema of it."""

        def job() -> Incoming:
            from engine.schema.interchange import read_incoming

            return read_incoming(text, name=name)

        self._bridge.check(job, done, failed)

    def read_file(
        self,
        path: Path,
        done: Callable[[Incoming], None],
        failed: Callable[[EngineError], None],
        library: Callable[[], None],
    ) -> None:
        """Find out what a file is, and make a schema of it; errors name the file.

        `library` is called in place of `done` where it is an export of our own, which may hold many.
        """

        def job() -> Incoming | None:
            from engine.schema.interchange import read_incoming
            from engine.store.schema_transfer.own import OURS

            text = _read(path)
            head = json.dumps({"format": OURS.name}).removesuffix("}")
            return None if text.startswith(head) else read_incoming(text, name=path.stem)

        def back(incoming: Incoming | None) -> None:
            if incoming is None:
                library()
            else:
                done(incoming)

        def blame(error: EngineError) -> None:
            failed(error.at(f"{path.name}, {error.where}" if error.where else path.name))

        self._bridge.check(job, back, blame)

    def write(
        self,
        text: str,
        name: str,
        target: Target,
        done: Callable[[str], None],
        failed: Callable[[EngineError], None],
    ) -> None:
        """Write a schema as something else; `done` is given that as text."""
        self._bridge.check(lambda: _written(text, name, target), done, failed)

    def save(self, path: Path, text: str, failed: Callable[[EngineError], None]) -> None:
        """Write a text to a file, whole or not at all."""

        def job() -> None:
            from engine.whole_file import whole_file

            with whole_file(path, SchemaError, "Choose another place.") as file:
                file.write(text.encode("utf-8", "surrogatepass"))

        self._bridge.check(job, lambda _: None, failed)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SchemaInvalid(
            f"The file cannot be read: {(error.strerror or 'it failed').lower()}.", advice="Choose another."
        ) from None
    if len(content) > MOST_BYTES:
        raise SchemaInvalid(f"The file is larger than {MOST_BYTES // 1_000_000} MB.", advice="Choose a smaller one.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemaInvalid(
            f"The file is no text in UTF-8: byte {figures.number(error.start)} is none.",
            advice="Save it as UTF-8, or choose another.",
        ) from None


def _written(text: str, name: str, target: Target) -> str:
    from engine.schema.document import read_schema
    from engine.schema.interchange import to_pydantic, to_response_format, to_tool, to_typescript

    if target == "schema":
        return text
    schema = read_schema(text).root
    match target:
        case "response_format":
            return json.dumps(to_response_format(schema, name), indent=2, ensure_ascii=False) + "\n"
        case "tool":
            return json.dumps(to_tool(schema, name), indent=2, ensure_ascii=False) + "\n"
        case "pydantic":
            return to_pydantic(schema, name)
        case "typescript":
            return to_typescript(schema, name)
