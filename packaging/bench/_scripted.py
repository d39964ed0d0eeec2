"""A session of the window that somebody seems to use: what `bench crash` kills. Run as a process of its own.

It types, asks, watches answers grow, stops, branches, deletes, undoes, makes threads and imports, for ever. After each
thing that the store has acknowledged it prints a JSON line; what was printed must be there after any kill.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from app.pages.playground.example import EXAMPLE
from app.session import Session
from app.style.theme import Theme
from app.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SETTLED_S = 0.9
"""After this long what was typed or streamed counts as acknowledged: twice what it takes to be written, and a bit."""
_WORDS = ("tree", "graft", "prune", "wire", "apple", "pear", "stem", "root", "leaf", "bud", "frost", "wall", "knot")


class Person:
    """Does one thing after the other; each step waits until its condition holds."""

    def __init__(self, window: Window, session: Session, seed: int, scratch: Path, most: int) -> None:
        self._window = window
        self._session = session
        self._random = random.Random(seed)
        self._scratch = scratch
        self._most = most
        self._shown: list[tuple[float, int, str]] = []
        self._told: set[int] = set()
        session.runs.changed.connect(self._grown)
        session.runs.ended.connect(self._ended)
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

    def _live(self) -> Iterator[Callable[[], bool]]:
        chat, page, choose = self._session.chat, self._window.playground, self._random
        kept = self._session.desk.draft.prompt
        plain = replace(EXAMPLE, prompt=kept, format="text", max_tokens=self._most, temperature=0.8)
        self._session.desk.edit(plain)
        self._session.desk.changed.emit(plain)
        while True:
            action = choose.choices(
                ["ask", "type", "branch", "again", "delete", "thread", "import"], [6, 3, 2, 2, 1, 1, 1]
            )[0]
            if action == "type":
                yield from self._type()
            elif action == "ask":
                yield from self._type()
                page.run()
                yield from self._watch_answer()
            elif action in {"branch", "again"} and chat.focus.question is not None:
                if action == "branch":
                    page.edit_message()
                    yield lambda: self._session.desk.editing is not None
                    yield from self._type()
                    page.run()
                else:
                    page.run_again()
                yield from self._watch_answer()
            elif action == "delete" and len(chat.conversation) > 4 and chat.running is None:
                yield from self._delete()
            elif action == "thread":
                page.new_thread()
                yield lambda: not len(chat.conversation)
                self._acknowledge("thread", lambda: {"thread": chat.id})
            elif action == "import":
                yield from self._import()

    def _type(self) -> Iterator[Callable[[], bool]]:
        composer = self._window.playground.composer
        composer.text.moveCursor(QTextCursor.MoveOperation.End)
        for _ in range(self._random.randrange(1, 5)):
            composer.text.insertPlainText(self._random.choice(_WORDS) + " ")
            yield self._passed(0.05)
        if self._random.random() < 0.4:
            yield self._passed(_SETTLED_S)
            if self._session.chat.id and self._session.desk.editing is None:
                say({"did": "draft", "thread": self._session.chat.id, "text": composer.prompt})

    def _watch_answer(self) -> Iterator[Callable[[], bool]]:
        chat, began = self._session.chat, time.monotonic()
        question = self._window.playground.composer.prompt
        yield lambda: chat.running is not None or time.monotonic() - began > 1
        answer = chat.running
        if answer is None:
            return
        yield lambda: answer.message is not None or not answer.running
        say({"did": "ask", "thread": chat.id, "question": answer.question, "text": answer.draft.prompt or question})
        if self._random.random() < 0.3:
            yield self._passed(self._random.random())
            chat.stop()
        yield lambda: not answer.running

    def _delete(self) -> Iterator[Callable[[], bool]]:
        chat = self._session.chat
        message = self._random.choice(chat.conversation.path).id
        undo = chat.delete(message)
        self._acknowledge("delete", lambda: {"message": message})
        yield self._passed(0.1)
        if undo is not None and self._random.random() < 0.6:
            thread = chat.id
            undo()
            self._acknowledge("restore", lambda: {"message": message})
            yield lambda: chat.id == thread and message in chat.conversation

    def _import(self) -> Iterator[Callable[[], bool]]:
        titles = [f"imported {self._random.randrange(10**9)}" for _ in range(4)]
        file = self._scratch / "import.json"
        file.write_text(json.dumps([_conversation(title) for title in titles]), "utf-8")
        done: list[object] = []
        transfer = self._session.transfer
        transfer.told.connect(done.append)
        transfer.import_files([file])
        yield lambda: bool(done)
        transfer.told.disconnect(done.append)
        self._acknowledge("import", lambda: {"titles": titles})

    # What is told

    def _passed(self, seconds: float) -> Callable[[], bool]:
        until = time.monotonic() + seconds
        return lambda: time.monotonic() >= until

    def _grown(self, answer: Any) -> None:
        if answer.message is not None and answer.running and answer.text:
            self._shown.append((time.monotonic(), answer.message, answer.text))

    def _tell_grown(self) -> None:
        old = [entry for entry in self._shown if time.monotonic() - entry[0] > _SETTLED_S]
        if old:
            say({"did": "grow", "message": old[-1][1], "text": old[-1][2]})
            self._shown = [entry for entry in self._shown if entry not in old]

    def _ended(self, answer: Any) -> None:
        message, state, text = answer.message, answer.state, answer.text
        if message is not None:
            self._acknowledge("settle", lambda: {"message": message, "state": state, "text": text})

    def _acknowledge(self, did: str, facts: Callable[[], dict[str, Any]]) -> None:
        """Tell of it when the store's lane has done all that it was given until now."""
        told = facts()
        self._session._bridge.ask_store(lambda _store: True, lambda _done: say({"did": did} | told))  # noqa: SLF001


def say(fact: dict[str, Any]) -> None:
    """Print an acknowledgement."""
    print(json.dumps(fact), flush=True)


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
    """Run until killed: `_scripted.py PROFILE SEED SCRATCH [TOKENS]`, answers of at most so many tokens."""
    profile, seed, scratch = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    most = int(sys.argv[4]) if len(sys.argv) > 4 else 80
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
            people.append(Person(window, session, seed, scratch, most))
            say({"did": "start"})

    session.model_changed.connect(ready)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
