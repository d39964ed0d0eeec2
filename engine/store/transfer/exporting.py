"""Writing threads to a file, in each of the formats."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal

from engine.errors import TransferError
from engine.store.transfer import chat_lines, markdown, own

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.store.trees import Tree, Trees

Format = Literal["json", "markdown", "openai"]
FORMATS: Final[dict[Format, str]] = {"json": ".json", "markdown": ".md", "openai": ".jsonl"}
"""Every format that can be written, and how the names of its files end."""


def export_threads(trees: Trees, threads: Sequence[int], target: Path, form: Format = "json") -> None:
    """Write threads to a file, one after another; a file that is there is replaced when the new one is whole.

    Raises TransferError where the file cannot be written, KeyError for a thread that does not exist.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            with partial.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(_written((trees.read(thread) for thread in threads), form))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise TransferError(
            f"The file cannot be written: {error.strerror or error}.",
            where=str(target),
            advice="Choose another name or folder. A file of that name, if there was one, is as it was.",
        ) from error


def _written(trees: Iterator[Tree], form: Format) -> Iterator[str]:
    if form == "json":
        return own.written(trees)
    if form == "markdown":
        return markdown.written(trees)
    return (chat_lines.written(tree) for tree in trees)
