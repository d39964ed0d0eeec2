"""`espalier interface`: screens from sentences, checked, and in other forms."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine.cli import main
from engine.interface.catalogue import bundled
from engine.interface.places import nodes_below
from engine.interface.reading import checked
from engine.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

TREE = {
    "type": "root",
    "title": "Guests",
    "children": [
        {
            "type": "form",
            "name": "guest",
            "children": [
                {"type": "field", "kind": "text", "name": "name", "label": "Name", "placeholder": None, "value": None,
                 "required": True}
            ],
            "submit": "Add guest",
            "action": {"kind": "submit", "target": None, "value": None},
        }
    ],
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    path = tmp_path / "guests.json"
    path.write_text(json.dumps(TREE), "utf-8")
    return path


def interface(*arguments: object, profile: Path) -> int:
    return main(["interface", *map(str, arguments), "--profile", str(profile)])


def test_a_sentence_becomes_a_screen_and_a_further_one_changes_it(
    tmp_path: Path, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "loan.json"
    assert interface("A form to lend books: borrower, return date", "--out", file, profile=profile) == 0
    made = json.loads(file.read_text("utf-8"))
    assert checked(made, bundled())[1] == []
    labels = [node.get("label") for _, node in nodes_below(made)]
    assert [label for label in labels if label in {"Borrower", "Return date"}] == ["Borrower", "Return date"]
    capsys.readouterr()
    assert interface("remove the return date", "--change", file, profile=profile) == 0
    printed = json.loads(capsys.readouterr().out)
    assert "Return date" not in [node.get("label") for _, node in nodes_below(printed)]
    assert "Borrower" in [node.get("label") for _, node in nodes_below(printed)]


def test_a_screen_that_reaches_its_limit_is_closed_and_whole(tmp_path: Path, profile: Path) -> None:
    file = tmp_path / "trip.json"
    sentence = "A wizard to plan a trip in three steps"
    options = ("--components", "full", "--max-tokens", "250", "--out", file)
    assert interface(sentence, *options, profile=profile) == 0
    assert checked(json.loads(file.read_text("utf-8")), bundled())[1] == []


@pytest.mark.parametrize(("name", "holds"), [("a.html", "<!doctype html>"), ("a.py", "PySide6"), ("a.json", '"root"')])
def test_a_screen_is_written_in_the_form_that_the_name_says(tree: Path, tmp_path: Path, name: str, holds: str) -> None:
    assert interface("convert", tree, "--out", tmp_path / name, profile=tmp_path) == 0
    text = (tmp_path / name).read_text("utf-8")
    assert holds in text
    assert "Add guest" in text


def test_a_screen_of_another_program_is_converted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ui.json"
    parts: list[dict[str, Any]] = [{"type": "header", "label": "Hello", "children": [], "attributes": []}]
    file.write_text(json.dumps({"type": "div", "label": "", "children": parts, "attributes": []}), "utf-8")
    assert interface("convert", file, profile=tmp_path) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["type"] == "root"
    assert "Hello" in json.dumps(made)


def test_a_data_source_is_written_with_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = json.loads(resource("interface", "examples", "dashboard.json").read_text("utf-8"))
    ((name, rows),) = example["sources"].items()
    (tmp_path / name).write_text(rows, "utf-8")
    file = tmp_path / "dashboard.json"
    file.write_text(json.dumps(example["tree"]), "utf-8")
    assert interface("convert", file, "--to", "html", "--source", tmp_path / name, profile=tmp_path) == 0
    assert rows.splitlines()[1].split(",")[0] in capsys.readouterr().out


def test_what_is_wrong_with_a_tree_is_told_with_its_place(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert interface("check", tree, profile=tmp_path) == 0
    assert capsys.readouterr().out == ""
    tree.write_text(json.dumps({**TREE, "children": [{"type": "carousel"}, {"type": "text", "style": 3}]}), "utf-8")
    assert interface("check", tree, profile=tmp_path) == 1
    told = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{tree}#/children/0") and "carousel" in line for line in told)
    assert any(line.startswith(f"{tree}#/children/1, style") for line in told)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "gone.json"], "gone.json"),
        (["check", "broken.json"], "broken.json, line 1"),
        (["convert", "broken.json", "--to", "html"], "broken.json, line 1"),
        (["convert", "list.json"], "list.json"),
        (["convert", "guests.json", "--out", "guests.odt"], "guests.odt"),
        (["A form", "--source", "gone.csv"], "gone.csv"),
        (["A form", "--source", "broken.json"], "broken.json"),
        (["A form", "--change", "list.json"], "list.json"),
        ([" "], "There is no description yet."),
    ],
)
def test_what_cannot_be_done_is_one_sentence_with_the_file(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "broken.json").write_text("{", "utf-8")
    (tmp_path / "list.json").write_text("[1, 2]", "utf-8")
    placed = [str(tmp_path / each) if each.endswith((".json", ".csv", ".odt")) else each for each in arguments]
    assert interface(*placed, profile=tmp_path) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("espalier: ")


def test_help_shows_the_three_ways_to_call_it() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "engine.cli", "interface", "--help"], capture_output=True, text=True, check=True
    )
    assert "interface SENTENCE" in ran.stdout
    assert "interface check FILE" in ran.stdout
    assert "interface convert FILE" in ran.stdout
