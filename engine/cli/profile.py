"""`espalier backup` and `espalier restore`: everything of a profile into one file, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.arguments import describe_profile
from engine.errors import InvalidRequest

if TYPE_CHECKING:
    import argparse

    from engine.store.archive import Contents

_WORDS = {"threads": "thread", "interfaces": "interface", "schemas": "schema", "jobs": "extraction"}


def describe_backup(parser: argparse.ArgumentParser) -> None:
    """Describe `espalier backup`."""
    parser.description = (
        "Write everything of a profile into one file: threads, attachments, schemas, interfaces, extractions and "
        "settings. Models are not in it, and keys never are. It can be written while Espalier's window is open."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; one that is there is replaced")
    describe_profile(parser)


def describe_restore(parser: argparse.ArgumentParser) -> None:
    """Describe `espalier restore`."""
    parser.description = (
        "Put a backup in the place of what the profile holds. Espalier's window has to be closed. "
        "The state of before is kept as a file, which can be restored in the same way."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `espalier backup` or the window wrote")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    describe_profile(parser)


def backup(options: argparse.Namespace) -> int:
    """Write a backup; return the exit code."""
    from engine.store.archive import back_up_profile

    contents = back_up_profile(options.profile, options.file)
    print(f"{counted(contents)} written to {options.file}.")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Restore a backup, once it was said what that means; return the exit code."""
    from engine.store import claim_profile
    from engine.store.archive import finish_restore, look_into, prepare_restore

    contents = look_into(options.file)
    made = contents.made.astimezone().strftime("%Y-%m-%d %H:%M")
    print(f"{counted(contents)}, as of {made}, in the place of what {options.profile} holds now.", file=sys.stderr)
    if not options.yes:
        _ask()
    with claim_profile(options.profile):
        prepare_restore(options.profile, options.file)
        kept = finish_restore(options.profile)
    print("Restored." if kept is None else f"Restored. What was there before is kept as {kept}.")
    return 0


def counted(contents: Contents) -> str:
    """Say what a backup holds: 12 threads, 3 schemas; "A copy of the database" where it does not say."""
    said = [f"{count:,} {_WORDS[name]}{'' if count == 1 else 's'}" for name, count in contents.counts.items() if count]
    return ", ".join(said) or ("Nothing but settings" if contents.counts else "A copy of the database")


def _ask() -> None:
    if not sys.stdin.isatty():
        raise InvalidRequest("Restoring replaces what is there.", advice="Say --yes to do it without being asked.")
    if input("Restore it? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise InvalidRequest("Nothing was changed.")
