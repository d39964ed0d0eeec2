"""`espalier schema`, as a person uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

MODEL = "class Part(BaseModel):\n    x: int\n\nclass Order(BaseModel):\n    parts: list[Part]\n    made: Made\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `espalier schema …` and return its exit code, what it printed and what it told on stderr."""

    def run_schema(*arguments: object) -> tuple[int, str, str]:
        code = main(["schema", *map(str, arguments), "--profile", str(tmp_path / "profile")])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run_schema


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_infer_prints_a_schema_of_all_files_and_tells_its_guesses(run: Run, tmp_path: Path) -> None:
    lines = write(tmp_path / "a.jsonl", "".join(json.dumps({"u": each, "n": 1}) + "\n" for each in "ab" * 5))
    one = write(tmp_path / "b.json", '{"u": "a", "extra": []}')
    code, out, err = run("infer", lines, one, "--closed", "--examples", 1)
    assert code == 0
    assert json.loads(out) == {
        "type": "object",
        "properties": {
            "u": {"type": "string", "enum": ["a", "b"]},
            "n": {"type": "integer"},
            "extra": {"type": "array"},
        },
        "required": ["u"],
        "additionalProperties": False,
        "examples": [{"u": "a", "n": 1}],
    }
    assert "/properties/u (2 values in 11 strings)" in err
    assert "/properties/extra" in err


def test_infer_takes_the_items_of_an_array_one_by_one(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '[{"a": 1}, {"a": 2, "b": null}]')
    assert json.loads(run("infer", path)[1])["type"] == "array"
    assert json.loads(run("infer", path, "--items")[1])["required"] == ["a"]
    code, out, err = run("infer", write(tmp_path / "b.json", "{}"), "--items")
    assert (code, out) == (1, "")
    assert err == f"espalier: This is no array of examples. ({tmp_path / 'b.json'}) Leave out --items.\n"


def test_import_finds_out_what_a_file_is(run: Run, tmp_path: Path) -> None:
    schema = write(tmp_path / "s.json", '{ "type":"object" }\n')
    assert run("import", schema)[:2] == (0, '{ "type":"object" }\n')
    code, out, err = run("import", write(tmp_path / "m.py", MODEL))
    assert (code, json.loads(out)["title"]) == (0, "Order")
    assert err.splitlines() == [
        "Read as Python source; Order (a Pydantic model) is the root.",
        "Line 6: the type Made is not known here: any value is allowed.",
    ]
    assert json.loads(run("import", tmp_path / "m.py", "--root", "Part")[1])["title"] == "Part"
    example = run("import", schema, "--as", "example")[1]
    assert json.loads(example)["properties"] == {"type": {"type": "string"}}


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("json-schema", '{\n  "title": "Order"'),
        ("response-format", '{\n  "type": "json_schema"'),
        ("tool", '{\n  "type": "function"'),
        ("typescript", "/** Order */\nexport interface Purchase {"),
        ("pydantic", "# Pydantic v2 classes"),
    ],
)
def test_export_writes_a_schema_in_another_form(run: Run, tmp_path: Path, form: str, beginning: str) -> None:
    path = write(tmp_path / "m.py", MODEL)
    code, out, err = run("export", path, "--to", form, "--name", "purchase")
    assert code == 0
    assert out.startswith(beginning)
    assert out.endswith("\n")
    assert not out.endswith("\n\n")
    assert err.endswith("Line 6: the type Made is not known here: any value is allowed.\n")


def test_an_export_is_called_as_its_title_or_its_file_is(run: Run, tmp_path: Path) -> None:
    plain = write(tmp_path / "my-order.json", '{"type": "object", "properties": {"a": {"type": "null"}}}')
    assert "export interface MyOrder {" in run("export", plain, "--to", "typescript")[1]
    titled = write(tmp_path / "t.json", '{"title": "Bill", "properties": {"a": {"type": "null"}}}')
    assert "export interface Bill {" in run("export", titled, "--to", "typescript")[1]


@pytest.mark.parametrize(
    ("action", "text", "sentence"),
    [
        (["infer"], '{"a": 1}\n{"a": }\n', "line 2, column 7"),
        (["infer"], "", "not JSON"),
        (["import"], "", "nothing to read"),
        (["import"], "class A(:", "no Python"),
        (["import", "--as", "request"], "{}", "neither"),
        (["import", "--root", "B"], "class A(BaseModel):\n    x: int", "There are: A"),
        (["export", "--to", "tool"], '{"type": "array"}', "/type"),
        (["export", "--to", "typescript"], '{"properties": {"a": {"type": "text"}}}', "/properties/a/type"),
        (["export", "--to", "typescript"], '{"type": "object", "$ref": "#/$defs/a"}', "leads to nothing"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_with_the_file(
    run: Run, tmp_path: Path, action: list[str], text: str, sentence: str
) -> None:
    path = write(tmp_path / "in.txt", text)
    code, out, err = run(*action, path)
    assert (code, out) == (1, "")
    assert err.startswith("espalier: ")
    assert err.count("\n") == 1
    assert sentence in err


def test_stdin_is_read_for_a_dash(tmp_path: Path) -> None:
    def espalier(*arguments: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "engine.cli", "schema", *arguments, "--profile", str(tmp_path)]
        return subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)

    ran = espalier("infer", "-", stdin='{"ä": 1}\n{"ä": 2.5}\n'.encode())
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["properties"] == {"ä": {"type": "number"}}
    ran = espalier("export", "-", "--to", "typescript", stdin=b'\xef\xbb\xbf{"type": "string"}')
    assert ran.stdout == b"export type Root = string;\n"
    ran = espalier("import", "-", stdin=b"\xff\xfe")
    assert ran.returncode == 1
    assert b"not UTF-8" in ran.stderr
