"""Messages: what was acknowledged is there, branches are kept apart, and deleting can be undone."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engine.store import Answer, Attachment, Store

HOSTILE = [
    "\u202eright to left\u202c \u2066isolate",
    "nul \0 in the middle",
    "half a pair \ud83d",
    "<script>alert(1)</script><img src=x onerror=y>",
    "\x1b[2J\x1b[31mred\x07",
    "👩‍👩‍👧‍👦🏳️‍🌈e\u0301\u0323",
    '" OR 1=1; DROP TABLE messages; --',
    "",
]


def ask(store: Store, text: str = "?", thread: int | None = None) -> tuple[int, int, int]:
    thread = store.threads.create().id if thread is None else thread
    return thread, *store.messages.ask(thread, store.threads.desk(thread).head, text, {"seed": 1})


def test_asking_saves_the_question_uses_the_draft_up_and_begins_an_answer(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        store.threads.keep_draft(thread, "What is")
        file = store.messages.attach(thread, Attachment("a.txt", "text/plain", "of pears"))
        question, answer = store.messages.ask(thread, None, "What is it?", {"seed": 1})
    with Store(tmp_path) as store:
        nodes = store.messages.outline(thread)
        assert [(node.id, node.parent, node.role, node.state, node.size) for node in nodes] == [
            (question, None, "user", "done", 11),
            (answer, question, "assistant", "writing", 0),
        ]
        desk = store.threads.desk(thread)
        assert (desk.draft, desk.head) == ("", answer)
        assert store.messages.attachments(thread) == []
        assert store.messages.attachments(thread, [question]) == [
            Attachment("a.txt", "text/plain", "of pears", None, file, question)
        ]
        assert store.messages.answer(answer) == Answer({"seed": 1})
        assert store.messages.answer(question) is None


def test_a_growing_answer_is_what_was_appended_less_what_was_taken_back(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        _, question, answer = ask(store, "Say it.")
        store.messages.append(answer, '{"a": 1')
        store.messages.append(answer, "2}", keep=6)
        assert store.messages.texts([question, answer]) == {question: "Say it.", answer: '{"a": 2}'}


def test_a_settled_answer_has_its_text_and_everything_beside_it(tmp_path: Path) -> None:
    kept = Answer({"seed": 1}, {"tokens": 3}, {"kind": "Cancelled"}, {"closed": {"": [0, 2]}}, [["a", 0.5], ["b", 1]])
    with Store(tmp_path) as store:
        thread, _, answer = ask(store)
        store.messages.append(answer, "{")
        store.messages.settle(answer, "stopped", "{}", kept)
        assert store.messages.texts([answer]) == {answer: "{}"}
        assert store.messages.answer(answer) == kept
        assert store.messages.outline(thread)[1].state == "stopped"
        store.messages.append(answer, "too late")
        assert store.messages.recover() == []
        assert store.messages.texts([answer]) == {answer: "{}"}
        assert store._database.rows("SELECT * FROM answer_pieces") == []


def test_an_answer_whose_thread_is_gone_is_settled_without_a_word(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread, _, answer = ask(store)
        store.threads.delete([thread])
        store.threads.empty_bin()
        store.messages.append(answer, "more")
        store.messages.settle(answer, "done", "more", Answer({}))
        assert store.messages.texts([answer]) == {}
        assert store.messages.answer(answer) is None


WRITING = """
import sys
from pathlib import Path
from engine.store import Store
store = Store(Path(sys.argv[1]))
thread = store.threads.create().id
question, answer = store.messages.ask(thread, None, "Count.", {"seed": 1})
print(answer, flush=True)
for n in range(100_000):
    store.messages.append(answer, f"{n},!!", keep=None if n == 0 else written)
    written = len("".join(f"{i}," for i in range(n + 1)))
    print(n, flush=True)
"""


def test_kill_9_while_an_answer_grows_leaves_what_was_acknowledged(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITING, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        answer = int(next(writer.stdout))
        acknowledged = [next(writer.stdout) for _ in range(40)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
    last = int(acknowledged[-1])
    with closing(sqlite3.connect(tmp_path / "espalier.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Store(tmp_path) as store:
        assert store.messages.recover() == [answer]
        text = store.messages.texts([answer])[answer]
        counted = [int(number) for number in text.removesuffix("!!").split(",")[:-1]]
        assert counted == list(range(len(counted)))
        assert len(counted) in {last + 1, last + 2}
        assert store.messages.outline(1)[1].state == "interrupted"
        assert store.messages.recover() == []
        assert store.search.find("0,1,2")[0].message == answer


def test_a_branch_begins_where_another_answer_was_given(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread, question, first = ask(store)
        second = store.messages.answer_again(thread, question, {"seed": 2})
        assert store.threads.desk(thread).head == second
        _, below, _ = ask(store, "And?", thread)
        parents = {node.id: node.parent for node in store.messages.outline(thread)}
        assert (parents[first], parents[second], parents[below]) == (question, question, second)


def test_deleting_a_branch_goes_to_the_one_beside_it_and_can_be_undone(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread, question, first = ask(store)
        second = store.messages.answer_again(thread, question, {})
        _, third, fourth = ask(store, "And?", thread)
        before = store.messages.outline(thread)
        gone = store.messages.delete(second)
        assert set(gone) == {second, third, fourth}
        assert [node.id for node in store.messages.outline(thread)] == [question, first]
        assert store.threads.desk(thread).head == first
        store.messages.restore(gone)
        assert store.messages.outline(thread) == before
        assert store.threads.desk(thread).head == fourth
        store.threads.go_to(thread, first)
        store.messages.delete(second)
        assert store.threads.desk(thread).head == first
        store.messages.delete(first)
        assert store.threads.desk(thread).head == question
        store.messages.delete(question)
        assert store.threads.desk(thread).head is None
        assert store.messages.outline(thread) == []
        assert store.messages.delete(999) == []


def test_where_an_answer_is_deleted_the_nearest_other_is_shown(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread, question, first = ask(store)
        second, third, fourth = (store.messages.answer_again(thread, question, {}) for _ in range(3))
        for shown, gone in ((third, fourth), (second, third), (first, second)):
            store.messages.delete(gone)
            assert store.threads.desk(thread).head == shown


def test_what_was_in_the_bin_before_stays_there_when_the_rest_comes_back(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread, question, answer = ask(store)
        _, below, _ = ask(store, "And?", thread)
        earlier = store.messages.delete(below)
        gone = store.messages.delete(question)
        assert set(gone).isdisjoint(earlier)
        store.messages.restore(gone)
        assert [node.id for node in store.messages.outline(thread)] == [question, answer]


def test_a_restored_message_brings_back_what_leads_to_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread, question, answer = ask(store)
        _, below, last = ask(store, "And?", thread)
        gone = store.messages.delete(below)
        store.messages.delete(question)
        store.messages.restore(gone)
        assert [node.id for node in store.messages.outline(thread)] == [question, answer, below, last]
        store.threads.empty_bin()
        assert len(store.messages.outline(thread)) == 4
        gone = store.messages.delete(below)
        store.threads.empty_bin()
        store.messages.restore(gone)
        store.messages.restore([])
        assert len(store.messages.outline(thread)) == 2


def test_asking_after_a_message_in_the_bin_takes_it_out(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread, question, answer = ask(store)
        store.messages.delete(question)
        asked = store.messages.ask(thread, answer, "Still there?", {})
        assert [node.id for node in store.messages.outline(thread)] == [question, answer, *asked]
        store.threads.empty_bin()
        assert len(store.messages.outline(thread)) == 4


def test_a_file_can_be_taken_off_a_draft_but_not_off_a_message(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        sent = store.messages.attach(thread, Attachment("sent.txt", "text/plain", "näh"))
        _, question, _ = ask(store, "?", thread)
        image = store.messages.attach(thread, Attachment("p.png", "image/png", "", b"\0\xff"))
        assert [found.size for found in store.messages.attachments(thread)] == [2]
        store.messages.detach(image)
        store.messages.detach(sent)
        assert store.messages.attachments(thread) == []
        (kept,) = store.messages.attachments(thread, [question])
        assert (kept.id, kept.size) == (sent, 4)


def test_names_and_sizes_are_read_without_what_images_hold(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        store.messages.attach(thread, Attachment("a.txt", "text/plain", "näh"))
        store.messages.attach(thread, Attachment("p.png", "image/png", "", b"\0\xff\1"))
        bare = store.messages.attachments(thread, content=False)
        assert [(file.name, file.text, file.content, file.size) for file in bare] == [
            ("a.txt", "näh", None, 4),
            ("p.png", "", None, 3),
        ]
        question, _ = store.messages.ask(thread, None, "again", {}, bare)
        assert [(file.content, file.size) for file in store.messages.attachments(thread, [question])] == [
            (None, 4),
            (b"\0\xff\1", 3),
        ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_text(tmp_path: Path, text: str) -> None:
    whole = text.replace("\ud83d", "\ufffd")
    with Store(tmp_path) as store:
        thread, question, answer = ask(store, text)
        store.messages.append(answer, text)
        assert store.messages.texts([question, answer]) == {question: whole, answer: whole}
        store.messages.settle(answer, "done", text, Answer({"text": text}))
        store.messages.attach(thread, Attachment(text, text, text))
        assert store.messages.texts([answer]) == {answer: whole}
        assert store.messages.answer(answer) == Answer({"text": whole})
        (found,) = store.messages.attachments(thread)
        assert (found.name, found.media, found.text) == (whole, whole, whole)


def test_a_message_is_saved_as_it_is_told(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        first = store.messages.add(thread, None, "system", "Be kind.", created="2024-05-01T00:00:00+00:00")
        second = store.messages.add(
            thread, first, "assistant", "Yes.", state="stopped", answer=Answer({"a": 1}),
            attachments=[Attachment("n", "text/plain", "t")],
        )  # fmt: skip
        nodes = store.messages.outline(thread)
        assert [(node.role, node.state) for node in nodes] == [("system", "done"), ("assistant", "stopped")]
        assert nodes[0].created == "2024-05-01T00:00:00+00:00"
        assert store.threads.desk(thread).head == second
        assert store.messages.answers(thread) == {second: Answer({"a": 1})}
        assert len(store.messages.attachments(thread, [second])) == 1
