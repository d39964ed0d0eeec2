"""Search: what a person typed is found where it stands, and only there."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.store import Answer, Attachment, Hit, Store

INDEXES = ("message_text", "thread_text", "attachment_text")


def say(store: Store, *texts: str) -> int:
    thread = store.threads.create(title="untitled").id
    for text in texts:
        store.messages.add(thread, store.threads.desk(thread).head, "user", text)
    return thread


def found(store: Store, typed: str) -> list[str]:
    return [hit.excerpt for hit in store.search.find(typed)]


def marked(hit: Hit) -> list[str]:
    return [hit.excerpt[start:end] for start, end in hit.marks]


def test_the_last_word_may_be_only_begun(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        say(store, "An espalier is a tree", "The trellis is a frame")
        for typed in ("e", "es", "espal", "espalier", "tree esp", "ESPALIER is A tr"):
            assert found(store, typed) == ["An espalier is a tree"], typed
        assert found(store, "espal ") == []
        assert found(store, "espal tree") == []
        assert found(store, "spalier") == []
        assert found(store, "tree trellis") == []


@pytest.mark.parametrize(
    ("typed", "text", "mark"),
    [
        ("cafe", "Das Café schließt", "Café"),
        ("CAFÉ", "ein cafe\u0301 am Platz", "cafe\u0301"),
        ("müll", "Herr Muller ging", "Muller"),
        ("naive", "völlig naïve Fragen", "naïve"),
        ("Ångström", "drei angstrom weit", "angstrom"),
    ],
)
def test_case_and_accents_do_not_matter(tmp_path: Path, typed: str, text: str, mark: str) -> None:
    with Store(tmp_path) as store:
        say(store, text)
        (hit,) = store.search.find(typed)
        assert hit.excerpt == text
        assert marked(hit) == [mark]


@pytest.mark.parametrize(
    ("typed", "text", "mark"),
    [
        ("中国", "我在中国学习历史", "中国"),
        ("国", "我在中国学习历史", "国"),
        ("日本語を", "私は毎日日本語を話します", "日本語を"),
        ("カタカナ", "これはカタカナです", "カタカナ"),
        ("ภาษา", "ฉันพูดภาษาไทย", "ภาษา"),
        ("GPT模型", "一个GPT模型的回答", "GPT模型"),
        ("한국", "저는 한국어를 배웁니다", "한국어를"),
    ],
)
def test_scripts_without_blanks_are_found_within_a_sentence(tmp_path: Path, typed: str, text: str, mark: str) -> None:
    with Store(tmp_path) as store:
        say(store, text, "中学语 国语法 日語本を GPT的模型", "別の文 カタxカナ ษาภา")
        hit = store.search.find(typed)[-1]
        assert hit.excerpt == text
        assert marked(hit) == [mark]
        assert len(store.search.find(typed)) == (2 if typed == "国" else 1)


def test_what_blanks_enclose_is_sought_as_it_stands(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        say(store, "Write to order@example.com, version 3.14", "The order of an example, com 14 or 3")
        assert found(store, "order@example.com") == ["Write to order@example.com, version 3.14"]
        assert found(store, "3.14") == ["Write to order@example.com, version 3.14"]
        assert marked(store.search.find("order@exam")[0]) == ["order@example"]
        assert found(store, "ORDER example") == found(store, "order com")[:2]
        assert len(found(store, "order example")) == 2


@pytest.mark.parametrize(
    "typed",
    ['"', '""', "*", "NEAR(", "NEAR(a b, 3)", "text:", "col:", "^", "-", "+", "(", ")", "{a}", "AND", "OR NOT", "'",
     "\0", "a\0b", "\ud800", "👩‍👩‍👧‍👦", "?", " ", "", "\u202e", "%", "_", '"unclosed', "title : x", "a" * 100_000,
     "a " * 10_000, "中" * 5_000, "\\", "--", ";"],
)  # fmt: skip
def test_nothing_that_is_typed_is_a_command(tmp_path: Path, typed: str) -> None:
    with Store(tmp_path) as store:
        say(store, "Quite another matter")
        assert found(store, typed) == []


def test_words_of_the_query_language_are_words(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        say(store, "either AND or", "a NEAR miss", "nothing")
        assert found(store, "and") == ["either AND or"]
        assert found(store, "NEAR") == ["a NEAR miss"]
        assert found(store, "OR") == ["either AND or"]


@given(typed=st.text())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_answered(tmp_path: Path, typed: str) -> None:
    with Store(tmp_path) as store:
        store.search.find(typed)


@given(words=st.lists(st.text("abcä 中国x.\u0301", min_size=1, max_size=5), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marks_stand_within_the_excerpt_in_order(tmp_path: Path, words: list[str]) -> None:
    with Store(tmp_path) as store:
        thread = say(store, " ".join(words))
        for hit in store.search.find(words[0]):
            ends = [0, *(place for mark in hit.marks for place in mark), len(hit.excerpt)]
            assert ends == sorted(ends)
            assert all(start < end for start, end in hit.marks)
        store.threads.delete([thread])


def test_titles_come_first_then_drafts_messages_and_attachments(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create(title="pear one").id
        message = store.messages.add(thread, None, "user", "pear three")
        newer = store.messages.add(thread, message, "user", "pear four")
        store.threads.keep_draft(thread, "pear two")
        store.messages.attach(thread, Attachment("notes.txt", "text/plain", "pear five"))
        store.messages.attach(thread, Attachment("pear.png", "image/png", "", b"\0"))
        hits = store.search.find("pear")
        assert [(hit.place, hit.message, hit.excerpt) for hit in hits] == [
            ("title", None, "pear one"),
            ("draft", None, "pear two"),
            ("message", newer, "pear four"),
            ("message", message, "pear three"),
            ("attachment", None, "pear.png"),
            ("attachment", None, "pear five"),
        ]
        assert {hit.thread for hit in hits} == {thread}
        assert all(marked(hit) == ["pear"] for hit in hits)
        assert [hit.place for hit in store.search.find("pear", limit=3)] == ["title", "draft", "message"]


def test_nothing_from_the_bin_is_found(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create(title="pear").id
        store.messages.attach(thread, Attachment("pear", "text/plain", "pear"))
        question, _ = store.messages.ask(thread, None, "pear", {})
        store.threads.keep_draft(thread, "pear")
        assert len(store.search.find("pear")) == 4
        gone = store.messages.delete(question)
        assert [hit.place for hit in store.search.find("pear")] == ["title", "draft"]
        store.messages.restore(gone)
        store.threads.delete([thread])
        assert store.search.find("pear") == []
        store.threads.restore([thread])
        assert len(store.search.find("pear")) == 4


def test_an_answer_is_found_when_it_is_written_and_not_before(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create(title="t").id
        _, answer = store.messages.ask(thread, None, "question", {})
        store.messages.append(answer, "quince")
        assert store.search.find("quince") == []
        store.messages.settle(answer, "done", "a quince", Answer({}))
        assert found(store, "quince") == ["a quince"]
        store.messages.settle(answer, "done", "an apple", Answer({}))
        assert store.search.find("quince") == []
        assert found(store, "apple") == ["an apple"]


def test_the_excerpt_shows_the_place_where_most_of_the_words_stand(tmp_path: Path) -> None:
    text = "One pear. " + "Something else stands here. " * 40 + "A pear\n\n\tand a quince together. " + "More. " * 100
    with Store(tmp_path) as store:
        say(store, text)
        (hit,) = store.search.find("quince pear")
        assert marked(hit) == ["pear", "quince"]
        assert "A pear and a quince together." in hit.excerpt
        assert hit.excerpt.startswith("…")
        assert hit.excerpt.endswith("…")
        assert len(hit.excerpt) < 400


@pytest.mark.parametrize("needle", ["quince", "Größe", "中国"])
def test_ten_megabytes_on_one_line_are_searched_to_their_end(tmp_path: Path, needle: str) -> None:
    with Store(tmp_path) as store:
        say(store, f"{'ab' * 50} " * 100_000 + f"the {needle} stands at the end")
        (hit,) = store.search.find(needle)
        assert marked(hit) == [needle]
        assert len(hit.excerpt) < 1_000
        (beginning,) = store.search.find("ab")
        assert beginning.marks[0][0] == 0


def test_an_excerpt_commands_neither_terminal_nor_direction(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        say(store, "\x1b[31mred\0pear\u202e <b>bold</b> 👩‍👩‍👧‍👦")
        (hit,) = store.search.find("pear")
        assert hit.excerpt == " [31mred pear <b>bold</b> 👩‍👩‍👧‍👦".lstrip()
        assert marked(hit) == ["pear"]


class Operations(RuleBasedStateMachine):
    """Whatever a person does, the indexes hold the words of the texts, and every row belongs somewhere."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name))
        self.gone: list[list[int]] = []

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def threads(self) -> list[int]:
        return [thread.id for deleted in (False, True) for thread in self.store.threads.all(deleted=deleted)]

    def messages(self) -> list[int]:
        return [row["id"] for row in self.store._database.rows("SELECT id FROM messages")]

    texts = st.text(st.sampled_from("ab é中国語 .\0\u0301\ud800😀"), max_size=12)

    @rule(title=texts)
    def create(self, title: str) -> None:
        self.store.threads.create(title=title)

    @precondition(threads)
    @rule(data=st.data(), text=texts)
    def ask(self, data: st.DataObject, text: str) -> None:
        thread = data.draw(st.sampled_from(self.threads()))
        self.store.messages.attach(thread, Attachment(text, "text/plain", text))
        self.store.messages.ask(thread, self.store.threads.desk(thread).head, text, {})

    @precondition(messages)
    @rule(data=st.data(), text=texts, keep=st.none() | st.integers(0, 5))
    def stream(self, data: st.DataObject, text: str, keep: int | None) -> None:
        self.store.messages.append(data.draw(st.sampled_from(self.messages())), text, keep)

    @precondition(messages)
    @rule(data=st.data(), text=texts)
    def settle(self, data: st.DataObject, text: str) -> None:
        self.store.messages.settle(data.draw(st.sampled_from(self.messages())), "done", text, Answer({}))

    @precondition(messages)
    @rule(data=st.data())
    def delete_branch(self, data: st.DataObject) -> None:
        self.gone.append(self.store.messages.delete(data.draw(st.sampled_from(self.messages()))))

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def restore_branch(self, data: st.DataObject) -> None:
        self.store.messages.restore(data.draw(st.sampled_from(self.gone)))

    @precondition(threads)
    @rule(data=st.data(), deleted=st.booleans(), text=texts)
    def change_thread(self, data: st.DataObject, deleted: bool, text: str) -> None:
        thread = data.draw(st.sampled_from(self.threads()))
        self.store.threads.rename(thread, text)
        self.store.threads.keep_draft(thread, text)
        (self.store.threads.delete if deleted else self.store.threads.restore)([thread])

    @precondition(threads)
    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        self.store.threads.duplicate(data.draw(st.sampled_from(self.threads())))

    @rule()
    def empty_bin(self) -> None:
        self.store.threads.empty_bin()
        assert self.store.threads.all(deleted=True) == []

    @rule()
    def recover(self) -> None:
        self.store.messages.recover()

    @invariant()
    def nothing_is_broken(self) -> None:
        database = self.store._database
        for index in INDEXES:
            database.write(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        assert [tuple(row) for row in database.rows("PRAGMA integrity_check")] == [("ok",)]
        assert database.rows("PRAGMA foreign_key_check") == []
        for thread in self.store.threads.all():
            nodes = {node.id: node for node in self.store.messages.outline(thread.id)}
            assert all(node.parent is None or node.parent in nodes for node in nodes.values())
            head = self.store.threads.desk(thread.id).head
            assert head in nodes if nodes else head is None


TestOperations = Operations.TestCase
TestOperations.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
