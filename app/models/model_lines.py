"""The models of this machine as rows of the list, in their groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app import figures
from app.model_names import name_of
from app.models.model_list import ModelLine, Need, Said
from app.models.model_words import licence_words, parameter_words, place_words, size_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session.models import Entry
    from engine.model.fit import Fit

HERE: Final = "On this machine"
_HERE: Final = {"bundled", "downloaded", "added"}


@dataclass(frozen=True)
class Standing:
    """Which models are loaded, are being loaded, or could not be; by their keys."""

    loaded: str | None = None
    loading: str | None = None
    failed: str | None = None


def here_lines(
    entries: Sequence[Entry], standing: Standing, *, known: bool, removed: Sequence[int] = ()
) -> list[ModelLine]:
    """Return the models of this machine: its own first, then those of each folder and program.

    `known` says whether all places were looked into; until then the list may be short. `removed` are the sizes of
    models in the bin.
    """
    groups: dict[str, list[ModelLine]] = {HERE: []}
    for entry in entries:
        group = HERE if entry.origin in _HERE else entry.group
        groups.setdefault(group, []).append(entry_line(entry, standing))
    lines: list[ModelLine] = []
    for group, rows in groups.items():
        if not rows and known:
            continue
        lines.append(head(group))
        lines += rows or [ModelLine(f"note:{group}", "note", "Looking for models…")]
        if group == HERE:
            lines += bin_lines(removed)
    return lines


def bin_lines(sizes: Sequence[int]) -> list[ModelLine]:
    """Return what removed models still take of the disk, where there are any; `sizes` are their bytes."""
    if not sizes:
        return []
    count = f"{len(sizes)} removed model{'' if len(sizes) == 1 else 's'}"
    said = Said(f"{count}, {size_words(sum(sizes))} of the disk")
    tip = "Models that were downloaded here and removed. Undo brings them back until the bin is emptied."
    return [ModelLine("bin", "row", "Bin", said=said, deed="empty_bin", button="Empty…", tip=tip)]


def head(name: str, aside: str = "") -> ModelLine:
    """Return the name of a group."""
    return ModelLine(f"head:{name}", "head", name, aside)


def entry_line(entry: Entry, standing: Standing) -> ModelLine:
    """Return a model of this machine as its row shows it."""
    facts, file = entry.file.facts, entry.file
    name = name_of(file)
    error = file.error
    if error is not None:
        return ModelLine(
            entry.key,
            "row",
            file.path.name,
            said=Said(error.message, "cross", "brick", "brickMark"),
            deed="show_file",
            button="Show file",
            tip="\n".join(part for part in (place_words(file.path), error.message, error.advice) if part),
        )
    if facts is None:  # pragma: no cover - a file without an error has facts
        return ModelLine(entry.key, "row", file.path.name)
    if file.kind != "model":
        what = "LoRA adapter, for “Load with” of its model" if file.kind == "adapter" else "lets a model see pictures"
        return ModelLine(
            entry.key, "row", name, said=Said(what), beside=size_words(file.size), tip=place_words(file.path)
        )
    loading, loaded = standing.loading == entry.key, standing.loaded == entry.key
    said = _said(entry, standing)
    return ModelLine(
        entry.key,
        "row",
        name,
        aside=f"{facts.quantization}, pinned" if entry.pinned else facts.quantization,
        context=figures.number(facts.context) if facts.context else "",
        size=size_words(file.size),
        licence=licence_words(facts.licence),
        need=need_of(entry.fit),
        said=said,
        deed=None if loaded or loading else "load",
        button="" if loaded or loading else "Load",
        able=not entry.breaks_pin,
        chip="loaded" if loaded else "loading" if loading else "",
        tip=_tip(entry, name),
    )


def need_of(fit: Fit | None) -> Need | None:
    """Return what an estimate says as a row shows it."""
    return Need(fit.needed / max(1, fit.total), fit.verdict) if fit is not None else None


def _said(entry: Entry, standing: Standing) -> Said | None:
    if entry.breaks_pin:
        return Said("Not the file that was pinned: its SHA-256 is another one", "cross", "brick", "brickMark")
    if standing.failed == entry.key:
        return Said("Could not be loaded", "cross", "brick", "brickMark")
    return None


def _tip(entry: Entry, name: str) -> str:
    facts = entry.file.facts
    lines = [name, place_words(entry.file.path)]
    if facts is not None:
        said = [facts.architecture, f"{parameter_words(facts.parameters)} parameters", facts.quantization]
        said.append(f"{figures.number(facts.context)} tokens of context" if facts.context else "")
        lines.append(", ".join(part for part in said if part))
    if len(entry.file.parts) > 1:
        lines.append(f"{len(entry.file.parts)} files")
    if entry.pinned:
        lines.append("Pinned by its SHA-256")
    return "\n".join(lines)
