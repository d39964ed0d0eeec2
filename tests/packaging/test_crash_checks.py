"""What `bench crash` says of a profile after a kill: nothing of one that is whole, and by name of whatever is gone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.session.reading import Wording, wording_key
from engine.store import Answer, Store
from engine.store.trees import Message, Tree

if TYPE_CHECKING:
    from types import ModuleType

REQUEST = {"format": "text"}
ENDED = Answer(REQUEST, receipt={"seed": 3}, details={"tokens": 4})
TITLE = "imported 7"


@pytest.fixture(scope="module")
def checks() -> ModuleType:
    path = Path(__file__).parents[2] / "packaging" / "bench" / "_acknowledged.py"
    spec = importlib.util.spec_from_file_location("_acknowledged", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_acknowledged"] = module
    spec.loader.exec_module(module)
    return module


class Lived:
    """A session that did something of every kind, and was killed while its last answer was written."""

    def __init__(self, checks: ModuleType, profile: Path, scratch: Path) -> None:
        self.kept = checks.Acknowledged()
        self.profile, self.scratch = profile, scratch
        with Store(profile) as store:
            self.thread = thread = store.threads.create(REQUEST, kind="text").id
            self.tell("thread", thread=thread)
            self.first, self.ended = self.ask(store, None, "One?")
            store.messages.settle(self.ended, "done", "Whole.", ENDED)
            self.tell("settle", message=self.ended, state="done", text="Whole.", kept=checks.digest(ENDED))
            self.second, self.cut = self.ask(store, self.ended, "Two?")
            store.messages.append(self.cut, "Half of ")
            store.messages.append(self.cut, "it")
            self.kept.note_cut(profile)
            store.messages.recover()
            self.gone, self.below = self.ask(store, self.ended, "Gone?")
            self.delete(store, [self.gone, self.below])
            self.back, below = self.ask(store, self.ended, "Back?")
            self.delete(store, [self.back, below])
            store.messages.restore([self.back, below])
            self.tell("restore", thread=thread, messages=[self.back, below])
            self.grown = store.messages.answer_again(thread, self.first, REQUEST)
            self.tell("again", thread=thread, question=self.first, answer=self.grown)
            store.messages.append(self.grown, "As far as ")
            store.messages.append(self.grown, "this")
            self.tell("grow", message=self.grown, text="As far as this")
            store.threads.go_to(thread, self.ended)
            self.tell("switch", thread=thread, head=self.ended)
            store.threads.keep_draft(thread, "Not sent yet, and more")
            self.tell("draft", thread=thread, text="Not sent yet")
            store.drafts.put(wording_key(thread), Wording(self.first, "One, in other words?").to_text())
            self.tell("wording", thread=thread, message=self.first, text="One, in")
            whole = (Message("user", f"user of {TITLE}"), Message("assistant", f"assistant of {TITLE}", 0))
            (self.imported,) = store.trees.insert([Tree(title=TITLE, messages=whole, head=1)])
            self.tell("import", titles=[TITLE])
            self.binned, self.unbinned = (store.threads.create(REQUEST).id for _ in range(2))
            store.threads.delete([self.binned, self.unbinned])
            self.tell("bin", threads=[self.binned, self.unbinned])
            store.threads.restore([self.unbinned])
            self.tell("unbin", threads=[self.unbinned])

    def tell(self, did: str, **facts: Any) -> None:
        self.kept.take({"did": did} | facts)

    def ask(self, store: Store, parent: int | None, text: str) -> tuple[int, int]:
        question, answer = store.messages.ask(self.thread, parent, text, REQUEST)
        facts = {"thread": self.thread, "parent": parent, "text": text, "beside": False}
        self.tell("ask", question=question, answer=answer, head=answer, **facts)
        return question, answer

    def delete(self, store: Store, messages: list[int]) -> None:
        assert store.messages.delete(messages[0]) == messages
        self.tell("delete", thread=self.thread, messages=messages)

    def damage(self, statement: str, *names: str) -> None:
        with Store(self.profile) as store:
            store._database.write(statement, [getattr(self, name) for name in names])

    def lost(self) -> set[str]:
        return {fault.kind for fault in self.kept.missing(self.profile, self.scratch)}


@pytest.fixture
def lived(checks: ModuleType, tmp_path: Path) -> Lived:
    (tmp_path / "scratch").mkdir()
    return Lived(checks, tmp_path / "profile", tmp_path / "scratch")


def test_a_profile_that_holds_all_that_was_told_has_lost_nothing(lived: Lived, checks: ModuleType) -> None:
    assert set(lived.kept.counts) == set(checks.DID), "the session does something of every kind"
    assert lived.lost() == set()
    assert lived.lost() == set(), "looking changes nothing"


@pytest.mark.parametrize(
    ("statement", "of", "kind"),
    [
        ("UPDATE messages SET text = 'One' WHERE id = ?", "first", "ask"),
        ("UPDATE messages SET parent = NULL WHERE id = ?", "second", "ask"),
        ("UPDATE messages SET deleted = 'now' WHERE id = ?", "first", "ask"),
        ("DELETE FROM messages WHERE id = ?", "grown", "again"),
        ("DELETE FROM answer_pieces WHERE text = 'this' AND message = ?", "grown", "grow"),
        ("UPDATE messages SET text = 'Whole' WHERE id = ?", "ended", "settle"),
        ("UPDATE messages SET state = 'stopped' WHERE id = ?", "ended", "settle"),
        ("UPDATE answers SET receipt = NULL WHERE message = ?", "ended", "settle"),
        ("UPDATE messages SET state = 'writing' WHERE id = ?", "cut", "recover"),
        ("UPDATE messages SET text = 'Half of ' WHERE id = ?", "cut", "recover"),
        ("UPDATE messages SET deleted = NULL WHERE id = ?", "gone", "delete"),
        ("DELETE FROM messages WHERE id = ?", "below", "delete"),
        ("UPDATE messages SET deleted = 'now' WHERE id = ?", "back", "restore"),
        ("UPDATE threads SET head = NULL WHERE id = ?", "thread", "switch"),
        ("UPDATE threads SET draft = 'Not sent' WHERE id = ?", "thread", "draft"),
        ("DELETE FROM drafts WHERE key = 'thread.' || ? || '.wording'", "thread", "wording"),
        ("DELETE FROM threads WHERE id = ?", "thread", "thread"),
        ("DELETE FROM messages WHERE role = 'assistant' AND thread = ?", "imported", "import"),
        ("UPDATE threads SET deleted = NULL WHERE id = ?", "binned", "bin"),
        ("DELETE FROM threads WHERE id = ?", "binned", "bin"),
        ("UPDATE threads SET deleted = 'now' WHERE id = ?", "unbinned", "unbin"),
    ],
)
def test_what_is_gone_is_called_by_the_name_of_what_had_saved_it(
    lived: Lived, statement: str, of: str, kind: str
) -> None:
    lived.damage(statement, of)
    assert kind in lived.lost()


def test_a_deletion_that_cannot_be_undone_is_a_loss(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.messages.Messages.restore", lambda _messages, _ids: None)
    monkeypatch.setattr("engine.store.threads.Threads.restore", lambda _threads, _ids: None)
    assert lived.lost() == {"delete", "bin"}


def test_what_was_tried_may_have_happened_or_not_but_as_a_whole(lived: Lived, checks: ModuleType) -> None:
    facts = {"did": "delete", "thread": lived.thread, "messages": [lived.second, lived.cut]}
    lived.tell(**facts, trying=True)
    assert lived.lost() == set(), "it did not happen"
    lived.damage("UPDATE messages SET deleted = 'now' WHERE id IN (?, ?)", "second", "cut")
    assert "restore" in lived.lost(), "it happens no longer"

    lived.damage("UPDATE messages SET deleted = NULL WHERE id IN (?, ?)", "second", "cut")
    lived.tell(**facts, trying=True)
    lived.damage("UPDATE messages SET deleted = 'now' WHERE id = ?", "cut")
    assert "delete" in lived.lost(), "half of it happened"


def test_a_question_that_was_being_asked_is_a_message_or_still_the_draft(lived: Lived) -> None:
    facts = {"thread": lived.thread, "parent": lived.ended, "text": "Not sent yet, and more", "beside": False}
    lived.tell("ask", trying=True, **facts)
    assert lived.lost() == set()
    with Store(lived.profile) as store:
        store.messages.ask(lived.thread, lived.ended, "Not sent yet, and more", REQUEST)
    assert "draft" in lived.lost(), "nobody was asking any longer"
    lived.tell("ask", trying=True, **facts)
    assert lived.lost() == set()


def test_a_loss_that_is_found_again_is_the_same_loss(lived: Lived, checks: ModuleType) -> None:
    lived.damage("UPDATE threads SET draft = '' WHERE id = ?", "thread")
    found = set(lived.kept.missing(lived.profile, lived.scratch))
    assert found == set(lived.kept.missing(lived.profile, lived.scratch))
    (loss,) = found
    assert loss.is_loss
    assert not checks.Fault("start", "session 1", "it was never usable").is_loss
