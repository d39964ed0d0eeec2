"""`espalier models`: the library of models in the terminal, one module an action or two.

Nothing heavy is imported before an action runs: --help does not wait for it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.arguments import describe_profile

_NAMED = "a name as `models` lists it, the beginning of one, or a file"


def describe_models(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of `models` and its actions."""
    parser.description = (
        "List the models of this machine: the bundled one, those that were downloaded or added, and those in folders; "
        "with what their headers say and whether they fit the memory that is free. No model is loaded."
    )
    _describe_list(parser)
    describe_profile(parser)
    actions = parser.add_subparsers(dest="action", metavar="action")
    listed = actions.add_parser("list", help="list them (the default)")
    _describe_list(listed)
    shown = actions.add_parser("show", help="tell all that a model's file says, its template and its hash")
    shown.description = "Tell all that a model's file says. Its hash is computed, which takes seconds a gigabyte."
    shown.epilog = "Exit code: 1 where the file is broken, or is not the one that was pinned."
    shown.add_argument("--json", action="store_true", help="print it as JSON")
    added = actions.add_parser("add", help="put a file, or a folder with all in it, on the list")
    added.add_argument("path", type=Path, metavar="PATH", help="a GGUF file, or a folder to look into from now on")
    pinned = actions.add_parser("pin", help="want a model to be the file that it is now")
    pinned.description = "Pin a model by its hash: if its file ever changes, that is told before it is used."
    pinned.add_argument("--sha256", metavar="HASH", help="the hash that it has to have; if not given, the one it has")
    pinned.add_argument("--off", action="store_true", help="end that")
    removed = actions.add_parser("remove", help="take a model, or a folder, off the list")
    removed.description = (
        "Take a model, or a folder, off the list. What this program downloaded goes into a bin, all else stays where "
        "it is. `restore` undoes it."
    )
    restored = actions.add_parser("restore", help="put a model back that was taken off the list")
    restored.add_argument("model", nargs="?", metavar="MODEL", help="its name, or its file; if not given, list them")
    restored.add_argument("--empty-bin", action="store_true", help="delete for good what lies in the bin instead")
    fetched, recommended = _describe_fetching(actions)
    for action in (shown, pinned, removed):
        action.add_argument("model", metavar="MODEL", help=_NAMED)
    for action in (listed, shown, added, pinned, removed, restored, fetched, recommended):
        # Suppressed, so that it does not undo a --profile that stands before the action.
        describe_profile(action, default=argparse.SUPPRESS)


def _describe_list(parser: argparse.ArgumentParser) -> None:
    suppressed = argparse.SUPPRESS if parser.prog.endswith(" list") else None
    parser.add_argument(
        "--folder",
        type=Path,
        action="append",
        default=suppressed or [],
        metavar="DIR",
        help="look into this folder too, this time; may be repeated",
    )
    parser.add_argument(
        "--usual",
        action="store_true",
        default=suppressed or False,
        help="look also where LM Studio, Ollama, GPT4All, Jan and Hugging Face keep theirs; nothing is changed there",
    )
    parser.add_argument("--json", action="store_true", default=suppressed or False, help="print the list as JSON")


def _describe_fetching(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    fetched = actions.add_parser("download", help="download a model from the hub, or go on with it")
    fetched.description = (
        "Download a model, and compare its SHA-256 with the hub's. Ctrl+C pauses, and the same command goes on where "
        "it was, also after a crash. HF_ENDPOINT names another hub and HF_TOKEN a token; without it, the one in the "
        "system's keyring is used."
    )
    fetched.add_argument(
        "what",
        metavar="WHAT",
        help="owner/repository, owner/repository:Q4_K_M, the name of a recommended model, or a GGUF file's address",
    )
    fetched.add_argument("--file", metavar="PATTERN", help="which of a repository's models: Q4_K_M, or *q8_0.gguf")
    fetched.add_argument("--into", type=Path, metavar="DIR", help="the folder; the profile's own if not given")
    listed = actions.add_parser("recommended", help="list models that are worth downloading")
    listed.description = (
        "List models that are worth downloading, with licence and size. Nothing is asked of the network."
    )
    return fetched, listed


def models(options: argparse.Namespace) -> int:
    """Do what the action says, or list the models; return the exit code."""
    if options.action == "show":
        from engine.cli.models.showing import show

        return show(options)
    if options.action in {"add", "pin", "remove", "restore"}:
        from engine.cli.models import keeping

        actions = {
            "add": keeping.add,
            "pin": keeping.pin,
            "remove": keeping.remove,
            "restore": keeping.restore,
        }
        return actions[options.action](options)
    if options.action in {"download", "recommended"}:
        from engine.cli.models import downloading

        return downloading.download(options) if options.action == "download" else downloading.recommend(options)
    from engine.cli.models.listing import list_all

    return list_all(options)
