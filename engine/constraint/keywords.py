"""The keywords of JSON Schema, one entry each: what becomes of it on the way to the mask.

Tests compile each keyword alone and keep the table equal to the engine (llguidance 1.9). Which draft has which
keyword is told by `engine.schema.drafts`.
"""

from __future__ import annotations

from typing import Literal

from engine.schema.drafts import Draft

Way = Literal["copied", "written", "said", "left"]

KEYWORDS: dict[str, Way] = {
    "$dynamicAnchor": "said",
    "$dynamicRef": "said",
    "$recursiveAnchor": "said",
    "$recursiveRef": "said",
    "$ref": "written",
    "additionalItems": "written",
    "additionalProperties": "written",
    "allOf": "written",
    "anyOf": "written",
    "const": "written",
    "contains": "said",
    "dependencies": "left",
    "dependentRequired": "left",
    "dependentSchemas": "left",
    "else": "left",
    "enum": "written",
    "exclusiveMaximum": "copied",
    "exclusiveMinimum": "copied",
    "format": "written",
    "if": "left",
    "items": "written",
    "maxContains": "said",
    "maxItems": "copied",
    "maxLength": "copied",
    "maxProperties": "written",
    "maximum": "copied",
    "minContains": "said",
    "minItems": "copied",
    "minLength": "copied",
    "minProperties": "written",
    "minimum": "copied",
    "multipleOf": "copied",
    "not": "left",
    "oneOf": "written",
    "pattern": "written",
    "patternProperties": "written",
    "prefixItems": "written",
    "properties": "written",
    "propertyNames": "said",
    "required": "copied",
    "then": "left",
    "type": "copied",
    "unevaluatedItems": "left",
    "unevaluatedProperties": "left",
    "uniqueItems": "said",
}
"""How each keyword reaches the mask engine.

The engine knows what is copied as it stands, and what is written anew from the subschemas below. The others it does
not know: some are said by other keywords where those can say it, the rest is left to the canonical form and to checks.
"""

COPIED = frozenset(keyword for keyword, way in KEYWORDS.items() if way == "copied")
LEFT = frozenset(keyword for keyword, way in KEYWORDS.items() if way == "left")
MASKED = frozenset(keyword for keyword, way in KEYWORDS.items() if way in {"copied", "written"})
"""Keywords that the mask engine holds to."""
REWRITTEN = frozenset(KEYWORDS) - MASKED
"""Keywords that it cannot say, which are rewritten into others or checked on the values."""

FORMATS: dict[str, tuple[Literal["mask", "check"], Draft]] = {
    "date": ("mask", Draft.D4),
    "date-time": ("check", Draft.D4),
    "duration": ("mask", Draft.D4),
    "email": ("check", Draft.D4),
    "hostname": ("check", Draft.D4),
    "idn-email": ("check", Draft.D4),
    "idn-hostname": ("check", Draft.D7),
    "ipv4": ("mask", Draft.D4),
    "ipv6": ("mask", Draft.D4),
    "iri": ("check", Draft.D7),
    "iri-reference": ("check", Draft.D7),
    "json-pointer": ("check", Draft.D6),
    "regex": ("check", Draft.D4),
    "relative-json-pointer": ("check", Draft.D7),
    "time": ("check", Draft.D4),
    "uri": ("mask", Draft.D4),
    "uri-reference": ("check", Draft.D6),
    "uri-template": ("check", Draft.D6),
    "uuid": ("mask", Draft.D4),
}
"""How each format is held to, and since which draft it is one.

The validators assert those of the schema's draft; `duration` and `uuid` came with 2019-09, but people mean them in
older drafts too, and the mask holds to them there.
"""

PARTLY_MASKED = frozenset({"date-time", "email", "hostname", "time"})
"""Formats that the mask narrows and that are checked all the same, since it takes more than they allow.

30 February passes it, a leap second at noon, 65 characters before the `@` of an address (RFC 5321 allows 64), and a
host name of 300 characters (RFC 1123 allows 255) or with an `xn--` that decodes to nothing.
"""


def format_way(form: object, draft: Draft) -> Literal["mask", "check", "annotation"]:
    """Tell how a format is held to in a draft."""
    known = FORMATS.get(form) if isinstance(form, str) else None
    return known[0] if known and known[1].age <= draft.age else "annotation"
