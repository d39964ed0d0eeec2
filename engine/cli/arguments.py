"""What several commands take, and how it is read. Nothing heavy is imported: --help does not wait for it."""

from __future__ import annotations

import argparse
from pathlib import Path


def describe_run(parser: argparse.ArgumentParser) -> None:
    """Add what every run of a model takes."""
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="run alone and reproducibly: the same seed gives the same tokens",
    )
    parser.add_argument("--max-tokens", type=positive, metavar="N", help="the longest answer, in tokens")
    parser.add_argument(
        "--model",
        type=Path,
        metavar="MODEL",
        help="a GGUF file, or a model as `models` lists it; the bundled one if not given",
    )
    parser.add_argument("--context", type=positive, metavar="N", help="tokens that prompt and answer may take")
    describe_profile(parser)


def describe_profile(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add the folder of the profile."""
    parser.add_argument(
        "--profile",
        type=Path,
        metavar="DIR",
        default=default,
        help="where threads, schemas, jobs, logs and caches are kept",
    )


def positive(text: str) -> int:
    """Read a count. Raises ArgumentTypeError for anything below 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("it has to be a whole number of at least 1")
    return int(text)


def share(text: str) -> float:
    """Read a share from 0 to 1. Raises ArgumentTypeError for anything else."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError("it has to be a number from 0 to 1")
    return found


def names(text: str) -> list[str]:
    """Read names with commas between them. Raises ArgumentTypeError where there is none."""
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise argparse.ArgumentTypeError("it has to name at least one")
    return found
