"""`bench extract`: sample documents to records, against a plain loop over `create_chat_completion`.

Ours is the job behind `espalier extract`, one a folder, with a fresh profile each time and nothing left in the
context; timed from the job's start to its end, parsing included. Loading the model and starting the processes that
read documents are excluded. The plain loop is llama-cpp-python on the file as shipped, one document after the other
with the same messages and `response_format`, `max_tokens` 512; its documents are parsed beforehand, at no cost to
it, and it reuses its prefix as it always does. Loading is excluded too, and one answer to something else is warm-up
on both sides. An answer of either that is cut or invalid counts as wrong in every field; a row that says it is
incomplete has what was found compared. Ours runs a second time, untimed, with grounding off.

`ungrounded` counts values of quoted fields, numbers and dates among them, whose quote does not stand in the parsed
text, blanks and hyphenation aside, as a plain search finds. `valid_or_flagged_share` are the rows that satisfy the
schema, or say that they are incomplete or failed.

Pure prefill is the time that the same weights and threads take to read the jobs' prompts and
write nothing: the beginning that the documents of a job share once, then what each has of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _instances import agrees, is_valid, satisfies
from _ours import SAMPLES, Ours, as_dicts
from _pauses import Pauses
from _plain import Plain, PlainAnswer, PlainFailed, PlainOptions
from _report import close, median, print_table, ratio, say, say_load, tell

from engine.documents import DocumentPool
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.extraction.excerpts import Source
from engine.model.lanes import common_prefix
from engine.model.llama import Context, ContextShape, Weights, start_backend
from engine.model.prompt import build_prompt
from engine.model.template import ChatTemplate
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.documents import Document
    from engine.model.layouts import Layout
    from engine.model.protocol import GenerateRequest
    from engine.store import Row

PLAIN_TOKENS = 512
_WARM_UP = {"type": "object", "properties": {"word": {"enum": ["yes"]}}, "required": ["word"]}


@dataclass(frozen=True)
class Folder:
    """Documents of one kind, what is asked of them, and the true values by document."""

    name: str
    documents: Path
    schema_text: str
    truth: dict[str, dict[str, Any]]

    @property
    def plan(self) -> ExtractionPlan:
        """The job that `espalier extract` would run."""
        return ExtractionPlan(sources=(self.documents,), schema_text=self.schema_text)

    @property
    def ungrounded(self) -> ExtractionPlan:
        """The same job with grounding off, which is what the plain loop is asked too."""
        return replace(self.plan, grounding=False)


@dataclass
class Outcome:
    """What one side made of one folder: records by document, None where there is no valid one.

    `finished` names the documents whose answer came to its end, valid or not; `flagged` those whose row says that it
    is incomplete or failed. `cells` tell of each value where it stands.
    """

    seconds: float = 0.0
    records: dict[str, Any] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    flagged: set[str] = field(default_factory=set)
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    each_s: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def valid(self) -> int:
        """How many documents have a record that satisfies the schema."""
        return sum(record is not None for name, record in self.records.items() if name not in self.flagged)


@dataclass
class Score:
    """Fields right of all, overall and by name."""

    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    total: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, record: Any, truth: dict[str, Any]) -> None:
        """Compare a record with the truth, field by field; no record has no field right."""
        for name, value in truth.items():
            self.total[name] += 1
            self.right[name] += isinstance(record, dict) and agrees(record.get(name), value)

    @property
    def share(self) -> float | None:
        """Fields right of all."""
        return ratio(sum(self.right.values()), sum(self.total.values()))


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench extract", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--types", nargs="*", metavar="NAME", help="sample folders (default: all)")
    parser.add_argument("--documents", type=Path, metavar="DIR", help="other documents than the samples")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="JSON lines: `document` and its true fields")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="the schema of --documents")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N documents of each folder")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="timed runs of each side, in turn (1)")
    parser.add_argument("--skip-plain", action="store_true", help="leave out the plain loop (its figures are null)")
    asked = parser.parse_args(argv)
    if asked.documents and not (asked.truth and asked.schema):
        parser.error("--documents needs --truth and --schema")
    say_load()
    start_backend()
    with tempfile.TemporaryDirectory() as scratch:
        folders = _folders(asked, Path(scratch))
        if not folders:
            parser.error("there is no such folder of samples")
        with Ours(asked.model) as ours, DocumentPool() as pool, Pauses() as pauses:
            return _Bench(ours, pool, pauses, Path(scratch), folders).run(asked.repeat, skip_plain=asked.skip_plain)


def _folders(asked: argparse.Namespace, scratch: Path) -> list[Folder]:
    """Return what is to be extracted; a limited folder is a copy of its first documents."""
    if asked.documents:
        found = [(asked.documents.name, asked.documents, asked.schema, asked.truth)]
    else:
        found = [
            (path.parent.name, path.parent / "documents", path, path.parent / "truth.jsonl")
            for path in sorted(SAMPLES.glob("*/schema.json"))
            if asked.types is None or path.parent.name in asked.types
        ]
    folders = []
    for name, documents, schema, truth_file in found:
        lines = [json.loads(line) for line in truth_file.read_text("utf-8").splitlines() if line.strip()]
        truth = {line.pop("document"): line for line in lines}
        folder = Folder(name, documents, schema.read_text("utf-8"), truth)
        if asked.limit is not None:
            folder = _part(folder, list(truth)[: asked.limit], scratch / "limited" / name)
        folders.append(folder)
    return folders


def _part(folder: Folder, names: Sequence[str], place: Path) -> Folder:
    """Return a folder with some of the documents only, copied to `place`."""
    place.mkdir(parents=True)
    for name in names:
        if not (folder.documents / name).is_file():
            continue  # an attachment: it comes with its message
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder.documents / name, target)
    return replace(folder, documents=place, truth={name: folder.truth[name] for name in names})


class _Bench:
    """One benchmark: both sides over the same folders."""

    def __init__(self, ours: Ours, pool: DocumentPool, pauses: Pauses, scratch: Path, folders: list[Folder]) -> None:
        self._ours = ours
        self._pool = pool
        self._pauses = pauses
        self._scratch = scratch
        self._folders = folders
        self._profiles = 0
        self._faults: list[str] = []
        self._requests: dict[str, dict[str, GenerateRequest]] = {}
        self._asked_plainly: dict[str, dict[str, GenerateRequest]] = {}
        self._texts: dict[str, dict[str, str]] = {}

    def run(self, repetitions: int, *, skip_plain: bool) -> int:
        """Measure and print."""
        layout, info = self._ours.layout, self._ours.info
        # Parsed here for the plain loop; it also starts the processes that read our documents.
        for folder in self._folders:
            self._parse(folder)
        options = PlainOptions(info.path, info.context, info.threads, layout.extra_buffers)
        say(f"Ours: {info.name}, laid out as {info.layout}, {info.lanes} lanes, {info.threads} threads.")
        say(f"Plain: llama-cpp-python, the file as shipped ({info.quantization}); {options.describe()}.")
        plain: dict[str, Outcome] = {}
        ours: dict[str, list[Outcome]] = defaultdict(list)
        both_ours: list[float] = []
        both_plain: list[float] = []
        with Plain(options, self._ours.environment) as own_way:
            if not skip_plain:
                own_way.ask([{"role": "user", "content": "Yes?"}], _WARM_UP, max_tokens=16)
            for turn in range(repetitions):
                for folder in self._folders:
                    ours[folder.name].append(self._extract(folder))
                    tell(f"ours, {folder.name}: {ours[folder.name][-1].seconds:.1f} s")
                if skip_plain:
                    continue
                plain = {folder.name: self._loop(folder, own_way) for folder in self._folders}
                seconds = [self._both(folder, ours[folder.name][-1], plain[folder.name]) for folder in self._folders]
                both_ours.append(sum(mine for mine, _ in seconds))
                both_plain.append(sum(theirs for _, theirs in seconds))
                tell(f"run {turn + 1} of {repetitions}: {both_ours[-1]:.1f} s, plain {both_plain[-1]:.1f} s")
        free = {folder.name: self._extract(folder, folder.ungrounded) for folder in self._folders}
        prefill = {folder.name: self._prefill(folder, layout) for folder in self._folders}
        return self._report(ours, free, plain, prefill, both_ours, both_plain)

    def _parse(self, folder: Folder) -> None:
        """Read a folder's documents and make the requests that are asked of them."""
        futures = {name: self._pool.submit(folder.documents / name) for name in folder.truth}
        documents: dict[str, Document] = {name: future.result() for name, future in futures.items()}
        self._texts[folder.name] = {name: document.text for name, document in documents.items()}
        for plan, requests in ((folder.plan, self._requests), (folder.ungrounded, self._asked_plainly)):
            made = {
                name: plan.request(plan.whole(Source(document), self._ours.info), self._ours.info)
                for name, document in documents.items()
            }
            requests[folder.name] = made

    def _extract(self, folder: Folder, plan: ExtractionPlan | None = None) -> Outcome:
        """Run the job, or that of another plan, on a fresh profile with nothing left in the context."""
        self._ours.forget()
        self._profiles += 1
        with Store(self._scratch / f"profile {self._profiles}") as store:
            job = ExtractionJob(plan or folder.plan, store, self._ours.client, self._pool)
            start = time.monotonic()
            job.run()
            outcome = Outcome(self._since(start))
            for row in job.rows():
                self._take_row(folder, row, outcome)
        return outcome

    def _since(self, start: float) -> float:
        """Return the seconds since a monotonic time, without those in which the machine stood still."""
        end = time.monotonic()
        return end - start - self._pauses.lost(start, end)

    def _take_row(self, folder: Folder, row: Row, outcome: Outcome) -> None:
        if row.document not in folder.truth:
            return
        valid = row.state == "done" and satisfies(row.record, json.loads(folder.schema_text))
        outcome.records[row.document] = row.record if valid or row.state == "incomplete" else None
        outcome.cells[row.document] = row.cells or {}
        if row.state in {"incomplete", "failed"}:
            outcome.flagged.add(row.document)
        if row.state in {"done", "incomplete"}:
            outcome.finished.add(row.document)
        if row.state == "done" and not valid:
            self._faults.append(f"{folder.name}/{row.document}: the record does not satisfy the schema")
        if row.error:
            outcome.notes.append(f"{row.document}: {row.error['kind']}: {row.error['message']}")

    def _loop(self, folder: Folder, own_way: Plain) -> Outcome:
        """Ask llama-cpp-python for one document after the other."""
        outcome = Outcome()
        schema = json.loads(folder.schema_text)
        for name, request in self._asked_plainly[folder.name].items():
            start = time.monotonic()
            answer: PlainAnswer | None = None
            try:
                answer = own_way.ask(as_dicts(request.messages), schema, max_tokens=PLAIN_TOKENS)
            except PlainFailed as failure:
                outcome.notes.append(f"{name}: {failure}")
            outcome.each_s[name] = self._since(start)
            whole = answer is not None and answer.finish_reason == "stop"
            if answer and whole:
                outcome.finished.add(name)
            outcome.records[name] = (
                json.loads(answer.text) if answer and whole and is_valid(answer.text, schema) else None
            )
            if answer and outcome.records[name] is None:
                what = "not valid" if whole else "cut"
                outcome.notes.append(f"{name}: {what} after {answer.tokens} tokens: {answer.text[:200]}")
        outcome.seconds = sum(outcome.each_s.values())
        tell(f"plain, {folder.name}: {outcome.seconds:.1f} s")
        return outcome

    def _both(self, folder: Folder, ours: Outcome, plain: Outcome) -> tuple[float, float]:
        """Return the seconds of each side for the documents that both finished; ours has a run of its own for it."""
        names = [name for name in folder.truth if name in ours.finished & plain.finished]
        theirs = sum(plain.each_s[name] for name in names)
        if len(names) == len(folder.truth):
            return ours.seconds, theirs
        if not names:
            return 0.0, 0.0
        self._profiles += 1
        part = _part(folder, names, self._scratch / f"part {self._profiles}")
        return self._extract(part).seconds, theirs

    def _prefill(self, folder: Folder, layout: Layout) -> float:
        """Measure pure prefill of a folder's prompts in a process of its own; the median of three."""
        requests = list(self._requests[folder.name].values())
        info = self._ours.info
        shape = ContextShape(info.context, sequences=1, threads=info.threads)
        before = dict(os.environ)
        os.environ.update(self._ours.environment)
        try:
            with multiprocessing.get_context("spawn").Pool(1) as process:
                return process.apply(measure_prefill, (layout, shape, requests))
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _report(
        self,
        ours: dict[str, list[Outcome]],
        free: dict[str, Outcome],
        plain: dict[str, Outcome],
        prefill: dict[str, float],
        both_ours: list[float],
        both_plain: list[float],
    ) -> int:
        score, score_free, score_plain = Score(), Score(), Score()
        valid = flagged = documents = invented = 0
        rows: list[tuple[Any, ...]] = []
        for folder in self._folders:
            outcome, loop = ours[folder.name][-1], plain.get(folder.name)
            mine, theirs = Score(), Score()
            for name, truth in folder.truth.items():
                for each in (mine, score):
                    each.add(outcome.records.get(name), truth)
                for each in (theirs, score_plain) if loop else ():
                    each.add(loop.records.get(name), truth)
                score_free.add(free[folder.name].records.get(name), truth)
                text = self._texts[folder.name][name]
                invented += sum(_is_invented(cell, text) for cell in outcome.cells.get(name, {}).values())
            valid += outcome.valid
            flagged += len(outcome.flagged)
            documents += len(folder.truth)
            seconds = median([run.seconds for run in ours[folder.name]])
            rows.append(
                (
                    folder.name,
                    len(folder.truth),
                    seconds,
                    loop.seconds if loop else None,
                    prefill[folder.name],
                    ratio(seconds, prefill[folder.name]),
                    mine.share,
                    theirs.share,
                    outcome.valid,
                    loop.valid if loop else None,
                )
            )
            for side, notes in (("ours", outcome.notes), ("plain", loop.notes if loop else [])):
                for note in notes:
                    say(f"{side}: {folder.name}/{note}")
        total, pure = sum(row[2] for row in rows), sum(prefill.values())
        everything = sum(loop.seconds for loop in plain.values()) if plain else None
        valid_plain = sum(loop.valid for loop in plain.values()) if plain else None
        rows.append(
            (
                "all",
                documents,
                total,
                everything,
                pure,
                ratio(total, pure),
                score.share,
                score_plain.share,
                valid,
                valid_plain,
            )
        )
        columns = ("folder", "documents", "ours s", "plain s", "prefill s", "ours/prefill")
        print_table("Extraction", (*columns, "right", "right, plain", "valid", "valid, plain"), rows)
        fields = [
            (name, count, score.right[name] / count, ratio(score_plain.right[name], score_plain.total[name]))
            for name, count in sorted(score.total.items())
        ]
        print_table("Fields", ("field", "documents", "right", "right, plain"), fields)
        say(self._pauses.describe())
        if valid + flagged < documents:
            self._faults.append(f"only {valid + flagged} of {documents} documents have a valid record or say why not")
        if invented:
            self._faults.append(f"{invented} values do not stand in their document")
        both = sum(len(ours[name][-1].finished & loop.finished) for name, loop in plain.items())
        speed, speed_plain = _a_minute(both, median(both_ours)), _a_minute(both, median(both_plain))
        figures = {
            "docs_per_minute_ratio": median([ratio(b, a) or 0.0 for a, b in zip(both_ours, both_plain, strict=True)]),
            "docs_per_minute": speed,
            "docs_per_minute_plain": speed_plain,
            "docs_both_finished": both,
            "over_prefill": ratio(total, pure),
            "fields_right": score.share,
            "fields_right_plain": score_plain.share,
            "fields_right_ungrounded": score_free.share,
            "ungrounded": invented,
            "valid_or_flagged_share": (valid + flagged) / documents,
            "valid_share": valid / documents,
            "valid_share_plain": ratio(valid_plain, documents),
            "documents": documents,
            "machine_pauses": self._pauses.count,
        }
        return close(figures, self._faults)


def _is_invented(cell: dict[str, Any], text: str) -> bool:
    """Tell whether a value that is to be a quote stands nowhere in a document's text."""
    quote = cell["quote"]
    if cell["state"] == "found" or (quote is None and cell["value"] in (None, [], {})):
        return False
    return quote is None or _folded(quote) not in _folded(text)


def _folded(text: str) -> str:
    return "".join(text.split()).replace("-", "").replace("\xad", "")


def _a_minute(documents: int, seconds: float | None) -> float | None:
    return ratio(60.0 * documents, seconds)


def measure_prefill(layout: Layout, shape: ContextShape, requests: list[GenerateRequest]) -> float:
    """Return the seconds of reading the prompts of one job; runs in a process of its own."""
    start_backend()
    weights = Weights(Path(layout.path), extra_buffers=layout.extra_buffers)
    begin = weights.spell([weights.begin_token]) if weights.begin_token is not None else ""
    template = ChatTemplate(weights.chat_template, begin=begin)
    prompts = [build_prompt(weights, template, request, shape.cells).tokens for request in requests]
    with Context(weights, shape) as context:
        _read(context, prompts[0], 0)
        return median([_read_all(context, prompts) for _ in range(3)]) or 0.0


def _read_all(context: Context, prompts: list[list[int]]) -> float:
    context.clear()
    start = time.perf_counter()
    held: list[int] = []
    for tokens in prompts:
        shared = common_prefix(held, tokens)
        context.cut(0, shared)
        _read(context, tokens, shared)
        held = tokens
    return time.perf_counter() - start


def _read(context: Context, tokens: list[int], begin: int) -> None:
    for start in range(begin, len(tokens), context.shape.batch):
        context.clear_batch()
        for position in range(start, min(start + context.shape.batch, len(tokens))):
            row = context.add(tokens[position], position, 0, logits=position == len(tokens) - 1)
        context.decode()
    context.logits(row)
