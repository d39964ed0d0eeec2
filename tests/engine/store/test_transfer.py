"""Threads into files and back: nothing is lost on the way, and what cannot be read is named."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import TransferError
from engine.store import Answer, Attachment, Message, Store, Tree
from engine.store.transfer import Format, Imported, export_threads, import_in_steps, import_threads

texts = st.text(st.characters(codec="utf-8"), max_size=12)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, plain, max_size=3)
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)).map(lambda moment: moment.isoformat() + "+00:00")
answers = st.builds(Answer, objects, st.none() | objects, st.none() | objects, objects, st.none() | objects)
files = st.lists(
    st.builds(Attachment, texts, texts, texts, st.none() | st.binary(max_size=9)), max_size=2
).map(tuple)  # fmt: skip


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    messages: list[Message] = []
    for place in range(draw(st.integers(0, 5))):
        message = draw(
            st.builds(
                Message,
                role=st.sampled_from(["system", "user", "assistant", "tool"]),
                text=texts,
                parent=st.none() | st.integers(0, place - 1) if place else st.none(),
                state=st.sampled_from(["done", "stopped", "failed", "interrupted"]),
                created=times,
                answer=st.none() | answers,
                attachments=files,
            )
        )
        messages.append(message)
    return draw(
        st.builds(
            Tree, title=texts, titled=st.booleans(), folder=st.none() | texts, pinned=st.booleans(), kind=texts,
            created=times, updated=times, settings=objects, draft=texts, messages=st.just(tuple(messages)),
            head=st.none() | st.integers(0, len(messages) - 1) if messages else st.none(), attachments=files,
        )
    )  # fmt: skip


def through(tree_list: list[Tree], form: Format, folder: Path) -> tuple[list[Tree], list[Tree]]:
    """Save threads in one profile, export them, import them in another; return them from both."""
    with Store(folder / "one") as one, Store(folder / "other") as other:
        ids = one.trees.insert(tree_list)
        export_threads(one.trees, ids, folder / "file", form)
        told = import_threads(other.trees, folder / "file")
        assert told.failed == 0
        return [one.trees.read(thread) for thread in ids], [other.trees.read(thread) for thread in told.threads]


@given(made=st.lists(trees(), min_size=1, max_size=3, unique_by=lambda tree: tree.created))
@settings(max_examples=60, deadline=None)
def test_our_own_file_gives_the_same_threads(made: list[Tree]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before, after = through(made, "json", Path(folder))
        assert before == made
        assert after == made


def test_a_trace_may_hold_what_json_has_no_number_for(tmp_path: Path) -> None:
    answer = Answer({}, trace={"tokens": [["a", float("-inf")], ["b", float("inf")]]})
    tree = replace(
        PEARS, messages=(Message("assistant", "ab", created="2026-01-01T00:00:00+00:00", answer=answer),), head=0
    )
    before, after = through([tree], "json", tmp_path)
    assert before == after == [tree]


PEARS = Tree(
    title="Pears",
    titled=True,
    created="2026-05-03T10:00:00+00:00",
    updated="2026-05-03T10:00:00+00:00",
    settings={"system": "Be brief."},
    messages=(
        Message("user", "Which pears keep?", created="2026-05-03T10:00:00+00:00"),
        Message("assistant", "Other branch", 0, created="2026-05-03T10:00:00+00:00"),
        Message("assistant", '{"pear": "```Bosc"}', 0, created="2026-05-03T10:00:00+00:00"),
        Message(
            "user", "And?\n~~~python\nprint()", 2, created="2026-05-03T10:00:00+00:00",
            attachments=(Attachment("a_b.txt", "text/plain", "of apples"),),
        ),
        Message("assistant", "Boskoop", 3, state="stopped", created="2026-05-03T10:00:00+00:00"),
    ),
    head=4,
)  # fmt: skip


def test_markdown_shows_the_branch_that_is_shown(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        ids = store.trees.insert([PEARS, Tree(title="# <b>Two*", titled=True)])
        export_threads(store.trees, ids, tmp_path / "out.md", "markdown")
    assert (tmp_path / "out.md").read_text("utf-8") == (
        "# Pears\n\n> Be brief.\n\n## You · 2026-05-03 10:00\n\nWhich pears keep?\n\n"
        '## Answer · 2026-05-03 10:00\n\n````json\n{"pear": "```Bosc"}\n````\n\n'
        "## You · 2026-05-03 10:00\n\nAnd?\n~~~python\nprint()\n~~~\n\nAttached: a\\_b.txt (text/plain, 0.0 kB)\n\n"
        "## Answer · 2026-05-03 10:00\n\nBoskoop\n\n*Stopped before its end.*\n"
        "\n---\n\n# \\# \\<b\\>Two\\*\n"
    )


def test_openai_lines_hold_the_branch_that_is_shown_and_come_back(tmp_path: Path) -> None:
    image = Message("user", "And this?", 0, attachments=(Attachment("p.png", "image/png", "", b"\x89"),))
    drawn = Tree(messages=(Message("user", "Look"), image), head=1)
    (_, _), after = through([PEARS, drawn], "openai", tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "file").read_text("utf-8").splitlines()]
    assert lines[0] == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Which pears keep?"},
            {"role": "assistant", "content": '{"pear": "```Bosc"}'},
            {"role": "user", "content": "And?\n~~~python\nprint()\n\na_b.txt:\nof apples"},
            {"role": "assistant", "content": "Boskoop"},
        ]
    }
    assert lines[1]["messages"][1]["content"][1]["image_url"]["url"] == "data:image/png;base64,iQ=="
    assert after[0].settings == {"system": "Be brief."}
    assert [(message.role, message.text) for message in after[0].branch()] == [
        (entry["role"], entry["content"]) for entry in lines[0]["messages"][1:]
    ]
    assert after[0].title == "Which pears keep?"
    assert after[1].messages[1].text == "And this?\n\n[image]"


def test_an_export_replaces_its_file_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("before", "utf-8")
    with Store(tmp_path / "profile") as store:
        (thread,) = store.trees.insert([PEARS])
        with pytest.raises(KeyError):
            export_threads(store.trees, [thread, 99], target)
        assert target.read_text("utf-8") == "before"
        with pytest.raises(TransferError, match="cannot be written"):
            export_threads(store.trees, [thread], tmp_path / "no" / "such.json")
        (tmp_path / "folder").mkdir()
        with pytest.raises(TransferError, match="cannot be written"):
            export_threads(store.trees, [thread], tmp_path / "folder")
        export_threads(store.trees, [thread], target)
        assert json.loads(target.read_text("utf-8"))["format"] == "espalier-threads"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "out.json", "profile"]


def test_an_answer_that_is_being_written_is_exported_as_interrupted(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        _, answer = store.messages.ask(thread, None, "?", {})
        store.messages.append(answer, "so far")
        message = store.trees.read(thread).messages[1]
        assert (message.text, message.state) == ("so far", "interrupted")


def bring(tmp_path: Path, content: Any, name: str = "file") -> tuple[Imported, list[Tree]]:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    with Store(tmp_path / "profile") as store:
        told = import_threads(store.trees, path)
        return told, [store.trees.read(thread) for thread in told.threads]


def node(
    parent: str | None, role: str | None = "user", *parts: Any, children: tuple[str, ...] = (), **more: Any
) -> Any:
    message = None
    if role is not None:
        content = {"content_type": "text", "parts": list(parts)}
        message = {"author": {"role": role}, "content": content, "create_time": 1_700_000_000.25, **more}
    return {"parent": parent, "children": list(children), "message": message}


CHATGPT = {
    "title": "Pears",
    "create_time": 1_700_000_000.0,
    "update_time": 1_700_000_100.0,
    "current_node": "again",
    "mapping": {
        "first": node("hidden", "assistant", "Bosc"),
        "root": node(None, None, children=("hidden",)),
        "hidden": node("root", "system", "", children=("ask",)),
        "ask": node("hidden", "user", "Which?", {"content_type": "image_asset_pointer", "asset_pointer": "x"}),
        "again": node("tool", "assistant", "Boskoop"),
        "tool": node("ask", "tool", "searching", children=("again",)),
        "secret": node("ask", "user", "hidden", metadata={"is_visually_hidden_from_conversation": True}),
        "code": node("secret", "assistant", content={"content_type": "code", "text": "print()"}),
        "think": node("ask", "assistant", content={"content_type": "thoughts", "thoughts": [{"content": "hm"}]}),
        "odd": node("ask", "plugin", {"content_type": "chart"}, 7, create_time="never"),
        "huge": node("ask", "user", "later", create_time=1e300),
    },
}


def test_chatgpts_conversations_keep_their_branches(tmp_path: Path) -> None:
    told, (tree,) = bring(tmp_path, [CHATGPT], "conversations.json")
    assert told == Imported(told.threads)
    assert (tree.title, tree.titled, tree.folder) == ("Pears", True, "Imported from conversations.json")
    assert tree.created == "2023-11-14T22:13:20+00:00"
    assert tree.updated == "2023-11-14T22:15:00+00:00"
    assert [(message.role, message.text) for message in tree.branch()] == [
        ("user", "Which?\n\n[image]"),
        ("tool", "searching"),
        ("assistant", "Boskoop"),
    ]
    by_text = {message.text: message for message in tree.messages}
    assert set(by_text) == {
        "Bosc", "Which?\n\n[image]", "searching", "Boskoop", "print()", "hm", "[chart]", "later",
    }  # fmt: skip
    ask = tree.messages.index(by_text["Which?\n\n[image]"])
    assert by_text["Bosc"].parent is None
    assert {by_text[text].parent for text in ("print()", "hm", "[chart]", "later")} == {ask}
    assert by_text["[chart]"].role == "tool"
    assert by_text["later"].created == by_text["[chart]"].created == tree.created
    assert by_text["Bosc"].created == "2023-11-14T22:13:20.250000+00:00"


def test_a_long_chatgpt_conversation_and_one_alone_are_read(tmp_path: Path) -> None:
    mapping = {str(n): node(str(n - 1) if n else None, "user", f"m{n}") for n in range(5_000)}
    _, (tree,) = bring(tmp_path, {"mapping": dict(reversed(mapping.items()))})
    assert [message.text for message in tree.branch()] == [f"m{n}" for n in range(5_000)]
    assert tree.title == ""
    _, (empty,) = bring(tmp_path, [{"mapping": {}, "title": None}])
    assert empty.messages == ()


@pytest.mark.parametrize(
    ("mapping", "pointer"),
    [
        ({"a": node("b"), "b": node("a")}, "/1/mapping/a/parent"),
        ({"a": node(None), "b/~": node("b/~")}, "/1/mapping/b~1~0/parent"),
        ({"a": node("gone")}, "/1/mapping/a/parent"),
        ({"a": node(7)}, "/1/mapping/a/parent"),  # type: ignore[arg-type]
        ({"a": 5}, "/1/mapping/a"),
        ({"a": {"message": 5}}, "/1/mapping/a/message"),
        ({"a": {"message": {"author": None}}}, "/1/mapping/a/message/author"),
        ({"a": node(None, "user", content=[])}, "/1/mapping/a/message/content"),
        ([], "/1/mapping"),
    ],
)
def test_a_broken_conversation_is_named_and_the_others_saved(tmp_path: Path, mapping: Any, pointer: str) -> None:
    told, saved = bring(tmp_path, [CHATGPT, {"mapping": mapping}, {**CHATGPT, "title": "Three"}])
    assert [tree.title for tree in saved] == ["Pears", "Three"]
    assert told.failed == 1
    assert told.faults[0].where == pointer


def test_fine_tuning_and_batch_lines_are_read(tmp_path: Path) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    lines = [
        {"messages": [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Hi", "name": "x"}]},
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {}}]},
                {"role": "assistant", "content": None, "tool_calls": [call], "weight": 0},
                {"role": "tool", "tool_call_id": "c", "content": "found"},
                {"role": "assistant", "refusal": "No."},
            ],
            "tools": [],
            "parallel_tool_calls": False,
        },
        {"custom_id": "1", "method": "POST", "body": {"model": "m", "messages": [{"role": "user", "content": "B"}]}},
    ]
    text = "\ufeff" + "\r\n\r\n".join(json.dumps(line) for line in lines)
    told, saved = bring(tmp_path, text, "training.txt")
    assert told.failed == 0
    assert [[(m.role, m.text) for m in tree.branch()] for tree in saved] == [
        [("user", "Hi")],
        [
            ("user", "See\n\n[image]"),
            ("assistant", json.dumps(call)),
            ("tool", "found"),
            ("assistant", "No."),
        ],
        [("user", "B")],
    ]
    assert saved[0].settings == {"system": "Be kind."}
    assert {tree.folder for tree in saved} == {"Imported from training.txt"}
    told, saved = bring(tmp_path, json.dumps(lines[0], indent=2), "one.json")
    assert saved[0].title == "Hi"


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ('{"messages": [', "line 2"),
        ('{"messages": []}', "line 2, /messages"),
        ('{"messages": 5}', "line 2, /messages"),
        ('{"messages": [5]}', "line 2, /messages/0"),
        ('{"messages": [{"role": "judge", "content": ""}]}', "line 2, /messages/0/role"),
        ('{"messages": [{"role": "user", "content": 5}]}', "line 2, /messages/0/content"),
        ('{"messages": [{"role": "user", "content": [5]}]}', "line 2, /messages/0/content/0"),
        ('{"prompt": "x"}', "line 2"),
        ("[1]", "line 2"),
        ("[" * 100_000, "line 2"),
        ("9" * 5_000, "line 2"),
        ("\udcff", "line 2"),
    ],
)
def test_a_broken_line_is_named_and_the_others_saved(tmp_path: Path, line: str, where: str) -> None:
    good = '{"messages": [{"role": "user", "content": "good"}]}'
    content = f"{good}\n{line}\n{good.replace('good', 'better')}\n".encode(errors="surrogateescape")
    told, saved = bring(tmp_path, content)
    assert [tree.title for tree in saved] == ["good", "better"]
    assert [fault.where for fault in told.faults] == [where]
    assert told.faults[0].message.endswith(".")


def test_a_cut_file_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    with Store(tmp_path / "one") as store:
        ids = store.trees.insert([PEARS, replace(PEARS, title="Two"), replace(PEARS, title="Three")])
        export_threads(store.trees, ids, tmp_path / "own.json")
    own = (tmp_path / "own.json").read_bytes()
    for cut in (len(own) - 4, len(own) - 500):
        told, saved = bring(tmp_path, own[:cut], f"own{cut}")
        assert told.failed == len({fault.where for fault in told.faults}) or told.faults[-1].message.endswith(
            "cut off."
        )
        assert "cut off" in told.faults[-1].message
    chat = json.dumps([CHATGPT, {**CHATGPT, "title": "Two"}])
    told, saved = bring(tmp_path, chat[:-20])
    assert [tree.title for tree in saved] == ["Pears"]
    assert told.faults[0].where == "/1"
    told, saved = bring(tmp_path, json.dumps([{**CHATGPT, "title": "whole"}])[:-1])
    assert (len(saved), told.failed) == (1, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"PK\x03\x04rest", "ZIP archive.*Unpack it"),
        (b"Dear diary", "no file of conversations"),
        (b"\x89PNG\r\n", "no file of conversations"),
        ('[{"mapping": {}}]'.encode("utf-16"), "no file of conversations"),
        (b'[{"mapping": {"a": "\xff"}}]', "not UTF-8 text: byte 20"),
        (b'{\n "messages": [\n', r"no JSON: expecting value \(line 2, column 15\)"),
        (b"[1, 2]", "Nothing in the file can be imported.*1 more"),
        (b"[]", None),
        (b'{"a": 1}', "Nothing in the file can be imported"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"format": "espalier-threads", "version": 2, "threads": [\n]}\n', "version 2.*Update"),
        (b'{"format": "espalier-threads", "threads": []}', "version None"),
        (b'{"format": "espalier-threads", "version": 1, "threads": 5}', "no list of threads"),
        (b'{"format": "espalier-threads", "version": 1, "threads": [\n{"title": 5}\n]}', "line 2, /title"),
    ],
)
def test_a_file_of_another_kind_is_a_sentence(tmp_path: Path, content: bytes, sentence: str | None) -> None:
    if sentence is None:
        assert bring(tmp_path, content) == (Imported(), [])
        return
    with pytest.raises(TransferError, match=sentence) as told:
        bring(tmp_path, content)
    assert str(tmp_path / "file") in str(told.value)


def test_what_is_no_file_or_too_large_a_one_is_a_sentence(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.write(b"[\n")
        file.truncate(600 * 2**20)
    with Store(tmp_path / "profile") as store:
        for path, sentence in ((tmp_path, "cannot be read"), (tmp_path / "none", "cannot be read"), (huge, "512 MB")):
            with pytest.raises(TransferError, match=sentence) as told:
                import_threads(store.trees, path)
            assert str(path) in str(told.value)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": None}, "/threads/0/title"),
        ({"pinned": 1}, "/threads/0/pinned"),
        ({"head": 1}, "/threads/0/head"),
        ({"head": True}, "/threads/0/head"),
        ({"settings": []}, "/threads/0/settings"),
        ({"messages": [5]}, "/threads/0/messages/0"),
        ({"messages": [{"role": "judge"}]}, "/threads/0/messages/0/role"),
        ({"messages": [{"role": "user", "state": "lost"}]}, "/threads/0/messages/0/state"),
        ({"messages": [{"role": "user", "parent": 0}]}, "/threads/0/messages/0/parent"),
        ({"messages": [{"role": "user", "parent": -1}]}, "/threads/0/messages/0/parent"),
        ({"messages": [{"role": "user", "answer": {"trace": []}}]}, "/threads/0/messages/0/answer/trace"),
        ({"attachments": [{"content": "!"}]}, "/threads/0/attachments/0/content"),
        ({"attachments": [5]}, "/threads/0/attachments/0"),
    ],
)
def test_a_broken_thread_of_ours_is_named_by_its_place(tmp_path: Path, change: Any, pointer: str) -> None:
    threads = [{"messages": [{"role": "user"}], **change}, {"title": "good", "messages": []}]
    told, saved = bring(
        tmp_path, json.dumps({"format": "espalier-threads", "version": 1, "threads": threads}, indent=1)
    )
    assert [tree.title for tree in saved] == ["good"]
    assert [fault.where for fault in told.faults] == [pointer]


@pytest.mark.parametrize("time", ["soon", "", "0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00", "2025-02-30"])
def test_what_is_no_time_becomes_that_of_the_file(tmp_path: Path, time: str) -> None:
    message = {"role": "user", "text": "Well?", "created": time}
    threads = [{"created": time, "updated": time, "messages": [message]}]
    path = tmp_path / "file"
    path.write_text(json.dumps({"format": "espalier-threads", "version": 1, "threads": threads}), "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with Store(tmp_path / "profile") as store:
        (thread,) = import_threads(store.trees, path).threads
        tree = store.trees.read(thread)
        assert import_threads(store.trees, path).known == 1
    changed = datetime.fromtimestamp(1_700_000_000, UTC).isoformat()
    assert (tree.created, tree.updated, tree.messages[0].created) == (changed, changed, changed)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_file_is_too_strange(data: st.DataObject) -> None:
    keys = st.sampled_from(
        ["mapping", "messages", "role", "content", "parts", "parent", "children", "message", "author", "body", "format",
         "threads", "text", "current_node", "answer", "attachments", "a", "user", "version", "metadata"]
    )  # fmt: skip
    values = st.recursive(
        st.none() | st.booleans() | st.integers(-1, 2) | st.floats() | keys | st.just("espalier-threads"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=20,
    )
    lines = [json.dumps(data.draw(values)) for _ in range(data.draw(st.integers(1, 3)))]
    content = "\n".join(lines).encode()[: data.draw(st.integers(1, 500))]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "profile") as store:
        (Path(folder) / "file").write_bytes(content)
        try:
            told = import_threads(store.trees, Path(folder) / "file")
        except TransferError:
            assert store.threads.all() == []
        else:
            assert len(store.threads.all()) == len(told.threads)


def test_importing_twice_saves_nothing_twice(tmp_path: Path) -> None:
    chats = [{**CHATGPT, "title": str(number)} for number in range(5)]
    assert len(bring(tmp_path, chats)[1]) == 5
    told, saved = bring(tmp_path, [*chats, CHATGPT])
    assert (told.known, [tree.title for tree in saved]) == (5, ["Pears"])
    changed = json.loads(json.dumps(CHATGPT).replace("Boskoop", "Bramley"))
    told, saved = bring(tmp_path, [changed])
    assert (told.known, len(saved)) == (0, 1)
    with Store(tmp_path / "profile") as store:
        assert [folder.name for folder in store.threads.folders()] == ["Imported from file"]


def test_what_is_in_the_bin_can_be_imported_again(tmp_path: Path) -> None:
    chats = [CHATGPT]
    assert len(bring(tmp_path, chats)[1]) == 1
    with Store(tmp_path / "profile") as store:
        store.threads.delete([thread.id for thread in store.threads.all()])
    told, saved = bring(tmp_path, chats)
    assert (told.known, len(saved)) == (0, 1)


IMPORTING = """
import sys
from pathlib import Path
from engine.store import Store
from engine.store.transfer import import_in_steps
with Store(Path(sys.argv[1])) as store:
    for told in import_in_steps(store.trees, Path(sys.argv[2])):
        print(len(told.threads), flush=True)
"""


def test_kill_9_during_an_import_leaves_whole_threads_and_running_it_again_the_rest(tmp_path: Path) -> None:
    mapping = {str(n): node(str(n - 1) if n else None, "user", f"message {n}") for n in range(100)}
    chats = [{"mapping": mapping, "title": f"chat {number}", "create_time": number} for number in range(300)]
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(chats), "utf-8")
    command = [sys.executable, "-c", IMPORTING, str(tmp_path / "profile"), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as importing:
        assert importing.stdout
        acknowledged = [next(importing.stdout) for _ in range(3)]
        os.kill(importing.pid, signal.SIGKILL)
        acknowledged += importing.stdout.readlines()
    with Store(tmp_path / "profile") as store:
        saved = store.threads.all()
        assert int(acknowledged[-1]) <= len(saved) < 300
        assert {len(store.messages.outline(thread.id)) for thread in saved} == {100}
        *_, told = import_in_steps(store.trees, path)
        assert (told.known, len(told.threads)) == (len(saved), 300 - len(saved))
        assert {thread.title for thread in store.threads.all()} == {chat["title"] for chat in chats}
