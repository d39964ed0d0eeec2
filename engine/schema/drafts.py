"""The drafts of JSON Schema, and which of them a schema is written in that does not say so."""

from __future__ import annotations

import functools
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator


class Draft(StrEnum):
    """A draft, by the URI of its metaschema without a trailing `#`."""

    D4 = "http://json-schema.org/draft-04/schema"
    D6 = "http://json-schema.org/draft-06/schema"
    D7 = "http://json-schema.org/draft-07/schema"
    D2019 = "https://json-schema.org/draft/2019-09/schema"
    D2020 = "https://json-schema.org/draft/2020-12/schema"

    @property
    def spoken(self) -> str:
        """What people call it, e.g. "draft 7" or "2020-12"."""
        return {"D4": "draft 4", "D6": "draft 6", "D7": "draft 7", "D2019": "2019-09", "D2020": "2020-12"}[self.name]

    @property
    def uri(self) -> str:
        """The URI as `$schema` declares it: up to draft 7 it ends in `#`."""
        return f"{self.value}#" if self.age <= Draft.D7.age else self.value

    @functools.cached_property
    def age(self) -> int:
        """Its place in the order of the drafts."""
        return list(Draft).index(self)

    def knows(self, keyword: str) -> bool:
        """Tell whether a keyword can say something in this draft; one that no draft has says nothing in any."""
        first, last = _FIRST.get(keyword, Draft.D4), _LAST.get(keyword, Draft.D2020)
        return first.age <= self.age <= last.age


ASSERTIONS = frozenset(
    {
        "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef", "$ref", "additionalItems",
        "additionalProperties", "allOf", "anyOf", "const", "contains", "dependencies", "dependentRequired",
        "dependentSchemas", "else", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "if", "items",
        "maxContains", "maxItems", "maxLength", "maxProperties", "maximum", "minContains", "minItems", "minLength",
        "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties", "prefixItems",
        "properties", "propertyNames", "required", "then", "type", "unevaluatedItems", "unevaluatedProperties",
        "uniqueItems",
    }
)  # fmt: skip
"""Keywords by which an instance can fail, in one draft or another."""

_SINCE = {
    Draft.D6: ("$id", "const", "contains", "propertyNames"),
    Draft.D7: ("else", "if", "then"),
    Draft.D2019: (
        "$anchor", "$defs", "$recursiveAnchor", "$recursiveRef", "dependentRequired", "dependentSchemas",
        "maxContains", "minContains", "unevaluatedItems", "unevaluatedProperties",
    ),
    Draft.D2020: ("$dynamicAnchor", "$dynamicRef", "prefixItems"),
}  # fmt: skip
_FIRST = {keyword: draft for draft, keywords in _SINCE.items() for keyword in keywords}
_LAST = {
    "id": Draft.D4,
    "dependencies": Draft.D7,
    "additionalItems": Draft.D2019,
    "$recursiveAnchor": Draft.D2019,
    "$recursiveRef": Draft.D2019,
}
_NAMED = re.compile(r"draft[-_/ v]*0?([467])(?!\d)|(2019|2020)-")
_BY_NAME = {"4": Draft.D4, "6": Draft.D6, "7": Draft.D7, "2019": Draft.D2019, "2020": Draft.D2020}
_SINCE_D2019 = frozenset(_SINCE[Draft.D2019]) - {"$recursiveAnchor", "$recursiveRef"}
_SINCE_D6 = frozenset(_FIRST) - {"$dynamicAnchor", "$dynamicRef", "prefixItems"}


def declared_draft(root: dict[str, Any] | bool) -> str | None:
    """Return what `$schema` says, without a trailing `#`; None where it says nothing."""
    declared = root.get("$schema") if isinstance(root, dict) else None
    return declared.rstrip("#") if isinstance(declared, str) else None


def meant_draft(uri: str) -> Draft | None:
    """Return the draft whose URI somebody must have meant, by what is easily mistaken in it; None if none is near."""
    same = next((draft for draft in Draft if _bare(draft) == _bare(uri)), None)
    named = _NAMED.search(uri.lower())
    return same or (named and _BY_NAME["".join(filter(None, named.groups()))]) or None


def guess_draft(root: dict[str, Any] | bool) -> Draft:
    """Return the draft of a schema that declares none: 2020-12, unless keywords of an older one show which.

    What shows it: an exclusive bound that is true or false, or `id` beside no newer keyword (draft 4); an array
    under `items`, `additionalItems` or `dependencies` (draft 7, or 2019-09 beside a keyword that came with it);
    `$recursiveRef` (2019-09). `prefixItems` and `$dynamicRef` show 2020-12, whatever else there is.
    """
    shown = set(_shown(root))
    if shown & {"prefixItems", "$dynamicRef", "$dynamicAnchor"}:
        return Draft.D2020
    if shown & {"$recursiveRef", "$recursiveAnchor"}:
        return Draft.D2019
    if "exclusive" in shown or ("id" in shown and not shown & _SINCE_D6):
        return Draft.D4
    if shown & {"items", "additionalItems", "dependencies"}:
        return Draft.D2019 if shown & _SINCE_D2019 else Draft.D7
    return Draft.D2020


def _shown(root: dict[str, Any] | bool) -> Iterator[str]:
    for place in subschemas(root):
        if isinstance(place.schema, bool):
            continue
        for keyword, value in place.schema.items():
            if keyword == "items":
                if isinstance(value, list):
                    yield keyword
            elif keyword in {"exclusiveMinimum", "exclusiveMaximum"}:
                if isinstance(value, bool):
                    yield "exclusive"
            elif keyword == "id":
                if not place.pointer and isinstance(value, str):
                    yield keyword
            else:
                yield keyword


def _bare(uri: str) -> str:
    """Return the URI of a draft without what is easily mistaken in it."""
    return uri.partition("://")[2].rstrip("#/").removeprefix("www.").removesuffix(".json").lower()
