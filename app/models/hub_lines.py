"""What a hub has, and what is on its way from there, as rows of the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.models.model_lines import head, need_of
from app.models.model_list import ModelLine, Said
from app.models.model_words import (
    left_words,
    licence_words,
    name_and_quantization,
    progress_words,
    rate_words,
    size_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.models.model_list import Deed
    from app.session.models import Item, Row
    from engine.errors import EngineError
    from engine.hub import HubFile
    from engine.model.fit import Fit

Here = frozenset[tuple[str, str]]
"""The repository and the name of each downloaded file that is on this machine."""

RECOMMENDED: Final = "Recommended"
DOWNLOADS: Final = "Downloads"
_HERE: Final = "On this machine"


@dataclass(frozen=True)
class Found:
    """What was found at an address that a person named: models, each with its files and what it would take."""

    address: str
    models: tuple[tuple[tuple[HubFile, ...], Fit | None], ...] = ()
    asking: bool = False
    error: EngineError | None = None


def recommended_key(index: int) -> str:
    """Return the key of a recommended model's row."""
    return f"recommended:{index}"


def found_key(index: int) -> str:
    """Return the key of the row of a model that was found at an address."""
    return f"found:{index}"


def item_key(item: str) -> str:
    """Return the key of a download's row."""
    return f"item:{item}"


def recommended_lines(
    rows: Sequence[Row], items: Mapping[str, Item], here: frozenset[tuple[str, str]]
) -> list[ModelLine]:
    """Return the recommended models under their head; `here` are repository and file name of those that are here."""
    if not rows:
        return []
    asked = all(row.files is not None for row in rows)
    asking = any(row.asking for row in rows)
    title = head(RECOMMENDED, "" if asked else "about these sizes; exact ones come from the hub when you ask")
    if not asked:
        title = ModelLine(
            title.key, "head", title.name, title.aside, deed="look_up", button="Look up sizes", able=not asking,
            tip="Asks the hub for sizes and SHA-256 hashes. Nothing is downloaded.",
        )  # fmt: skip
    return [title, *(_recommended(at, row, items, here) for at, row in enumerate(rows))]


def _recommended(at: int, row: Row, items: Mapping[str, Item], here: Here) -> ModelLine:
    model = row.recommended
    item = items.get(row.item) if row.item is not None else None
    name, quantization = name_and_quantization(row.files[0].name if row.files else model.pattern)
    there = (model.repository, row.files[0].name if row.files else model.pattern) in here
    exact = row.files is not None
    common = ModelLine(
        recommended_key(at),
        "row",
        model.name or name,
        aside=quantization,
        size=size_words(row.size) if exact else f"≈ {size_words(row.size)}",
        licence=licence_words(model.licence),
        need=need_of(row.fit),
        deed="download",
        button="Download",
        tip="\n".join((model.name, model.repository, model.good_at, f"{model.parameters} parameters, {model.licence}")),
    )
    if item is not None and item.state != "done":
        return _with_item(common, item)
    if there or item is not None:
        return replace(common, deed=None, button="", beside=_HERE)
    if row.asking:
        return replace(common, said=Said("Asking the hub…", "arc", mark="accent"), able=False)
    if row.error is not None:
        return replace(common, said=_wrong(row.error), deed="download", button="Try again")
    if row.fit is not None and row.fit.verdict == "too big":
        return replace(common, deed=None, button="", beside=f"Needs {size_words(row.fit.needed)}")
    return common


def found_lines(found: Found | None, items: Mapping[str, Item], here: Here) -> list[ModelLine]:
    """Return what was found at an address under a head that can be closed."""
    if found is None:
        return []
    lines = [ModelLine(f"head:found:{found.address}", "head", found.address, deed="close", button="Close")]
    if found.asking:
        return [*lines, ModelLine("note:found", "note", "Asking what is there…")]
    if found.error is not None:
        tip = "\n".join(part for part in (found.error.message, found.error.advice) if part)
        said = _wrong(found.error)
        return [
            *lines,
            ModelLine(
                "found:error", "row", "Could not be looked up", said=said, deed="retry", button="Try again", tip=tip
            ),
        ]
    if not found.models:
        return [*lines, ModelLine("note:found", "note", "There is no GGUF file there.")]
    own = {(item.files[0].repository, item.files[0].name): item for item in items.values()}
    for at, (files, fit) in enumerate(found.models):
        first = files[0]
        name, quantization = name_and_quantization(first.name)
        line = ModelLine(
            found_key(at),
            "row",
            name,
            aside=quantization,
            size=size_words(sum(file.size for file in files)),
            licence=licence_words(first.licence),
            need=need_of(fit),
            deed="download",
            button="Download",
            tip="\n".join([first.name, first.repository, *([f"{len(files)} files"] if len(files) > 1 else [])]),
        )
        item = own.get((first.repository, first.name))
        if item is not None and item.state != "done":
            line = _with_item(line, item)
        elif item is not None or (first.repository, first.name) in here:
            line = replace(line, deed=None, button="", beside=_HERE)
        lines.append(line)
    return lines


def download_lines(items: Sequence[Item], shown: frozenset[str]) -> list[ModelLine]:
    """Return the downloads that no other row tells of (`shown`), under a head."""
    rows: list[ModelLine] = []
    for item in items:
        if item.state != "done" and item.id not in shown:
            name, quantization = name_and_quantization(item.files[0].name)
            line = ModelLine(
                item_key(item.id), "row", name, aside=quantization, size=size_words(item.total),
                licence=licence_words(item.files[0].licence), need=need_of(item.fit),
                tip=f"{item.name}\n{item.files[0].repository}",
            )  # fmt: skip
            rows.append(_with_item(line, item))
    return [head(DOWNLOADS), *rows] if rows else []


def _with_item(line: ModelLine, item: Item) -> ModelLine:
    """Return a row with what is known of its download."""
    share = item.done / item.total if item.total else 0.0
    deed: Deed
    said: Said | None = None
    match item.state:
        case "failed":
            deed, button = "retry", "Try again"
            said = _wrong(item.error) if item.error is not None else None
        case "paused":
            deed, button = "resume", "Resume"
        case _:
            deed, button = "pause", "Pause"
            if item.state == "waiting":
                said = Said("Waits for another download to end", "speck")
            elif item.progress is not None and item.progress.stage == "checking":
                said = Said("Checking its SHA-256", "arc", mark="accent")
                share = item.progress.done / item.progress.total if item.progress.total else share
    tip = f"{line.tip}\n{item_words(item)}"
    return replace(
        line, deed=deed, button=button, said=said, done=share, running=item.state in {"running", "asking"}, tip=tip
    )


def item_words(item: Item) -> str:
    """Return how far a download is: "1.55 of 2.50 GB, 14 MB/s, about 1 min left"."""
    progress = item.progress
    if item.error is not None:
        return str(item.error)
    if progress is None or item.state not in {"running", "asking"}:
        rest = {"paused": "paused", "waiting": "waits", "asking": "asking the server"}.get(item.state, "")
        return ", ".join(part for part in (progress_words(item.done, item.total), rest) if part)
    if progress.stage == "checking":
        return f"checking its SHA-256, {progress.done / max(1, progress.total):.0%}"
    said = (
        progress_words(item.done, item.total),
        rate_words(progress.bytes_per_second),
        left_words(progress.seconds_left),
        "" if progress.stage == "fetching" else "asking the server",
    )
    return ", ".join(part for part in said if part)


def foot_words(items: Sequence[Item]) -> str:
    """Return what is being downloaded in a sentence for the foot of the page; "" where nothing is."""
    moving = [item for item in items if item.moving]
    if not moving:
        return ""
    first = next((item for item in moving if item.state != "waiting"), moving[0])
    name, _ = name_and_quantization(first.files[0].name)
    more = f" And {len(moving) - 1} more." if len(moving) > 1 else ""
    hashed = all(file.sha256 for file in first.files)
    checked = " Checked against its SHA-256 when complete." if hashed else " The hub names no SHA-256 to check it by."
    return f"{name}: {item_words(first)}.{checked}{more}"


def _wrong(error: EngineError) -> Said:
    return Said(error.message, "cross", "brick", "brickMark")
