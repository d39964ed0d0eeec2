"""`bench extract`: documents to records in three ways, with the same model and the same parsed text.

Ours is the job behind `espalier extract`, one a folder, with a fresh profile each time and nothing left in the
context; timed from the job's start to its end, parsing included. Loading the model and starting the processes that
read documents are excluded. The plain loop is llama-cpp-python on the file as shipped, one document after the other
with the same messages and `response_format`, `max_tokens` 512; its documents are parsed beforehand, at no cost to
it, and it reuses its prefix as it always does. Loading is excluded too, and one answer to something else is warm-up
on both sides. An answer of either that is cut or invalid counts as wrong in every field; a row that says it is
incomplete has what was found compared. Ours runs a second time, untimed, with grounding off.

`ungrounded` counts values of quoted fields, numbers and dates among them, whose quote does not stand in the parsed
text, blanks and hyphenation aside, as a plain search finds. `valid_or_flagged_share` are the rows that satisfy the
schema, or say that they are incomplete, empty or failed. `precision` are the fields right of those that have a value,
`standing` the values that stand in the document, choices of the schema aside, `span_right` the known values at whose
place the true one stands.

`ece` and `auroc` tell how far confidence can be believed after 50 corrections, or of half of few cells, over those
that were not corrected (`_confidence`). The default weights were fitted on the samples, so that a folder of these
begins with weights that are fitted on the others. `ece_before` and `auroc_before` are over all cells before any
correction.

Pure prefill is the time that the same weights and threads take to read the jobs' prompts and
write nothing: the beginning that the documents of a job share once, then what each has of its own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _confidence import judge, measure, with_defaults, with_the_others
from _extract_folders import read_folders
from _extract_prefill import pure_prefill
from _extract_scores import Score, Spans, is_invented
from _extract_sides import Sides
from _instances import agrees
from _ours import Ours
from _pauses import Pauses
from _plain import Plain, PlainOptions
from _report import close, median, print_table, ratio, say, say_load, tell

from engine.documents import DocumentPool
from engine.model.llama import start_backend

if TYPE_CHECKING:
    from _extract_folders import Folder
    from _extract_sides import Outcome

_WARM_UP = {"type": "object", "properties": {"word": {"enum": ["yes"]}}, "required": ["word"]}


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench extract", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--types", nargs="*", metavar="NAME", help="sample folders (default: all)")
    parser.add_argument("--documents", type=Path, metavar="DIR", help="other documents than the samples")
    parser.add_argument(
        "--truth", type=Path, metavar="FILE", help="their known values, as `extract --truth` reads them"
    )
    parser.add_argument("--schema", type=Path, metavar="FILE", help="the schema of --documents")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N documents of each folder")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="timed runs of each side, in turn (1)")
    parser.add_argument("--skip-plain", action="store_true", help="leave out the plain loop (its figures are null)")
    parser.add_argument("--wrong", action="store_true", help="list what grounding got wrong")
    asked = parser.parse_args(argv)
    if asked.documents and not (asked.truth and asked.schema):
        parser.error("--documents needs --truth and --schema")
    say_load()
    start_backend()
    with tempfile.TemporaryDirectory() as scratch:
        folders = read_folders(asked, Path(scratch))
        if not folders:
            parser.error("there is no such folder of samples")
        with Ours(asked.model) as ours, DocumentPool() as pool, Pauses() as pauses:
            sides = Sides(ours, pool, pauses, Path(scratch))
            found = _measure(ours, sides, folders, asked.repeat, skip_plain=asked.skip_plain)
            if asked.wrong:
                _tell_wrong(folders, found)
            faults = _print(folders, sides, found)
            say(pauses.describe())
            figures = _figures(folders, sides, found, samples=asked.documents is None)
            return close(figures | {"machine_pauses": pauses.count}, faults)


@dataclass
class _Found:
    """What was measured, by the name of the folder; `both` are the seconds of each side where both finished."""

    ours: dict[str, list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    free: dict[str, Outcome] = field(default_factory=dict)
    plain: dict[str, Outcome] = field(default_factory=dict)
    prefill: dict[str, float] = field(default_factory=dict)
    both: list[tuple[float, float]] = field(default_factory=list)


def _measure(ours: Ours, sides: Sides, folders: list[Folder], repetitions: int, *, skip_plain: bool) -> _Found:
    layout, info = ours.layout, ours.info
    # Parsed here for the plain loop; it also starts the processes that read our documents.
    for folder in folders:
        sides.parse(folder)
    options = PlainOptions(info.path, info.context, info.threads, layout.extra_buffers)
    say(f"Ours: {info.name}, laid out as {info.layout}, {info.lanes} lanes, {info.threads} threads.")
    say(f"Plain: llama-cpp-python, the file as shipped ({info.quantization}); {options.describe()}.")
    found = _Found()
    with Plain(options, ours.environment) as own_way:
        if not skip_plain:
            own_way.ask([{"role": "user", "content": "Yes?"}], _WARM_UP, max_tokens=16)
        for turn in range(repetitions):
            for folder in folders:
                found.ours[folder.name].append(sides.extract(folder))
                tell(f"ours, {folder.name}: {found.ours[folder.name][-1].seconds:.1f} s")
            if skip_plain:
                continue
            found.plain = {folder.name: sides.loop(folder, own_way) for folder in folders}
            seconds = [sides.both(each, found.ours[each.name][-1], found.plain[each.name]) for each in folders]
            found.both.append((sum(mine for mine, _ in seconds), sum(theirs for _, theirs in seconds)))
            tell(f"run {turn + 1} of {repetitions}: {found.both[-1][0]:.1f} s, plain {found.both[-1][1]:.1f} s")
    found.free = {folder.name: sides.extract(folder, folder.ungrounded) for folder in folders}
    found.prefill = {folder.name: pure_prefill(ours, sides.requests[folder.name]) for folder in folders}
    return found


def _tell_wrong(folders: list[Folder], found: _Found) -> None:
    """Print each field that is not right: what is known, what was found, and what that was read from."""
    for folder in folders:
        outcome = found.ours[folder.name][-1]
        cells = {row.document: row.cells or {} for row in outcome.rows}
        for name, truth in folder.truth.items():
            record = outcome.records.get(name)
            for key, known in truth.items():
                value = record.get(key) if isinstance(record, dict) else None
                if not agrees(value, known):
                    cell = cells.get(name, {}).get(f"/{key}", {})
                    read = f", read from {cell['quote']!r}" if cell.get("quote") not in (None, value) else ""
                    say(f"wrong: {folder.name}/{name}: {key}: {value!r}{read}; known: {known!r}")


def _score(folder: Folder, sides: Sides, outcome: Outcome, score: Score) -> Score:
    schema = json.loads(folder.schema_text)
    for name, truth in folder.truth.items():
        record = outcome.records.get(name)
        score.add(record, truth)
        score.add_standing(record, sides.documents[folder.name][name], schema)
    return score


def _print(folders: list[Folder], sides: Sides, found: _Found) -> list[str]:
    """Print what each folder came to, and the fields; return what is wrong."""
    rows: list[tuple[Any, ...]] = []
    mine, theirs = Score(), Score()
    faults: list[str] = []
    for folder in folders:
        outcome, loop = found.ours[folder.name][-1], found.plain.get(folder.name)
        seconds = median([run.seconds for run in found.ours[folder.name]])
        pure = found.prefill[folder.name]
        own = _score(folder, sides, outcome, Score()).share
        other = _score(folder, sides, loop, Score()).share if loop else None
        _score(folder, sides, outcome, mine)
        if loop:
            _score(folder, sides, loop, theirs)
        timed = (seconds, loop.seconds if loop else None, pure, ratio(seconds, pure))
        rows.append((folder.name, len(folder.truth), *timed, own, other, outcome.valid, loop.valid if loop else None))
        for side, notes in (("ours", outcome.notes), ("plain", loop.notes if loop else [])):
            for note in notes:
                say(f"{side}: {folder.name}/{note}")
        faults += outcome.faults
    sums = [sum(row[place] or 0 for row in rows) for place in range(1, 5)]
    valid = [sum(row[place] or 0 for row in rows) for place in (8, 9)]
    plainly = (sums[2], theirs.share, valid[1]) if found.plain else (None, None, None)
    rows.append(
        (
            "all",
            sums[0],
            sums[1],
            plainly[0],
            sums[3],
            ratio(sums[1], sums[3]),
            mine.share,
            plainly[1],
            valid[0],
            plainly[2],
        )
    )
    columns = ("folder", "documents", "ours s", "plain s", "prefill s", "ours/prefill")
    print_table("Extraction", (*columns, "right", "right, plain", "valid", "valid, plain"), rows)
    fields = [
        (name, count, mine.right[name] / count, ratio(theirs.right[name], theirs.total[name]))
        for name, count in sorted(mine.total.items())
    ]
    print_table("Fields", ("field", "documents", "right", "right, plain"), fields)
    return faults


def _figures(folders: list[Folder], sides: Sides, found: _Found, *, samples: bool) -> dict[str, Any]:
    grounded, free, plain, spans = Score(), Score(), Score(), Spans()
    valid = flagged = invented = 0
    for folder in folders:
        outcome = found.ours[folder.name][-1]
        _score(folder, sides, outcome, grounded)
        _score(folder, sides, found.free[folder.name], free)
        if found.plain:
            _score(folder, sides, found.plain[folder.name], plain)
        for row in outcome.rows:
            document = sides.documents[folder.name][row.document]
            spans.add(row, folder.truth[row.document], document)
            invented += sum(is_invented(cell, document.text) for cell in (row.cells or {}).values())
        valid += outcome.valid
        flagged += len(outcome.flagged)
    ways = [("grounded", grounded), ("ours, grounding off", free), *([("plain", plain)] if found.plain else [])]
    columns = ("way", "fields right", "precision", "answered", "in the document")
    print_table("Ways", columns, [(n, s.share, s.precision, s.share_answered, s.share_standing) for n, s in ways])
    judged = {
        folder.name: [
            cell
            for row in found.ours[folder.name][-1].rows
            for cell in judge(row.cells or {}, folder.truth[row.document])
        ]
        for folder in folders
    }
    trust = measure(with_the_others(judged) if samples and len(judged) > 1 else with_defaults(judged))
    documents = sum(len(folder.truth) for folder in folders)
    total = sum(median([run.seconds for run in runs]) or 0.0 for runs in found.ours.values())
    both = sum(len(found.ours[name][-1].finished & loop.finished) for name, loop in found.plain.items())
    ours_s, plain_s = (median([pair[side] for pair in found.both]) for side in (0, 1))
    return {
        "valid_or_flagged_share": (valid + flagged) / documents,
        "ungrounded": invented,
        "fields_right": grounded.share,
        "fields_right_plain": plain.share,
        "fields_right_ungrounded": free.share,
        "docs_per_minute_ratio": median([ratio(theirs, mine) or 0.0 for mine, theirs in found.both]),
        "over_prefill": ratio(total, sum(found.prefill.values())),
        "ece": trust.ece,
        "auroc": trust.auroc,
        "ece_before": trust.ece_before,
        "auroc_before": trust.auroc_before,
        "ece_by_chance": trust.ece_by_chance,
        "judged_cells": trust.cells,
        "corrections": trust.corrections,
        "precision": grounded.precision,
        "precision_plain": plain.precision,
        "precision_ungrounded": free.precision,
        "answered_share": grounded.share_answered,
        "answered_share_plain": plain.share_answered,
        "answered_share_ungrounded": free.share_answered,
        "standing_share": grounded.share_standing,
        "standing_share_plain": plain.share_standing,
        "standing_share_ungrounded": free.share_standing,
        "span_right": spans.share,
        "docs_per_minute": ratio(60.0 * both, ours_s),
        "docs_per_minute_plain": ratio(60.0 * both, plain_s),
        "docs_both_finished": both,
        "valid_share": valid / documents,
        "valid_share_plain": ratio(sum(loop.valid for loop in found.plain.values()), documents)
        if found.plain
        else None,
        "documents": documents,
    }
