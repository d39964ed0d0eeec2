"""`espalier models`: what is there, and what fits this machine's memory."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import psutil
from rich.console import Console
from rich.table import Table

from engine.errors import EngineError, InvalidRequest
from engine.model.bundled import bundled_model

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

ROOM = 1.2
"""Weights and a factor for the context's cache and scratch buffers."""


def models(options: argparse.Namespace) -> int:
    """List the bundled model and the GGUF files of the folders; return the exit code."""
    table = Table(box=None, pad_edge=False)
    for column in ("Model", "Size", "Memory", "File"):
        table.add_column(column, justify="right" if column == "Size" else "left", overflow="fold")
    try:
        table.add_row(*_describe("bundled", bundled_model()))
    except EngineError as error:
        print(f"espalier: {error}", file=sys.stderr)
    for path in _find_files([options.profile / "models"], options.folders):
        table.add_row(*_describe(path.stem, path))
    Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False).print(table)
    return 0


def _find_files(own: list[Path], named: list[Path]) -> list[Path]:
    for folder in named:
        if not folder.is_dir():
            raise InvalidRequest("There is no such folder.", where=str(folder))
    found = {path.resolve() for folder in (*own, *named) for path in folder.rglob("*.gguf") if path.is_file()}
    return sorted(found)


def _describe(name: str, path: Path) -> tuple[str, str, str, str]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        return name, "", f"cannot be read: {error.strerror or error}", str(path)
    if magic != b"GGUF":
        return name, _spell(size), "not a GGUF file", str(path)
    memory = psutil.virtual_memory()
    if size * ROOM <= memory.available:
        fits = "fits"
    elif size * ROOM <= memory.total:
        fits = "fits once other programs are closed"
    else:
        fits = "too large for this machine"
    return name, _spell(size), fits, str(path)


def _spell(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
