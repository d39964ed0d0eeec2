"""What a change is aimed at: the parts of a screen that a sentence speaks of, and what is to be done with them.

A small model that may change anything changes the first thing there is. So in the core profile a change is held to what
its words say: to take something away is to remove a part that they name, to add something is to append one of the kind
that they name, and anything else replaces a part that they name by one of its kind. Where they name nothing, or the
catalogue is another one, any change may be made.
"""

from __future__ import annotations

from typing import Any, Final

from engine.interface.places import kind_at, nodes_below
from engine.interface.precedents import words_of
from engine.interface.wording import components_named, input_kind, known, plain_words

_INPUTS: Final = frozenset({"field", "choice", "toggle"})
_REPLIES: Final = ("text", "metric", "table", "card")
_OWN_WORDS: Final = ("title", "label", "text", "name", "submit", "options", "labels")


def aimed(schema: dict[str, Any], sentence: str, tree: Any) -> dict[str, Any]:
    """Return the schema of an answer about a core tree, held to the change that a sentence speaks of."""
    said = set(plain_words(sentence))
    named, targets = components_named(sentence), targets_of(sentence, tree)
    if said & known("removes"):
        return _patching(schema, [_change("remove", [each], None) for each in targets])
    if said & known("adds"):
        forms = [pointer for pointer, node in nodes_below(tree) if isinstance(node, dict) and kind_at(node) == "form"]
        inputs = [kind for kind in named if kind in _INPUTS] or ([_input_of(sentence)] if forms and not named else [])
        kinds, places = (inputs, forms or [""]) if inputs else (named, [""])
        node = _node(schema, kinds)
        return _patching(schema, [_change("append", places, node)] if node else [])
    changes = []
    for pointer, kind in targets.items():
        node = _node(schema, [kind])
        if node is not None:
            changes.append(_change("replace", [pointer], node))
    return _patching(schema, changes)


def replying(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the answer to what a core tree has sent: another tree, or a part below all others."""
    node = _node(schema, _REPLIES)
    if node is None:
        return schema
    return {**schema, "anyOf": [schema["anyOf"][0], *_patching(schema, [_change("append", [""], node)])["anyOf"]]}


def targets_of(sentence: str, tree: Any) -> dict[str, str]:
    """Return the parts of which a sentence names most words, by pointer, with their types; the root is none of them.

    The kind of a part ("the chart") is one of its words.
    """
    wanted, named = set(words_of(sentence)), components_named(sentence)
    scores: dict[str, int] = {}
    kinds: dict[str, str] = {}
    for pointer, node in nodes_below(tree):
        if pointer and isinstance(node, dict) and "type" in node:
            kinds[pointer] = kind_at(node)
            scores[pointer] = len(wanted & _words(node)) + (kinds[pointer] in named)
    best = max(scores.values(), default=0)
    return {pointer: kinds[pointer] for pointer, score in scores.items() if score == best} if best else {}


def _words(node: dict[str, Any]) -> set[str]:
    texts: list[str] = []
    for key in _OWN_WORDS:
        said = node.get(key)
        texts += [said] if isinstance(said, str) else [each for each in said or () if isinstance(each, str)]
    return set(words_of(" ".join(texts).replace("_", " ")))


def _input_of(sentence: str) -> str:
    kind = input_kind(sentence)
    return kind if kind in _INPUTS else "field"


def _node(schema: dict[str, Any], kinds: Any) -> dict[str, Any] | None:
    """Return the schema of a node of some kinds, as it can stand in a patch; None where that knows none of them."""
    parts = _parts(schema)
    found = [each for each in parts if _kind_of(each) in kinds]
    order = [each for each in parts[:1] if "$ref" not in each]
    return {"anyOf": [*order, *found]} if found else None


def _parts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the alternatives of which the node of a change is one; nothing where there is no patch."""
    for change in _changes(schema):
        node = change["properties"].get("node", {})
        alternatives = schema["$defs"].get(node.get("$ref", "").removeprefix("#/$defs/"), node).get("anyOf")
        if isinstance(alternatives, list):
            return alternatives
    return []


def _changes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    patch = schema.get("anyOf", [{}])[-1]
    listed = patch.get("properties", {}).get("changes", {}).get("items", {}).get("anyOf", [])
    return [each for each in listed if isinstance(each.get("properties"), dict)]


def _kind_of(reference: dict[str, Any]) -> str:
    """Return the type that a reference is to: definitions of what holds nodes are numbered by their level."""
    name = str(reference.get("$ref", "")).removeprefix("#/$defs/")
    stem, _, level = name.rpartition("_")
    return stem if level.isdecimal() else name


def _change(op: str, places: list[str], node: dict[str, Any] | None) -> dict[str, Any]:
    properties = {"op": {"const": op}, "at": {"enum": places}, **({"node": node} if node is not None else {})}
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}


def _patching(schema: dict[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of an answer that makes one of some changes; any answer, where there are none."""
    if not changes or not _changes(schema):
        return schema
    patch = schema["anyOf"][-1]
    held = {**patch["properties"]["changes"], "maxItems": 1, "items": {"anyOf": changes}}
    return {**schema, "anyOf": [{**patch, "properties": {**patch["properties"], "changes": held}}]}
