"""How figures of models are spelt in the terminal, and what is told of one as JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from engine.cli.models.known import known_hash
from engine.cli.models.naming import name_of

if TYPE_CHECKING:
    from engine.library import Listed
    from engine.model.fit import Fit, Memory
    from engine.store.models import KeptFile


def spell_size(size: int) -> str:
    """Return bytes as people read them."""
    if size >= 1e12:
        return f"{size / 1e12:,.1f} TB"
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size:,} bytes"


def spell_count(count: int) -> str:
    """Return a number of parameters as models are called by it, e.g. 135M or 7.6B."""
    if count < 1e9:
        return f"{count / 1e6:,.0f}M" if count >= 1e6 else f"{count:,}"
    return f"{count / 1e9:,.1f}B"


def fit_of(listed: Listed, kept: KeptFile | None, memory: Memory) -> Fit | None:
    """Return whether a model fits the memory under the options that are kept for it; None where it is no model."""
    from pydantic import ValidationError

    from engine.model.fit import estimate
    from engine.model.protocol import LoadOptions

    file = listed.file
    if file.facts is None or file.kind != "model":
        return None
    options = LoadOptions()
    if kept is not None and kept.options:
        try:
            options = LoadOptions.model_validate(kept.options)
        except ValidationError:  # of another version of this program
            options = LoadOptions()
    return estimate(file.facts, file.size, options, memory)


def pin_of(listed: Listed, kept: KeptFile | None) -> str:
    """Return how a model stands to the hash it is pinned to: "", "pinned", "changed", or "not checked"."""
    if kept is None or kept.pinned is None:
        return ""
    known = known_hash(listed.file, kept)
    return "not checked" if known is None else "pinned" if known == kept.pinned else "changed"


def as_json(listed: Listed, kept: KeptFile | None, fit: Fit | None) -> dict[str, Any]:
    """Return all that is known of a model but its template, which is long."""
    file = listed.file
    facts = None if file.facts is None else dataclasses.asdict(file.facts)
    if facts is not None:
        facts |= {"has_template": bool(facts.pop("template"))}
    told = None if fit is None else {key: getattr(fit, key) for key in ("verdict", "needed", "free", "total", "advice")}
    return {
        "name": name_of(listed),
        "title": file.title,
        "path": str(file.path),
        "parts": [str(part) for part in file.parts],
        "origin": listed.origin,
        "place": listed.place,
        "kind": file.kind,
        "size": file.size,
        "facts": facts,
        "fit": told,
        "sha256": known_hash(file, kept),
        "pinned": None if kept is None else kept.pinned,
        "pin": pin_of(listed, kept) or None,
        "error": None if file.error is None else file.error.to_json(),
    }
