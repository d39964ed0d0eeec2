"""`espalier interface`: a screen from a sentence, checked, or written in another form."""

from __future__ import annotations

import json
import queue
import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.cli.console import Interrupt, explain, open_backend, read_text, showable
from engine.errors import EngineError, InvalidRequest, StoreError
from engine.whole_file import whole_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from engine.interface.asking import Brief
    from engine.interface.dialects import Imported
    from engine.interface.sources import Source
    from engine.model.backend import Backend
    from engine.model.protocol import Failed, Finished, RequestEvent

_TICK_S: Final = 0.1
_FORMS: Final = {".json": "json", ".html": "html", ".htm": "html", ".py": "pyside"}


def interface(options: argparse.Namespace) -> int:
    """Do what the first word says, or take all words for a sentence; return the exit code."""
    words: list[str] = options.words
    if len(words) == 2 and words[0] in {"check", "convert"}:
        path = Path(words[1])
        return _check(path) if words[0] == "check" else _convert(path, options)
    return _describe(" ".join(words), options)


def _describe(sentence: str, options: argparse.Namespace) -> int:
    from engine.interface.asking import Means, for_change, for_sentence
    from engine.interface.catalogue import bundled

    if not sentence.strip():
        raise InvalidRequest("There is no description yet.", advice="Say in a sentence what the screen is for.")
    form = _form(options)  # a name that says nothing is refused before the model writes
    screen = _read(options.change) if options.change is not None else None
    sources = (*_sources(options), *(screen.sources if screen is not None else ()))
    means = Means(bundled(), options.components, sources)
    brief = for_sentence(sentence, means) if screen is None else for_change(sentence, screen.tree, means)
    with closing(open_backend(options, "Your words", lanes=1)) as client, Interrupt() as interrupted:
        client.wait_until_ready()
        event = _answer(client, brief, options, interrupted)
    if event.type == "failed":
        if interrupted():
            raise KeyboardInterrupt
        raise event.error.error()
    _put(_result(json.loads(event.text), screen), sources, form, options)
    return 0


def _result(value: Any, screen: Imported | None) -> Any:
    """Return the tree that an answer makes: itself, or what its changes make of the screen before."""
    from engine.interface.editing import apply_patch

    return value if screen is None or value["type"] != "patch" else apply_patch(screen.tree, value["changes"])


def _answer(client: Backend, brief: Brief, options: argparse.Namespace, interrupted: Interrupt) -> Finished | Failed:
    """Ask the model and wait for how it ends; Ctrl+C stops it."""
    from pydantic import ValidationError

    from engine.constraint.spec import MatchesSchema
    from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, Sampling

    turns = (ChatMessage(role=role, content=text) for role, text in brief.turns)
    try:
        request = GenerateRequest(
            id=uuid.uuid4().hex,
            messages=(ChatMessage(role="system", content=brief.system), *turns),
            constraint=MatchesSchema(schema_text=brief.schema_text),
            sampling=Sampling(repetition_penalty=brief.repetition, seed=options.seed),
            max_tokens=options.max_tokens or brief.max_tokens,
            reproducible=options.seed is not None,
        )
    except ValidationError as error:
        raise explain(error) from error
    events: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    client.submit(request, events.put)
    cancelled = False
    while True:
        if interrupted() and not cancelled:
            cancelled = True
            client.cancel(request.id)
        try:
            event = events.get(timeout=_TICK_S)
        except queue.Empty:
            continue
        if isinstance(event, Finished | Failed):
            return event


def _check(path: Path) -> int:
    """Print what is wrong with a tree, each with its place; return 1 where there is something."""
    from engine.interface.catalogue import bundled
    from engine.interface.reading import checked

    _, problems = checked(_read(path).tree, bundled())
    for problem in problems:
        prop = f", {problem.prop}" if problem.prop else ""
        print(showable(f"{path}#{problem.path}{prop}: {problem.sentence}"))
    if not problems:
        print(f"{path}: nothing is wrong with it.", file=sys.stderr)
    return 1 if problems else 0


def _convert(path: Path, options: argparse.Namespace) -> int:
    """Write a tree, or what another program calls one, in another form."""
    form, screen = _form(options), _read(path)
    _put(screen.tree, (*_sources(options), *screen.sources), form, options)
    return 0


def _form(options: argparse.Namespace) -> str:
    """Return the form that is asked for, by name or by that of the file. Raises InvalidRequest where that says none."""
    if options.to:
        return str(options.to)
    if options.out is None:
        return "json"
    form = _FORMS.get(options.out.suffix.lower())
    if form is None:
        raise InvalidRequest(
            "The name of the file does not say what to write.",
            where=str(options.out),
            advice="End it in .json, .html or .py, or say --to json, html or pyside.",
        )
    return form


def _put(tree: Any, sources: Sequence[Source], form: str, options: argparse.Namespace) -> None:
    text = _written(tree, sources, form)
    if options.out is None:
        print(text.rstrip("\n"))
        return
    with whole_file(options.out, StoreError, "Name another file with --out.", make_folders=True) as file:
        file.write(text.encode())
    print(f"Written to {options.out}.", file=sys.stderr)


def _written(tree: Any, sources: Sequence[Source], form: str) -> str:
    if form == "html":
        from engine.interface.export.page import page

        return page(tree, sources=sources)
    if form == "pyside":
        from engine.interface.export.pyside import pyside

        return pyside(tree, sources=sources)
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def _read(path: Path) -> Imported:
    """Read a screen, in whatever format it is; what could not be taken over is told on stderr."""
    from engine.interface.dialects import read_text as read_screen

    text = read_text(path)
    try:
        imported = read_screen(text)
    except EngineError as error:
        raise error.at(f"{path}, {error.where}" if error.where else str(path)) from error
    for note in imported.notes:
        print(showable(f"espalier: {path}#{note.pointer}: {note.sentence}"), file=sys.stderr)
    return imported


def _sources(options: argparse.Namespace) -> list[Source]:
    from engine.interface.sources import read_source

    sources = []
    for path in options.source:
        try:
            sources.append(read_source(str(path), path.read_bytes()))
        except OSError as error:
            raise InvalidRequest(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error
    return sources
