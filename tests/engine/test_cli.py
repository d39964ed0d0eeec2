"""The terminal, as a person uses it: commands in processes of their own, with the bundled model."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.cli import main
from engine.store import Store

SCHEMA = {
    "type": "object",
    "properties": {"vendor": {"type": "string", "maxLength": 40}, "total": {"type": "number"}},
    "required": ["vendor", "total"],
    "additionalProperties": False,
}

CLI = (sys.executable, "-m", "engine.cli")


def espalier(*arguments: object, profile: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [*CLI, *map(str, arguments), "--profile", str(profile)]
    return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA), "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number, vendor in enumerate(("Nordlicht", "Applegate", "Brixton", "Castello"), start=1):
        (made / f"{number}.txt").write_text(f"INVOICE\n{vendor} Ltd\nTotal: {number}0.50 EUR\n", "utf-8")
    return made


def test_help_says_what_the_commands_are_without_loading_them() -> None:
    probe = "import sys, engine.cli; engine.cli.build_parser().format_help(); print('pydantic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("command", [("models", "recommended"), ("models", "--json"), ("jobs",)])
def test_a_disk_without_room_for_what_is_written_is_told_in_a_sentence(profile: Path, command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        asked = [*CLI, *command, "--profile", str(profile)]
        ran = subprocess.run(asked, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=120, check=False)
    assert ran.returncode == 1
    assert ran.stderr == "espalier: What was to be written has no room: No space left on device.\n"


def test_generate_streams_an_answer_that_satisfies_the_schema(profile: Path, schema: Path, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.json"
    ran = espalier(
        "generate", "-", "--schema", schema, "--receipt", receipt, "--seed", 7, "--temperature", 0.8,
        profile=profile, stdin="INVOICE Nordlicht Ltd, total 12.50",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert set(json.loads(ran.stdout)) == {"vendor", "total"}
    told = json.loads(receipt.read_text("utf-8"))
    assert told["seed"] == 7
    assert told["request"]["reproducible"] is True
    assert told["finish_reason"] == "stop"
    again = espalier(
        "generate", "-", "--schema", schema, "--seed", 7, "--temperature", 0.8,
        profile=profile, stdin="INVOICE Nordlicht Ltd, total 12.50",
    )  # fmt: skip
    assert again.stdout == ran.stdout


def test_generate_answers_messages_held_to_a_regex(profile: Path, tmp_path: Path) -> None:
    messages = tmp_path / "messages.json"
    messages.write_text(json.dumps([{"role": "user", "content": "Is water wet?"}]), "utf-8")
    ran = espalier("generate", "--messages", messages, "--regex", "(yes|no)", profile=profile)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() in {"yes", "no"}


def test_show_prompt_prints_what_the_model_would_read_and_generates_nothing(profile: Path, schema: Path) -> None:
    ran = espalier("generate", "Read this.", "--schema", schema, "--show-prompt", profile=profile)
    assert ran.returncode == 0, ran.stderr
    assert "Read this." in ran.stdout
    assert "vendor" in ran.stdout
    assert "<|im_start|>" in ran.stdout


def test_an_answer_cut_off_is_not_an_answer(profile: Path, schema: Path) -> None:
    ran = espalier("generate", "Hello", "--schema", schema, "--max-tokens", 3, profile=profile)
    assert ran.returncode == 1
    assert ran.stdout.startswith("{")
    assert "no answer" in ran.stderr


def test_an_answer_closed_at_its_limit_says_so_beside_it(profile: Path, schema: Path) -> None:
    ran = espalier("generate", "Write a long story.", "--schema", schema, "--max-tokens", 24, profile=profile)
    assert ran.returncode == 0
    assert json.loads(ran.stdout)
    assert "its last values are the shortest possible" in ran.stderr


def test_a_schema_that_cannot_be_held_to_gives_no_text_at_all(profile: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"a": {"$ref": "https://example.org/a.json"}}}', "utf-8")
    ran = espalier("generate", "Hello", "--schema", schema, profile=profile)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "https://example.org/a.json" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_check_tells_how_each_keyword_is_held_to(profile: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "array", "items": {"type": "integer"}, "uniqueItems": true, "title": "n"}', "utf-8")
    ran = espalier("check", schema, profile=profile)
    assert ran.returncode == 0, ran.stderr
    assert "Read as 2020-12" in ran.stdout
    told = json.loads(espalier("check", schema, "--json", profile=profile).stdout)
    hows = {(use["pointer"], use["keyword"]): use["how"] for use in told["uses"]}
    assert hows["", "uniqueItems"] == "check"
    assert hows["", "title"] == "annotation"
    assert hows["/items", "type"] == "mask"


def test_check_names_the_keyword_that_was_probably_meant(profile: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"properties": {"a": {"type": "string", "maxlenght": 3}}}', "utf-8")
    ran = espalier("check", schema, profile=profile)
    assert ran.returncode == 0, ran.stderr
    assert 'Note: /properties/a: Unknown keyword "maxlenght"; did you mean "maxLength"?' in ran.stdout
    told = json.loads(espalier("check", schema, "--json", profile=profile).stdout)
    assert [(slip["pointer"], slip["keyword"]) for slip in told["slips"]] == [("/properties/a", "maxlenght")]


def test_check_tells_how_large_the_instances_are(profile: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "array", "items": {"enum": ["left", "right"]}, "maxItems": 2}', "utf-8")
    ran = espalier("check", schema, profile=profile)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"shortest instance that was found takes \d tokens; none takes more than 1\d tokens", ran.stdout)
    sizes = json.loads(espalier("check", schema, "--json", profile=profile).stdout)["sizes"]
    assert 1 <= sizes["minimum"] <= sizes["maximum"] <= len('["right", "right"]')
    assert sizes["unit"] == "tokens"


def test_check_counts_in_the_tokens_of_the_model_that_is_named(profile: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "null"}', "utf-8")
    ran = espalier("check", schema, "--model", tmp_path / "none.gguf", profile=profile)
    assert ran.returncode == 1
    assert "none.gguf" in ran.stderr


def test_check_refuses_what_cannot_be_held_to_by_place(profile: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"properties": {"a": {"$ref": "#/$defs/nowhere"}}}', "utf-8")
    ran = espalier("check", schema, profile=profile)
    assert ran.returncode == 1
    assert "#/$defs/nowhere" in ran.stderr
    assert "/properties/a" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["generate"], "only one"),
        (["generate", "x", "--prompt-file", "y"], "only one"),
        (["generate", "x", "--schema", "missing.json"], "cannot be read"),
        (["generate", "x", "--temperature", "-1"], "--temperature: input should be greater"),
        (["extract", ".", "--schema", "missing.json", "--out", "rows.ods"], r"\.csv, \.jsonl or \.xlsx"),
        (["extract", ".", "--schema", "missing.json", "--out", "rows.csv"], "cannot be read"),
        (["models", "--folder", "no-such-folder"], "no such folder"),
    ],
)
def test_a_wrong_command_is_one_sentence_on_stderr(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--profile", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("espalier: ")
    assert told.err.count("\n") == 1
    assert re.search(sentence, told.err)


def test_a_schema_that_is_not_json_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = tmp_path / "broken.json"
    schema.write_text('{\n  "type": "object",\n}', "utf-8")
    assert main(["generate", "x", "--schema", str(schema), "--profile", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "broken.json" in error
    assert "line 3" in error


def test_extract_writes_rows_in_both_formats(profile: Path, schema: Path, folder: Path, tmp_path: Path) -> None:
    (folder / "5.pdf").write_bytes(b"not a pdf")
    out = tmp_path / "rows.jsonl"
    ran = espalier("extract", folder, "--schema", schema, "--out", out, "--provenance", profile=profile)
    assert ran.returncode == 3, ran.stderr
    assert "5 of 5 read, 1 failed" in ran.stdout
    assert "5.pdf: failed" in ran.stderr
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(row["document"], row["status"]) for row in rows] == [
        ("1.txt", "done"), ("2.txt", "done"), ("3.txt", "done"), ("4.txt", "done"), ("5.pdf", "failed"),
    ]  # fmt: skip
    for row in rows[:4]:
        text = (folder / row["document"]).read_text("utf-8")
        assert all(cell["quote"] in text for cell in row["cells"].values())
    again = espalier("extract", folder, "--schema", schema, "--out", tmp_path / "rows.csv", profile=profile)
    assert "1.txt" not in again.stderr
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["document", "status", "vendor", "total", "error", "notes"]
    assert [line["vendor"] for line in table[:4]] == [row["record"]["vendor"] for row in rows[:4]]


def test_with_grounding_off_values_are_what_the_model_writes(
    profile: Path, schema: Path, folder: Path, tmp_path: Path
) -> None:
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()
    out = tmp_path / "rows.jsonl"
    ran = espalier(
        "extract", folder, "--schema", schema, "--out", out, "--grounding", "off", "--provenance", profile=profile
    )
    assert ran.returncode == 0, ran.stderr
    (row,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert row["record"]
    assert {cell["quote"] for cell in row["cells"].values()} == {None}


def start_extraction(*arguments: object, profile: Path) -> subprocess.Popen[str]:
    command = [*CLI, "extract", *map(str, arguments), "--profile", str(profile), "--lanes", "1"]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def press_ctrl_c(running: subprocess.Popen[Any]) -> None:
    """Do what a terminal does: the signal goes to the command and to all that it has started."""
    os.killpg(running.pid, signal.SIGINT)


def test_kill_9_in_the_middle_loses_no_document_and_does_none_twice(
    profile: Path, schema: Path, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    with start_extraction(folder, "--schema", schema, "--out", out, profile=profile) as first:
        assert first.stderr
        told = [next(first.stderr) for _ in range(2)]
        family = psutil.Process(first.pid).children(recursive=True)
        os.kill(first.pid, signal.SIGKILL)
        told += first.stderr.readlines()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive, "a process outlived the terminal that started it"
    with closing(sqlite3.connect(profile / "espalier.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    ran = espalier("extract", folder, "--schema", schema, "--out", out, "--lanes", 1, profile=profile)
    assert ran.returncode == 0, ran.stderr
    done_first = {line.split(":")[0] for line in told}
    done_second = {line.split(":")[0] for line in ran.stderr.splitlines()}
    assert len(done_first) >= 2
    assert not done_first & done_second
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(row["document"], row["status"]) for row in rows] == [(f"{n}.txt", "done") for n in range(1, 5)]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process on Windows")
def test_ctrl_c_writes_the_rows_so_far_and_the_next_run_goes_on(
    profile: Path, schema: Path, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    with start_extraction(folder, "--schema", schema, "--out", out, profile=profile) as first:
        assert first.stderr
        told = next(first.stderr)
        press_ctrl_c(first)
        rest = first.stderr.read()
    assert first.returncode == 130
    assert "--resume 1` goes on" in rest
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    states = {row["document"]: row["status"] for row in rows}
    assert states[told.split(":")[0]] == "done"
    assert "pending" in states.values()
    ran = espalier("extract", folder, "--schema", schema, "--out", out, "--lanes", 1, profile=profile)
    assert ran.returncode == 0, ran.stderr
    assert "4 of 4 read, 0 failed" in ran.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process on Windows")
def test_ctrl_c_stops_an_answer_at_once(profile: Path) -> None:
    command = [
        *CLI,
        "generate",
        "Count to a million.",
        "--regex",
        "(one, two, ){500}",
        "--profile",
        str(profile),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.read(10)
        begun = time.monotonic()
        press_ctrl_c(running)
        running.wait(timeout=20)
        assert time.monotonic() - begun < 5
        assert running.returncode == 130
        assert b"no answer" in running.stderr.read()
        running.stdout.read()


CHATS = [
    {"messages": [{"role": "user", "content": "Which pears keep?"}, {"role": "assistant", "content": "\x1b[31m Bosc"}]},
    {"messages": [{"role": "user", "content": "And apples?"}]},
]


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    path = tmp_path / "chats.jsonl"
    path.write_text("".join(json.dumps(chat) + "\n" for chat in CHATS), "utf-8")
    return path


def test_threads_are_imported_listed_searched_and_exported(chats: Path, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    ran = espalier("threads", "import", chats, profile=profile)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"2 threads read from {chats}.\n"
    again = espalier("threads", "import", chats, profile=profile)
    assert again.stdout == f"0 threads read from {chats}. 2 threads there already.\n"
    listed = espalier("threads", profile=profile).stdout.splitlines()
    assert listed == espalier("threads", "list", profile=profile).stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["ID", "2", "1"]
    assert "Imported from chats.jsonl" in listed[1]
    assert listed[1].rstrip().endswith("And apples?")
    searched = espalier("threads", "search", "bos", profile=profile)
    assert searched.stdout.splitlines()[0].split() == ["1", "Which", "pears", "keep?", "·", "message"]
    assert "[31m Bosc" in searched.stdout
    assert "\x1b" not in searched.stdout
    assert espalier("threads", "search", "quince", profile=profile).stderr == "Nothing was found.\n"
    for name, beginning in (("a.json", '{"format": "espalier-threads"'), ("a.md", "# Which"), ("a.jsonl", '{"mess')):
        out = tmp_path / name
        ran = espalier("threads", "export", 1, "--out", out, profile=profile)
        assert ran.stdout == f"1 thread written to {out}.\n"
        assert out.read_text("utf-8").startswith(beginning)
    out = tmp_path / "all.txt"
    ran = espalier("threads", "export", "--all", "--format", "openai", "--out", out, profile=profile)
    assert len(out.read_text("utf-8").splitlines()) == 2


def test_an_import_names_what_it_could_not_read(
    chats: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with chats.open("a", encoding="utf-8") as file:
        file.write('{"messages": [{"role": "judge"}]}\n' * 25)
    arguments = ["threads", "import", str(chats), str(tmp_path / "none"), "--profile", str(tmp_path / "profile")]
    assert main(arguments) == 3
    told = capsys.readouterr()
    assert told.out == f"2 threads read from {chats}.\n"
    lines = told.err.splitlines()
    assert lines[0] == "espalier: line 3, /messages/0/role: This is no role that a message can have."
    assert "5 more could not be read" in lines[20]
    assert "cannot be read" in lines[21]
    assert len(lines) == 22


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "--out", "x.json"], "Name the threads"),
        (["export", "1", "--all", "--out", "x.json"], "only one of them"),
        (["export", "7", "--out", "x.json"], "no thread 7"),
        (["export", "--all", "--out", "no/such/folder/x.json"], "cannot be written"),
        (["import", "missing.json"], "cannot be read"),
        (["import", "."], "cannot be read"),
    ],
)
def test_a_wrong_command_about_threads_is_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["threads", "--profile", str(tmp_path), *arguments]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("espalier: ")
    assert told.err.count("\n") == 1
    assert re.search(sentence, told.err)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process on Windows")
def test_ctrl_c_during_an_import_keeps_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    line = json.dumps({"messages": [{"role": "user", "content": f"pear {n} " * 20} for n in range(100)]}) + "\n"
    path.write_text("".join(line.replace("pear", f"pear{n}") for n in range(400)), "utf-8")
    profile = tmp_path / "profile"
    with subprocess.Popen(
        [*CLI, "threads", "import", str(path), "--profile", str(profile)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as running:
        while not (profile / "espalier.db-wal").exists() or (profile / "espalier.db-wal").stat().st_size < 2_000_000:
            time.sleep(0.01)
        press_ctrl_c(running)
        assert running.stderr
        told = running.stderr.read()
    assert running.returncode == 130
    saved = int(re.match(r"espalier: Stopped. (\d+) threads read", told)[1])  # type: ignore[index]
    assert 0 < saved < 400
    assert "run it again for the rest" in told
    ran = espalier("threads", "import", path, profile=profile)
    assert ran.stdout == f"{400 - saved} threads read from {path}. {saved} threads there already.\n"


def test_schemas_are_imported_listed_and_exported(tmp_path: Path) -> None:
    profile, plain = tmp_path / "profile", tmp_path / "In\x1b[31mvoice.json"
    plain.write_text('{"type":\r\n"object"}', "utf-8", newline="")
    ran = espalier("schemas", "import", plain, profile=profile)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("1 schema read from ")
    with Store(profile) as store:
        store.schemas.save_version(1, "true", "second")
        store.schemas.set_tags(1, ["shop"])
        store.schemas.keep_draft(1, "{")
    listed = espalier("schemas", profile=profile).stdout
    assert listed == espalier("schemas", "list", profile=profile).stdout
    assert "\x1b" not in listed
    cells = listed.splitlines()[1].split()
    assert cells[0] == "1"
    assert cells[3:] == ["2", "and", "a", "draft", "1", "shop", "In[31mvoice"]
    for name, form in (("all.json", ""), ("all.zip", ""), ("all", ""), ("one.json", "plain")):
        out = tmp_path / name
        ran = espalier("schemas", "export", 1, "--out", out, *(("--format", form) if form else ()), profile=profile)
        assert ran.stdout == f"1 schema written to {out}.\n"
    assert (tmp_path / "one.json").read_text("utf-8") == "{"
    for name in ("all.json", "all.zip", "all"):
        other = tmp_path / f"other-{name}"
        assert espalier("schemas", "import", tmp_path / name, profile=other).stdout.startswith("1 schema read")
        with Store(other) as store, Store(profile) as whole:
            assert store.histories.read(1) == whole.histories.read(1)
    again = espalier("schemas", "import", tmp_path / "all.zip", profile=profile)
    assert again.stdout == f"0 schemas read from {tmp_path / 'all.zip'}. 1 schema there already.\n"


def test_an_import_of_schemas_names_what_it_could_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("{}\n" + "5\n" * 25, "utf-8")
    arguments = ["schemas", "import", str(path), str(tmp_path / "none"), "--profile", str(tmp_path / "profile")]
    assert main(arguments) == 3
    told = capsys.readouterr()
    assert told.out == f"1 schema read from {path}.\n"
    lines = told.err.splitlines()
    assert lines[0] == "espalier: line 2: This is no schema: a schema is an object, true or false."
    assert "5 more could not be read" in lines[20]
    assert "cannot be read" in lines[21]
    assert len(lines) == 22


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "--out", "x.json"], "Name the schemas"),
        (["export", "1", "--all", "--out", "x.json"], "only one of them"),
        (["export", "7", "--out", "x.json"], "no schema 7"),
        (["export", "--all", "--out", "x.json", "--format", "plain"], "holds one schema"),
        (["export", "--all", "--out", "no/such/folder/x.json"], "cannot be written"),
        (["import", "missing.json"], "cannot be read"),
    ],
)
def test_a_wrong_command_about_schemas_is_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schemas", "--profile", str(tmp_path), *arguments]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("espalier: ")
    assert told.err.count("\n") == 1
    assert re.search(sentence, told.err)
