"""`espalier models add | pin | remove | restore`: what a profile keeps of models."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.console import Interrupt, one_line
from engine.cli.models.known import bins_of, folder_of, known_hash
from engine.cli.models.naming import find_named, name_of, whole_path
from engine.cli.models.telling import spell_size
from engine.errors import InvalidRequest
from engine.library import hash_of, parts_of, read_model
from engine.library.removing import empty_bin, move_to_bin
from engine.library.removing import restore as put_back
from engine.store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from engine.library import ModelFile

_HASH = re.compile(r"[0-9a-f]{64}")


def add(options: argparse.Namespace) -> int:
    """Put a file or a folder on the list."""
    path = whole_path(options.path)
    with Store(options.profile) as store:
        if path.is_dir():
            store.models.add_folder(str(path))
            print(f"Models in {one_line(str(path))} are on the list.")
            return 0
        parts, name = parts_of(path)
        file = read_model(parts, name)
        if file.error is not None:
            raise file.error
        store.models.keep(str(file.path), origin="added")
    print(f"{one_line(file.title)} is on the list.")
    return 0


def pin(options: argparse.Namespace) -> int:
    """Pin a model by its hash, or end that."""
    wanted: str | None = options.sha256 and options.sha256.strip().lower()
    if wanted is not None and (options.off or not _HASH.fullmatch(wanted)):
        raise InvalidRequest("A SHA-256 has 64 digits from 0 to f; with --off none is given.", where="--sha256")
    with Store(options.profile) as store, Interrupt() as interrupted:
        listed = find_named(options.model, store)
        if listed.file.error is not None and not options.off:
            raise listed.file.error
        path, name = str(listed.file.path), one_line(name_of(listed))
        if options.off:
            store.models.pin(path, None)
            print(f"{name} is pinned no longer.")
            return 0
        has = hash_kept(listed.file, store, interrupted)
        store.models.pin(path, wanted or has)
    if wanted is not None and wanted != has:
        print(f"espalier: {name} is pinned, and its file is another one: it has {has}.", file=sys.stderr)
        return 1
    print(f"{name} is pinned to {has}.")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take a model or a folder off the list; what this program downloaded goes into the bin."""
    with Store(options.profile) as store:
        folder = str(whole_path(Path(options.model)))
        if folder in store.models.folders():
            store.models.remove_folder(folder)
            print(f"Models in {one_line(folder)} are no longer on the list. The folder is as it was.")
            return 0
        listed = find_named(options.model, store)
        path, name = str(listed.file.path), one_line(name_of(listed))
        if listed.origin == "bundled":
            raise InvalidRequest("The bundled model belongs to the program and stays on the list.")
        if listed.origin == "downloaded":
            removed = move_to_bin(listed.file.parts, folder_of(store.models.get(path), store))
            store.models.forget(path)
            print(
                f"{name} is in the bin, with {spell_size(removed.size)}. `espalier models restore` puts it back; "
                "with --empty-bin it is deleted for good."
            )
            return 0
        store.models.forget(path)
    print(f"{name} is no longer on the list. Its file is as it was: {one_line(path)}.")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put back what was taken off the list, list it, or delete for good what lies in the bin."""
    with Store(options.profile) as store:
        binned = {str(removed.path): removed for removed in bins_of(store)}
        if options.empty_bin:
            folders = dict.fromkeys(removed.place.parent.parent for removed in binned.values())
            print(f"{spell_size(sum(map(empty_bin, folders)))} were freed.")
            return 0
        gone = [file.path for file in store.models.files(removed=True) if os.path.lexists(file.path)]
        paths = sorted({*binned, *gone})
        if options.model is None:
            for path in paths:
                where = f" (in the bin, {spell_size(binned[path].size)})" if path in binned else ""
                print(f"{one_line(path)}{where}")
            return 0
        path = _removed(options.model, paths)
        if path in binned:
            put_back(binned[path])
        store.models.restore(path)
    print(f"{one_line(path)} is on the list again.")
    return 0


def _removed(named: str, paths: list[str]) -> str:
    """Return which of the models that were taken off the list is meant: by its path, its name, or how that begins.

    Raises InvalidRequest where none or more than one is.
    """
    whole = str(whole_path(Path(named)))
    if whole in paths:
        return whole
    asked = named.strip().casefold()
    names = {path: [Path(path).name.casefold(), parts_of(Path(path))[1].casefold()] for path in paths}
    found = [path for path in paths if asked in names[path]]
    if asked and not found:
        found = [path for path in paths if any(name.startswith(asked) for name in names[path])]
    if len(found) == 1:
        return found[0]
    advice = "`espalier models restore` lists those that were."
    if found:
        several = ", ".join(map(one_line, found))
        raise InvalidRequest(
            f"Several models of this name were taken off the list: {several}.", advice="Give its path."
        )
    raise InvalidRequest("This model was not taken off the list.", where=one_line(named), advice=advice)


def hash_kept(file: ModelFile, store: Store, should_stop: Callable[[], bool]) -> str:
    """Return a model's hash, from what is kept of it while the file stays as it is; else it is computed, and kept.

    Raises KeyboardInterrupt where it was stopped.
    """
    known = known_hash(file, store.models.get(str(file.path)))
    if known is not None:
        return known
    made = hash_of(file.parts, _progress(file), should_stop)
    if made is None:
        raise KeyboardInterrupt
    store.models.put_hash(str(file.path), made.size, made.changed_ns, made.sha256)
    return made.sha256


def _progress(file: ModelFile) -> Callable[[float], None]:
    """Return what tells on stderr how far a large file is read, where somebody is there to read it."""
    told = -1

    def tell(share: float) -> None:
        nonlocal told
        percent = int(share * 100)
        if percent != told and sys.stderr.isatty() and file.size > 1e9:
            told = percent
            print(f"\rReading the file: {percent} %", end="\n" if percent == 100 else "", file=sys.stderr, flush=True)

    return tell
