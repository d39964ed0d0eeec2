"""Quotes of an answer from elsewhere: no mask held them to the document, so they are looked up in it.

A string that has to be a quote (`engine.constraint.grounding`: what its `x-grounding` says, and no `enum` or `const`)
is brought to the document's own spelling: blanks and letters are folded as the mask folds them, the case of ASCII
letters does not matter, and signs that no quote has at its ends are taken off. Where a quote has to be one of a list,
such as the document's numbers, and what was written stands in the document with just one of the list within it, it is
that one. What stands nowhere even so was made up: the model is told, and in the end it is withdrawn.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from engine.constraint.grounding import Grounds, QuotableText
from engine.constraint.grounding.quotable import fold
from engine.constraint.spec import MatchesSchema
from engine.constraint.validate import validator_of
from engine.errors import InvalidRequest
from engine.remote.checking import Problem
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from engine.constraint.grounding.places import Place
    from engine.constraint.grounding.quotable import Pairs
    from engine.model.protocol import GenerateRequest

Path = tuple[str | int, ...]

_AT_THE_ENDS = " ,;:|\"'"
_MOST_TOLD = 12
"""Quotes of a list that the model is told to choose from, at most."""
_LONGEST_TOLD = 80
_MOST_OFFERED = 80
"""Quotes of a list that a server's own mask is given to choose from, at most: it compiles them for each request."""
_ALTERNATIVES = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class Read:
    """An answer whose quotes are spelled as in the document.

    `problems`, in sentences for the model that wrote them, are those that stand nowhere. `withdrawn` is the answer
    without these: null, or left out of their list; None where the schema allows neither. Without problems it is the
    text.
    """

    text: str
    problems: tuple[Problem, ...]
    withdrawn: str | None


class Quotes:
    """What the strings of one request's answer have to be quotes of."""

    def __init__(self, request: GenerateRequest, trimmed_characters: int = 0) -> None:
        """Take a request with grounding; `trimmed_characters` at the end of its shrinkable span were not sent.

        Raises `InvalidRequest` where there is no schema or no such message, and `SchemaError` for what is no schema.
        """
        grounding, constraint = request.grounding, request.constraint
        if grounding is None or not isinstance(constraint, MatchesSchema):
            raise InvalidRequest("Only an answer that follows a schema can be held to a document.")
        if grounding.message >= len(request.messages):
            raise InvalidRequest("The answer is to quote a message that the request does not have.")
        content = request.messages[grounding.message].content
        end = len(content)
        if request.shrink is not None and request.shrink.message == grounding.message and trimmed_characters:
            end = min(end, request.shrink.end - trimmed_characters)
        pieces = [(start, min(stop, end)) for start, stop in grounding.pieces if start < end]
        lists = {name: [span for span in spans if span[1] <= end] for name, spans in grounding.lists.items()}
        document = read_schema(constraint.schema_text)
        self._text = QuotableText(content, pieces)
        self._grounds = Grounds(document, self._text, lists)
        self._validator = validator_of(document)

    @classmethod
    def of(cls, request: GenerateRequest, trimmed_characters: int = 0) -> Self | None:
        """Return the quotes of a request; None where its answer quotes nothing."""
        return None if request.grounding is None else cls(request, trimmed_characters)

    def read(self, text: str) -> Read:
        """Look up the quotes of an answer that satisfies the schema."""
        value = json.loads(text)
        problems: list[Problem] = []
        found = self._looked_up(value, self._grounds.places.root, (), problems)
        spelled = text if found == value else _written(found)
        if not problems:
            return Read(spelled, (), spelled)
        return Read(spelled, tuple(problems), self._withdraw(found, {each.pointer for each in problems}))

    def offered(self, schema: Any) -> Any:
        """Return a schema as a server is sent it, in which strings that have to be one of a list choose from it.

        So the server's own mask holds them to the document's numbers and dates. `schema` is the request's, or what was
        made of it for a server; what is behind a reference stays as it is.
        """
        return self._narrowed(schema, self._grounds.places.root)

    def spans(self, path: Path, value: Any) -> tuple[tuple[int, int], ...]:
        """Return where a value stands in the content of the message, in its order; none where it is no quote."""
        return self._grounds.spans(path, value) or () if isinstance(value, str) else ()

    def _looked_up(self, value: Any, place: Place, path: Path, problems: list[Problem]) -> Any:
        if isinstance(value, dict):
            return {key: self._looked_up(each, place.below(key), (*path, key), problems) for key, each in value.items()}
        if isinstance(value, list):
            return [self._looked_up(each, place.below(i), (*path, i), problems) for i, each in enumerate(value)]
        kind = self._grounds.at(place) if isinstance(value, str) else None
        if kind is None:
            return value
        found = self._spelled(value, kind.pairs)
        # What was brought to another spelling may have become longer, or what a pattern does not have.
        if found is None or (found != value and not place.admits(found)):
            problems.append(Problem(to_pointer(path), self._complaint(value, kind.pairs)))
            return value
        return found

    def _narrowed(self, schema: Any, place: Place) -> Any:
        if not isinstance(schema, dict) or "enum" in schema or "const" in schema:
            return schema
        kinds = schema.get("type")
        kinds = {kinds} if isinstance(kinds, str) else set(kinds) if isinstance(kinds, list) else set()
        if place.name in self._grounds.places.names and "string" in kinds and kinds <= {"string", "null"}:
            return self._choice(schema, self._listed(place), nullable="null" in kinds)
        made = dict(schema)
        if isinstance(schema.get("properties"), dict):
            made["properties"] = {
                name: self._narrowed(each, place.below(name)) for name, each in schema["properties"].items()
            }
        if isinstance(schema.get("items"), dict) and "prefixItems" not in schema:
            made["items"] = self._narrowed(schema["items"], place.below(0))
        for keyword in _ALTERNATIVES:
            if isinstance(schema.get(keyword), list):
                made[keyword] = [self._narrowed(each, place) for each in schema[keyword]]
        return made

    def _choice(self, schema: dict[str, Any], choices: list[str], *, nullable: bool) -> dict[str, Any]:
        """Return a choice in the form that all converters know: beside a list of types, some read no `enum`."""
        if len(choices) > _MOST_OFFERED or not (choices or nullable):
            return schema
        kinds: list[dict[str, Any]] = [{"type": "string", "enum": choices}] if choices else []
        kinds += [{"type": "null"}] if nullable else []
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}

    def _listed(self, place: Place) -> list[str]:
        kind = self._grounds.at(place)
        return [] if kind is None or kind.pairs is None else list(self._text.texts(kind.pairs))

    def _spelled(self, value: str, pairs: Pairs | None) -> str | None:
        """Return a string as the document has it; None where it does not."""
        for spelled in dict.fromkeys((value, fold(value), fold(value).strip(_AT_THE_ENDS))):
            if self._text.find(spelled, pairs):
                return spelled
        found = self._text.find_in_any_case(fold(value).strip(_AT_THE_ENDS))
        if found is None or pairs is None or self._text.find(found, pairs):
            return found
        within = {quote for place in self._text.find(found) for quote in self._text.within(*place, pairs)}
        return within.pop() if len(within) == 1 else None

    def _complaint(self, value: str, pairs: Pairs | None) -> str:
        shown = json.dumps(value[:_LONGEST_TOLD], ensure_ascii=False)
        listed = [] if pairs is None else list(self._text.texts(pairs))
        if pairs is not None and not listed:
            return f"{shown} does not stand in the document, and nothing there can: write null"
        if listed and len(listed) <= _MOST_TOLD:
            choices = ", ".join(json.dumps(each, ensure_ascii=False) for each in listed)
            return f"{shown} cannot stand here: copy one of {choices} exactly as it is, or write null"
        return f"{shown} does not stand in the document: copy it exactly as it is written there, or write null"

    def _withdraw(self, value: Any, invented: set[str]) -> str | None:
        """Return the answer without what was made up, as far as the schema allows it."""
        for left_out in (False, True):
            made = self._without(value, self._grounds.places.root, (), invented, left_out=left_out)
            if self._validator.is_valid(made):
                return _written(made)
        return None

    def _without(self, value: Any, place: Place, path: Path, invented: set[str], *, left_out: bool) -> Any:
        """Return null for what was made up; with `left_out`, an item of a list is taken out of it."""
        if isinstance(value, str):
            return None if to_pointer(path) in invented else value
        if isinstance(value, dict):
            return {
                key: self._without(each, place.below(key), (*path, key), invented, left_out=left_out)
                for key, each in value.items()
            }
        if not isinstance(value, list):
            return value
        # Where items are told apart by their places, one that is taken out would move the others.
        moves = left_out and not any(
            "prefixItems" in node or isinstance(node.get("items"), list) for node in place.nodes
        )
        return [
            self._without(each, place.below(index), (*path, index), invented, left_out=left_out)
            for index, each in enumerate(value)
            if not (moves and to_pointer((*path, index)) in invented)
        ]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
