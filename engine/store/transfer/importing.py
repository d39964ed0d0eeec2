"""Saving what a file holds, whole threads at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.errors import TransferError
from engine.store.transfer import chat_lines, chatgpt, own
from engine.store.transfer.reading import Fault, Found, Unreadable, values_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.store.trees import Tree, Trees

_TOLD = 20
_BATCH_MESSAGES = 500
_BATCH_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Imported:
    """What an import has done so far.

    `threads` are the ids of the saved ones; `known` counts those that were there already, `failed` those that could
    not be read; `faults` are the first of their reasons.
    """

    threads: tuple[int, ...] = ()
    known: int = 0
    failed: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def saved(self) -> int:
        """How many threads were saved."""
        return len(self.threads)


def import_threads(trees: Trees, path: Path) -> Imported:
    """Save the conversations of a file; return what became of them.

    Raises TransferError where none could be read, StoreError where one cannot be saved: those before it are.
    """
    *_, told = import_in_steps(trees, path)
    return told


def import_in_steps(trees: Trees, path: Path) -> Iterator[Imported]:
    """Do what `import_threads` does, and say after each transaction how far it is.

    Each takes a fraction of a second, so that whoever shares the store gets a turn in between.
    """
    told = Imported()
    batch: list[Tree] = []
    messages = characters = 0
    for read in _read(path):
        if isinstance(read, Fault):
            faults = (*told.faults, read) if len(told.faults) < _TOLD else told.faults
            told = replace(told, failed=told.failed + 1, faults=faults)
            continue
        if trees.holds(read):
            told = replace(told, known=told.known + 1)
            continue
        batch.append(read)
        messages += len(read.messages) + 1
        characters += sum(len(message.text) for message in read.messages)
        if messages >= _BATCH_MESSAGES or characters >= _BATCH_CHARACTERS:
            told = replace(told, threads=(*told.threads, *trees.insert(batch)))
            yield told
            batch, messages, characters = [], 0, 0
    if batch:
        told = replace(told, threads=(*told.threads, *trees.insert(batch)))
    if told.failed and not told.threads and not told.known:
        first = told.faults[0]
        others = f" {told.failed - 1} more cannot be read either." if told.failed > 1 else ""
        raise TransferError(
            f"Nothing in the file can be imported. {first.message}{others}",
            where=", ".join(filter(None, (str(path), first.where))),
            advice="Known are Espalier's own JSON, OpenAI chat messages, and ChatGPT's conversations.json.",
        )
    yield told


def _read(path: Path) -> Iterator[Tree | Fault]:
    changed = ""
    folder = f"Imported from {path.name}"
    found = values_in(path, own.OURS)
    for entry in found:
        if isinstance(entry, Fault):
            yield entry
            continue
        # Conversations that do not know their time have that of their file, so that they are known the next time.
        changed = changed or datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
        try:
            tree = _tree_of(entry, changed)
        except Unreadable as error:
            where = ", ".join(filter(None, (entry.prefix, error.fault.where)))
            yield Fault(where, error.fault.message)
        else:
            yield tree if entry.own else replace(tree, folder=folder)


def _tree_of(found: Found, created: str) -> Tree:
    if found.own:
        return own.tree_of(found.value, found.pointer, created)
    if chatgpt.is_conversation(found.value):
        return chatgpt.tree_of(found.value, found.pointer, created)
    if chat_lines.is_chat(found.value):
        return chat_lines.tree_of(found.value, found.pointer, created)
    raise Unreadable("This is no conversation of a known kind", found.pointer)
