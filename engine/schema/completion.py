"""What can be written at a place of a schema's text, broken as it is while somebody writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from engine.schema.drafts import Draft
from engine.schema.editing.edits import Edit
from engine.schema.editing.layout import Style, scalar
from engine.schema.editing.syntax import Kind
from engine.schema.formats import formats
from engine.schema.pointer import escape
from engine.schema.roles import Place, Role
from engine.schema.summary import summary
from engine.schema.vocabulary import TYPES, Takes
from engine.schema.vocabulary import keywords as keywords_of
from engine.schema.word import context_of, word_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.editing.edits import Step
    from engine.schema.editing.syntax import Node, Syntax
    from engine.schema.word import Context, Word

MOST = 200
"""Suggestions that are made at once."""


@dataclass(frozen=True)
class Completion:
    """Something that can be written: its name, one line of help, and the edits that write it.

    `select` is what is to be selected afterwards, a span of the text after; with `more` there are suggestions there.
    """

    name: str
    help: str
    edits: Step
    select: tuple[int, int]
    more: bool = False


@dataclass(frozen=True)
class _Choice:
    """A key with a value to begin with, or a value; the value as JSON."""

    name: str
    help: str
    value: str
    more: bool = False


def completions(syntax: Syntax, place: int, draft: Draft) -> list[Completion]:
    """Return what can be written at a place (in code points), of what fits the letters there already; best first."""
    word = word_at(syntax, place)
    if word is None:
        return []
    context = context_of(syntax, word, draft)
    if context is None:
        return []
    style = Style.of(syntax.text)
    choices = _keys(context, draft) if context.is_key else _values(context, draft)
    fitting = []
    typed = word.typed.lower()
    for number, choice in enumerate(choices):
        rank = _rank(typed, choice.name.lower())
        if rank is not None:
            fitting.append((rank, number, choice))
    fitting.sort(key=lambda entry: entry[:2])
    return [_completion(choice, word, context, style) for _, _, choice in fitting[:MOST]]


# Keys


def _keys(context: Context, draft: Draft) -> Iterator[_Choice]:
    holder, place = context.holder, context.place
    taken = {member.key for member in holder.members()} if holder is not None else set()
    if place.role is Role.SCHEMA and holder is not None:
        yield from _keywords(holder, taken, draft, at_root=place.keyword is None)
    elif place.role is Role.NAMED and place.keyword is not None:
        if place.keyword.name == "properties":
            names, value, words = _required(place.schema), "{}", "required here, and not described yet"
        elif place.keyword.name in {"dependentRequired", "dependentSchemas", "dependencies"}:
            names, words = _properties(place.schema), "a property of this object"
            value = "{}" if place.keyword.name == "dependentSchemas" else "[]"
        else:
            return
        for name in names:
            if name not in taken:
                yield _Choice(name, words, value)


def _keywords(holder: Node, taken: set[str], draft: Draft, *, at_root: bool) -> Iterator[_Choice]:
    """Yield the keywords of a draft that are not there yet, those that say something of the type before the others."""
    named = _strings(holder.get("type"))
    later = []
    for entry in keywords_of(draft):
        if entry.name in taken or (entry.name in {"$schema", "$vocabulary"} and not at_root):
            continue
        choice = _Choice(
            entry.name,
            entry.meaning,
            scalar(_uri(draft)) if entry.takes is Takes.DRAFT else entry.skeleton,
            more=entry.takes in {Takes.TYPES, Takes.FORMAT, Takes.REFERENCE, Takes.BOOLEAN},
        )
        if named and entry.about and not set(entry.about) & set(named):
            later.append(choice)
        else:
            yield choice
    yield from later


# Values


def _values(context: Context, draft: Draft) -> Iterator[_Choice]:
    place = context.place
    if place.role in {Role.SCHEMA, Role.SCHEMAS, Role.NAMED}:
        yield from _subschemas(place, draft)
        return
    taken: set[str] = set()
    if context.member is None and context.holder is not None:
        taken = set(_strings(context.holder))
    if place.role is Role.VALUE and place.keyword is not None:
        for choice in _plain_values(place, context, draft):
            if choice.name not in taken:
                yield choice
    elif place.role is Role.NAMES:
        yield _Choice("[]", "names of properties", "[]")


def _subschemas(place: Place, draft: Draft) -> Iterator[_Choice]:
    if place.role is Role.SCHEMAS:
        yield _Choice("[ ]", "schemas, one after the other", "[]")
        return
    yield _Choice("{ }", "a schema" if place.role is Role.SCHEMA else "schemas by their names", "{}")
    named = place.keyword.name if place.keyword is not None else ""
    booleans = draft is not Draft.D4 or named in {"additionalProperties", "additionalItems"}
    if place.role is Role.SCHEMA and booleans and place.keyword is not None:
        yield _Choice("false", "nothing is allowed here", "false")
        yield _Choice("true", "everything is allowed here", "true")


def _plain_values(place: Place, context: Context, draft: Draft) -> Iterator[_Choice]:
    assert place.keyword is not None, "only the values of keywords are asked for"
    match place.keyword.takes:
        case Takes.NAMES | Takes.NAMED_NAMES | Takes.SCHEMAS_OR_NAMES:
            for name in _properties(place.schema):
                yield _Choice(name, "a property of this object", scalar(name))
        case Takes.TYPES:
            for name, meaning in TYPES.items():
                yield _Choice(name, meaning, scalar(name))
        case Takes.FORMAT:
            for each in formats(draft):
                yield _Choice(each.name, each.meaning, scalar(each.name))
        case Takes.REFERENCE:
            yield from _targets(place.keyword.name, context.root)
        case Takes.BOOLEAN:
            yield _Choice("true", place.keyword.meaning, "true")
            yield _Choice("false", "As if the keyword were not there.", "false")
        case Takes.DRAFT:
            for each_draft in reversed(Draft):
                yield _Choice(_uri(each_draft), f"JSON Schema, {each_draft.spoken}", scalar(_uri(each_draft)))
        case Takes.VALUES:
            yield _Choice("[ ]", place.keyword.meaning, "[]")
        case Takes.VALUE:
            yield from _defaults(place.schema)
        case Takes.TEXT:
            for name, meaning in _TEXTS.get(place.keyword.name, {}).items():
                yield _Choice(name, meaning, scalar(name))


_TEXTS = {
    "contentEncoding": {
        "base64": "64 letters, digits and signs (RFC 4648).",
        "base64url": "As base64, without signs that a URL cannot hold (RFC 4648).",
        "base32": "32 letters and digits (RFC 4648).",
        "base16": "Hexadecimal digits (RFC 4648).",
        "quoted-printable": "Text with what is not ASCII as =XX (RFC 2045).",
    },
    "contentMediaType": {
        "application/json": "JSON, which contentSchema can describe.",
        "text/plain": "Plain text.",
        "text/html": "A web page.",
        "application/pdf": "A PDF document.",
        "image/png": "A PNG picture.",
        "image/jpeg": "A JPEG picture.",
    },
}


def _uri(draft: Draft) -> str:
    """Return what $schema says in a draft; up to draft 7 it ends in a #."""
    return f"{draft}#" if draft.age <= Draft.D7.age else str(draft)


def _targets(name: str, root: Node | None) -> Iterator[_Choice]:
    """Yield what a reference can lead to within the schema."""
    if root is None or name in {"$id", "id"}:
        return
    if name != "$recursiveRef":
        for keyword in ("$defs", "definitions"):
            held = root.get(keyword)
            for member in held.members() if held is not None else []:
                fragment = quote(f"/{keyword}/{escape(member.key)}", safe="/!$&'()*+,;=:@?~", errors="replace")
                yield _Choice(f"#{fragment}", summary(member.value), scalar(f"#{fragment}"))
    yield _Choice("#", "this schema itself, from its root on", '"#"')


def _defaults(schema: Node | None) -> Iterator[_Choice]:
    """Yield the values that a schema names itself."""
    if schema is None:
        return
    values = schema.get("enum")
    for each in values.items() if values is not None else []:
        yield _Choice(_bare(each), "one of the enum", each.text)
    named = _strings(schema.get("type"))
    if "boolean" in named:
        yield _Choice("true", "a boolean", "true")
        yield _Choice("false", "a boolean", "false")
    if "null" in named:
        yield _Choice("null", "no value", "null")


def _properties(schema: Node | None) -> list[str]:
    """Return the names of an object's properties."""
    held = schema.get("properties") if schema is not None else None
    return [member.key for member in held.members()] if held is not None else []


def _required(schema: Node | None) -> list[str]:
    return _strings(schema.get("required")) if schema is not None else []


def _strings(node: Node | None) -> list[str]:
    """Return a string, or the strings of an array."""
    if node is None:
        return []
    nodes = node.items() if node.kind is Kind.ARRAY else [node]
    return [_bare(each) for each in nodes if each.kind is Kind.STRING]


def _bare(node: Node) -> str:
    """Return a string without quotes and escapes, anything else as it is written."""
    if node.kind is Kind.STRING:
        try:
            return str(json.loads(node.text, strict=False))
        except ValueError:
            return node.text.strip('"')
    return node.text[:80]


# What fits, and how it is written


def _rank(typed: str, name: str) -> int | None:
    """Return how well a name fits what was typed (less is better); None where it does not."""
    if name.startswith(typed):
        return 0
    if name.lstrip("$#/").startswith(typed):
        return 1
    return 2 if typed in name else None


def _completion(choice: _Choice, word: Word, context: Context, style: Style) -> Completion:
    written, only_key = choice.value, context.is_key and word.after == ":"
    start, end = _begun(written, is_key=context.is_key)
    if context.is_key:
        head = scalar(choice.name) + ("" if only_key else style.colon)
        written = head if only_key else head + written
        start, end = (len(head), len(head)) if only_key else (start + len(head), end + len(head))
    word_edit = Edit(word.start, word.end, written + ("," if word.comma_after else ""))
    comma = (Edit(word.behind, word.behind, ","),) if word.comma_before else ()
    edits: Step = (*comma, word_edit)
    if comma and word.behind == word.start:
        edits = (Edit(word.start, word.end, f",{style.gap}{word_edit.text}"),)
    shift = word.start + sum(len(edit.text) for edit in edits) - len(word_edit.text)
    return Completion(choice.name, choice.help, edits, (start + shift, end + shift), choice.more and not only_key)


def _begun(value: str, *, is_key: bool) -> tuple[int, int]:
    """Return what of a value is to be selected: where to go on, or for a key all that it begins with."""
    end = len(value)
    if value in {"{}", "[]", '""'} or (is_key and value.endswith('/"')):
        return end - 1, end - 1
    if not is_key:
        return end, end
    return (1, end - 1) if value.startswith('"') else (0, end)
