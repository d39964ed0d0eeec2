"""What a session was told is saved, over all its lives, and which of that a profile no longer holds.

The session prints a fact for each thing that it was told, under the names of `Did`; before a thing that is half done
when it is killed it prints the same fact as one that it is trying. What was tried and not told may have happened or
not, but as a whole; what was told must be there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from app.session.reading import Wording, wording_key
from engine.store import Store
from engine.store.messages import dump
from engine.store.profile import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from engine.store import Answer

Did = Literal[
    "ask", "again", "grow", "settle", "draft", "wording", "switch", "delete", "restore", "thread", "bin", "unbin",
    "import", "recover",
]  # fmt: skip
"""What can be acknowledged. `recover` is never printed: the start after a kill is to have done it."""
DID: tuple[Did, ...] = get_args(Did)
Trouble = Literal["start", "end", "complaint", "damage", "untried"]
"""What else can be wrong: a start that failed, a session that ended by itself, complained or left a damaged file, and
a kind of thing that was never acknowledged, so that nothing is known of it."""


@dataclass(frozen=True)
class Fault:
    """One thing that was wrong; equal to what is wrong with the same thing after a later kill."""

    kind: Did | Trouble
    thing: str
    words: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind}: {self.thing}: {self.words}"

    @property
    def is_loss(self) -> bool:
        """Whether something that was acknowledged is gone."""
        return self.kind in DID


class Row(NamedTuple):
    """A message as the database has it."""

    thread: int
    parent: int | None
    role: str
    state: str
    text: str
    deleted: str | None


@dataclass(frozen=True)
class Held:
    """What a profile holds. `written` are the texts of the answers that grow; `threads` a title, draft, head, bin."""

    rows: dict[int, Row]
    threads: dict[int, tuple[str, str, int | None, str | None]]
    wordings: dict[int, Wording]
    answers: dict[int, str]
    written: dict[int, str]


class Acknowledged:
    """What the session was told is saved."""

    def __init__(self) -> None:
        self.counts = Counter[Did]()
        self.cut: dict[int, str] = {}
        self._questions: dict[int, tuple[int, int | None, str]] = {}
        self._answers: dict[int, tuple[int, int, Did]] = {}
        self._grown: dict[int, str] = {}
        self._settled: dict[int, tuple[str, str, str]] = {}
        self._drafts: dict[int, str] = {}
        self._wordings: dict[int, tuple[int, str]] = {}
        self._heads: dict[int, tuple[int | None, Did]] = {}
        self._threads: set[int] = set()
        self._titles: set[str] = set()
        self._gone: dict[int, bool] = {}
        """Of each message that was deleted whether it is still in the bin."""
        self._binned: dict[int, bool] = {}
        """Of each thread that was deleted whether it is still in the bin."""
        self._deletions: list[list[int]] = []
        self._trying: dict[str, Any] | None = None

    def take(self, fact: dict[str, Any]) -> None:
        """Take in a line that the session printed."""
        if fact.get("trying"):
            self._trying = fact
            return
        did: Did = fact["did"]
        self.counts[did] += 1
        if self._trying is not None and self._trying["did"] == did:
            self._trying = None
        match did:
            case "ask":
                self._questions[fact["question"]] = (fact["thread"], fact["parent"], fact["text"])
                self._answers[fact["answer"]] = (fact["thread"], fact["question"], did)
                self._use_up(fact)
            case "again":
                self._answers[fact["answer"]] = (fact["thread"], fact["question"], did)
            case "grow":
                if not self._grown.get(fact["message"], "").startswith(fact["text"]):
                    self._grown[fact["message"]] = fact["text"]
            case "settle":
                self._settled[fact["message"]] = (fact["state"], fact["text"], fact["kept"])
                self._grown.pop(fact["message"], None)
            case "draft":
                self._drafts[fact["thread"]] = fact["text"]
            case "wording":
                self._wordings[fact["thread"]] = (fact["message"], fact["text"])
            case "delete" | "restore":
                self._take_deletion(fact["messages"], gone=did == "delete")
            case "thread":
                self._threads.add(fact["thread"])
            case "bin" | "unbin":
                self._binned.update(dict.fromkeys(fact["threads"], did == "bin"))
            case "import":
                self._titles.update(fact["titles"])
        if "head" in fact:
            self._heads[fact["thread"]] = (fact["head"], did)

    def missing(self, profile: Path, scratch: Path) -> list[Fault]:
        """Return what of it the profile does not hold. What was tried counts as done from now on, if it was.

        `scratch` is a folder for a copy of the profile, in which the bin is emptied back into the threads.
        """
        held = _read(profile, self._grown)
        faults = [*self._settle_what_was_tried(held)]
        faults += self._missing_messages(held)
        faults += self._missing_ends(held)
        faults += self._missing_drafts(held)
        faults += self._missing_threads(held)
        faults += self._not_restorable(profile, scratch)
        return faults

    def note_cut(self, profile: Path) -> None:
        """Take note of the answers that were being written when the session was killed, as far as they are saved."""
        with Store(profile) as store, contextlib.closing(sqlite3.connect(profile / DATABASE)) as connection:
            left = [row[0] for row in connection.execute("SELECT id FROM messages WHERE state = 'writing'")]
            self.cut |= store.messages.texts(left)
        self.counts["recover"] = len(self.cut)

    # What was tried

    def _settle_what_was_tried(self, held: Held) -> Iterator[Fault]:
        """Find out whether what was tried has happened, and take it in as it is; half of it is a loss."""
        tried, self._trying = self._trying, None
        if tried is None:
            return
        did: Did = tried["did"]
        match did:
            case "ask":
                yield from self._take_tried_question(tried, held)
            case "delete" | "restore":
                gone = {message for message in tried["messages"] if _is_gone(held.rows.get(message))}
                if gone and gone != set(tried["messages"]):
                    yield Fault(did, f"messages {tried['messages']}", f"only {sorted(gone)} are in the bin")
                else:
                    self._take_deletion(tried["messages"], gone=bool(gone))
            case "bin" | "unbin":
                binned = {thread for thread in tried["threads"] if thread in held.threads and held.threads[thread][3]}
                if binned and binned != set(tried["threads"]):
                    yield Fault(did, f"threads {tried['threads']}", f"only {sorted(binned)} are in the bin")
                self._binned.update((thread, thread in binned) for thread in tried["threads"])
            case "import":
                titles = {row[0] for row in held.threads.values()}
                self._titles.update(title for title in tried["titles"] if title in titles)
        if "thread" in tried and tried["thread"] in held.threads:
            head = held.threads[tried["thread"]][2]
            if head is not None and (head not in held.rows or _is_gone(held.rows[head])):
                yield Fault(did, f"thread {tried['thread']}", f"it ends with message {head}, which is not there")
            self._heads[tried["thread"]] = (head, did)

    def _take_tried_question(self, tried: dict[str, Any], held: Held) -> Iterator[Fault]:
        for message, row in held.rows.items():
            if message in self._questions or row.role != "user":
                continue
            if (row.thread, row.parent, row.text) == (tried["thread"], tried["parent"], tried["text"]):
                self._questions[message] = (row.thread, tried["parent"], row.text)
                self._use_up(tried)
                if not any(other.parent == message for other in held.rows.values()):
                    yield Fault("ask", f"message {message}", "it was saved without an answer to be written")

    def _use_up(self, asked: dict[str, Any]) -> None:
        """Expect no longer a draft of what was asked."""
        (self._wordings if asked["beside"] else self._drafts).pop(asked["thread"], None)

    def _take_deletion(self, messages: list[int], *, gone: bool) -> None:
        self._gone.update(dict.fromkeys(messages, gone))
        self._deletions = [deletion for deletion in self._deletions if deletion != messages]
        if gone:
            self._deletions.append(messages)
            self._wordings = {thread: kept for thread, kept in self._wordings.items() if kept[0] not in messages}

    # What is missing

    def _missing_messages(self, held: Held) -> Iterator[Fault]:
        for message, (thread, parent, text) in self._questions.items():
            row = held.rows.get(message)
            if row is None or (row.thread, row.role, row.state, row.text) != (thread, "user", "done", text):
                yield Fault("ask", f"message {message}", "it is gone" if row is None else f"it is {row} now")
            elif row.parent != parent:
                yield Fault("ask", f"message {message}", f"it followed {parent}, and follows {row.parent} now")
        for message, (thread, question, did) in self._answers.items():
            row = held.rows.get(message)
            if row is None or (row.thread, row.role, row.parent) != (thread, "assistant", question):
                yield Fault(did, f"answer {message}", "it is gone" if row is None else f"it is {row} now")
        for message in (*self._questions, *self._answers):
            row = held.rows.get(message)
            if row is not None and row.deleted is not None and message not in self._gone:
                yield Fault("ask", f"message {message}", "it is in the bin, and nobody put it there")
        for message, gone in self._gone.items():
            row = held.rows.get(message)
            if row is None or _is_gone(row) != gone:
                words = "it is gone" if row is None else "it is in the bin" if _is_gone(row) else "it is not in the bin"
                yield Fault("delete" if gone else "restore", f"message {message}", words)

    def _missing_ends(self, held: Held) -> Iterator[Fault]:
        for message, text in self._grown.items():
            kept = held.written.get(message, "")
            if not kept.startswith(text):
                yield Fault("grow", f"answer {message}", f"it had {len(text)} characters, and has {len(kept)}")
        for message, end in self._settled.items():
            row = held.rows.get(message)
            found = None if row is None else (row.state, row.text, held.answers.get(message, ""))
            if found != end:
                yield Fault("settle", f"answer {message}", f"it ended as {end}, and is {found}")
        for message, text in self.cut.items():
            row = held.rows.get(message)
            if row is None or (row.state, row.text) != ("interrupted", text):
                words = "it is gone" if row is None else f"it is {row.state!r} with {len(row.text)} characters"
                yield Fault("recover", f"answer {message}", f"{words}, and was cut at {len(text)}")

    def _missing_drafts(self, held: Held) -> Iterator[Fault]:
        for thread, text in self._drafts.items():
            if thread not in held.threads or not held.threads[thread][1].startswith(text):
                found = held.threads[thread][1] if thread in held.threads else None
                yield Fault("draft", f"thread {thread}", f"{text!r} was typed, and {found!r} is kept")
        for thread, (message, text) in self._wordings.items():
            wording = held.wordings.get(thread)
            if wording is None or wording.message != message or not wording.text.startswith(text):
                yield Fault("wording", f"message {message}", f"{text!r} was typed, and {wording} is kept")

    def _missing_threads(self, held: Held) -> Iterator[Fault]:
        for thread, (head, did) in self._heads.items():
            found = held.threads.get(thread)
            if found is None or found[2] != head:
                words = "it is gone" if found is None else f"it ends with message {found[2]}"
                yield Fault(did, f"thread {thread}", f"{words}, and was shown to end with {head}")
        for thread in self._threads - held.threads.keys():
            yield Fault("thread", f"thread {thread}", "it is gone")
        for thread, (_, _, _, deleted) in held.threads.items():
            if deleted is not None and thread not in self._binned:
                yield Fault("thread", f"thread {thread}", "it is in the bin, and nobody put it there")
        for thread, binned in self._binned.items():
            found = held.threads.get(thread)
            if found is None or (found[3] is not None) != binned:
                words = "it is gone" if found is None else "it is not in the bin" if binned else "it is in the bin"
                yield Fault("bin" if binned else "unbin", f"thread {thread}", words)
        by_title: dict[str, list[int]] = {}
        for thread, (title, _, _, _) in held.threads.items():
            by_title.setdefault(title, []).append(thread)
        for title in self._titles:
            messages = [
                [(row.role, row.text) for _, row in sorted(held.rows.items()) if row.thread == thread]
                for thread in by_title.get(title, ())
            ]
            whole = [("user", f"user of {title}"), ("assistant", f"assistant of {title}")]
            if messages != [whole]:
                yield Fault("import", repr(title), f"there is {messages} of it")

    def _not_restorable(self, profile: Path, scratch: Path) -> Iterator[Fault]:
        """Take everything out of the bin, in a copy of the profile, and see whether it is there."""
        copy = scratch / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        with (
            contextlib.closing(sqlite3.connect(profile / DATABASE)) as source,
            contextlib.closing(sqlite3.connect(copy / DATABASE)) as target,
        ):
            source.backup(target)
        with Store(copy) as store:
            binned = [thread for thread, gone in self._binned.items() if gone]
            store.threads.restore(binned)
            listed = {thread.id for thread in store.threads.all()}
            for thread in binned:
                if thread not in listed:
                    yield Fault("bin", f"thread {thread}", "it cannot be taken out of the bin")
            shown = {node.id for thread in listed for node in store.messages.outline(thread)}
            for deletion in self._deletions:
                if shown.intersection(deletion):
                    continue  # reported already: it is not in the bin
                store.messages.restore(deletion)
                back = {node.id for thread in listed for node in store.messages.outline(thread)}
                for message in deletion:
                    if message not in back:
                        yield Fault("delete", f"message {message}", "it cannot be taken out of the bin")


def digest(answer: Answer) -> str:
    """Return a hash of what is kept of an answer beside its text."""
    return hashlib.sha256(json.dumps(json.loads(dump(asdict(answer))), sort_keys=True).encode()).hexdigest()[:16]


def _read(profile: Path, grown: Iterable[int]) -> Held:
    with contextlib.closing(sqlite3.connect(profile / DATABASE)) as connection:
        rows = {
            row[0]: Row(*row[1:])
            for row in connection.execute("SELECT id, thread, parent, role, state, text, deleted FROM messages")
        }
        threads = {
            row[0]: tuple(row[1:]) for row in connection.execute("SELECT id, title, draft, head, deleted FROM threads")
        }
    with Store(profile) as store:
        kept = {thread: store.drafts.get(wording_key(thread)) for thread in threads}
        answers = {message: store.messages.answer(message) for message, row in rows.items() if row.role == "assistant"}
        return Held(
            rows,
            threads,
            {thread: Wording.from_text(text) for thread, text in kept.items() if text},
            {message: digest(answer) for message, answer in answers.items() if answer is not None},
            store.messages.texts(grown),
        )


def _is_gone(row: Row | None) -> bool:
    return row is not None and row.deleted is not None
