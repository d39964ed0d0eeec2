"""`espalier models download` and `espalier models recommended`: models that are not here yet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import psutil
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from engine.cli.console import Interrupt, one_line
from engine.cli.extraction.progress import spell
from engine.cli.models.known import downloads_of
from engine.cli.models.telling import spell_size
from engine.cli.network import network_of
from engine.errors import Cancelled, InvalidRequest
from engine.hub import Download, Hub, folder_of, models_of, name_of, recommended
from engine.library.hashing import joined_hash, stamp_of
from engine.secrets import HUB, Secrets
from engine.store import Store

if TYPE_CHECKING:
    import argparse
    from pathlib import Path
    from types import TracebackType

    from engine.hub import DownloadProgress, HubFile

_INTERRUPTED = 130
_SAID = {"asking": "Asking", "fetching": "Fetching", "checking": "Checking"}


def recommend(_options: argparse.Namespace) -> int:
    """List the recommended models; return the exit code."""
    table = Table(box=None, pad_edge=False)
    for column in ("Model", "Size", "Licence", "Good at", "Repository"):
        table.add_column(column, justify="right" if column == "Size" else "left", overflow="fold")
    for model in recommended():
        table.add_row(model.name, spell_size(model.size_hint), model.licence, model.good_at, model.repository)
    Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False).print(table)
    memory = psutil.virtual_memory()
    print(f"This machine has {spell_size(memory.total)} of memory, of which {spell_size(memory.available)} are free.")
    return 0


def download(options: argparse.Namespace) -> int:
    """Download the model of the command line into its folder; return the exit code."""
    secrets = Secrets()
    with Store(options.profile) as store:
        network = network_of(store)

    def token() -> str | None:
        return secrets.get(HUB)

    files = _choose(Hub(network, token=token), options.what, options.file)
    with Store(options.profile) as store:
        folder = options.into or folder_of(downloads_of(store), files)
    fetching = Download(files, folder, network, token)
    with Interrupt() as interrupted, _Bar(fetching.name) as bar:
        try:
            paths = fetching.run(bar.show, interrupted)
        except Cancelled:
            bar.stop()
            print(
                f"espalier: Paused at {bar.share:.0%}. The same command goes on from there.",
                file=sys.stderr,
                flush=True,
            )
            return _INTERRUPTED
    _keep(options.profile, fetching)
    for path in paths:
        print(path)
    if any(file.sha256 is None for file in files):
        print(
            f"espalier: Nobody promises a hash for this file. Its SHA-256 is {', '.join(fetching.hashes)}.",
            file=sys.stderr,
        )
    return 0


def _choose(hub: Hub, what: str, pattern: str | None) -> tuple[HubFile, ...]:
    """Return the files of the one model that is meant; raises InvalidRequest where there are several."""
    for model in recommended():
        if what.lower() in {model.name.lower(), model.repository.lower()}:
            what, pattern = model.repository, pattern or model.pattern
    if pattern is not None and (":" in what or "/" not in what):
        raise InvalidRequest("--file picks from a repository, and this names a file already.", where=what)
    found = models_of(hub.resolve(what if pattern is None else f"{what}:{pattern}"))
    if len(found) == 1:
        return found[0]
    for files in found:
        print(f"{spell_size(sum(file.size for file in files)):>9}  {one_line(name_of(files))}", file=sys.stderr)
    raise InvalidRequest(
        f"There are {len(found)} models to choose from.",
        where=what,
        advice="Say which with --file, as in --file Q4_K_M.",
    )


def _keep(profile: Path, fetched: Download) -> None:
    """Put a model that has arrived on the profile's list, with its hash, so that nobody has to read it again."""
    first = fetched.files[0]
    size, changed_ns = stamp_of(fetched.paths)
    path = fetched.paths[0].absolute()
    source = {"repository": first.repository, "revision": first.revision, "name": first.name}
    with Store(profile) as store:
        # Only what lies in the folder for downloads may be deleted by this program; a folder named here is a person's.
        is_own = path.is_relative_to(downloads_of(store).absolute())
        store.models.keep(str(path), origin="downloaded" if is_own else "added", source=source)
        store.models.put_hash(str(path), size, changed_ns, joined_hash(fetched.hashes))


class _Bar:
    """A line that moves where stderr is a terminal, else a line for each tenth."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True, highlight=False)
        self.share = 0.0
        self._name = one_line(name)
        self._told = ""
        self._bar: Progress | None = None
        if console.is_terminal:
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TextColumn("{task.fields[left]}", markup=False),
            )
            self._bar = Progress(*columns, console=console)
            self._task = self._bar.add_task(self._name, total=None, left="")

    def __enter__(self) -> _Bar:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Leave the line as it is."""
        if self._bar:
            self._bar.stop()

    def show(self, progress: DownloadProgress) -> None:
        """Tell how far it is."""
        self.share = progress.done / progress.total
        what = f"{_SAID[progress.stage]} {self._name}"
        left = "" if progress.seconds_left is None else f"about {spell(progress.seconds_left)} left"
        if self._bar:
            self._bar.update(self._task, description=what, completed=progress.done, total=progress.total, left=left)
            return
        line = f"{what}: {int(self.share * 10) * 10}%"
        if line != self._told:
            self._told = line
            print(f"{line} {left}".rstrip(), file=sys.stderr, flush=True)
