"""Screens as PySide6 source: it runs alone, reads well, and does what the screen does."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.interface.examples import Example, example, examples
from engine.interface.export.outline import outline
from engine.interface.export.pyside import pyside
from engine.interface.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path

_EVIL = "\"\"\" + __import__('os').system('x') + '''\\ {x} \u202e \x00 \ud800 <b>bold</b> &amp; %s\n"

_PRELUDE = """
import json, runpy, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import *
application = QApplication([])
names = runpy.run_path(sys.argv[1])
(kind,) = [each for each in names.values() if isinstance(each, type) and each.__mro__[1].__name__ == "Screen"]
window = kind()
window.show()
application.processEvents()
def labels():
    found = [each.text() for each in window.findChildren(QLabel) if each.isVisible()]
    found += [each.text() for each in window.findChildren(QAbstractButton) if each.isVisible()]
    return [*found, *(tab.tabText(at) for tab in window.findChildren(QTabBar) for at in range(tab.count()))]
def button(label):
    (found,) = [each for each in window.findChildren(QPushButton) if each.text() == label and each.isVisible()]
    return found
"""


def example_source(key: str) -> str:
    shipped: Example = example(key)
    return pyside(shipped.tree, sources=[read_source(name, text.encode()) for name, text in shipped.sources.items()])


def run(folder: Path, source: str, script: str) -> Any:
    """Run an exported source with a script behind it, in a process of its own; return what the script prints last."""
    path = folder / "screen.py"
    path.write_text(source, "utf-8")
    program = [sys.executable, "-W", "error", "-c", _PRELUDE + script, str(path)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ""}
    done = subprocess.run(
        program, capture_output=True, text=True, timeout=120, cwd=folder, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def screen(*parts: dict[str, Any], title: str = "Screen") -> dict[str, Any]:
    return {"type": "root", "title": title, "children": list(parts)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "style": "body", "text": words}


def press(label: str, kind: str, target: str | None = None, value: Any = None) -> dict[str, Any]:
    return {
        "type": "button",
        "label": label,
        "style": "secondary",
        "action": {"kind": kind, "target": target, "value": value},
    }


def field(name: str, **props: Any) -> dict[str, Any]:
    return {
        "type": "field",
        "kind": "text",
        "name": name,
        "label": name.title(),
        "placeholder": None,
        "value": None,
        "required": False,
    } | props


@pytest.mark.parametrize("key", [each.key for each in examples()])
def test_each_example_runs_alone_until_it_is_closed(key: str, tmp_path: Path) -> None:
    path = tmp_path / f"{key}.py"
    path.write_text(example_source(key), "utf-8")
    quits = (
        "import runpy, sys\nfrom PySide6.QtCore import QTimer\nfrom PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\nQTimer.singleShot(200, application.quit)\n"
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ""}
    program = [sys.executable, "-W", "error", "-c", quits, str(path)]
    done = subprocess.run(
        program, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=environment, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "Error" not in done.stderr


@pytest.mark.parametrize("key", [each.key for each in examples()])
def test_each_example_is_source_that_a_person_would_keep(key: str) -> None:
    source = example_source(key)
    tree = ast.parse(source)
    assert all(len(line) <= 120 for line in source.splitlines())
    imported = {
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom | ast.Import) for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    assert imported <= used
    assert len(defined - used) <= 1
    modules = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert not [module for module in modules if str(module).split(".")[0] not in {"PySide6", "pathlib", "datetime"}]
    (kind,) = [
        node for node in tree.body if isinstance(node, ast.ClassDef) and getattr(node.bases[0], "id", "") == "Screen"
    ]
    assert all(ast.get_docstring(member) for member in kind.body if isinstance(member, ast.FunctionDef))
    for name in outline(example(key).tree).inputs:
        assert f'self.bind("{name}", ' in source


def test_the_widgets_say_what_the_tree_says(tmp_path: Path) -> None:
    shown = run(tmp_path, example_source("survey"), "print(json.dumps(labels()))")
    for words in (
        "How was your stay?",
        "All in all",
        "Wonderful",
        "Would you recommend us? 8 of 10",
        "I would come again",
    ):
        assert words in shown
    assert "We are sorry" not in shown


def test_what_is_typed_is_checked_and_printed_as_json(tmp_path: Path) -> None:
    script = """
button("Log in").click()
before = [each for each in labels() if "Please" in each]
mail, password = [each for each in window.findChildren(QLineEdit) if each.isVisible()]
mail.setText("nobody")
password.setText("secret")
button("Log in").click()
wrong = [each for each in labels() if "not an email" in each]
mail.setText("ada@example.org")
button("Log in").click()
print(json.dumps([before, wrong]))
"""
    path_out = run(tmp_path, example_source("login"), script)
    assert path_out == [
        ["Please fill this in."] * 2,
        ["This is not an email address. One looks like name@example.org."],
    ]
    done = run(tmp_path, example_source("login"), script.replace("print(json.dumps([before, wrong]))", ""))
    assert done == {"action": "login", "values": {"email": "ada@example.org", "password": "secret", "remember": True}}


def test_conditions_texts_and_actions_follow_the_values(tmp_path: Path) -> None:
    tree = screen(
        field("who", value="Ada"),
        {"type": "toggle", "display": "switch", "name": "more", "label": "More", "value": False},
        text("{who} says {more}, {{literally}}"),
        {"type": "when", "name": "more", "op": "equals", "value": True, "children": [text("Only now")]},
        press("Set", "set", "who", "Bo"),
        press("Turn", "toggle", "more"),
        press("Back", "reset"),
        press("Copy", "copy", None, "Dear {who}"),
    )
    script = """
seen = [labels()]
for label in ("Set", "Turn", "Copy", "Back"):
    button(label).click()
    application.processEvents()
    seen.append(labels())
print(json.dumps([QApplication.clipboard().text(), seen]))
"""
    copied, seen = run(tmp_path, pyside(tree), script)
    assert copied == "Dear Bo"
    assert [next(each for each in now if "says" in each) for now in seen] == [
        "Ada says no, {literally}",
        "Bo says no, {literally}",
        "Bo says yes, {literally}",
        "Bo says yes, {literally}",
        "Ada says no, {literally}",
    ]
    assert ["Only now" in now for now in seen] == [False, False, True, True, False]


def test_dialogs_tabs_and_sections_are_where_buttons_lead(tmp_path: Path) -> None:
    tree = screen(
        {
            "type": "tabs",
            "tabs": [
                {"label": "One", "children": [press("On", "go", "Two")]},
                {"label": "Two", "children": [text("Second")]},
            ],
        },
        {"type": "section", "title": "More & more", "open": False, "children": [text("Inside")]},
        {"type": "dialog", "name": "help", "title": "Help", "children": [text("Helpful")]},
        press("Unfold", "go", "More & more"),
        press("Help", "go", "help"),
    )
    script = """
for label in ("On", "Unfold", "Help"):
    button(label).click()
    application.processEvents()
print(json.dumps([labels(), window.findChild(QDialog).isVisible()]))
"""
    shown, is_open = run(tmp_path, pyside(tree), script)
    assert {"Second", "Inside", "Helpful"} <= set(shown)
    assert is_open


def test_data_is_shown_in_tables_charts_and_repetitions(tmp_path: Path) -> None:
    source = read_source("team.csv", b"Name,Days\nAda,3\nBo,5\n")
    tree = screen(
        {
            "type": "table",
            "columns": [{"label": "Name", "kind": "text"}, {"label": "Days", "kind": "number"}],
            "source": "team",
            "rows": [],
        },
        {
            "type": "chart",
            "kind": "bar",
            "title": "Days",
            "source": "team",
            "labels": ["Name"],
            "series": [{"name": "Days", "values": []}],
        },
        {"type": "repeat", "source": "team", "children": [text("{Name}: {Days} days")]},
    )
    script = """
window.grab()
table = window.findChild(QTableWidget)
(chart,) = [each for each in window.findChildren(QWidget) if type(each).__name__ == "Chart"]
cells = [[table.item(row, column).text() for column in range(2)] for row in range(table.rowCount())]
print(json.dumps([cells, chart.labels, chart.series, labels()]))
"""
    cells, points, series, shown = run(tmp_path, pyside(tree, sources=[source]), script)
    assert cells == [["Ada", "3"], ["Bo", "5"]]
    assert (points, series) == (["Ada", "Bo"], [["Days", [3, 5]]])
    assert {"Ada: 3 days", "Bo: 5 days"} <= set(shown)


def test_every_component_and_every_kind_of_input_has_its_widget(tmp_path: Path) -> None:
    kinds = ["text", "multiline", "number", "email", "password", "date", "time", "url", "search"]
    tree = screen(
        *[field(f"in_{kind}", kind=kind) for kind in kinds],
        *[
            {
                "type": "choice",
                "display": display,
                "name": f"as_{display}",
                "label": display,
                "options": ["A & B", "C"],
                "value": value,
                "required": True,
            }
            for display, value in (("dropdown", "C"), ("radio", None), ("segmented", "A & B"), ("checkboxes", ["C"]))
        ],
        {"type": "slider", "name": "at", "label": "At {at}", "min": 0, "max": 1, "step": 0.25, "value": 0.5},
        {"type": "grid", "columns": 2, "children": [text("a"), text("b"), text("c")]},
        {"type": "split", "direction": "horizontal", "ratio": 0.3, "children": [text("left"), text("right")]},
        {
            "type": "card",
            "title": "Card",
            "tone": "good",
            "children": [{"type": "badge", "text": "New", "tone": "good"}],
        },
        {"type": "alert", "tone": "warning", "title": "Mind", "text": "the gap"},
        {"type": "metric", "label": "Sum", "value": "12", "delta": "+1", "tone": "bad"},
        {"type": "facts", "items": [{"label": "L", "value": "{at}"}]},
        {"type": "progress", "label": "Half", "value": 1, "max": 2},
        {"type": "tree", "nodes": [{"label": "Root", "children": [{"label": "Leaf", "children": []}]}]},
        {"type": "markdown", "text": "**bold** [site](https://x.org) <b>raw</b> {in_text}"},
        {"type": "image", "src": "../cat.png", "alt": "A cat"},
        {"type": "icon", "name": "star", "label": "Star"},
        {"type": "icon", "name": "sun", "label": "Sun"},
        {"type": "divider"},
        {"type": "sparkline", "children": [text("kept")]},
    )
    for kind in ("bar", "line", "area", "pie", "scatter"):
        series = [{"name": "a", "values": [1, -2]}, {"name": "b", "values": [0, 3]}]
        tree["children"].append(
            {"type": "chart", "kind": kind, "title": kind, "source": None, "labels": ["x", "y"], "series": series}
        )
    script = """
window.resize(760, 4000)
application.processEvents()
picture = window.grab().toImage()
(line,) = [each for each in window.findChildren(QLineEdit) if each.accessibleName() == "In_Text"]
line.setText("<i>typed</i>")
rich = [each.text() for each in window.findChildren(QLabel) if "bold" in each.text()]
colours = {picture.pixelColor(x, y).name() for x in range(0, 760, 4) for y in range(0, picture.height(), 4)}
held = {name: window.values[name] for name in ("as_dropdown", "as_radio", "as_segmented", "as_checkboxes", "at")}
leaf = window.findChild(QTreeWidget).topLevelItem(0).child(0).text(0)
print(json.dumps([labels(), rich, len(colours) > 20, held, leaf]))
"""
    shown, rich, is_coloured, held, leaf = run(tmp_path, pyside(tree, glyphs={"star": "M0 0L64 0L32 64Z"}), script)
    for words in ("Card", "New", "Mind", "the gap", "12", "+1", "A cat", "Sun", "kept", "0.5", "At 0.5", "A && B"):
        assert words in shown
    assert "Star" not in shown
    (written,) = rich
    assert written.startswith('<p><strong>bold</strong> <a href="https://x.org"')
    assert written.endswith("&lt;b&gt;raw&lt;/b&gt; &lt;i&gt;typed&lt;/i&gt;</p>")
    assert is_coloured
    assert held == {"as_dropdown": "C", "as_radio": None, "as_segmented": "A & B", "as_checkboxes": ["C"], "at": 0.5}
    assert leaf == "Leaf"


def test_hostile_texts_are_literals_and_plain(tmp_path: Path) -> None:
    evil = _EVIL.replace("{x}", "{{x}}")
    tree = screen(
        text(evil),
        {"type": "card", "title": evil, "tone": "neutral", "children": [press(evil, "submit", None, evil)]},
        {"type": "section", "title": evil, "open": True, "children": [field("a", label=evil, placeholder=evil)]},
        title=evil,
    )
    source = pyside(tree)
    assert "\u202e" not in source
    assert "\x00" not in source
    called = {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "__import__" not in called
    (plain,) = run(
        tmp_path,
        source,
        "print(json.dumps([[each.text() for each in window.findChildren(QLabel) if '<b>' in each.text()][:1]]))",
    )
    assert "<b>bold</b>" in plain[0]


def _texts(value: Any, texts: Any) -> Any:
    kept = {"type", "name", "style", "tone", "kind", "display", "align", "op", "direction", "source", "target"}
    if isinstance(value, dict):
        return {key: inner if key in kept else _texts(inner, texts) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner, texts) for inner in value]
    return next(texts) if isinstance(value, str) else value


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([each.key for each in examples()]), st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_any_texts_give_source_that_parses_and_defines_no_more_than_it_should(key: str, texts: list[str]) -> None:
    def endless() -> Any:
        while True:
            yield from [*texts, _EVIL]

    before, after = (
        ast.parse(source) for source in (example_source(key), pyside(_texts(example(key).tree, endless())))
    )
    kinds = ast.Import | ast.ImportFrom | ast.Global | ast.Delete
    assert {ast.dump(node) for node in ast.walk(after) if isinstance(node, kinds)} <= {
        ast.dump(node) for node in ast.walk(before) if isinstance(node, kinds)
    } | {ast.dump(node) for node in after.body if isinstance(node, ast.Import | ast.ImportFrom)}
    attributes = {
        node.func.id for node in ast.walk(after) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not attributes & {"eval", "exec", "__import__", "compile", "open"}


def test_names_never_hide_what_the_source_uses(tmp_path: Path) -> None:
    names = ["number", "has", "json", "sys", "style", "run", "math", "values", "self", "class", "print", "spelled"]
    tree = screen(
        *[field(name) for name in names if name != "self"],
        {"type": "when", "name": "number", "op": "above", "value": 3, "children": [text("large")]},
        {"type": "slider", "name": "colour", "label": "C", "min": 0, "max": 10, "step": 1, "value": 1},
        title="ValueError",
    )
    script = """
(line,) = [each for each in window.findChildren(QLineEdit) if each.accessibleName() == "Number"]
line.setText("7")
print(json.dumps(labels()))
"""
    assert "large" in run(tmp_path, pyside(tree), script)
