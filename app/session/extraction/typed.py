"""What a person types, or chooses in a document, read as a value of the field it is meant for.

Numbers and dates are read in the way of people ("1.284,00", "11th March 2024"), by the rules that read them in
documents; where these leave two meanings, the way in which the document writes its other numbers decides.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.errors import InvalidRequest
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.constraint.grounding.places import Place
    from engine.extraction.values import Reading

_YES: Final = frozenset({"true", "yes", "y", "1", "x", "ja", "oui", "si", "sí", "sì", "sim", "tak", "ano", "kyllä"})
_NO: Final = frozenset({"false", "no", "n", "0", "nein", "non", "não", "nee", "nie", "ne", "nej", "ei"})
_PARTS: Final = re.compile(r"\s*[;\n]\s*")
_COMMAS: Final = re.compile(r"\s*,\s*")
_NUMBERS: Final = frozenset({"number", "integer"})
_NESTED: Final = frozenset({"array", "object"})
_LONGEST_SAID: Final = 60


@dataclass(frozen=True)
class Read:
    """A value, and the part of the text that says it."""

    value: Any
    start: int
    end: int


def read_typed(schema_text: str, record: Any, pointer: str, text: str, context: Iterable[str] = ()) -> Any:
    """Return what a text means as the value at a pointer of a record.

    `context` are texts that show how the document writes numbers and dates. Raises InvalidRequest where it is no
    value of the field, or one that the schema does not allow there.
    """
    said = text.strip()
    # What is typed stands in a paragraph of its own, where no other number can be taken for a part of it.
    return _read(schema_text, record, pointer, "\n\n".join((said, *context)), 0, len(said)).value


def read_chosen(schema_text: str, record: Any, pointer: str, document: str, start: int, end: int) -> Read:
    """Return what a span of a document's text means as the value at a pointer, with the part that says it.

    Raises InvalidRequest where it is no value of the field, or one that the schema does not allow there.
    """
    while start < end and document[start].isspace():
        start += 1
    while end > start and document[end - 1].isspace():
        end -= 1
    if start >= end:
        raise InvalidRequest("Nothing was chosen.", advice="Choose the text in the document that says the value.")
    read = _read(schema_text, record, pointer, document, start, end)
    if isinstance(read.value, str) and read.value == document[start:end]:
        return Read(" ".join(read.value.split()), start, end)  # where a line ends says nothing of the value
    return read


def _read(schema_text: str, record: Any, pointer: str, text: str, start: int, end: int) -> Read:
    field = _Field(schema_text, pointer)
    read = field.read(text, start, end)
    field.check(record, read.value, text[start:end])
    return read


class _Field:
    """What a schema says of the value at a pointer."""

    def __init__(self, schema_text: str, pointer: str) -> None:
        from engine.constraint.grounding.places import Places
        from engine.schema.document import read_schema

        self._schema = read_schema(schema_text)
        self._path = pointer.split("/")[1:]
        self.name = next((unescape(step) for step in reversed(self._path) if not step.isdecimal()), "the record")
        self._place: Place = Places(self._schema).root
        for step in self._path:
            self._place = _below(self._place, step)
        self._types = _types(self._place)
        self._choices = [choice for node in self._place.nodes for choice in (*node.get("enum", ()), *_const(node))]

    def read(self, text: str, start: int, end: int) -> Read:
        """Return the value that `text[start:end]` says; the text around it shows how numbers are written."""
        types = self._types - {"null"}
        if not self._choices:
            if types and types <= _NUMBERS:
                return self._number(text, start, end)
            if types == {"string"} and any(node.get("format") == "date" for node in self._place.nodes):
                return self._date(text, start, end)
        return Read(self._plain(text[start:end], types), start, end)

    def _plain(self, said: str, types: set[str]) -> Any:
        if self._choices:
            return self._choose(said)
        if types == {"boolean"}:
            return self._boolean(said)
        if types == {"array"}:
            return self._list(said)
        if types == {"string"}:
            return said
        return self._any(said) if types - _NESTED else self._json(said)

    def check(self, record: Any, value: Any, said: str) -> None:
        """Raise InvalidRequest where the schema does not allow the value there."""
        from engine.constraint.validate import validator_of

        path = tuple(self._path)
        for error in validator_of(self._schema).iter_errors(_with(record, path, value)):
            place = tuple(str(step) for step in error.instance_path)
            if place[: len(path)] == path:
                raise InvalidRequest(
                    f"{self.name} cannot be {_short(said)}: {error.message}.",
                    where=self.name,
                    advice="Type another value, or change the schema.",
                )

    def _choose(self, said: str) -> Any:
        spelled = {choice if isinstance(choice, str) else json.dumps(choice): choice for choice in self._choices}
        if said in spelled:
            return spelled[said]
        folded = {text.casefold(): choice for text, choice in spelled.items()}
        if said.casefold() in folded:
            return folded[said.casefold()]
        known = ", ".join(list(spelled)[:8])
        raise InvalidRequest(
            f"{_short(said)} is none of the choices of {self.name}.", where=self.name, advice=f"They are: {known}."
        )

    def _boolean(self, said: str) -> bool:
        word = said.casefold().rstrip(".")
        if word in _YES or word in _NO:
            return word in _YES
        raise InvalidRequest(f"{_short(said)} is neither yes nor no.", where=self.name, advice="Type yes or no.")

    def _number(self, text: str, start: int, end: int) -> Read:
        from engine.extraction.values import find_numbers

        found = _reading(find_numbers, text, start, end)
        if found is not None:
            return found
        raise InvalidRequest(
            f"{_short(text[start:end])} is no number.",
            where=self.name,
            advice="Type one such as 1,284.00 or 1.284,00.",
        )

    def _date(self, text: str, start: int, end: int) -> Read:
        from engine.extraction.values import find_dates

        found = _reading(find_dates, text, start, end)
        if found is not None:
            return found
        raise InvalidRequest(
            f"{_short(text[start:end])} is no date.",
            where=self.name,
            advice="Type one such as 11 March 2024 or 2024-03-11.",
        )

    def _list(self, said: str) -> Any:
        if said.startswith("["):
            return self._json(said)
        if _types(self._place.below(0)) - {"null"} != {"string"}:
            return self._json(said)
        parts = _PARTS.split(said) if _PARTS.search(said) else _COMMAS.split(said)
        return [part for part in parts if part]

    def _json(self, said: str) -> Any:
        try:
            return json.loads(said)
        except (ValueError, RecursionError):
            if not self._types:
                return said
        raise InvalidRequest(
            f"{_short(said)} cannot be read as the value of {self.name}.",
            where=self.name,
            advice="Type it as JSON.",
        )

    def _any(self, said: str) -> Any:
        """Return the value where more than one type is allowed: JSON where it is some, else the text."""
        try:
            value = json.loads(said)
        except (ValueError, RecursionError):
            return said
        kind = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}.get(type(value))
        return value if kind in self._types or (kind == "number" and self._types & _NUMBERS) else said


def _reading(find: Callable[[str], list[Reading]], text: str, start: int, end: int) -> Read | None:
    """Return the one value within a part of a text, whatever currency or weekday stands beside it; None for several.

    A part that cuts what stands there is read by itself.
    """
    inside = [each for each in find(text) if start <= each.start and each.end <= end]
    if inside:
        longest = max(inside, key=lambda each: each.end - each.start)
        only = all(longest.start <= each.start and each.end <= longest.end for each in inside)
        return Read(longest.value, longest.start, longest.end) if only else None
    if len(text) == end - start:
        return None
    alone = _reading(find, text[start:end], 0, end - start)
    return Read(alone.value, start + alone.start, start + alone.end) if alone is not None else None


def _below(place: Place, step: str) -> Place:
    holds = _types(place)
    index = step.isascii() and step.isdecimal() and "array" in holds
    return place.below(int(step) if index else unescape(step))


def _types(place: Place) -> set[str]:
    found: set[str] = set()
    for node in place.nodes:
        said = node.get("type", [])
        found.update([said] if isinstance(said, str) else said)
    if not found:
        said = {keyword for node in place.nodes for keyword in node}
        found = {"object"} if "properties" in said else {"array"} if said & {"items", "prefixItems"} else set()
    return found


def _const(node: dict[str, Any]) -> tuple[Any, ...]:
    return (node["const"],) if "const" in node else ()


def _with(record: Any, path: tuple[str, ...], value: Any) -> Any:
    """Return a record with another value at a path; what is missing on the way there is made."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(record, list) and step.isdecimal():
        index = int(step)
        items = [*record, *[None] * (index + 1 - len(record))]
        items[index] = _with(items[index], rest, value)
        return items
    held = record if isinstance(record, dict) else {}
    key = unescape(step)
    return {**held, key: _with(held.get(key), rest, value)}


def _short(said: str) -> str:
    cut = said if len(said) <= _LONGEST_SAID else f"{said[:_LONGEST_SAID]}…"
    return f"“{' '.join(cut.split())}”"
