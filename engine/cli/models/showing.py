"""`espalier models show`: all that a model's file says, its template and its hash."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from engine.cli.console import Interrupt, one_line, showable
from engine.cli.models.keeping import hash_kept
from engine.cli.models.naming import find_named
from engine.cli.models.telling import as_json, fit_of, spell_count, spell_size
from engine.model.fit import Memory
from engine.store import Store

if TYPE_CHECKING:
    import argparse

    from engine.gguf import ModelFacts
    from engine.library import Listed
    from engine.model.fit import Fit
    from engine.store.models import KeptFile


def show(options: argparse.Namespace) -> int:
    """Tell all that is known of a model; return the exit code, 1 for a broken file or one that breaks its pin."""
    with Store(options.profile) as store, Interrupt() as interrupted:
        listed = find_named(options.model, store)
        if listed.file.error is None:
            hash_kept(listed.file, store, interrupted)
        kept = store.models.get(str(listed.file.path))
    fit = fit_of(listed, kept, Memory.now())
    told = as_json(listed, kept, fit)
    if options.json:
        template = None if listed.file.facts is None else listed.file.facts.template
        print(json.dumps(told | {"template": template}, indent=1))
    else:
        _print(listed, kept, fit)
    changed = told["pin"] == "changed"
    for wrong in (
        listed.file.error,
        "The file is not the one that was pinned: its content changed." if changed else None,
    ):
        if wrong is not None:
            print(f"espalier: {one_line(str(wrong))}", file=sys.stderr)
    return 1 if changed or listed.file.error is not None else 0


def _print(listed: Listed, kept: KeptFile | None, fit: Fit | None) -> None:
    file, facts = listed.file, listed.file.facts
    lines = [
        ("File", str(file.path)),
        ("Size", f"{spell_size(file.size)}, {len(file.parts)} part{'s' * (len(file.parts) > 1)}"),
    ]
    if facts is not None:
        lines = [("Model", facts.name), ("Kind", file.kind), *lines, *_facts(facts)]
    if fit is not None:
        lines.append(("Memory", fit.advice))
    if kept is not None and kept.sha256 is not None:
        lines.append(("SHA-256", kept.sha256))
    if kept is not None and kept.pinned is not None:
        lines.append(("Pinned to", kept.pinned))
    for name, value in lines:
        print(f"{name + ':':<16}{one_line(value)}")
    if facts is not None and facts.template is not None:
        print(f"\nChat template:\n{showable(facts.template)}")


def _facts(facts: ModelFacts) -> list[tuple[str, str]]:
    lines = [
        ("Architecture", facts.architecture),
        ("Parameters", f"{facts.parameters:,} ({spell_count(facts.parameters)})"),
        ("Quantization", facts.quantization),
    ]
    for name, number in (("Context", facts.context), ("Layers", facts.layers), ("Vocabulary", facts.vocabulary)):
        if number is not None:
            lines.append((name, f"{number:,}"))
    if facts.experts:
        lines.append(("Experts", f"{facts.experts}, of which {facts.experts_used} are used for a token"))
    if facts.window:
        lines.append(("Window", f"{facts.window:,} tokens in {sum(facts.windowed)} of {len(facts.windowed)} layers"))
    if facts.is_recurrent:
        recurrent = sum(map(bool, facts.state_sizes))
        lines.append(("Recurrent", f"{recurrent} of {len(facts.state_sizes)} layers"))
    return [*lines, ("Tokenizer", facts.tokenizer or "not told"), ("Licence", facts.licence or "not told")]
