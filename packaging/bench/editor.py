"""`bench editor`: schemas in the editor, a fifth of MaskBench's, each parsed, edited, examined and shown as a tree.

Of each schema is measured what an edit costs: to parse its text, to put a description into one of its subschemas, to
bring an unfolded tree in step with that, to find the problems (what is told first, and with how each keyword will be
held to). Then it gets a seeded run of random edits, by operations, by refactorings and by letters typed anywhere;
after each the tree of the text has to be that of the text parsed anew, after all of them so has the tree that is shown,
and undoing everything has to give the first bytes. What does not hold counts as `property_failures`.

The page is then measured with a schema of 4 MB in a process of its own (`_editor_page.py`): from each key to the end of
the painting that shows it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _cases import CASES, read_cases
from _pauses import Pauses
from _report import close, percentile, print_table, say, say_load, tell

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QApplication

from app.models.schema_tree import SchemaTree
from engine.constraint.examine import examine
from engine.errors import EngineError
from engine.schema import refactoring as do
from engine.schema.editing import Copy, EditableSchema, Insert, Kind, Move, Remove, Rename, Set, Syntax
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.schema.editing import Node

_PAGE = Path(__file__).with_name("_editor_page.py")
_PATIENCE_S = 600
_EDITS = 50
_LARGEST = 200_000
"""Characters of a schema whose whole tree is compared; larger ones are compared by their text."""
_SHOWN_LEVELS = 3
_LETTERS = ('"', "{", "}", "[", ",", ":", "x", "é", "\n", "\0", "")
_TELL_EVERY = 100


@dataclass
class Times:
    """Milliseconds, a schema each."""

    parse: list[float] = field(default_factory=list)
    edit: list[float] = field(default_factory=list)
    refresh: list[float] = field(default_factory=list)
    problems: list[float] = field(default_factory=list)
    planned: list[float] = field(default_factory=list)


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench editor", description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="JSON lines: id, schema, tests")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N cases")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random edits (1)")
    parser.add_argument("--keys", type=int, default=200, metavar="N", help="keys typed into the large schema (200)")
    asked = parser.parse_args(argv)
    say_load()
    application = QApplication.instance() or QApplication([])
    times, faults, edits = Times(), list[str](), 0
    with Pauses() as pauses:
        for number, case in enumerate(read_cases(asked.cases, asked.limit), 1):
            text = json.dumps(case.schema, indent=2, ensure_ascii=False)
            chance = random.Random(f"{asked.seed} {case.name}")
            begun = time.monotonic()
            made = _measure(text, chance)
            if not pauses.lost(begun):
                for name, taken in made.items():
                    getattr(times, name).append(taken)
            done, wrong = _shake(text, chance)
            edits += done
            faults += [f"{case.name}: {fault}" for fault in wrong]
            if number % _TELL_EVERY == 0:
                tell(f"{number:,} schemas, {edits:,} edits, {len(faults):,} failures")
        page = _page(asked.keys)
        say(pauses.describe())
    del application
    rows = [
        (name, *(percentile(values, share) for share in (0.5, 0.95, 1.0)))
        for name, values in (
            ("parse", times.parse),
            ("edit", times.edit),
            ("tree refresh", times.refresh),
            ("problems, first told", times.problems),
            ("problems, all", times.planned),
            ("key to screen, 4 MB", page["keystroke_ms"]),
        )
    ]
    print_table(f"{len(times.parse):,} schemas, {edits:,} random edits, ms", ("", "p50", "p95", "max"), rows)
    failures = len(faults)
    faults += page["faults"]
    figures = {
        "schemas": len(times.parse),
        "random_edits": edits,
        "parse_p95_ms": percentile(times.parse, 0.95),
        "edit_p95_ms": percentile(times.edit, 0.95),
        "refresh_p95_ms": percentile(times.refresh, 0.95),
        "problems_p95_ms": percentile(times.planned, 0.95),
        "problems_first_p95_ms": percentile(times.problems, 0.95),
        "keystroke_4mb_p50_ms": percentile(page["keystroke_ms"], 0.5),
        "keystroke_4mb_p95_ms": percentile(page["keystroke_ms"], 0.95),
        "open_4mb_ms": page["open_ms"],
        "property_failures": failures,
    }
    return close(figures, faults)


def _measure(text: str, chance: random.Random) -> dict[str, float]:
    """Return what one edit of a schema costs, in milliseconds."""
    made: dict[str, float] = {}
    start = time.perf_counter()
    Syntax(text)
    made["parse"] = _since(start)
    schema = EditableSchema(text)
    tree = SchemaTree(schema)
    _unfold(tree)
    holders = [pointer for pointer, node in _places(schema.good) if node.kind is Kind.OBJECT] or [""]
    start = time.perf_counter()
    try:
        edit = do.put_keyword(schema.good, chance.choice(holders), "description", "What it says.")
        schema.apply(*edit.operations, label=edit.label)
    except EngineError:
        pass  # true and false hold no description
    made["edit"] = _since(start)
    start = time.perf_counter()
    tree.refresh()
    made["refresh"] = _since(start)
    first: list[float] = []
    start = time.perf_counter()
    examine(text, tell=lambda _: first.append(_since(start)))
    made["planned"] = _since(start)
    made["problems"] = first[0] if first else made["planned"]
    return made


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def _unfold(tree: SchemaTree) -> None:
    """Look at the first levels of a tree, as a view that shows them does."""
    pending = [(QModelIndex(), 0)]
    while pending:
        index, level = pending.pop()
        if level < _SHOWN_LEVELS and tree.canFetchMore(index):
            tree.fetchMore(index)
        pending += [(tree.index(row, 0, index), level + 1) for row in range(tree.rowCount(index))]


def _places(syntax: Syntax) -> list[tuple[str, Node]]:
    """Return every place of a text with its pointer."""
    found: list[tuple[str, Node]] = []
    pending = [("", syntax.root)] if syntax.root is not None else []
    while pending:
        pointer, node = pending.pop()
        found.append((pointer, node))
        pending += [(f"{pointer}/{escape(member.key)}", member.value) for member in node.members()]
        pending += [(f"{pointer}/{index}", item) for index, item in enumerate(node.items())]
    return found


def _shake(text: str, chance: random.Random) -> tuple[int, list[str]]:
    """Do random edits and undo them all; return how many were done, and what did not hold."""
    schema, faults, done = EditableSchema(text), list[str](), 0
    tree = SchemaTree(schema)
    _unfold(tree)
    for number in range(_EDITS):
        try:
            done += _edit(schema, chance)
        except EngineError:
            continue  # refused: nothing has changed, which the end of it all shows
        except Exception as error:  # noqa: BLE001 -- whatever is raised, the figure counts it
            faults.append(f"edit {number}: {error!r}")
            break
        tree.refresh()
        fresh = Syntax(schema.text) if len(schema.text) < _LARGEST else schema.syntax
        # A large text that is broken may be taken apart in two ways, but is broken in both.
        if fresh.sound != schema.syntax.sound or (fresh.sound and fresh != schema.syntax):
            faults.append(f"edit {number}: the tree of the text is not that of the text parsed anew")
            break
    if not schema.stale and len(text) < _LARGEST and not _same_rows(tree, SchemaTree(schema)):
        faults.append("the tree that is shown is not that of the text")
    while schema.undo():
        pass
    if schema.text != text:
        faults.append("undoing everything does not give the first text")
    return done, faults


def _edit(schema: EditableSchema, chance: random.Random) -> bool:
    """Do one random edit; return whether anything changed."""
    if schema.stale or chance.random() < 0.1:
        if schema.stale and chance.random() < 0.7:
            return schema.undo()
        start = chance.randrange(len(schema.text) + 1)
        before = schema.revision
        end = min(start + chance.choice((0, 0, 1, 5)), len(schema.text))
        schema.type(start, end, chance.choice(_LETTERS))
        return schema.revision > before
    places = [pointer for pointer, _ in _places(schema.good)]
    one, other = chance.choice(places), chance.choice(places)
    name, index = f"name_{chance.randrange(99)}", chance.choice((None, 0, 1, 9))
    value: Any = chance.choice((1, True, None, 'x"é', [], {}, {"type": "string"}, {"a": [1, {"b": 2}]}))
    operations = (
        Set(one, value),
        Insert(one, index, value, name),
        Remove(one),
        Rename(one, name),
        Copy(one, other, index, name),
        Move(one, other, index, name),
    )
    syntax = schema.good
    refactorings: tuple[Callable[[], do.Refactoring], ...] = (
        lambda: do.rename(syntax, one, name),
        lambda: do.move(syntax, [one], f"{other}/properties", index),
        lambda: do.duplicate(syntax, [one]),
        lambda: do.remove(syntax, [one]),
        lambda: do.wrap(syntax, [one], chance.choice(("array", "object", "anyOf"))),
        lambda: do.extract(syntax, one),
        lambda: do.inline(syntax, one),
        lambda: do.add_property(syntax, one),
        lambda: do.add_entry(syntax, one, chance.choice(("anyOf", "prefixItems", "$defs"))),
        lambda: do.change_type(syntax, one, chance.choice(do.TYPES)),
        lambda: do.set_nullable(syntax, one, nullable=chance.random() < 0.5),
        lambda: do.set_required(syntax, one, required=chance.random() < 0.5),
    )
    chosen = chance.randrange(len(operations) + len(refactorings))
    if chosen < len(operations):
        return schema.apply(operations[chosen], label="edit")
    made = refactorings[chosen - len(operations)]()
    return schema.apply(*made.operations, label=made.label)


def _same_rows(one: SchemaTree, other: SchemaTree) -> bool:
    """Tell whether two trees say the same in every row that the first has unfolded."""
    pending = [(QModelIndex(), QModelIndex())]
    while pending:
        mine, its = pending.pop()
        if one.rowCount(mine) and other.canFetchMore(its):
            other.fetchMore(its)
        if one.rowCount(mine) and one.rowCount(mine) != other.rowCount(its):
            return False
        for row in range(one.rowCount(mine)):
            pair = one.index(row, 0, mine), other.index(row, 0, its)
            for column in range(one.columnCount()):
                cells = [
                    model.data(index.siblingAtColumn(column)) for model, index in zip((one, other), pair, strict=True)
                ]
                if cells[0] != cells[1]:
                    return False
            pending.append(pair)
    return True


def _page(keys: int) -> dict[str, Any]:
    """Measure the page with a schema of 4 MB, in a process of its own."""
    tell("the page with a schema of 4 MB")
    ran = subprocess.run(
        [sys.executable, str(_PAGE), str(keys)], stdout=subprocess.PIPE, text=True, timeout=_PATIENCE_S, check=False
    )
    if ran.returncode:
        return {"keystroke_ms": [], "open_ms": None, "faults": ["the page with the large schema failed"]}
    return dict(json.loads(ran.stdout.splitlines()[-1]))
