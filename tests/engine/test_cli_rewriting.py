"""`espalier schema strict | lenient | upgrade | diff`, as a person uses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.cli import main
from engine.schema.dialects.strict import strict_violations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

OPEN = """{
  "type": "object",
  "properties": {
    "name": { "type":   "string" },
    "age": { "type": "integer" }
  },
  "required": ["name"]
}
"""


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_schema(*arguments: object) -> tuple[int, str, str]:
        code = main(["schema", *map(str, arguments), "--profile", str(tmp_path / "profile")])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run_schema


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    path.write_text(OPEN, "utf-8")
    return path


def test_a_schema_is_made_strict_and_what_stays_is_laid_out_as_it_was(run: Run, file: Path) -> None:
    code, out, err = run("strict", file)
    assert code == 0
    assert strict_violations(json.loads(out)) == []
    assert '"name": { "type":   "string" }' in out
    assert "/properties/age: " in err


def test_an_old_draft_is_upgraded(run: Run, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text('{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {}}}', "utf-8")
    code, out, _ = run("upgrade", old)
    assert code == 0
    assert json.loads(out) == {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"a": {}}}


def test_what_changed_is_told_in_sentences_and_by_the_exit_code(run: Run, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(OPEN.replace('["name"]', '["name", "age"]'), "utf-8")
    code, out, _ = run("diff", file, other)
    assert code == 1
    assert "age" in out
    assert run("diff", file, file)[:2] == (0, "")


def test_what_is_no_schema_is_refused(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"type": ', "utf-8")
    code, out, err = run("strict", broken)
    assert (code, out) == (1, "")
    assert "line 1" in err
