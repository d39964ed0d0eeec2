"""The worked examples that ship: screens to begin with, each with the sentence that it was made for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Example:
    """A worked example; `sources` are the texts of its data files by name, `tree` uses the full profile."""

    key: str
    title: str
    sentence: str
    tree: Any
    sources: Mapping[str, str]


@cache
def examples() -> tuple[Example, ...]:
    """Return every example that ships, in the order of a list."""
    read = [
        (path.stem, json.loads(path.read_text("utf-8"))) for path in resource("interface", "examples").glob("*.json")
    ]
    read.sort(key=lambda pair: pair[1]["order"])
    return tuple(
        Example(key, each["tree"]["title"], each["sentence"], each["tree"], each["sources"]) for key, each in read
    )


def example(key: str) -> Example:
    """Return an example by its key. Raises KeyError where none has it."""
    found = next((each for each in examples() if each.key == key), None)
    if found is None:
        raise KeyError(key)
    return found
