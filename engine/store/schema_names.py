"""Names and tags of schemas, as they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.store.threads import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

UNTITLED = "Untitled"


def schema_name(text: str) -> str:
    """Return the name of a schema as it is kept: one line, and never empty."""
    return name_of(" ".join(text.split())) or UNTITLED


def unique_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are kept: one line each, none empty, and each once whatever its case."""
    found: dict[str, str] = {}
    for tag in tags:
        if words := name_of(" ".join(tag.split())):
            found.setdefault(words.casefold(), words)
    return tuple(found.values())


def kept_tags(tags: Iterable[str]) -> str:
    """Return tags as a row has them: one a line."""
    return "\n".join(unique_tags(tags))


def tags_of(kept: str) -> tuple[str, ...]:
    """Return the tags of a row."""
    return tuple(kept.split("\n")) if kept else ()
