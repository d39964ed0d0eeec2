"""What stands at a place of a schema's text, in a sentence or two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from engine.schema.drafts import Draft
from engine.schema.editing.syntax import Kind
from engine.schema.formats import FORMATS
from engine.schema.roles import Place, Role, place_of
from engine.schema.summary import summary
from engine.schema.vocabulary import TYPES, Takes, keyword

if TYPE_CHECKING:
    from engine.schema.editing.syntax import Member, Node, Syntax
    from engine.schema.vocabulary import Keyword


@dataclass(frozen=True)
class Explanation:
    """What is said of the characters from `start` to `end` (code points): a heading, a sentence, and its source."""

    start: int
    end: int
    heading: str
    sentence: str
    source: str = ""


def explanation(syntax: Syntax, place: int, draft: Draft) -> Explanation | None:
    """Explain the key or value at a place: keywords, types, formats, where a reference leads; None for the rest."""
    path = syntax.path_at(place)
    if not path:
        return None
    step, value = path[-1]
    if not isinstance(step, int) and step.start <= place < step.key_end:
        return _key(step, place_of(syntax.root, path[:-1], draft), draft)
    if value.start <= place < value.end and value.kind is Kind.STRING:
        return _value(syntax, value, place_of(syntax.root, path, draft))
    return None


def target(syntax: Syntax, reference: str) -> Node | None:
    """Return what a reference within the document leads to by its JSON Pointer; None where it does not."""
    hash_sign, fragment = reference[:1], unquote(reference[1:], errors="replace")
    if hash_sign != "#" or (fragment and not fragment.startswith("/")):
        return None
    return syntax.find(fragment)


def _key(member: Member, place: Place, draft: Draft) -> Explanation | None:
    if place.role is Role.SCHEMA:
        entry = keyword(member.key, draft)
        if entry is not None:
            return Explanation(member.start, member.key_end, entry.name, entry.meaning, entry.source)
        return Explanation(member.start, member.key_end, member.key, _unknown(member.key, draft))
    if place.role is Role.NAMED:
        return Explanation(member.start, member.key_end, member.key, f"{_upper(summary(member.value))}.")
    return None


def _unknown(name: str, draft: Draft) -> str:
    others = [each.spoken for each in Draft if keyword(name, each) is not None]
    if not others:
        return "No draft knows this keyword: it says nothing."
    return f"{_upper(draft.spoken)} does not have this keyword: it says nothing here. It stands in {_listed(others)}."


def _value(syntax: Syntax, node: Node, place: Place) -> Explanation | None:
    if place.role is not Role.VALUE or place.keyword is None:
        return None
    said = node.text[1:-1]
    found = _said(syntax, said, place.keyword)
    return Explanation(node.start, node.end, said, found) if found else None


def _said(syntax: Syntax, said: str, entry: Keyword) -> str:
    match entry.takes:
        case Takes.TYPES:
            return TYPES.get(said, "")
        case Takes.FORMAT:
            return next((each.meaning for each in FORMATS if each.name == said), "No draft defines this format.")
        case Takes.DRAFT:
            draft = next((each for each in Draft if each == said.rstrip("#")), None)
            return f"JSON Schema, {draft.spoken}." if draft is not None else "This draft is not known."
        case Takes.REFERENCE if entry.name not in {"$id", "id"}:
            if not said.startswith("#/") and said != "#":
                return ""
            node = target(syntax, said)
            return f"{_upper(summary(node))}." if node is not None else "There is nothing at this place."
    return ""


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
