"""What an export has to know of a whole screen before it writes a part of it: inputs, forms, dialogs, actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.interface.columns import numbers
from engine.interface.reading import checked
from engine.interface.scale import drawable
from engine.interface.state import State
from engine.interface.templates import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.interface.catalogue import Catalogue
    from engine.interface.sources import Source

INPUTS: Final = frozenset({"field", "choice", "toggle", "slider"})


@dataclass
class Outline:
    """A screen in short.

    `inputs` are the first of each name, `forms` the names of the inputs of each form, `dialogs`, `sections` and the
    `groups` of tabs where actions of kind `go` lead. `sources` are the data by name, `state` is what everything holds
    at first.
    """

    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: dict[str, list[str]] = field(default_factory=dict)
    dialogs: list[dict[str, Any]] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    groups: list[list[dict[str, Any]]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    conditions: list[dict[str, Any]] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    state: State = field(default_factory=State)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """All tabs, whichever group they are in."""
        return [entry for group in self.groups for entry in group]

    def rows(self, source: str) -> list[dict[str, str]]:
        """Return the rows of a source, each by the names of its columns; none where there is no such source."""
        found = self.sources.get(source)
        return found.records() if found is not None else []

    def table_of(self, node: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
        """Return the labels of a table's columns and its cells row by row: its own, or those of its source."""
        labels = [str(column.get("label")) for column in node.get("columns") or [] if isinstance(column, dict)]
        if node.get("source"):
            found = self.sources.get(str(node["source"]))
            return labels, found.table(labels) if found is not None else []
        return labels, [[str(cell) for cell in row] for row in node.get("rows") or [] if isinstance(row, list)]

    def points_of(self, node: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, list[float]]]]:
        """Return the labels of a chart and its series, each a name and its numbers; what is no number is 0."""
        labels = [str(label) for label in node.get("labels") or []]
        series = [each for each in node.get("series") or [] if isinstance(each, dict)]
        if not node.get("source"):
            return labels, [
                (str(each.get("name")), [drawable(value) or 0.0 for value in each.get("values") or []])
                for each in series
            ]
        found = self.sources.get(str(node["source"]))
        if found is None:
            return [], []
        names = [str(each.get("name")) for each in series]
        return found.cells(labels[0] if labels else ""), [
            (name, [drawable(number) or 0.0 for number in numbers(found.cells(name))]) for name in names
        ]


def shown(tree: Any, catalogue: Catalogue) -> dict[str, Any]:
    """Return a tree as it is shown: made safe, and with what stands behind components of a person's own catalogue."""
    value, _ = checked(tree, catalogue)
    # What a template makes has not been looked at yet.
    found: dict[str, Any] = checked(expanded(value, catalogue), catalogue)[0]
    return found


def outline(tree: Mapping[str, Any], sources: Sequence[Source] = ()) -> Outline:
    """Return a screen in short."""
    found = Outline(sources={source.name: source for source in sources})
    listed = {"dialog": found.dialogs, "section": found.sections, "table": found.tables}
    for node, form in _nodes(tree):
        kind = str(node.get("type"))
        if kind in INPUTS:
            _input(found, node, form)
        elif kind == "form":
            found.forms.setdefault(str(node.get("name")), [])
        elif kind == "when":
            found.conditions.append(node)
        elif kind in listed:
            listed[kind].append(node)
        if entries := [entry for entry in node.get("tabs") or [] if isinstance(entry, dict)]:
            found.groups.append(entries)
        if isinstance(action := node.get("action"), dict):
            found.actions.append(action)
    for action in found.actions:
        name = str(action.get("target") or "")
        if (
            action.get("kind") in {"set", "toggle"}
            and name not in found.inputs
            and name
            and not found.state.knows(name)
        ):
            found.state.define(name, False if action["kind"] == "toggle" else None)
    for condition in found.conditions:
        name = str(condition.get("name") or "")
        if name and not found.state.knows(name):
            found.state.define(name, None)
    return found


def _input(found: Outline, node: dict[str, Any], form: str | None) -> None:
    name = str(node.get("name"))
    if name not in found.inputs:
        found.inputs[name] = node
        found.state.define(name, node.get("value"))
    if form is not None and name not in found.forms.setdefault(form, []):
        found.forms[form].append(name)


def _nodes(tree: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield every node in order, with the name of the form around it."""
    waiting: list[tuple[Any, str | None]] = [(tree, None)]
    while waiting:
        node, form = waiting.pop()
        if not isinstance(node, dict):
            continue
        yield node, form
        inner = str(node.get("name")) if node.get("type") == "form" else form
        below = [*(node.get("children") or []), *(node.get("tabs") or [])]
        waiting.extend((child, inner) for child in reversed(below))
