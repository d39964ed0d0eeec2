"""Reading files into the profile at the terminal: what was read is told, what could not be is named, Ctrl+C ends it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from engine.cli.console import Interrupt, showable
from engine.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from engine.store.transfer import Fault

_SOME_FAILED, _INTERRUPTED = 3, 130


class Told(Protocol):
    """What an import says of how far it is."""

    @property
    def saved(self) -> int:
        """How many things were saved."""

    @property
    def known(self) -> int:
        """How many were there already."""

    @property
    def failed(self) -> int:
        """How many could not be read."""

    @property
    def faults(self) -> Sequence[Fault]:
        """The first reasons why."""


def import_files(files: Sequence[Path], steps: Callable[[Path], Iterator[Told]], counted: Callable[[int], str]) -> int:
    """Import files one after another, and tell of each; return the exit code. `counted` names so many things."""
    good = bad = 0
    for path in files:
        told: Told | None = None
        try:
            with Interrupt() as interrupted:
                for told in steps(path):
                    if interrupted():
                        print(
                            f"espalier: Stopped. {counted(told.saved)} read from {path}; run it again for the rest.",
                            file=sys.stderr,
                        )
                        return _INTERRUPTED
        except TransferError as error:
            print(f"espalier: {error}", file=sys.stderr)
            bad += 1
            continue
        assert told is not None, "an import that ends well has said so"
        good += bool(told.saved or told.known)
        bad += told.failed
        known = f" {counted(told.known)} there already." if told.known else ""
        print(f"{counted(told.saved)} read from {path}.{known}")
        for fault in told.faults:
            print(f"espalier: {showable(str(fault))}", file=sys.stderr)
        if told.failed > len(told.faults):
            print(f"espalier: {told.failed - len(told.faults)} more could not be read.", file=sys.stderr)
    if not bad:
        return 0
    return _SOME_FAILED if good else 1
