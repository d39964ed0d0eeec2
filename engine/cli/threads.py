"""`espalier threads`: the conversations of a profile, listed, searched, written to files and read from them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cli.console import showable
from engine.cli.importing import import_files
from engine.errors import InvalidRequest
from engine.store import Store
from engine.store.transfer import export_threads, import_in_steps

if TYPE_CHECKING:
    import argparse

    from engine.store import Hit
    from engine.store.transfer import Format

_BY_NAME: dict[str, Format] = {".md": "markdown", ".markdown": "markdown", ".jsonl": "openai"}
_WIDTH = 200


def threads(options: argparse.Namespace) -> int:
    """Do what the action says, or list the threads; return the exit code."""
    with Store(options.profile) as store:
        if options.action == "search":
            return _search(store, " ".join(options.words))
        if options.action == "export":
            return _export(store, options)
        if options.action == "import":
            return import_files(options.files, lambda path: import_in_steps(store.trees, path), _count)
        return _list(store)


def _list(store: Store) -> int:
    folders = {folder.id: folder.name for folder in store.threads.folders()}
    table = Table(box=None, pad_edge=False)
    for column in ("ID", "Last written", "Folder", "Title"):
        table.add_column(column, justify="right" if column == "ID" else "left", overflow="fold")
    for thread in store.threads.all():
        table.add_row(
            str(thread.id),
            thread.updated[:16].replace("T", " "),
            Text(_line(folders.get(thread.folder or 0, ""))),
            Text(_line(thread.title) or "Untitled"),
        )
    _console().print(table)
    return 0


def _search(store: Store, words: str) -> int:
    titles = {thread.id: thread.title for thread in store.threads.all()}
    hits = store.search.find(words)
    if not hits:
        print("Nothing was found.", file=sys.stderr)
    console = _console()
    for hit in hits:
        console.print(Text(f"{hit.thread:>6}  {_line(titles.get(hit.thread, ''))[:80] or 'Untitled'} · {hit.place}"))
        console.print(_shown(hit))
    return 0


def _export(store: Store, options: argparse.Namespace) -> int:
    if bool(options.ids) == options.all:
        raise InvalidRequest("Name the threads to export, or give --all: only one of them.")
    ids = [thread.id for thread in store.threads.all()] if options.all else options.ids
    for thread in ids:
        if store.threads.get(thread) is None:
            raise InvalidRequest(f"There is no thread {thread}.", advice="`espalier threads list` numbers them.")
    form = options.format or _BY_NAME.get(options.out.suffix.lower(), "json")
    export_threads(store.trees, ids, options.out, form)
    print(f"{_count(len(ids))} written to {options.out}.")
    return 0


def _shown(hit: Hit) -> Text:
    text = Text("        ")
    done = 0
    for start, end in hit.marks:
        text.append(showable(hit.excerpt[done:start]))
        text.append(showable(hit.excerpt[start:end]), style="bold")
        done = end
    text.append(showable(hit.excerpt[done:]))
    return text


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False)


def _line(text: str) -> str:
    return showable(" ".join(text.split()))


def _count(threads: int) -> str:
    return f"{threads:,} thread{'' if threads == 1 else 's'}"
