"""Where the files that ship with Espalier lie: samples, style, icons."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExampleSchema:
    """A schema that ships, to be read and copied; `key` tells it from the others.

    `description` is one line; `prompt` a text to try it on, empty where there is none.
    """

    key: str
    name: str
    description: str
    text: str
    prompt: str


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, in a source tree as in an installed wheel.

    Raises FileNotFoundError: a missing resource is a packaging bug.
    """
    package = Path(__file__).parent
    for root in (package.parent / "resources", package / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError("/".join(("resources", *parts)))


def example_schemas() -> tuple[ExampleSchema, ...]:
    """Read every schema that ships, by name: those of the sample documents, and those that show what schemas can do.

    Name and description are what the schema itself says.
    """
    samples = resource("samples")
    found = [_example(samples, path) for path in samples.glob("*/*.json")]
    return tuple(sorted(found, key=lambda example: (example.name.casefold(), example.key)))


def _example(samples: Path, path: Path) -> ExampleSchema:
    text = path.read_bytes().decode()
    schema = json.loads(text)
    prompt = path.with_suffix(".txt")
    return ExampleSchema(
        path.relative_to(samples).with_suffix("").as_posix(),
        schema["title"],
        schema["description"],
        text,
        prompt.read_text("utf-8") if prompt.exists() else "",
    )
