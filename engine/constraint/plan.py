"""How a schema is held to: what the mask says of it, and which keywords are left to be checked.

Three ways, the first that the mask engine takes: the schema as it stands; the same instances in canonical form, so
that conditionals and the like become alternatives; and that form weakened, with the rest checked on the values.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.constraint.contradiction import contradiction
from engine.constraint.endless import Endings, without_endless
from engine.constraint.limits import refuse_unbounded
from engine.constraint.locate import locate_refusal
from engine.constraint.matcher import first_line
from engine.constraint.order import KeyOrder
from engine.constraint.rewrite import rewrite
from engine.constraint.weaken import Weakening
from engine.errors import ConstraintUnsatisfiable, ConstraintUnsupported
from engine.schema.pointer import unescape
from engine.schema.references import REFERENCES
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.constraint.names import Schema
    from engine.schema.document import SchemaDocument
    from engine.schema.references import References

_KIN = (
    frozenset({"properties", "patternProperties", "additionalProperties"}),
    frozenset({"prefixItems", "items"}),
)
"""Keywords of which none can go alone: the last counts on the others."""
_REFUSED_AS_A_KIND = (
    ("oneOf", "oneOf"),
    ("min/maxProperties", "minProperties"),
    ("min/maxProperties", "maxProperties"),
    ("not disjoint", "patternProperties"),
)
"""Words in the mask engine's reason, and the keyword it would refuse at the next place too."""
_BEYOND_REWRITING = frozenset({"additionalProperties", "pattern", "patternProperties"})
"""Keywords that the canonical form cannot say better than they were said."""
_NO_INSTANCE = "nsatisfiable"
"""What the mask engine's reason says where it is that nothing satisfies the schema."""
_TOO_MANY_SYMBOLS = "symbols.len()"
"""What it says where a grammar has more than 65,000 symbols, of which each named key takes two or three."""
_ROUNDS = 24
_SECONDS = 5.0
"""Time after which no further place is looked for that the mask engine would have to be spared."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`schema` is what the mask holds to; the keywords in `checked` are not, or not all of them.

    `canonical` is the schema in canonical form, where that was needed and could be written.
    """

    schema: Schema
    checked: frozenset[str]
    canonical: SchemaDocument | None = None


def make_plan(document: SchemaDocument, refusal: Callable[[Schema], str]) -> Plan:
    """Plan a schema. `refusal` is the mask engine's reason for not taking one, empty where it does.

    Raises `ConstraintUnsupported` for a reference that leads nowhere or out of the schema, and
    `ConstraintUnsatisfiable` where no instance exists.
    """
    _refuse_broken(document.references)
    refuse_unbounded(document)
    _refuse_endless(document)
    order = KeyOrder(document.references)
    places = order.places([document.root])
    plain = Weakening(document, order)
    schema = without_endless(plain.write(places))
    if plain.dropped <= _BEYOND_REWRITING and not refusal(schema):
        return Plan(schema, frozenset(plain.dropped))
    canonical = rewrite(document)
    source = canonical or document
    without, copies, names, reason = frozenset[str](), True, True, ""
    for _ in range(len(_REFUSED_AS_A_KIND) + 3):
        weakening = Weakening(source, order, without=without, copies=copies, names=names)
        schema = without_endless(weakening.write(places))
        reason = refusal(schema)
        if names and _TOO_MANY_SYMBOLS in reason:
            names = False
            continue
        more = {keyword for words, keyword in _REFUSED_AS_A_KIND if words in reason} - without
        if not more and (not reason or not copies):
            break
        without, copies = without | more, copies and bool(more)
    relented = _relent(schema, reason, refusal)
    if relented is None:
        raise contradiction(document, lambda part: _is_empty(part, refusal))
    schema, dropped = relented
    return Plan(schema, frozenset(weakening.dropped | dropped), canonical)


def _refuse_broken(references: References) -> None:
    for pointer, reference in references.broken():
        raise ConstraintUnsupported(
            f'The reference "{reference}" leads to nothing in this schema, and nothing is fetched.',
            keyword="$ref",
            where=pointer or "the root",
            advice="Put what it refers to under $defs.",
        )


def _refuse_endless(document: SchemaDocument) -> None:
    places = [place.schema for place in subschemas(document.root) if isinstance(place.schema, dict)]
    if not any(keyword in place for place in places for keyword in REFERENCES):
        return
    culprit = Endings(document.root, document.references.effective, document.references.fixed).culprit()
    if culprit is not None:
        pointers = {id(place.schema): place.pointer for place in subschemas(document.root)}
        raise ConstraintUnsatisfiable(
            "No instance can satisfy this schema: it would have to contain another one, and so on for ever.",
            where=pointers.get(id(culprit)) or "the root",
            advice="Do not require the key there, allow an empty array, or add an alternative that ends.",
        )


def _is_empty(document: SchemaDocument, refusal: Callable[[Schema], str]) -> bool:
    """Tell whether the canonical form or the mask engine proves that a schema has no instances."""
    order = KeyOrder(document.references)
    schema = Weakening(rewrite(document) or document, order).write(order.places([document.root]))
    return schema is False or _NO_INSTANCE in refusal(without_endless(schema))


def _relent(schema: Schema, reason: str, refusal: Callable[[Schema], str]) -> tuple[Schema, set[str]] | None:
    """Drop what the mask engine refuses, place by place, until it takes the rest; None where nothing satisfies it."""
    dropped: set[str] = set()
    until = time.monotonic() + _SECONDS
    for _ in range(_ROUNDS):
        if not reason:
            return schema, dropped
        if schema is False or _NO_INSTANCE in reason:
            return None
        if time.monotonic() > until:
            break
        assert isinstance(schema, dict)
        place = locate_refusal(schema, lambda part: bool(refusal(part)))
        here = _at(schema, place.pointer)
        gone = next((kin for kin in _KIN if place.keyword in kin), frozenset({place.keyword}))
        if not place.keyword or not gone & here.keys():
            gone = frozenset(here) - {"$defs"}
        order_of_keys = here.get("properties", {}) if "properties" in gone else {}
        for keyword in gone & here.keys():
            del here[keyword]
        if order_of_keys:
            here["properties"] = dict.fromkeys(order_of_keys, True)
        dropped |= gone
        reason = refusal(schema)
    raise ConstraintUnsupported(f"The schema cannot be enforced: {first_line(reason)}.", keyword="", where="the root")


def _at(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    here: Any = schema
    for token in pointer.split("/")[1:]:
        here = here[int(token)] if isinstance(here, list) else here[unescape(token)]
    assert isinstance(here, dict)
    return here
