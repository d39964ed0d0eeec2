"""`espalier models [list]`: what is there, and what fits this machine's memory."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cli.console import Interrupt, one_line
from engine.cli.models.known import wanted_of
from engine.cli.models.naming import name_of
from engine.cli.models.telling import as_json, fit_of, pin_of, spell_count, spell_size
from engine.errors import InvalidRequest
from engine.library import list_models
from engine.model.fit import Memory
from engine.store import Store

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from engine.library import Listed
    from engine.model.fit import Fit
    from engine.store.models import KeptFile

_WIDTH = 1_000
"""Of what no terminal shows: whole lines, for programs."""
_COLUMNS = ("Name", "Parameters", "Quantization", "Context", "Licence", "Size", "Memory", "Where", "File")
_RIGHT = ("Parameters", "Context", "Size")
_VERDICTS = {"fits": "fits", "tight": "tight", "too big": "too large"}
_PINS = {
    "pinned": "pinned",
    "changed": "is not the file that was pinned",
    "not checked": "pinned, changed since it was checked",
}
_WHERE: dict[str, str] = {"bundled": "Bundled", "downloaded": "Downloaded", "added": "Added", "folder": "Folder"}

Row = tuple["Listed", "KeptFile | None", "Fit | None"]


def list_all(options: argparse.Namespace) -> int:
    """List the models; return the exit code. Ctrl+C lists those that were found until then."""
    for folder in options.folder:
        _check(folder)
    memory = Memory.now()
    rows: list[Row] = []
    with Store(options.profile) as store, Interrupt() as interrupted:
        wanted = wanted_of(store, options.folder, usual=options.usual)
        for listed in list_models(wanted, interrupted):
            kept = store.models.get(str(listed.file.path))
            rows.append((listed, kept, fit_of(listed, kept, memory)))
    if options.json:
        print(json.dumps([as_json(*row) for row in rows], indent=1))
    else:
        _print(rows)
    if interrupted():
        raise KeyboardInterrupt
    return 0


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise InvalidRequest("There is no such folder.", where=str(folder))
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise InvalidRequest(f"The folder cannot be read: {error.strerror or error}.", where=str(folder)) from error


def _print(rows: list[Row]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column in _RIGHT else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, _cells(*row)))
    Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False).print(table)


def _cells(listed: Listed, kept: KeptFile | None, fit: Fit | None) -> list[str]:
    file, facts = listed.file, listed.file.facts
    name, where = one_line(name_of(listed)), _WHERE.get(listed.origin, listed.place)
    size, path = spell_size(file.size), one_line(str(file.path))
    if facts is None:
        wrong = "" if file.error is None else file.error.message
        return [name, "", "", "", "", size, one_line(wrong), where, path]
    memory = file.kind if fit is None else f"{_VERDICTS[fit.verdict]} ({spell_size(fit.needed)})"
    pin = pin_of(listed, kept)
    return [
        name,
        spell_count(facts.parameters),
        one_line(facts.quantization),
        "" if facts.context is None else f"{facts.context:,}",
        one_line(facts.licence or ""),
        size,
        f"{memory}, {_PINS[pin]}" if pin else memory,
        where,
        path,
    ]
