"""Schemas in files: ours loses nothing, a plain one changes no byte, and no file is too strange to be told of."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import TransferError
from engine.store import Store
from engine.store.histories import Edition, History
from engine.store.schema_transfer import ImportedSchemas, SchemaFormat, export_schemas, import_schemas
from engine.store.schema_transfer.reading import LIBRARY

texts = st.text(st.characters(codec=None), max_size=20) | st.sampled_from(["{}", "\ud83d\ude00", "\ud83d", "é\0\r\n"])
names = st.text(st.characters(codec="utf-8"), max_size=12).map(lambda name: " ".join(name.split()) or "Untitled")
times = st.datetimes().filter(lambda at: 2 < at.year < 9998).map(lambda at: at.isoformat() + "+00:00")


@st.composite
def histories(draw: st.DrawFn) -> History:
    editions: list[Edition] = []
    for text in draw(st.lists(texts, min_size=1, max_size=3)):
        if not editions or editions[-1].text != text:
            editions.append(Edition(text, draw(st.text(st.characters(codec="utf-8"), max_size=9)), draw(times)))
    draft = draw(st.none() | texts)
    draft = None if draft == editions[-1].text else draft
    return History(
        name=draw(names),
        editions=tuple(editions),
        tags=tuple(draw(st.lists(names, max_size=2, unique_by=str.casefold))),
        pinned=draw(st.booleans()),
        created=draw(times),
        updated=draw(times),
        draft=draft,
        base=len(editions) if draft is None else draw(st.integers(1, len(editions))),
    )


def through(made: list[History], form: SchemaFormat, folder: Path) -> list[History]:
    """Save schemas in one profile, export them, import them in another; return them from there."""
    with Store(folder / "one") as one, Store(folder / "other") as other:
        export_schemas(one.histories, one.histories.insert(made), folder / "out", form)
        told = import_schemas(other.histories, folder / "out")
        assert (told.failed, told.known) == (0, 0)
        return [other.histories.read(schema) for schema in told.schemas]


@pytest.mark.parametrize("form", ["library", "zip", "folder"])
@given(made=st.lists(histories(), min_size=1, max_size=3, unique_by=lambda history: history.created))
@settings(max_examples=25, deadline=None)
def test_what_is_exported_comes_back_as_it_was(form: SchemaFormat, made: list[History]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert through(made, form, Path(folder)) == made


PEARS = History(
    "Pears",
    (Edition("{}", "first", "2026-05-01T10:00:00+00:00"), Edition('{"a": 1}', "", "2026-05-02T10:00:00+00:00")),
    ("fruit",), True, "2026-05-01T10:00:00+00:00", "2026-05-03T10:00:00+00:00", '{"a": ', 1,
)  # fmt: skip


@pytest.mark.parametrize("text", ['{"type":\r\n  1.0}\n\n', '{"é": "\\ud83d"} ', "true", '{"a": "\u2028\x7f"}'])
def test_a_plain_file_is_the_text_and_comes_back_under_its_name(tmp_path: Path, text: str) -> None:
    target = tmp_path / "My order.json"
    with Store(tmp_path / "profile") as store:
        schema = store.schemas.make("Another", text).id
        export_schemas(store.histories, [schema], target, "plain")
        assert target.read_bytes() == text.encode()
        (brought,) = import_schemas(store.histories, target).schemas
        assert store.schemas.load(brought).row.name == "My order"
        assert store.schemas.version_text(brought, 1) == text
        assert import_schemas(store.histories, target) == ImportedSchemas(known=1)
        target.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert import_schemas(store.histories, target) == ImportedSchemas(known=1)


def test_a_plain_file_holds_what_was_typed_last(tmp_path: Path) -> None:
    with Store(tmp_path / "profile") as store:
        ids = store.histories.insert([PEARS, PEARS])
        export_schemas(store.histories, ids[:1], tmp_path / "p.json", "plain")
        assert (tmp_path / "p.json").read_text("utf-8") == PEARS.draft
        with pytest.raises(TransferError, match="holds one schema"):
            export_schemas(store.histories, ids, tmp_path / "p.json", "plain")


def test_files_in_a_folder_are_named_after_their_schemas_and_lead_nowhere_else(tmp_path: Path) -> None:
    called = [
        "../../up",
        "Invoice",
        "invoice",
        "CON",
        "a/b\\c:d",
        "...",
        "é" * 300,
        "\u202eevil\x1b",
        "espalier-schemas",
    ]
    with Store(tmp_path / "profile") as store:
        ids = [store.schemas.make(name, "{}").id for name in called]
        export_schemas(store.histories, ids, tmp_path / "out", "folder")
    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == sorted(
        [LIBRARY, "_.._up.json", "Invoice.json", "invoice (2).json", "_CON.json", "a_b_c_d.json", "schema.json",
         "é" * 90 + ".json", "_evil_.json", "espalier-schemas (2).json"]
    )  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"profile", "out"}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Store(tmp_path / "profile") as store:
        (schema,) = store.histories.insert([PEARS])
        out.mkdir()
        export_schemas(store.histories, [schema], out, "folder")
        (out / "Pears.json").write_text("mine", "utf-8")
        (tmp_path / "file").write_text("mine", "utf-8")
        for target in (out, tmp_path / "file"):
            with pytest.raises(TransferError, match="something of that name"):
                export_schemas(store.histories, [schema], target, "folder")
        with pytest.raises(TransferError, match="cannot be written"):
            export_schemas(store.histories, [schema], tmp_path / "no" / "such", "folder")
        with pytest.raises(KeyError):
            export_schemas(store.histories, [schema, 9], tmp_path / "new", "folder")
    assert (out / "Pears.json").read_text("utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out", "profile"]


@pytest.mark.parametrize("form", ["library", "plain", "zip"])
def test_an_export_replaces_its_file_only_when_it_is_whole(tmp_path: Path, form: SchemaFormat) -> None:
    target = tmp_path / "out"
    target.write_text("before", "utf-8")
    with Store(tmp_path / "profile") as store:
        (schema,) = store.histories.insert([PEARS])
        with pytest.raises(KeyError):
            export_schemas(store.histories, [9] if form == "plain" else [schema, 9], target, form)
        assert target.read_text("utf-8") == "before"
        with pytest.raises(TransferError, match="cannot be written"):
            export_schemas(store.histories, [schema], tmp_path / "no" / "such", form)
        export_schemas(store.histories, [schema], target, form)
        assert target.read_text("utf-8", errors="replace") != "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "profile"]


def bring(tmp_path: Path, content: Any, name: str = "file.json") -> tuple[ImportedSchemas, list[History]]:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    with Store(tmp_path / "profile") as store:
        told = import_schemas(store.histories, path)
        return told, [store.histories.read(schema) for schema in told.schemas]


def test_a_schema_a_line_is_read_and_a_broken_line_named(tmp_path: Path) -> None:
    lines = b'{"a":  1}\r\n\n5\n{"b": \ntrue\n{"c": "\xff"}\n' + b"[" * 100_000
    told, saved = bring(tmp_path, lines, "many.jsonl")
    assert [(history.name, history.text) for history in saved] == [("many 1", '{"a":  1}'), ("many 5", "true")]
    assert [fault.where for fault in told.faults] == ["line 3", "line 4", "line 6", "line 7"]
    assert "object, true or false" in told.faults[0].message
    assert "not UTF-8" in told.faults[2].message
    assert "nested too deeply" in told.faults[3].message


def test_a_folder_and_an_archive_of_plain_files_are_read_and_bad_ones_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in (("a.json", "{}"), ("b.JSON", "{"), ("c.jsonl", "{}\n5\n"), (".d.json", "{}"), ("e.txt", "")):
        (folder / name).write_text(content, "utf-8")
    (folder / "f.json").mkdir()
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for name in ("a.json", "b.JSON", "c.jsonl", ".d.json", "e.txt"):
            archive.write(folder / name, f"deep/{name}")
        archive.writestr("__MACOSX/deep/a.json", "{}")
    for path, inside in ((folder, ""), (tmp_path / "in.zip", "deep/")):
        with Store(tmp_path / f"profile-{path.name}") as store:
            told = import_schemas(store.histories, path)
            assert sorted(row.name for row in store.schemas.all()) == ["a", "c 1"]
        named = [fault.where for fault in told.faults if "f.json" not in fault.where]
        assert named == [f"{inside}b.JSON", f"{inside}c.jsonl, line 2"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"Dear diary", "no JSON"),
        (b"\x89PNG\r\n", "not UTF-8 text: byte 0"),
        ("{}".encode("utf-16"), "not UTF-8 text"),
        (b'{"a": "\xff"}', "not UTF-8 text: byte 7"),
        (b'{\n "type": [\n', r"no JSON: expecting value \(line 3, column 1\)"),
        (b"[1, 2]", "no schema: a schema is an object"),
        (b"null", "no schema"),
        (b"5", "no schema"),
        (b"{} {}", "no JSON: extra data"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"format": "espalier-threads", "version": 1, "threads": []}', "threads, which are imported"),
        (b'{"format": "espalier-schemas", "version": 2, "schemas": [\n]}\n', "version 2.*Update"),
        (b'{"format": "espalier-schemas", "version": "1", "schemas": []}', "version 1"),
        (b'{"format": "espalier-schemas", "schemas": []}', "version None"),
        (b'{"format": "espalier-schemas", "version": 1, "schemas": 5}', "no list of schemas"),
        (b'{"format": "espalier-schemas", "version": 1, "schemas": [\n{"name": 5}\n]}', "line 2, /versions"),
        (b'{"format": "espalier-schemas", "version": 1, "schemas": [\n{"na', "cut off|no JSON"),
        (b"PK\x03\x04rest", "damaged"),
    ],
)
def test_a_file_of_another_kind_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(TransferError, match=sentence) as told:
        bring(tmp_path, content)
    assert str(tmp_path / "file.json") in str(told.value)
    with Store(tmp_path / "profile") as store:
        assert store.schemas.all() == []


def test_what_is_no_file_or_too_large_a_one_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    huge, large = tmp_path / "huge.json", tmp_path / "large.json"
    with huge.open("wb") as file:
        file.write(b"{\n")
        file.truncate(600 * 2**20)
    large.write_bytes(b'{"a": "' + b"x" * (65 * 2**20) + b'"}')
    with Store(tmp_path / "profile") as store:
        for path, sentence in (
            (tmp_path / "none", "cannot be read"),
            (tmp_path / "empty", "no schema in it"),
            (huge, "512 MB"),
            (large, "64 MB"),
        ):
            with pytest.raises(TransferError, match=sentence) as told:
                import_schemas(store.histories, path)
            assert str(path) in str(told.value)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": 5}, "/schemas/0/name"),
        ({"pinned": 1}, "/schemas/0/pinned"),
        ({"tags": "a"}, "/schemas/0/tags"),
        ({"tags": ["a", 5]}, "/schemas/0/tags/1"),
        ({"versions": []}, "/schemas/0/versions"),
        ({"versions": {}}, "/schemas/0/versions"),
        ({"versions": [5]}, "/schemas/0/versions/0"),
        ({"versions": [{"note": "a"}]}, "/schemas/0/versions/0/text"),
        ({"versions": [{"text": {"base64": 5}}]}, "/schemas/0/versions/0/text"),
        ({"versions": [{"text": {"base64": "!"}}]}, "/schemas/0/versions/0/text/base64"),
        ({"versions": [{"text": {"base64": "/w=="}}]}, "/schemas/0/versions/0/text/base64"),
        ({"versions": [{"text": "", "note": []}]}, "/schemas/0/versions/0/note"),
        ({"versions": [{"text": "", "created": 5}]}, "/schemas/0/versions/0/created"),
        ({"draft": 5}, "/schemas/0/draft"),
        ({"base": 0}, "/schemas/0/base"),
        ({"base": 2}, "/schemas/0/base"),
        ({"base": True}, "/schemas/0/base"),
    ],
)
def test_a_broken_schema_of_ours_is_named_by_its_place_and_the_others_saved(
    tmp_path: Path, change: Any, pointer: str
) -> None:
    schemas = [{"versions": [{"text": "{}"}], **change}, {"name": "good", "versions": [{"text": "{"}]}]
    told, saved = bring(
        tmp_path, json.dumps({"format": "espalier-schemas", "version": 1, "schemas": schemas}, indent=1)
    )
    assert [history.name for history in saved] == ["good"]
    assert [fault.where for fault in told.faults] == [pointer]


def test_a_cut_library_gives_the_schemas_before_the_cut(tmp_path: Path) -> None:
    with Store(tmp_path / "one") as store:
        ids = store.histories.insert([replace(PEARS, name=str(number)) for number in range(3)])
        export_schemas(store.histories, ids, tmp_path / "whole.json")
    whole = (tmp_path / "whole.json").read_bytes()
    told, saved = bring(tmp_path, whole[:-300], "cut.json")
    assert [history.name for history in saved] == ["0", "1"]
    assert "cut off" in told.faults[-1].message
    told, saved = bring(tmp_path, whole)
    assert (told.known, [history.name for history in saved]) == (2, ["2"])


def test_an_archive_that_is_cut_damaged_or_locked_is_told_and_nothing_half_saved(tmp_path: Path) -> None:
    with Store(tmp_path / "one") as store:
        export_schemas(store.histories, store.histories.insert([PEARS]), tmp_path / "whole.zip", "zip")
    whole = (tmp_path / "whole.zip").read_bytes()
    for number, content in enumerate((whole[:-10], whole[: len(whole) // 2], whole[:60] + b"\0" * 60 + whole[120:])):
        with pytest.raises(TransferError, match=r"damaged|unpacked"):
            bring(tmp_path, content, f"{number}.zip")
    locked = bytearray(whole)
    at = whole.index(b"PK\x01\x02")
    locked[6] |= 1
    locked[at + 8] |= 1
    with pytest.raises(TransferError, match="encrypted"):
        bring(tmp_path, bytes(locked), "locked.zip")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * (65 * 2**20) + b"{}")
    with Store(tmp_path / "profile") as store:
        with pytest.raises(TransferError, match="64 MB"):
            import_schemas(store.histories, tmp_path / "bomb.zip")
        assert store.schemas.all() == []


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_no_library_is_too_strange(data: st.DataObject) -> None:
    keys = st.sampled_from(
        ["versions", "text", "note", "created", "draft", "base", "base64", "name", "tags", "pinned", "format",
         "version", "schemas"]
    )  # fmt: skip
    values = st.recursive(
        st.none() | st.booleans() | st.integers(-1, 2) | st.floats() | keys | st.just("espalier-schemas"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=20,
    )
    lines = [json.dumps(data.draw(values)) for _ in range(data.draw(st.integers(1, 3)))]
    if data.draw(st.booleans()):
        lines.insert(0, '{"format": "espalier-schemas", "version": 1, "schemas": [')
    content = "\n".join(lines).encode()[: data.draw(st.integers(1, 500))]
    name = data.draw(st.sampled_from(["file.json", "file.jsonl", "file"]))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "profile") as store:
        (Path(folder) / name).write_bytes(content)
        try:
            told = import_schemas(store.histories, Path(folder) / name)
        except TransferError:
            assert store.schemas.all() == []
        else:
            assert len(store.schemas.all()) == len(told.schemas)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_no_archive_is_too_strange(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "profile") as store:
        path = Path(folder) / "some.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.json", '{"type": "object"}')
            archive.writestr("b.jsonl", "true\nfalse\n")
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 6))):
            content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content)
        try:
            told = import_schemas(store.histories, path)
        except TransferError:
            assert store.schemas.all() == []
        else:
            assert len(store.schemas.all()) == len(told.schemas)


IMPORTING = """
import sys
from pathlib import Path
from engine.store import Store
from engine.store.schema_transfer import import_schemas_in_steps
with Store(Path(sys.argv[1])) as store:
    for told in import_schemas_in_steps(store.histories, Path(sys.argv[2])):
        print(len(told.schemas), flush=True)
"""


def test_kill_9_during_an_import_leaves_whole_schemas_and_running_it_again_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    versions = [{"text": json.dumps({"title": f"version {n} " * 50})} for n in range(40)]
    schemas = [{"name": f"schema {n}", "versions": versions, "draft": "x"} for n in range(300)]
    path.write_text(json.dumps({"format": "espalier-schemas", "version": 1, "schemas": schemas}), "utf-8")
    command = [sys.executable, "-c", IMPORTING, str(tmp_path / "profile"), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as importing:
        assert importing.stdout
        acknowledged = [next(importing.stdout) for _ in range(3)]
        os.kill(importing.pid, signal.SIGKILL)
        acknowledged += importing.stdout.readlines()
    with Store(tmp_path / "profile") as store:
        saved = store.schemas.all()
        assert int(acknowledged[-1]) <= len(saved) < 300
        assert {(row.version, row.differs) for row in saved} == {(40, True)}
        told = import_schemas(store.histories, path)
        assert (told.known, len(told.schemas)) == (len(saved), 300 - len(saved))


def test_an_archive_with_a_member_without_a_name_is_read(tmp_path: Path) -> None:
    target = tmp_path / "nameless.zip"
    with zipfile.ZipFile(target, "w") as archive:
        nameless = zipfile.ZipInfo("x")
        nameless.filename = ""
        with archive.open(nameless, "w") as member:
            member.write(b"{}")
        archive.writestr("party.json", '{"type": "object"}')
    with Store(tmp_path / "profile") as store:
        told = import_schemas(store.histories, target)
        assert [row.name for row in store.schemas.all()] == ["party"]
        assert len(told.schemas) == 1
