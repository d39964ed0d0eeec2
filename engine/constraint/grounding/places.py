"""Which strings of an answer are quotes of the document, by the subschemas that may hold for their place.

`x-grounding` says it where it stands: "quoted" for any text of the document, "free" for text that the model may put
into its own words, or the name of a list of quotes that the request brings, e.g. the dates of the document. Without
it a string is quoted, unless its place has an `enum` or `const`: there the schema says the words.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.constraint.below import of_item, of_key
from engine.constraint.validate import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Container

    import jsonschema_rs

    from engine.constraint.grounding.quotable import Pairs, QuotableText
    from engine.schema.document import SchemaDocument

KEYWORD = "x-grounding"
QUOTED, FREE = "quoted", "free"

_ALTERNATIVES = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("if", "then", "else")
_CHECKED = frozenset({"pattern", "format", "minLength"})
_STRING = frozenset({"type", "pattern", "format", "minLength", "maxLength"})
_MOST_WORDS = 12
"""Words of the longest quote that is tried against a pattern or format."""
_MOST_CHARACTERS = 200


class Place:
    """A place of an answer: the subschemas that may hold for it, and what its strings are quotes of."""

    def __init__(self, places: Places, nodes: tuple[dict[str, Any], ...]) -> None:
        self._places = places
        self._nodes = nodes
        self._below: dict[str | int, Place] = {}
        self.name = self._name()
        """The name of a list, `QUOTED`, or `FREE`."""

    def below(self, step: str | int) -> Place:
        """Return the place of the value of a key, or of an item."""
        found = self._below.get(step)
        if found is None:
            schemas = [
                schema
                for node in self._nodes
                for schema in (of_item(node, step) if isinstance(step, int) else of_key(node, step))
            ]
            found = self._below[step] = self._places.at(schemas)
        return found

    def says(self, keyword: str) -> bool:
        """Tell whether one of the subschemas has a keyword that is true."""
        return any(node.get(keyword) is True for node in self._nodes)

    @property
    def nodes(self) -> tuple[dict[str, Any], ...]:
        """The subschemas that may hold here."""
        return self._nodes

    @property
    def titles(self) -> list[str]:
        """What the subschemas call themselves."""
        return [node["title"] for node in self._nodes if isinstance(node.get("title"), str)]

    @property
    def strings(self) -> list[dict[str, Any]]:
        """The subschemas that say what a string here is."""
        return [node for node in self._nodes if _may_be_string(node) and node.keys() & _STRING]

    @property
    def labels(self) -> list[Any]:
        """The values that the subschemas choose from, by `enum`, `const` or as booleans; none where they do not."""
        found = [each for node in self._nodes for each in _labels_of(node)]
        return found and [*found, *([None] if any("null" in _types(node) for node in self._nodes) else [])]

    def admits(self, text: str) -> bool:
        """Tell whether one of the subschemas that say what a string here is has a text."""
        strings = self.strings
        return not strings or any(validator.is_valid(text) for validator in self._validators)

    @cached_property
    def _validators(self) -> list[jsonschema_rs.Validator]:
        kind = DRAFTS[self._places.draft][1]
        own = [{key: node[key] for key in node.keys() & _STRING} for node in self.strings]
        return [kind(node, validate_formats=True) for node in own]

    @property
    def longest(self) -> int | None:
        """How many characters a string may have, where every alternative says that."""
        limits = [node.get("maxLength") for node in self.strings]
        known = [int(limit) for limit in limits if isinstance(limit, int | float)]
        return max(known) if known and len(known) == len(limits) else None

    def pairs(self, text: QuotableText) -> Pairs | None:
        """Return the quotes that pass the checks of this place; None where it has none but a greatest length."""
        checked = [node for node in self.strings if node.keys() & _CHECKED]
        if not checked or any(not node.keys() & _CHECKED for node in self.strings if node.get("type") != "null"):
            return None
        kind = DRAFTS[self._places.draft][1]
        validators: list[jsonschema_rs.Validator] = [
            kind({key: node[key] for key in node.keys() & _STRING}, validate_formats=True) for node in checked
        ]
        most = min(self.longest or _MOST_CHARACTERS, _MOST_CHARACTERS)
        found = []
        for start in text.starts.tolist():
            end = start
            for _ in range(_MOST_WORDS):
                end = int(text.ahead[end + 1]) if end + 1 < len(text.data) else -1
                if end < 0 or text.characters[end] - text.characters[start] > most:
                    break
                quote = text.quote(start, end)
                if any(validator.is_valid(quote) for validator in validators):
                    found.append((start, end))
        return text.pairs_of(found)

    def _name(self) -> str:
        said = [str(node[KEYWORD]) for node in self._nodes if KEYWORD in node and _may_be_string(node)]
        if said:
            return FREE if FREE in said else said[0]
        if any("enum" in node or "const" in node for node in self._nodes):
            return FREE
        return QUOTED


class Places:
    """The places of the answers to one schema."""

    def __init__(self, document: SchemaDocument, names: Container[str] = ()) -> None:
        """`names` are the lists of quotes that there are; a name that is none of them stands for any text."""
        self.draft = document.draft
        self.names = names
        self._references = document.references
        self._known: dict[tuple[int, ...], Place] = {}
        self.root = self.at([document.root])

    def at(self, schemas: list[Any]) -> Place:
        """Return the place for which these schemas hold, and what they lead to whatever the answer is."""
        found: dict[int, dict[str, Any]] = {}
        pending = list(schemas)
        while pending:
            here = pending.pop(0)
            if not isinstance(here, dict) or id(here) in found:
                continue
            here = self._references.effective(here)
            found[id(here)] = here
            pending.extend(self._references.fixed(here))
            pending.extend(each for keyword in _ALTERNATIVES for each in here.get(keyword, ()))
            pending.extend(here[keyword] for keyword in _CONDITIONAL if keyword in here)
            pending.extend(here.get("dependentSchemas", {}).values())
        nodes = tuple({id(node): node for node in found.values()}.values())
        key = tuple(map(id, nodes))
        if key not in self._known:
            self._known[key] = Place(self, nodes)
        return self._known[key]


def _types(node: dict[str, Any]) -> set[str]:
    types = node.get("type", ())
    return {types} if isinstance(types, str) else set(types)


def _labels_of(node: dict[str, Any]) -> list[Any]:
    if isinstance(node.get("enum"), list):
        return list(node["enum"])
    if "const" in node:
        return [node["const"]]
    return [True, False] if "boolean" in _types(node) else []


def _may_be_string(node: dict[str, Any]) -> bool:
    types = node.get("type", "string")
    return types == "string" or (isinstance(types, list) and "string" in types)
