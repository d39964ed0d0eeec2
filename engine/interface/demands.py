"""What a sentence demands of a screen, said in the schema: a small model then cannot forget it.

A screen of the core profile whose sentence asks for something to be filled in has a form with an input for each thing
that the sentence lists ("name, club and rating"), under that word; one that shows something has its figures or its
columns under these words, and what the sentence calls it as its title (`wording`). What else is there, and all that it
says, is for the model. Where the catalogue is another one, the schema stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from engine.interface.wording import headline, input_kind, intent_of, known, listed, plain_words, usual_names

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_FIGURES: Final = 4
_MOST_COLUMNS: Final = 4
_FEW_COLUMNS: Final = 3
_MOST_ROWS: Final = 4
_MOST_OPTIONS: Final = 4
_FEW_PARTS: Final = 4
_MOST_MORE: Final = 1
"""Parts behind those that are demanded."""
_LONGEST_HEAD: Final = 30
_LONGEST_NAME: Final = 24
_ASKED: Final = "form_asked"
_FEW_ROWS: Final = "table_small"
_FEW: Final = (("text", "choice"), ("date", "number", "email"), ("multiline", "toggle"))
"""Kinds of inputs where none are listed: no two are alike, and none shares its name, however a model repeats itself."""
_NEEDED: Final = ("root_0", "form_1", "row_1", "text", "field", "choice", "toggle", "metric", "table", "chart")


def demanded(schema: dict[str, Any], sentence: str) -> dict[str, Any]:
    """Return the schema of a screen of the core profile with what a sentence demands of it."""
    defined = schema["$defs"]
    if any(name not in defined for name in _NEEDED):
        return schema
    intent, words = intent_of(sentence), listed(sentence)
    held, order = defined["root_0"]["properties"]["children"], _key_order(defined)
    if intent is None:
        few = _inputs(defined, ())
        forms = {name: _with(each, {"children": few}) for name, each in defined.items() if name.startswith("form_")}
        root = _with(defined["root_0"], {"children": {**held, "maxItems": _FEW_PARTS}})
        return {**schema, "$defs": {**defined, **forms, "root_0": root}}
    if intent == "asks":
        defined = {**defined, _ASKED: _with(defined["form_1"], {"children": _inputs(defined, words)})}
        form = _reference(_ASKED)
        beginnings = [[form], [_reference("text"), form]]
        gone = [_reference(name) for name in ("form_1", "field", "choice", "toggle")]
        others = [each for each in _alternatives(defined, held["items"]) if each not in gone]
        held = {**held, "items": {"anyOf": others}}
    else:
        defined = {**defined, _FEW_ROWS: _small_table(defined)}
        beginnings = _shown(defined, words, set(plain_words(sentence)))
    shapes = [
        {
            **held,
            "prefixItems": [_either(order, [each]) for each in first],
            "minItems": len(first),
            "maxItems": len(first) + _MOST_MORE,
        }
        for first in beginnings
    ]
    children = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
    title = headline(sentence) if intent == "shows" else None
    said = {"children": children} | ({"title": {"const": title}} if title else {})
    return {**schema, "$defs": {**defined, "root_0": _with(defined["root_0"], said)}}


def _shown(defined: dict[str, Any], words: tuple[str, ...], said: set[str]) -> list[list[dict[str, Any]]]:
    """Return with what a screen that shows something can begin: figures, a chart or a table, as the sentence says."""
    table, chart, row = (_reference(name) for name in (_FEW_ROWS, "chart", "row_1"))
    if said & known("tables"):
        table = _columns(defined, words) if words else table
        return [[table], [_reference("text"), table]]
    if said & known("charts"):
        return [[chart], [row, chart]]
    if words:
        return [[_figures(defined, words), chart], [_figures(defined, words), table]]
    return [[row, chart], [row, table], [table]]


def _inputs(defined: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a form's inputs: one for each of the words, or a few that differ in kind."""
    order = _key_order(defined)
    if words:
        taken: dict[str, None] = {}
        inputs = [
            _either(order, _input(defined, input_kind(each), label=each, names=[_name(each, taken)])) for each in words
        ]
    else:
        inputs = [
            _either(order, [shape for kind in kinds for shape in _input(defined, kind, names=usual_names(kind))])
            for kinds in _FEW
        ]
    least = len(inputs) if words else 2
    return {"type": "array", "prefixItems": inputs, "items": False, "minItems": least, "maxItems": len(inputs)}


def _small_table(defined: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a table of few columns and rows: small models fill many with the same."""
    shapes = defined["table"].get("anyOf", [defined["table"]])
    few = [each for each in shapes if each["properties"]["columns"].get("minItems", 0) <= _FEW_COLUMNS] or shapes
    return {"anyOf": [_with_few_rows(each) for each in few]}


def _with_few_rows(table: dict[str, Any]) -> dict[str, Any]:
    return _with(table, {"rows": {**table["properties"]["rows"], "maxItems": _MOST_ROWS}})


def _input(
    defined: dict[str, Any], *kinds: str, label: str | None = None, names: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the shapes of an input of some kinds, without a placeholder; of one label and some names, where given."""
    said = ({"name": {"enum": list(names)}} if names else {}) | ({"label": {"const": label}} if label else {})
    fields = [kind for kind in kinds if kind not in {"choice", "toggle"}]
    shapes = []
    if fields:
        shapes.append(_with(defined["field"], {"kind": {"enum": fields}, "placeholder": {"type": "null"}, **said}))
    if "choice" in kinds:
        few = {"maxItems": _MOST_OPTIONS}
        shapes += [
            _with(shape, {"options": {**shape["properties"]["options"], **few}, **said})
            for shape in defined["choice"].get("anyOf", [defined["choice"]])
        ]
    if "toggle" in kinds:
        shapes.append(_with(defined["toggle"], said))
    return shapes


def _figures(defined: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a row of figures, one for each of the words."""
    order = _key_order(defined)
    figures = [_either(order, [_with(defined["metric"], {"label": {"const": each}})]) for each in words[:_MOST_FIGURES]]
    children = {"type": "array", "prefixItems": figures, "items": False, "minItems": len(figures)}
    return _with(defined["row_1"], {"children": children})


def _columns(defined: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a table with a column of the model's choice, and one for each of the words behind it."""
    wanted = [each[:_LONGEST_HEAD] for each in words[: _MOST_COLUMNS - 1]]
    for shape in defined["table"].get("anyOf", [defined["table"]]):
        columns = shape["properties"]["columns"]
        if columns.get("minItems") == columns.get("maxItems") == len(wanted) + 1:
            column = columns["items"]
            heads = [column, *(_with(column, {"label": {"const": each}}) for each in wanted)]
            return _with_few_rows(_with(shape, {"columns": {**columns, "prefixItems": heads}}))
    return _reference("table")


def _name(label: str, taken: dict[str, None]) -> str:
    """Return the name of an input by its label, another one than those that are taken."""
    name = re.sub(r"[^a-z0-9]+", "_", label.casefold())[:_LONGEST_NAME].strip("_")
    if not re.match("[a-z]", name):
        name = f"value_{name}"[:_LONGEST_NAME].strip("_")
    if name in taken:
        name = f"{name[: _LONGEST_NAME - 3]}_{len(taken) + 1}"
    taken[name] = None
    return name


def _with(shape: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {**shape, "properties": {**shape["properties"], **properties}}


def _either(order: list[dict[str, Any]], shapes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"anyOf": [*order, *shapes]}


def _key_order(defined: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the alternative that nothing satisfies and that says in which order the keys of nodes stand."""
    parts = _alternatives(defined, defined["root_0"]["properties"]["children"]["items"])
    return [each for each in parts[:1] if each.get("not") == {}]


def _alternatives(defined: dict[str, Any], items: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the alternatives of which a node is one, its reference followed."""
    followed = defined.get(items.get("$ref", "").removeprefix("#/$defs/"), items)
    alternatives: list[dict[str, Any]] = followed.get("anyOf", [items])
    return alternatives


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}
