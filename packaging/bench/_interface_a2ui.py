"""The example files of A2UI v0.9's basic catalogue: imported, checked against our schema, rendered, pictured.

Part of `bench interface`; alone: `python packaging/bench/_interface_a2ui.py [FOLDER] [--pictures FOLDER]`.

* mapped: files of which nothing was lost: every component arrived, every check is made, every text that a `Text` of
  the file shows stands on the screen. What is left out on purpose (a picture of the net is shown by what it shows in
  words) is counted apart, and so is what arrived in another form.
* crashes: files that raised anything but a sentence, in reading or in rendering.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import jsonschema_rs
from _report import close, print_table, say
from PySide6.QtWidgets import QApplication

from app.style.theme import Theme
from app.widgets.generated.screen import Screen
from engine.errors import EngineError
from engine.interface.catalogue import bundled
from engine.interface.dialects import read_any
from engine.interface.profiles import tree_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.interface.dialects import Note

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "a2ui_v0_9"
_WIDTH = 640


@dataclass
class File:
    """What became of one file."""

    name: str
    notes: tuple[Note, ...] = ()
    faults: list[str] = field(default_factory=list)
    crash: str = ""
    parts: int = 0

    @property
    def is_mapped(self) -> bool:
        """Whether all of it arrived."""
        return not self.crash and not self.faults and not any(note.kind == "lost" for note in self.notes)


def measure(folder: Path = FILES, pictures: Path | None = None) -> dict[str, Any]:
    """Return the figures, `a2ui_mapped` how many files are fully mapped; what is not is under `a2ui_not_mapped`."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    files = [_file(path, Theme(application), pictures) for path in sorted(folder.glob("*.json"))]
    kinds = Counter(note.kind for each in files for note in each.notes)
    return {
        "a2ui_files": len(files),
        "a2ui_mapped": sum(each.is_mapped for each in files),
        "a2ui_crashes": sum(bool(each.crash) for each in files),
        "a2ui_parts": sum(each.parts for each in files),
        "a2ui_lost": kinds["lost"],
        "a2ui_changed": kinds["changed"],
        "a2ui_by_design": kinds["design"],
        "a2ui_not_mapped": {each.name: _why(each) for each in files if not each.is_mapped},
        "a2ui_in_another_form": {
            each.name: [note.sentence for note in each.notes if note.kind == "changed"]
            for each in files
            if any(note.kind == "changed" for note in each.notes)
        },
    }


def _file(path: Path, theme: Theme, pictures: Path | None) -> File:
    made = File(path.stem)
    document = json.loads(path.read_text("utf-8"))
    try:
        imported = read_any(document)
        made.notes = imported.notes
        schema = tree_schema(bundled(), profile="full", sources=imported.sources)
        made.faults += [f"The schema refuses it: {error}" for error in _refusals(schema, imported.tree)]
        screen = Screen(theme, sources=imported.sources)
        screen.resize(_WIDTH, _WIDTH)
        screen.show_tree(imported.tree)
        screen.show()
        QApplication.processEvents()
        shown = " ".join(_strings(screen.outline()))
        made.parts = screen.created
        made.faults += [f"Not on the screen: “{text}”" for text in _expected(document) if text not in shown]
        made.faults += [problem.sentence for problem in screen.problems if problem.prop != "src"]
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            screen.picture(_WIDTH).save(str(pictures / f"{path.stem}.png"))
        screen.close()
    except EngineError as error:
        made.faults.append(str(error))
    except Exception as error:  # noqa: BLE001 - a crash is what is counted here
        made.crash = f"{type(error).__name__}: {error}"
    return made


def _refusals(schema: Any, tree: Any) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(schema)
    return [] if validator.is_valid(tree) else ["it is no instance"]


def _why(each: File) -> list[str]:
    lost = [note.sentence for note in each.notes if note.kind == "lost"]
    return [*([each.crash] if each.crash else []), *each.faults, *lost]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def _expected(document: dict[str, Any]) -> Iterator[str]:
    """Yield the texts that a file's own `Text` components show, told without the importer: literals and bound data."""
    data: Any = {}
    texts: dict[str, Any] = {}
    named: set[str] = set()
    for message in document["messages"]:
        data = message.get("updateDataModel", {}).get("value", data)
        for component in message.get("updateComponents", {}).get("components", []):
            texts[component["id"]] = component.get("text")
            named |= {name for name in json.dumps(component).split('"') if name != component["id"]}
    for name, text in texts.items():
        if isinstance(text, str) and name in named and "\n" not in text and "Loading" not in text:
            yield text.lstrip("# ").strip()
        elif isinstance(text, dict) and isinstance(path := text.get("path"), str):
            yield from (each for each in _bound(data, path) if isinstance(each, str) and each.strip())


def _bound(data: Any, path: str) -> list[Any]:
    if not path.startswith("/"):
        rows = [value for value in data.values() if isinstance(value, list)] if isinstance(data, dict) else []
        return [row[path] for value in rows for row in value if isinstance(row, dict) and path in row]
    for step in path.split("/")[1:]:
        data = data.get(step) if isinstance(data, dict) else None
    return [data]


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FILES)
    parser.add_argument("--pictures", type=Path, help="where a picture of each screen is put")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        say(f"There is no folder {arguments.folder}.")
        return 2
    figures = measure(arguments.folder, arguments.pictures)
    counts = ("files", "mapped", "crashes", "parts", "lost", "changed", "by_design")
    print_table("A2UI v0.9", ["", "figure"], [(name, figures[f"a2ui_{name}"]) for name in counts])
    for title, key in (("Not fully mapped:", "a2ui_not_mapped"), ("In another form:", "a2ui_in_another_form")):
        say(title)
        for name, reasons in figures.pop(key).items():
            for reason in reasons:
                say(f"  {name}: {reason}")
    return close(figures)


if __name__ == "__main__":
    sys.exit(main())
