"""A session of the window that somebody seems to use: what `bench crash` kills. Run as a process of its own.

It does what it is told to begin with, then anything: it types, asks, watches answers grow, stops, branches, deletes,
undoes, makes threads and imports, for ever. After each thing that the store has acknowledged it prints a JSON line, a
fact (`_acknowledged`); what was printed must be there after any kill. Before what may be half done at a kill it prints
the fact that it is trying.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from _acknowledged import digest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from app.pages.playground.example import EXAMPLE
from app.session import Session
from app.style.theme import Theme
from app.window import Window
from engine.errors import GenerationError
from engine.store.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from app.exchange import Answer

    Steps = Iterator[Callable[[], bool]]

_SETTLED_S = 0.9
"""After this long what was typed or streamed counts as acknowledged: twice what it takes to be written, and a bit."""
_RESTS_S = 0.5
"""How long the hands rest then, so that a kill can meet them there."""
_ANSWERS_S = 120.0
"""After this long without what was asked for, the session has failed."""
_SAYING = threading.Lock()
_WORDS = ("tree", "graft", "prune", "wire", "apple", "pear", "stem", "root", "leaf", "bud", "frost", "wall", "knot")
_OFTEN = {"ask": 6, "type": 3, "branch": 2, "again": 2, "switch": 1, "delete": 1, "restore": 1, "thread": 1, "bin": 1,
          "unbin": 1, "import": 1}  # fmt: skip
"""What it does, and how often in comparison."""


class Person:
    """Does one thing after the other; each step waits until its condition holds."""

    def __init__(
        self, window: Window, session: Session, seed: int, scratch: Path, most: int, first: Sequence[str]
    ) -> None:
        self._window = window
        self._session = session
        self._random = random.Random(seed)
        self._scratch = scratch
        self._most = most
        self._first = list(first)
        self._hasty = not first
        self._shown: list[tuple[float, int, str]] = []
        self._newest: Answer | None = None
        self._appended: dict[int, str] = {}
        self._tell_appended()
        session.runs.changed.connect(self._grown)
        session.runs.ended.connect(self._ended)
        session.failed.connect(lambda error: say({"did": "complaint", "words": str(error)}))
        self._until: Callable[[], bool] = lambda: True
        self._steps = self._live()
        self._timer = QTimer()
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._step)
        self._timer.start()
        self._watch = QTimer()
        self._watch.setInterval(150)
        self._watch.timeout.connect(self._tell_grown)
        self._watch.start()

    def _step(self) -> None:
        if self._until():
            self._until = next(self._steps)

    def _live(self) -> Steps:
        plain = replace(self._session.desk.draft, format="text", max_tokens=self._most, temperature=0.8)
        self._session.desk.edit(plain)
        self._session.desk.changed.emit(plain)
        yield self._soon(lambda: self._session.library.known, "the list of threads")
        while True:
            self._hasty = not self._first  # what it begins with is done to its end
            (any_other,) = self._random.choices(list(_OFTEN), list(_OFTEN.values()))
            yield from self._do(self._first.pop(0) if self._first else any_other)

    def _do(self, action: str) -> Steps:
        chat, page = self._session.chat, self._window.playground
        match action:
            case "ask":
                yield from self._type()
                yield from self._ask(beside=self._session.desk.editing)
            case "type":
                yield from self._type(rest=True)
            case "branch":
                yield from self._ask_until(lambda: chat.focus.question is not None)
                if self._session.desk.editing is None:
                    page.edit_message()
                    yield self._soon(lambda: self._session.desk.editing is not None, "a message to edit")
                yield from self._type(rest=True)
                yield from self._ask(beside=self._session.desk.editing)
            case "again":
                yield from self._ask_until(lambda: chat.focus.question is not None)
                yield from self._ask_again()
            case "switch":
                yield from self._switch()
            case "delete":
                yield from self._delete()
            case "restore":
                thread, gone = yield from self._delete()
                self._try("restore", thread=thread, messages=gone)
                self._session.library.undo()
                yield self._soon(lambda: chat.id == thread and gone[0] in chat.conversation, "what was restored")
                yield self._acknowledged("restore", thread=thread, messages=gone, head=chat.conversation.head)
            case "thread":
                before = chat.id
                page.new_thread()
                untouched = self._passed(1.0)
                yield lambda: chat.id != before or untouched()
                yield self._acknowledged("thread", thread=chat.id)
            case "bin":
                yield from self._bin()
            case "unbin":
                binned = yield from self._bin()
                self._try("unbin", threads=binned)
                self._session.library.undo()
                yield self._acknowledged("unbin", threads=binned)
            case "import":
                yield from self._import()

    # Actions

    def _type(self, *, rest: bool = False) -> Steps:
        """Type some words; now and then, or where the hands are to `rest`, for long enough that they are saved."""
        composer, chat, desk = self._window.playground.composer, self._session.chat, self._session.desk
        composer.text.moveCursor(QTextCursor.MoveOperation.End)
        for _ in range(self._random.randrange(1, 5)):
            composer.text.insertPlainText(self._random.choice(_WORDS) + " ")
            yield self._passed(0.05)
        rest = rest and not self._hasty
        if rest or self._random.random() < 0.4:
            yield self._passed(_SETTLED_S)
            if desk.editing is not None:
                say({"did": "wording", "thread": chat.id, "message": desk.editing, "text": composer.prompt})
            else:
                say({"did": "draft", "thread": chat.id, "text": composer.prompt})
        if rest:
            yield self._passed(_RESTS_S)

    def _ask(self, *, beside: int | None) -> Steps:
        """Ask what was typed, after the branch or `beside` the question that is edited, and watch the answer."""
        chat, text = self._session.chat, self._window.playground.composer.prompt
        parent = chat.conversation.head if beside is None else chat.conversation.node(beside).parent
        facts = {"thread": chat.id, "parent": parent, "text": text, "beside": beside is not None}
        self._try("ask", **facts)
        self._newest = None
        self._window.playground.run()
        answer = yield from self._saved()
        assert answer.draft.prompt == text
        say(
            {"did": "ask", "question": answer.question, "answer": answer.message, "head": chat.conversation.head}
            | facts
        )
        yield from self._watch_answer(answer)

    def _ask_again(self) -> Steps:
        chat = self._session.chat
        self._try("again", thread=chat.id)
        self._newest = None
        self._window.playground.run_again()
        answer = yield from self._saved()
        told = {"thread": chat.id, "question": answer.question, "answer": answer.message}
        say({"did": "again", "head": chat.conversation.head} | told)
        yield from self._watch_answer(answer)

    def _saved(self) -> Any:
        """Wait until the answer that was just asked for is saved; return it."""
        yield self._soon(lambda: self._newest is not None and self._newest.message is not None, "the question's rows")
        return self._newest

    def _watch_answer(self, answer: Answer) -> Steps:
        if self._hasty and self._random.random() < 0.3:
            yield self._passed(self._random.random())
            self._session.chat.stop()
        yield self._soon(lambda: not answer.running, "the end of an answer")

    def _ask_until(self, holds: Callable[[], bool]) -> Steps:
        """Have such a conversation as an action needs."""
        while not holds():
            yield from self._do("ask")
            yield self._passed(0.1)

    def _switch(self) -> Steps:
        """Show another of several answers to a question."""
        chat = self._session.chat

        def beside() -> list[int]:
            message = chat.focus.message
            if message is None or message not in chat.conversation:
                return []
            among = chat.conversation.alternatives(message)
            return [step for step in (-1, 1) if among.beside(step) is not None]

        yield from self._ask_until(lambda: chat.focus.question is not None)
        if not beside():
            yield from self._ask_again()
            yield self._soon(lambda: bool(beside()), "an answer beside another")
        self._try("switch", thread=chat.id)
        chat.switch(chat.focus.message or 0, self._random.choice(beside()))
        yield self._acknowledged("switch", thread=chat.id, head=chat.conversation.head)

    def _delete(self) -> Any:
        """Delete a message that is not among the first ones; return the thread, and all that went with it."""
        chat, outline = self._session.chat, list[Any]()
        yield from self._ask_until(lambda: len(chat.conversation.path) > 2)
        thread = chat.id
        message = self._random.choice(chat.conversation.path[2:]).id
        self._session._bridge.ask_store(lambda store: store.messages.outline(thread), outline.append)  # noqa: SLF001
        yield self._soon(lambda: bool(outline), "the messages of the thread")
        gone = [message]
        for node in outline[0]:  # the oldest first, so that a parent stands before its children
            if node.parent in gone:
                gone.append(node.id)
        self._try("delete", thread=thread, messages=gone)
        self._window.playground.delete(message)
        yield self._acknowledged("delete", thread=thread, messages=gone, head=chat.conversation.head)
        return thread, gone

    def _bin(self) -> Any:
        """Delete a thread that is not shown; return it."""
        library, chat = self._session.library, self._session.chat
        others = [row.id for row in library.threads if row.id != chat.id]
        if not others:
            yield from self._import()
            others = [row.id for row in library.threads if row.id != chat.id]
        binned = [self._random.choice(others)]
        self._try("bin", threads=binned)
        library.delete(binned)
        yield self._acknowledged("bin", threads=binned)
        return binned

    def _import(self) -> Steps:
        titles = [f"imported {self._random.randrange(10**9)}" for _ in range(4)]
        file = self._scratch / "import.json"
        file.write_text(json.dumps([_conversation(title) for title in titles]), "utf-8")
        done: list[object] = []
        transfer = self._session.transfer
        transfer.told.connect(done.append)
        self._try("import", titles=titles)
        transfer.import_files([file])
        yield self._soon(lambda: bool(done), "the end of an import")
        transfer.told.disconnect(done.append)
        yield self._acknowledged("import", titles=titles)

    # What is told

    def _passed(self, seconds: float) -> Callable[[], bool]:
        until = time.monotonic() + seconds
        return lambda: time.monotonic() >= until

    def _soon(self, holds: Callable[[], bool], what: str) -> Callable[[], bool]:
        """Return a condition that fails the session where it does not come to hold."""
        late = self._passed(_ANSWERS_S)

        def check() -> bool:
            there = holds()
            if not there and late():
                raise TimeoutError(f"waited {_ANSWERS_S:.0f} s for {what}")
            return there

        return check

    def _grown(self, answer: Answer) -> None:
        if self._newest is None and answer.running:
            self._newest = answer
        if answer.message is not None and answer.running and answer.text:
            self._shown.append((time.monotonic(), answer.message, answer.text))

    def _tell_grown(self) -> None:
        """Tell of what has been in sight for a while, which is on the disk by then, however it comes there."""
        old = [entry for entry in self._shown if time.monotonic() - entry[0] > _SETTLED_S]
        if old:
            say({"did": "grow", "message": old[-1][1], "text": old[-1][2]})
            self._shown = [entry for entry in self._shown if entry not in old]

    def _tell_appended(self) -> None:
        """Tell of each piece of an answer, once the store's lane has appended it."""
        to_store = Messages.append

        def append(messages: Messages, message: int, text: str, keep: int | None = None) -> None:
            to_store(messages, message, text, keep)
            before = self._appended.get(message, "")
            self._appended[message] = (before if keep is None else before[:keep]) + text
            say({"did": "grow", "message": message, "text": self._appended[message]})

        Messages.append = append  # type: ignore[method-assign]

    def _ended(self, answer: Answer) -> None:
        message = answer.message
        self._shown = [entry for entry in self._shown if entry[1] != message]
        if message is not None:
            kept = digest(answer.kept())
            self._acknowledged("settle", message=message, state=answer.state, text=answer.text, kept=kept)
        if answer.state == "failed" and not isinstance(answer.error, GenerationError):  # meeting a limit is no trouble
            say({"did": "complaint", "words": str(answer.error)})

    def _try(self, did: str, **facts: Any) -> None:
        """Tell what may be half done when the session is killed."""
        say({"did": did, "trying": True} | facts)

    def _acknowledged(self, did: str, **facts: Any) -> Callable[[], bool]:
        """Tell of it when the store's lane has done all that it was given until now; return whether it was told."""
        told: list[bool] = []

        def tell(_done: object) -> None:
            say({"did": did} | facts)
            told.append(True)

        self._session._bridge.ask_store(lambda _store: True, tell)  # noqa: SLF001
        return self._soon(lambda: bool(told), f"the store to acknowledge {did!r}")


def say(fact: dict[str, Any]) -> None:
    """Print a fact; callable from any worker."""
    with _SAYING:
        print(json.dumps(fact), flush=True)


def fail(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """End the program: a session that goes on after an error would only look as if it was used."""
    traceback.print_exception(kind, error, where)
    sys.stderr.flush()
    os._exit(70)


def _conversation(title: str) -> dict[str, Any]:
    """Return a conversation as ChatGPT's export has it."""

    def node(name: str, parent: str | None, children: list[str], role: str | None) -> dict[str, Any]:
        message = role and {
            "author": {"role": role},
            "content": {"content_type": "text", "parts": [f"{role} of {title}"]},
            "create_time": 1.7e9,
        }
        return {"id": name, "parent": parent, "children": children, "message": message}

    return {
        "title": title,
        "create_time": 1.7e9,
        "current_node": "c",
        "mapping": {
            "a": node("a", None, ["b"], None),
            "b": node("b", "a", ["c"], "user"),
            "c": node("c", "b", [], "assistant"),
        },
    }


def main() -> int:
    """Run until killed: `_scripted.py PROFILE SEED SCRATCH TOKENS [ACTION …]`.

    Answers have at most so many tokens; the actions are what it begins with.
    """
    sys.excepthook = fail
    profile, seed, scratch, most = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    app = QApplication([])
    session = Session(profile)
    session.restore(EXAMPLE)
    theme = Theme(app, "light")
    window = Window(theme, session)
    window.restore()
    window.show()
    session.start()
    people: list[Person] = []

    def ready(state: Any) -> None:
        if state.phase == "ready" and not people:
            people.append(Person(window, session, seed, scratch, most, sys.argv[5:]))
            say({"did": "start"})

    session.model_changed.connect(ready)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
