"""Writing threads to a file, in each of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from engine.errors import TransferError
from engine.store.transfer import chat_lines, markdown, own
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.store.trees import Tree, Trees

Format = Literal["json", "markdown", "openai"]
FORMATS: Final[dict[Format, str]] = {"json": ".json", "markdown": ".md", "openai": ".jsonl"}
"""Every format that can be written, and how the names of its files end."""
_ADVICE = "Choose another name or folder. A file of that name, if there was one, is as it was."


def export_threads(trees: Trees, threads: Sequence[int], target: Path, form: Format = "json") -> None:
    """Write threads to a file, one after another; a file that is there is replaced when the new one is whole.

    Raises TransferError where the file cannot be written, KeyError for a thread that does not exist.
    """
    with whole_file(target, TransferError, _ADVICE) as file:
        for piece in _written((trees.read(thread) for thread in threads), form):
            file.write(piece.encode())


def _written(trees: Iterator[Tree], form: Format) -> Iterator[str]:
    if form == "json":
        return own.written(trees)
    if form == "markdown":
        return markdown.written(trees)
    return (chat_lines.written(tree) for tree in trees)
