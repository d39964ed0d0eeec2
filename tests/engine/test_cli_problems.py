"""`espalier schema problems` and `rules`, as a person uses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.cli import main
from engine.schema.problems import RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

TEXT = """{
  "type": "object",
  "properties": {
    "qty": {"type": "integer", "minimum": 9, "maximum": 1},
    "note": {"type": "string"}
  },
  "required": ["quantity"]
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
    path.write_text(TEXT, "utf-8")
    return path


def test_problems_are_told_with_line_column_and_what_mends_them(run: Run, file: Path) -> None:
    code, out, err = run("problems", file)
    assert code == 1
    assert out.splitlines()[:4] == [
        f'{file}:4:43: error: Empty range: minimum 9 is above maximum 1, so no "qty" can be written. [empty-range]',
        "    fix: Swap them",
        "    fix: Remove minimum",
        "    fix: Remove maximum",
    ]
    assert '"quantity" is required, and no property has that name.' in out
    assert err == "1 error, 1 warning, 1 hint.\n"


def test_rules_can_be_weighed_and_profiles_chosen(run: Run, file: Path) -> None:
    code, out, _ = run("problems", file, "--against", "json-schema", "--rule", "undefined-required=hint")
    assert code == 0
    assert [line.split(": ")[1] for line in out.splitlines() if not line.startswith(" ")] == ["hint"]
    code, out, _ = run("problems", file, "--against", "strict")
    assert code == 1
    assert "strict-additional" in out
    assert "empty-range" not in out


def test_fixes_are_made_and_all_else_stays_as_it_is_written(run: Run, file: Path) -> None:
    code, out, err = run("problems", file, "--fix", "empty-range", "--fix", "free-string")
    assert code == 0
    swapped = TEXT.replace('"minimum": 9, "maximum": 1', '"minimum": 1, "maximum": 9')
    assert out == swapped.replace('{"type": "string"}', '{"type": "string", "maxLength": 200}')
    assert err.startswith("Swap them: Empty range")
    assert file.read_text("utf-8") == TEXT


def test_problems_can_be_read_by_a_program(run: Run, file: Path) -> None:
    code, out, _ = run("problems", file, "--json")
    told: dict[str, Any] = json.loads(out)
    assert code == 1
    assert told["valid"]
    assert (told["problems"][0]["rule"], told["problems"][0]["line"]) == ("empty-range", 4)


def test_a_text_that_is_no_json_has_a_problem_and_no_stack_trace(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"a": \x1b[31m}', "utf-8")
    code, out, _ = run("problems", broken)
    assert code == 1
    assert "[syntax]" in out
    assert "\x1b" not in out


def test_a_rule_that_is_none_is_refused(run: Run, file: Path) -> None:
    for arguments in (("--fix", "no-such"), ("--rule", "no-such=off"), ("--rule", "syntax=fatal")):
        code, out, err = run("problems", file, *arguments)
        assert code == 1
        assert out == ""
        assert "no-such" in err or "names no severity" in err


def test_every_rule_is_listed(run: Run) -> None:
    code, out, _ = run("rules")
    assert code == 0
    assert all(f"\n{name} " in out for name in RULES)
