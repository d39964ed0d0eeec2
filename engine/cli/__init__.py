"""The terminal: `espalier generate | extract | interface | models | endpoints …`, as `espalier --help` lists them.

`espalier --help` names all commands; `python -m engine.cli` is the same. Answers go to stdout, everything else to
stderr. Exit codes: 0, all went well; 1, an error, told in one sentence, or `schema problems` or `interface check` found
one, or `schema diff` a change; 2, the command line was wrong; 3, `extract` ended and some documents failed, or `threads
import` or `schemas import` and some could not be read; 130, stopped by Ctrl+C.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.arguments import describe_profile, describe_run, model_named, positive
from engine.cli.endpoints import describe_endpoints
from engine.cli.extraction.arguments import describe_extract, describe_jobs
from engine.cli.models import describe_models
from engine.cli.profile import describe_backup, describe_restore
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, FAILED, SOME_FAILED, INTERRUPTED = 0, 1, 3, 130

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""Of output that goes to a file on a disk that is full."""

COMMANDS = (
    "generate",
    "extract",
    "jobs",
    "interface",
    "check",
    "schema",
    "schemas",
    "models",
    "endpoints",
    "threads",
    "backup",
    "restore",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. `arguments` are those after the program's name."""
    options = build_parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a pipe on Windows has the code page's encoding
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = _run(options)
        sys.stdout.flush()  # what cannot be written is told here, not at the end of the interpreter
    except EngineError as error:
        print(f"espalier: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("espalier: Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _say_no_more()  # whoever read the output has heard enough
        return FAILED
    except OSError as error:
        if error.errno not in _FULL:
            raise
        print(f"espalier: What was to be written has no room: {error.strerror}.", file=sys.stderr)
        _say_no_more()
        return FAILED
    return code


def _say_no_more() -> None:
    """Let what is still buffered go nowhere: it must not raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(options: argparse.Namespace) -> int:
    # The commands are imported when they are run, so that --help does not wait for them.
    from engine.log import configure_logging
    from engine.store.profile import default_profile

    options.profile = options.profile or default_profile()
    configure_logging(options.profile, "terminal")
    if options.command == "generate":
        from engine.cli.generate import generate

        return generate(options)
    if options.command == "extract":
        from engine.cli.extraction.extract import extract

        return extract(options)
    if options.command == "jobs":
        from engine.cli.extraction.jobs import jobs

        return jobs(options)
    if options.command == "interface":
        from engine.cli.interface import interface

        return interface(options)
    if options.command == "check":
        from engine.cli.check import check

        return check(options)
    if options.command == "schema":
        from engine.cli.schema import schema

        return schema(options)
    if options.command == "threads":
        from engine.cli.threads import threads

        return threads(options)
    if options.command in {"backup", "restore"}:
        from engine.cli.profile import backup, restore

        return backup(options) if options.command == "backup" else restore(options)
    if options.command == "schemas":
        from engine.cli.schemas import schemas

        return schemas(options)
    if options.command == "endpoints":
        from engine.cli.endpoints import endpoints

        return endpoints(options)
    from engine.cli.models import models

    return models(options)


def build_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="espalier",
        description="Answers from a local model that satisfy a schema, or an error that says why.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _describe_generate(commands.add_parser("generate", help="answer one prompt, held to a schema or grammar"))
    describe_extract(commands.add_parser("extract", help="turn a folder of documents into rows"))
    describe_jobs(commands.add_parser("jobs", help="list what was extracted, and write it to files"))
    _describe_interface(commands.add_parser("interface", help="turn a sentence into a screen, a tree of components"))
    _describe_check(commands.add_parser("check", help="tell how each keyword of a schema would be held to"))
    _describe_schema(commands.add_parser("schema", help="make schemas, and find what is wrong with them"))
    describe_models(commands.add_parser("models", help="the models of this machine: list, download, show, add, pin"))
    describe_endpoints(commands.add_parser("endpoints", help="the models elsewhere: list, add, probe, remove"))
    _describe_threads(commands.add_parser("threads", help="list, search, export and import conversations"))
    _describe_schemas(commands.add_parser("schemas", help="list, export and import the schemas of the library"))
    describe_backup(commands.add_parser("backup", help="write everything of a profile into one file"))
    describe_restore(commands.add_parser("restore", help="put such a file in the place of a profile"))
    return parser


def _describe_generate(parser: argparse.ArgumentParser) -> None:
    parser.description = "Answer one prompt. The answer streams to stdout; it is an answer only if the exit code is 0."
    parser.add_argument("prompt", nargs="?", help="the prompt; - reads it from stdin")
    parser.add_argument("--prompt-file", type=Path, metavar="FILE", help="read the prompt from a text file")
    parser.add_argument(
        "--messages",
        type=Path,
        metavar="FILE",
        help='a JSON list of {"role": …, "content": …} instead of a prompt',
    )
    parser.add_argument("--system", metavar="TEXT", help="the system message")
    held = parser.add_mutually_exclusive_group()
    held.add_argument("--schema", type=Path, metavar="FILE", help="hold the answer to a JSON Schema")
    held.add_argument("--json", action="store_true", help="hold the answer to a JSON object of any shape")
    held.add_argument("--regex", metavar="PATTERN", help="hold the answer to a regular expression")
    held.add_argument("--lark", type=Path, metavar="FILE", help="hold the answer to a grammar")
    for name, kind, meaning in (
        ("--temperature", float, "0, the default, is greedy"),
        ("--top-k", int, "draw from the K likeliest tokens; 0 keeps all"),
        ("--top-p", float, "draw from the likeliest tokens that make up this share"),
        ("--min-p", float, "drop tokens below this share of the likeliest one"),
        ("--repetition-penalty", float, "above 1: make repeated tokens less likely"),
        ("--presence-penalty", float, "above 0: make tokens that occurred less likely"),
    ):
        parser.add_argument(name, type=kind, metavar="N", help=meaning)
    describe_run(parser)
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="write down what ran, as JSON")
    parser.add_argument("--show-prompt", action="store_true", help="print the exact prompt and stop")


def _describe_interface(parser: argparse.ArgumentParser) -> None:
    parser.usage = (
        "espalier interface SENTENCE [options]\n"
        "       espalier interface check FILE\n"
        "       espalier interface convert FILE [--to FORM] [--out FILE]"
    )
    parser.description = (
        "Turn a sentence into a screen: a tree of components as JSON. `check` tells what is wrong with a tree, and "
        "where; `convert` writes a tree, A2UI v0.9 messages or OpenAI's UI schemas in another form. HTML has no "
        "scripts; pyside is Python source that runs alone."
    )
    parser.epilog = "Exit code: 0, all went well; 1, an error, or `check` found something; 130, stopped by Ctrl+C."
    parser.add_argument("words", nargs="+", metavar="SENTENCE", help="what the screen is for, or check or convert")
    parser.add_argument("--change", type=Path, metavar="FILE", help="change the screen in a file as the sentence says")
    parser.add_argument(
        "--components",
        choices=("core", "full"),
        default="core",
        help="what the model may use: those that small models can handle, or all; core if not given",
    )
    parser.add_argument(
        "--source",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a CSV or JSON file whose rows the screen may show; may be repeated",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where it goes: .json, .html or .py")
    parser.add_argument("--to", choices=("json", "html", "pyside"), help="the form, if the name does not say it")
    describe_run(parser)


def _describe_check(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Tell how each keyword of a JSON Schema would be held to and how large its instances are, or why the schema "
        "cannot be held to."
    )
    parser.add_argument("schema", type=Path, help="the schema")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--model", type=model_named, metavar="MODEL", help="count sizes in its tokens; the bundled model's if not given"
    )
    describe_profile(parser)


def _describe_schema(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Make a JSON Schema from something else, or something else from a JSON Schema; or find what is wrong with one."
    )
    describe_profile(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    inferred = actions.add_parser("infer", help="infer a schema from examples")
    inferred.description = (
        "Infer a schema that all examples satisfy, and print it. What is a guess is told on stderr. A file holds one "
        "JSON value, or one a line (.jsonl)."
    )
    inferred.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the examples; - is stdin")
    inferred.add_argument("--items", action="store_true", help="take each item of an array as an example")
    inferred.add_argument("--closed", action="store_true", help="allow no other keys than those that were seen")
    inferred.add_argument("--examples", type=positive, metavar="N", default=0, help="keep the first N in the schema")
    imported = actions.add_parser("import", help="print the schema in a file of another form")
    imported.description = (
        "Print the schema in a file: a JSON Schema, an OpenAI response_format, a tool definition (OpenAI, Anthropic, "
        "MCP), Python source of Pydantic models, dataclasses or TypedDicts, which is never run, or examples."
    )
    exported = actions.add_parser("export", help="print a schema in another form")
    exported.description = "Print the schema in a file, which may have any form that `import` reads, in another form."
    exported.add_argument(
        "--to",
        required=True,
        choices=("json-schema", "response-format", "tool", "pydantic", "typescript"),
        help="the form: JSON Schema, OpenAI response_format or tool, Pydantic v2 classes, TypeScript types",
    )
    exported.add_argument("--name", default="", help="what it is called; if not given, as its title or the file is")
    for action in (imported, exported):
        action.add_argument("file", type=Path, metavar="FILE", help="the file; - is stdin")
        action.add_argument(
            "--as",
            dest="form",
            choices=("schema", "request", "python", "example", "lines"),
            help="what the file is, if it should not be found out; a request is a response_format or a tool",
        )
        action.add_argument("--root", default="", metavar="CLASS", help="the class to start from, in Python source")
    for action in (inferred, imported, exported, *_describe_problems(actions), *_describe_rewriting(actions)):
        describe_profile(action, default=argparse.SUPPRESS)


def _describe_problems(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    found = actions.add_parser("problems", help="tell what is wrong with a schema, and what would mend it")
    found.description = (
        "Tell what is wrong with a schema, what keeps a model from writing well under it, and what would mend it."
    )
    found.epilog = "Exit code: 0, no errors, or --fix; 1, some problem is an error."
    found.add_argument("file", type=Path, metavar="FILE", help="the schema; - is stdin")
    found.add_argument(
        "--against",
        action="append",
        choices=("json-schema", "generation", "strict"),
        help="what to hold it against; may be repeated; the first two if not given",
    )
    found.add_argument(
        "--rule", action="append", metavar="NAME=SEVERITY", help="error, warning, hint or off for a rule"
    )
    found.add_argument("--tokens", type=positive, metavar="N", help="tell if no answer fits N tokens (estimated)")
    printed = found.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="print the problems as JSON")
    printed.add_argument(
        "--fix", action="append", metavar="NAME", help="print the schema with the problems of a rule mended instead"
    )
    listed = actions.add_parser("rules", help="list what schemas are held against")
    listed.description = "List the rules that find problems, with their profiles and severities."
    return [found, listed]


def _describe_rewriting(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    described = []
    for name, words in (
        ("strict", "write a schema in the strict profile of OpenAI"),
        ("lenient", "loosen what the strict profile asked for"),
        ("upgrade", "write a schema of an older draft in 2020-12"),
    ):
        made = actions.add_parser(name, help=words)
        made.description = f"{words[0].upper()}{words[1:]}; what it changes is told on stderr, with what it loses."
        made.add_argument("file", type=Path, metavar="FILE", help="the schema; - is stdin")
        described.append(made)
    compared = actions.add_parser("diff", help="tell what changed between two schemas")
    compared.description = "Tell in sentences what changed between two schemas."
    compared.epilog = "Exit code: 0, they say the same; 1, something changed."
    compared.add_argument("old", type=Path, metavar="OLD", help="a schema; - is stdin")
    compared.add_argument("new", type=Path, metavar="NEW", help="another one")
    return [*described, compared]


def _describe_threads(parser: argparse.ArgumentParser) -> None:
    parser.description = "List the threads of the Playground, search them, write them to a file, or read some from one."
    describe_profile(parser)
    actions = parser.add_subparsers(dest="action", metavar="action")
    listed = actions.add_parser("list", help="list them, the ones that were written to last first (the default)")
    searched = actions.add_parser("search", help="search titles, drafts, messages and attachments")
    searched.add_argument("words", nargs="+", metavar="WORD", help="what has to stand there; the last may be begun")
    exported = actions.add_parser("export", help="write threads to a file")
    exported.description = (
        "Write threads to a file: as JSON with all that belongs to them, as Markdown to be read, or as OpenAI chat "
        "messages, one thread a line; of the last two the shown branch only."
    )
    exported.add_argument("ids", type=positive, nargs="*", metavar="ID", help="the threads, as `list` numbers them")
    exported.add_argument("--all", action="store_true", help="all that are not in the bin")
    exported.add_argument("--out", type=Path, required=True, metavar="FILE", help="where they go")
    exported.add_argument(
        "--format",
        choices=("json", "markdown", "openai"),
        help="if not given, by the name: .md is markdown, .jsonl is openai, any other json",
    )
    imported = actions.add_parser("import", help="read threads from files")
    imported.description = (
        "Read threads from files: Espalier's own JSON, OpenAI chat messages, or ChatGPT's conversations.json. Whole "
        "threads are saved; what is there already is left out, so that it can be run again."
    )
    imported.epilog = (
        "Exit code: 0, all were read; 3, some were and some could not be; 1, none; 130, stopped by Ctrl+C (what was "
        "read so far is saved)."
    )
    imported.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the files")
    for action in (listed, searched, exported, imported):
        # Suppressed, so that it does not undo a --profile that stands before the action.
        describe_profile(action, default=argparse.SUPPRESS)


def _describe_schemas(parser: argparse.ArgumentParser) -> None:
    parser.description = "List the schemas of the library, write them to a file, or read some from one."
    describe_profile(parser)
    actions = parser.add_subparsers(dest="action", metavar="action")
    listed = actions.add_parser("list", help="list them, the ones that were written to last first (the default)")
    exported = actions.add_parser("export", help="write schemas to a file or a folder")
    exported.description = (
        "Write schemas to a file: as a library with names, tags, notes, drafts and all versions; as a plain file, the "
        "text of one schema as it was typed last; or as a ZIP archive or a folder of both."
    )
    exported.add_argument("ids", type=positive, nargs="*", metavar="ID", help="the schemas, as `list` numbers them")
    exported.add_argument("--all", action="store_true", help="all that are not in the bin")
    exported.add_argument("--out", type=Path, required=True, metavar="FILE", help="where they go")
    exported.add_argument(
        "--format",
        choices=("library", "plain", "zip", "folder"),
        help="if not given, by the name: .zip is zip, a folder or a name without an ending folder, any other library",
    )
    imported = actions.add_parser("import", help="read schemas from files and folders")
    imported.description = (
        "Read schemas from what `export` has written, from JSON files of one schema, from files of a schema a line "
        "(.jsonl), and from ZIP archives and folders of these. Plain ones are named after their files. What is there "
        "already is left out, so that it can be run again."
    )
    imported.epilog = (
        "Exit code: 0, all were read; 3, some were and some could not be; 1, none; 130, stopped by Ctrl+C (what was "
        "read so far is saved)."
    )
    imported.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the files and folders")
    for action in (listed, exported, imported):
        # Suppressed, so that it does not undo a --profile that stands before the action.
        describe_profile(action, default=argparse.SUPPRESS)
