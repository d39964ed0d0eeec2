"""What several commands take, and how it is read. Nothing heavy is imported: --help does not wait for it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class Elsewhere:
    """A server that the command line names, by its address or by the name that it is kept under."""

    address: str
    model: str | None = None
    key_env: str | None = None
    concurrency: int | None = None


class _OfServer(argparse.Action):
    """Say something of the server that was named last."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if not namespace.endpoint:
            parser.error(f"{option_string} has to stand behind the --endpoint that it is of")
        setattr(namespace.endpoint[-1], self.dest.removeprefix("endpoint_"), values)


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
        type=model_named,
        metavar="MODEL",
        help="a GGUF file, or a model as `models` lists it; the bundled one if not given",
    )
    parser.add_argument("--context", type=positive, metavar="N", help="tokens that prompt and answer may take")
    _describe_elsewhere(parser)
    describe_profile(parser)


def model_named(text: str) -> Path:
    """Read the name of a model, or the path of its file, for argparse."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the model is empty")
    return Path(text)


def _describe_elsewhere(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "models elsewhere",
        "Without these everything stays on this machine. Several servers are an order: the next one is asked where one "
        "is not there. Keys come from the system's keyring (`espalier endpoints add`) or the environment.",
    )
    group.add_argument(
        "--endpoint",
        type=Elsewhere,
        action="append",
        metavar="URL",
        help="ask an OpenAI-compatible server, by its address or the name it is kept under; may be repeated",
    )
    group.add_argument(
        "--endpoint-model", action=_OfServer, metavar="NAME", help="the model there; the server's first if not given"
    )
    group.add_argument(
        "--key-env", dest="endpoint_key_env", action=_OfServer, metavar="NAME", help="the variable that has its key"
    )
    group.add_argument(
        "--concurrency",
        dest="endpoint_concurrency",
        action=_OfServer,
        type=positive,
        metavar="N",
        help="requests that it has at once (default 4)",
    )
    group.add_argument(
        "--then-here", action="store_true", help="where no server is there, ask the model on this machine"
    )
    parser.set_defaults(refuse=parser.error)


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
