"""Interfaces from files: trees of ours, what other programs call one, and the examples that ship."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.session.interfaces.answer import is_tree
from app.session.interfaces.reading import Loaded, read_interface
from engine.errors import EngineError, TransferError
from engine.store import INTERFACE, Attachment
from engine.store import Answer as KeptAnswer

if TYPE_CHECKING:
    from pathlib import Path

    from engine.interface.sources import Source
    from engine.store import Store

_LARGEST: Final = 20_000_000


@dataclass(frozen=True)
class Importable:
    """A tree from elsewhere, with what it is called, what could not be taken over, and the files it shows.

    `sentence` is what it was made for, where that is known; `lost` counts the notes on what is missing here.
    """

    title: str
    tree: Any
    notes: tuple[tuple[str, str], ...] = ()
    files: tuple[Attachment, ...] = ()
    sentence: str = ""
    lost: int = 0


def read_import(path: Path) -> Importable:
    """Read a file; slow, to be called on a worker. Raises TransferError, which names the file and the place in it."""
    try:
        size = path.stat().st_size
        text = path.read_bytes().decode("utf-8-sig") if size <= _LARGEST else ""
    except OSError as error:
        raise TransferError(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise TransferError("This is no text in UTF-8.", where=str(path)) from error
    if not text.strip():
        problem = "The file is empty." if size <= _LARGEST else "The file is too large to be an interface."
        raise TransferError(problem, where=str(path))
    return _read(text, path.stem, str(path))


def read_example(key: str) -> Importable:
    """Read an example that ships. Raises KeyError for one that does not."""
    from engine.interface.examples import example

    found = example(key)
    files = tuple(Attachment(name, "text/csv", "", text.encode()) for name, text in found.sources.items())
    return Importable(found.title, found.tree, files=files, sentence=found.sentence)


def put_import(store: Store, imported: Importable, settings: dict[str, Any]) -> Loaded | None:
    """Save what was read as an interface of its own, and read it back."""
    thread = store.threads.create(settings, kind=INTERFACE, title=imported.title).id
    for file in imported.files:
        store.messages.attach(thread, file)
    parent = store.messages.add(thread, None, "user", imported.sentence) if imported.sentence else None
    kept = KeptAnswer(
        request={"interface": {"kind": "import" if parent is None else "sentence", "at": ""}},
        details={"tree": imported.tree, "notes": [list(note) for note in imported.notes]},
    )
    text = json.dumps(imported.tree, ensure_ascii=False)
    store.messages.add(thread, parent, "assistant", text, answer=kept)
    return read_interface(store, thread)


def _read(text: str, name: str, where: str) -> Importable:
    from engine.interface.dialects import read_text

    try:
        imported = read_text(text)
    except EngineError as error:
        raise error.at(f"{where}, {error.where}" if error.where else where) from error
    if not is_tree(imported.tree):
        raise TransferError("This is nested too deep to be an interface.", where=where)
    notes = tuple((note.pointer, note.sentence) for note in imported.notes)
    files = tuple(map(_file, imported.sources))
    lost = sum(note.kind == "lost" for note in imported.notes)
    return Importable(_title(imported.tree, name), imported.tree, notes, files, lost=lost)


def _title(tree: Any, name: str) -> str:
    title = tree.get("title") if isinstance(tree, dict) else None
    return title if isinstance(title, str) and title.strip() else name


def _file(source: Source) -> Attachment:
    """Return a data source as the CSV file that it could have come from."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([column.name for column in source.columns])
    writer.writerows(source.rows)
    name = source.name if source.name.endswith(".csv") else f"{source.name}.csv"
    return Attachment(name, "text/csv", "", table.getvalue().encode())
