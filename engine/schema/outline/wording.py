"""The keywords of a schema in a few words each: "1…40", "≥ 0", "27 values", "closed"."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.schema.drafts import Draft
from engine.schema.editing import Kind
from engine.schema.outline.places import Holding, holding, requirements
from engine.schema.outline.reading import cut, is_filled, keywords, string, strings, written
from engine.schema.outline.targets import REFERENCES
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.schema.editing import Node


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword, or two that belong together, in words. A note says nothing of what a value has to be."""

    keyword: str
    text: str
    note: bool = False


_RANGES: Final = {
    "minLength": ("maxLength", " characters"),
    "minItems": ("maxItems", ""),
    "minContains": ("maxContains", " such items"),
    "minProperties": ("maxProperties", " keys"),
}
"""Lower bounds, with the upper one that each is told together with, and what is counted."""
_BOUNDS: Final = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
_OPENING: Final = {"additionalProperties": ("open", "closed"), "items": ("more items", "no more items")}
"""What a keyword says with true and with false."""

_BINDING: Final = (
    *REFERENCES, "format", "pattern", "contentEncoding", "contentMediaType", "minLength", "maxLength", "minimum",
    "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    "minContains", "maxContains", "items", "additionalItems", "unevaluatedItems", "properties",
    "additionalProperties", "unevaluatedProperties", "minProperties", "maxProperties", "required", "enum", "const",
    "allOf",
)  # fmt: skip
_NOTES: Final = (
    "default", "examples", "deprecated", "readOnly", "writeOnly", "title", "$anchor", "$dynamicAnchor",
    "$recursiveAnchor", "$id", "id", "$schema", "$comment",
)  # fmt: skip
_KNOWN: Final = frozenset({*_BINDING, *_NOTES})
_LONGEST = 48
_FEW = 4
_FEW_LETTERS = 32


def words_of(node: Node, leaving_out: Iterable[str] = ()) -> tuple[Word, ...]:
    """Return the words of a schema's own keywords, those that bind first. What rows show is left out.

    Of the type and the description only what is no such thing is told.
    """
    members = keywords(node)
    left_out = frozenset(leaving_out)
    order = [keyword for keyword in _BINDING if keyword in members]
    order += [keyword for keyword in members if keyword not in _KNOWN]
    order += [keyword for keyword in _NOTES if keyword in members]
    found = list(_repeated(node))
    for keyword in order:
        if keyword not in left_out:
            text = _worded(keyword, members[keyword], members)
            if text:
                found.append(Word(keyword, text, keyword in _NOTES))
    return tuple(found)


def reference_name(reference: str) -> str:
    """Return what a reference is called: the last part of a pointer, or all of another one."""
    return unescape(reference.rpartition("/")[2]) if reference.startswith("#/") else reference


def named(names: list[str]) -> str:
    """Return a few names, and how many there are more."""
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return ", ".join(cut(name, 24) for name in names[:_FEW]) + more


def _repeated(node: Node) -> Iterator[Word]:
    counts = Counter(member.key for member in node.members())
    for keyword, count in counts.items():
        if count > 1:
            yield Word(keyword, f"{cut(keyword, 24)} stands {'twice' if count == 2 else f'{count} times'}")


def _worded(keyword: str, node: Node, members: dict[str, Node]) -> str:
    """Return the words of one keyword; none, where it is told with another one, or by rows."""
    held = holding(keyword, node, members)
    if held is Holding.NAMED and keyword == "properties":
        count = len(node.members())
        return f"{count:,} {'property' if count == 1 else 'properties'}"
    if held is Holding.LIST and keyword == "allOf" and len(node.items()) > 1:
        return f"all of {len(node.items())}"
    if held is not Holding.WORDS:
        return ""
    words = _special(keyword, node, members)
    if words is not None:
        return words
    if node.kind is Kind.TRUE:
        return cut(keyword, 24)
    said = string(node, 4 * _LONGEST) if keyword in _SAID_PLAINLY else None
    return cut(f"{cut(keyword, 24)} {said if said is not None else written(node, 40)}", _LONGEST)


_SAID_PLAINLY = frozenset(
    {*_NOTES, "contentEncoding", "contentMediaType", "format", "pattern"} - {"default", "examples"}
)
"""Keywords whose strings stand without quotes."""


def _special(keyword: str, node: Node, members: dict[str, Node]) -> str | None:
    """Return the words of a keyword that has its own, where its value has the form for them."""
    match keyword:
        case "type" | "description":
            usual = node.kind is Kind.STRING or keyword == "type"
            return "" if usual else None
        case "nullable" if node.kind is Kind.TRUE:
            return "nullable"
        case "$ref" | "$dynamicRef" | "$recursiveRef":
            said = string(node)
            return None if said is None else f"{keyword} {cut(reference_name(said), 40)}"
        case "additionalProperties" | "items" if node.kind in {Kind.TRUE, Kind.FALSE}:
            return _OPENING[keyword][node.kind is Kind.FALSE]
        case "properties" if node.kind is Kind.OBJECT:
            return "no properties"
        case "required":
            return _requires(node, members)
        case "enum" if node.kind is Kind.ARRAY:
            return _choices(node)
        case "const":
            return written(node, 40)
        case "examples" if node.kind is Kind.ARRAY:
            count = len(node.items())
            return f"{count:,} example{'' if count == 1 else 's'}"
        case "$schema":
            return _draft(node)
    return _bound(keyword, node, members)


def _bound(keyword: str, node: Node, members: dict[str, Node]) -> str | None:
    """Return a bound: with the one at the other end, if there is one; none for that other one."""
    if keyword in _BOUNDS:
        return _limit(keyword, node, members)
    for low, (high, counted) in _RANGES.items():
        if keyword in {low, high} and all(_is_number(members.get(each)) for each in (low, high)):
            ends = written(members[low], 24), written(members[high], 24)
            same = ends[0] == ends[1]
            span = ends[0] if same else "…".join(ends)
            if keyword == high:
                return ""
            return f"{'exactly ' if same else ''}{span}{counted}"
    return None


def _limit(keyword: str, node: Node, members: dict[str, Node]) -> str | None:
    """Return a bound of numbers. Up to draft 4 the exclusive ones are true or false, and sharpen the others."""
    plain = keyword.removeprefix("exclusive")
    plain = plain[0].lower() + plain[1:]
    exclusive = f"exclusive{plain[0].upper()}{plain[1:]}"
    if node.kind in {Kind.TRUE, Kind.FALSE} and keyword == exclusive and _is_number(members.get(plain)):
        return "" if node.kind is Kind.TRUE else None
    if not _is_number(node):
        return None
    sharp = members.get(exclusive)
    sharpened = keyword == plain and sharp is not None and sharp.kind is Kind.TRUE
    low, high = members.get("minimum"), members.get("maximum")
    if (
        low is not None and high is not None and _is_number(low) and _is_number(high)
        and not {"exclusiveMinimum", "exclusiveMaximum"} & members.keys()
    ):  # fmt: skip
        return f"{written(low, 24)}…{written(high, 24)}" if keyword == "minimum" else ""
    return f"{_BOUNDS[exclusive if sharpened else keyword]} {written(node, 24)}"


def _requires(node: Node, members: dict[str, Node]) -> str | None:
    """Return the required names that no row of a property tells of."""
    if node.kind is not Kind.ARRAY or not is_filled(node) or len(strings(node)) < len(node.items()):
        return None
    properties = members.get("properties")
    told = {member.key for member in properties.members()} if properties is not None else set()
    if requirements(members) <= told:
        return ""
    return f"requires {named([name for name in dict.fromkeys(strings(node)) if name not in told])}"


def _choices(node: Node) -> str:
    values = node.items()
    if not values:
        return "no values"
    if len(values) <= _FEW:
        line = ", ".join(written(each, _FEW_LETTERS + 1) for each in values)
        if len(line) <= _FEW_LETTERS:
            return line
    return f"{len(values):,} value{'' if len(values) == 1 else 's'}"


def _draft(node: Node) -> str | None:
    said = string(node)
    try:
        spoken = Draft((said or "").rstrip("#")).spoken
    except ValueError:
        return None
    return spoken if spoken.startswith("draft") else f"draft {spoken}"


def _is_number(node: Node | None) -> bool:
    return node is not None and node.kind is Kind.NUMBER
