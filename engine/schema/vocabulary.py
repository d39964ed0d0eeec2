"""What the keywords of JSON Schema mean, in which drafts they stand, and what they take.

Drafts 4 to 2020-12. The sections are those of the last draft that has the keyword; the sentences are ours.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.schema.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator


class Takes(StrEnum):
    """What kind of value a keyword takes."""

    SCHEMA = "a schema"
    SCHEMAS = "an array of schemas"
    SCHEMA_OR_SCHEMAS = "a schema, or an array of schemas"
    NAMED_SCHEMAS = "an object of schemas"
    SCHEMAS_OR_NAMES = "an object of schemas or of arrays of names"
    NAMES = "an array of names"
    NAMED_NAMES = "an object of arrays of names"
    TYPES = "a type, or an array of types"
    FORMAT = "the name of a format"
    BOOLEAN = "true or false"
    COUNT = "a number of 0 or more, without a fraction"
    NUMBER = "a number"
    TEXT = "a text"
    PATTERN = "a regular expression"
    REFERENCE = "a reference"
    DRAFT = "the URI of a draft"
    VALUE = "any value"
    VALUES = "an array of values"
    TRUTHS = "an object of true and false"


@dataclass(frozen=True)
class Keyword:
    """A keyword as it is from one draft to another.

    `about` names the types of which it says something, none for any. `skeleton` is a value to begin with, as JSON.
    """

    name: str
    takes: Takes
    meaning: str
    section: str
    since: Draft = Draft.D4
    until: Draft = Draft.D2020
    about: tuple[str, ...] = ()
    skeleton: str = "{}"

    def is_in(self, draft: Draft) -> bool:
        """Tell whether a draft has it, as it is described here."""
        return self.since.age <= draft.age <= self.until.age

    @property
    def source(self) -> str:
        """Where the specification defines it, e.g. "JSON Schema Validation 2020-12, section 6.3.2"."""
        part, _, number = self.section.partition(" ")
        return f"JSON Schema {part.capitalize()} {self.until.spoken}, section {number}"


_STRING = ("string",)
_NUMBER = ("number", "integer")
_ARRAY = ("array",)
_OBJECT = ("object",)

KEYWORDS: tuple[Keyword, ...] = (
    # What a schema is
    Keyword(
        "$schema", Takes.DRAFT, "Names the draft that the schema is written in; it belongs at the root.", "core 8.1.1",
        skeleton='"https://json-schema.org/draft/2020-12/schema"',
    ),
    Keyword(
        "$vocabulary", Takes.TRUTHS,
        "In a metaschema, names the vocabularies that its schemas use, and whether a reader has to know them.",
        "core 8.1.2", Draft.D2019,
    ),
    Keyword(
        "id", Takes.REFERENCE, "Gives the schema a URI; references below it are resolved against that.", "core 7.2",
        until=Draft.D4, skeleton='""',
    ),
    Keyword(
        "$id", Takes.REFERENCE, "Gives the schema a URI; references below it are resolved against that.",
        "core 8.2.1", Draft.D6, skeleton='""',
    ),
    Keyword(
        "$anchor", Takes.TEXT, "Gives the schema a name, so that “#name” refers to it from anywhere in the document.",
        "core 8.2.2", Draft.D2019, skeleton='""',
    ),
    Keyword(
        "$dynamicAnchor", Takes.TEXT,
        "A name like $anchor that a schema which extends this one can take over; $dynamicRef then leads there.",
        "core 8.2.2", Draft.D2020, skeleton='""',
    ),
    Keyword(
        "$recursiveAnchor", Takes.BOOLEAN,
        "Lets a schema which extends this one take the place that $recursiveRef leads to.",
        "core 8.2.4.2", Draft.D2019, Draft.D2019, skeleton="true",
    ),
    Keyword(
        "$ref", Takes.REFERENCE, "The value has to fit the schema at this place; what stands beside it says nothing.",
        "core 8.3", until=Draft.D7, skeleton='"#/definitions/"',
    ),
    Keyword(
        "$ref", Takes.REFERENCE, "The value has to fit the schema at this place too.", "core 8.2.3.1", Draft.D2019,
        skeleton='"#/$defs/"',
    ),
    Keyword(
        "$dynamicRef", Takes.REFERENCE,
        "Like $ref, but leads to the outermost schema on the way here that has the $dynamicAnchor.",
        "core 8.2.3.2", Draft.D2020, skeleton='"#"',
    ),
    Keyword(
        "$recursiveRef", Takes.REFERENCE,
        "Leads to the root of this schema, or to that of the outermost one on the way here with $recursiveAnchor.",
        "core 8.2.4.2", Draft.D2019, Draft.D2019, skeleton='"#"',
    ),
    Keyword(
        "$defs", Takes.NAMED_SCHEMAS, "Keeps schemas under names, for $ref to use; by itself it asks for nothing.",
        "core 8.2.4", Draft.D2019,
    ),
    Keyword(
        "definitions", Takes.NAMED_SCHEMAS,
        "Keeps schemas under names, for $ref to use; by itself it asks for nothing.", "validation 9",
        until=Draft.D7,
    ),
    Keyword(
        "$comment", Takes.TEXT, "A note for those who maintain the schema; readers of data never see it.", "core 8.3",
        Draft.D7, skeleton='""',
    ),
    # What it is called
    Keyword("title", Takes.TEXT, "A short name for people.", "validation 9.1", skeleton='""'),
    Keyword(
        "description", Takes.TEXT, "What the value is for, in a sentence or more.", "validation 9.1", skeleton='""'
    ),
    Keyword(
        "default", Takes.VALUE, "The value to assume where none is given; nothing checks it.", "validation 9.2",
        skeleton="null",
    ),
    Keyword(
        "examples", Takes.VALUES, "Values that show what is meant; nothing checks them.", "validation 9.5", Draft.D6,
        skeleton="[]",
    ),
    Keyword(
        "deprecated", Takes.BOOLEAN, "Says that the value should no longer be used.", "validation 9.3", Draft.D2019,
        skeleton="true",
    ),
    Keyword(
        "readOnly", Takes.BOOLEAN, "Says that only the owner of the data changes the value.", "validation 9.4",
        Draft.D7, skeleton="true",
    ),
    Keyword(
        "writeOnly", Takes.BOOLEAN, "Says that the value is sent and never given back, as a password is.",
        "validation 9.4", Draft.D7, skeleton="true",
    ),
    # Any value
    Keyword(
        "type", Takes.TYPES, "What kind of value it has to be; of an array of types, one.", "validation 6.1.1",
        skeleton='"string"',
    ),
    Keyword("enum", Takes.VALUES, "The value has to be one of these.", "validation 6.1.2", skeleton="[]"),
    Keyword(
        "const", Takes.VALUE, "The value has to be exactly this one.", "validation 6.1.3", Draft.D6, skeleton='""'
    ),
    # Numbers
    Keyword(
        "minimum", Takes.NUMBER, "The least number allowed.", "validation 6.2.4", about=_NUMBER, skeleton="0"
    ),
    Keyword(
        "maximum", Takes.NUMBER, "The greatest number allowed.", "validation 6.2.2", about=_NUMBER, skeleton="100"
    ),
    Keyword(
        "exclusiveMinimum", Takes.BOOLEAN, "If true, the number has to be above minimum, and may not equal it.",
        "validation 5.1.3", until=Draft.D4, about=_NUMBER, skeleton="true",
    ),
    Keyword(
        "exclusiveMinimum", Takes.NUMBER, "The number has to be above this one.", "validation 6.2.5", Draft.D6,
        about=_NUMBER, skeleton="0",
    ),
    Keyword(
        "exclusiveMaximum", Takes.BOOLEAN, "If true, the number has to be below maximum, and may not equal it.",
        "validation 5.1.2", until=Draft.D4, about=_NUMBER, skeleton="true",
    ),
    Keyword(
        "exclusiveMaximum", Takes.NUMBER, "The number has to be below this one.", "validation 6.2.3", Draft.D6,
        about=_NUMBER, skeleton="100",
    ),
    Keyword(
        "multipleOf", Takes.NUMBER, "The number has to be a whole multiple of this one, which is above 0.",
        "validation 6.2.1", about=_NUMBER, skeleton="1",
    ),
    # Strings
    Keyword(
        "minLength", Takes.COUNT, "The fewest characters a string may have.", "validation 6.3.2", about=_STRING,
        skeleton="1",
    ),
    Keyword(
        "maxLength", Takes.COUNT, "The most characters a string may have.", "validation 6.3.1", about=_STRING,
        skeleton="100",
    ),
    Keyword(
        "pattern", Takes.PATTERN,
        "A regular expression that has to fit somewhere in the string; with ^ and $ it has to fit all of it.",
        "validation 6.3.3", about=_STRING, skeleton='"^$"',
    ),
    Keyword(
        "format", Takes.FORMAT, "What a string stands for, such as a date or an e-mail address.", "validation 7",
        about=_STRING, skeleton='"date"',
    ),
    Keyword(
        "contentMediaType", Takes.TEXT, "The media type of what the string contains.", "validation 8.4", Draft.D7,
        about=_STRING, skeleton='"application/json"',
    ),
    Keyword(
        "contentEncoding", Takes.TEXT, "How binary data is written in the string.", "validation 8.3", Draft.D7,
        about=_STRING, skeleton='"base64"',
    ),
    Keyword(
        "contentSchema", Takes.SCHEMA, "What the value has to be that the string contains; few readers check it.",
        "validation 8.5", Draft.D2019, about=_STRING,
    ),
    # Objects
    Keyword(
        "properties", Takes.NAMED_SCHEMAS,
        "A schema for each property by its name; one that is not there is not checked, nor asked for.",
        "core 10.3.2.1", about=_OBJECT,
    ),
    Keyword(
        "required", Takes.NAMES, "The properties that have to be there.", "validation 6.5.3", about=_OBJECT,
        skeleton="[]",
    ),
    Keyword(
        "additionalProperties", Takes.SCHEMA,
        "What the properties have to fit that neither properties nor patternProperties names; false allows none.",
        "core 10.3.2.3", about=_OBJECT, skeleton="false",
    ),
    Keyword(
        "patternProperties", Takes.NAMED_SCHEMAS,
        "A schema for each regular expression; properties whose names it fits have to fit the schema.",
        "core 10.3.2.2", about=_OBJECT,
    ),
    Keyword(
        "propertyNames", Takes.SCHEMA, "What the name of each property has to fit.", "core 10.3.2.4", Draft.D6,
        about=_OBJECT,
    ),
    Keyword(
        "minProperties", Takes.COUNT, "The fewest properties an object may have.", "validation 6.5.2", about=_OBJECT,
        skeleton="1",
    ),
    Keyword(
        "maxProperties", Takes.COUNT, "The most properties an object may have.", "validation 6.5.1", about=_OBJECT,
        skeleton="10",
    ),
    Keyword(
        "dependentRequired", Takes.NAMED_NAMES,
        "The properties that have to be there as soon as a certain other one is.", "validation 6.5.4", Draft.D2019,
        about=_OBJECT,
    ),
    Keyword(
        "dependentSchemas", Takes.NAMED_SCHEMAS,
        "Schemas that the whole object has to fit as soon as a certain property is there.", "core 10.2.2.4",
        Draft.D2019, about=_OBJECT,
    ),
    Keyword(
        "dependencies", Takes.SCHEMAS_OR_NAMES,
        "What holds as soon as a certain property is there: a schema for the whole object, or more that is required.",
        "validation 6.5.7", until=Draft.D7, about=_OBJECT,
    ),
    Keyword(
        "unevaluatedProperties", Takes.SCHEMA,
        "What the properties have to fit that nothing here has looked at, subschemas included; false allows none.",
        "core 11.3", Draft.D2019, about=_OBJECT, skeleton="false",
    ),
    # Arrays
    Keyword(
        "items", Takes.SCHEMA_OR_SCHEMAS,
        "What each item has to fit; an array of schemas goes with the first items one by one.", "core 9.3.1.1",
        until=Draft.D2019, about=_ARRAY,
    ),
    Keyword(
        "items", Takes.SCHEMA, "What each item has to fit, beyond those that prefixItems speaks of.",
        "core 10.3.1.2", Draft.D2020, about=_ARRAY,
    ),
    Keyword(
        "prefixItems", Takes.SCHEMAS, "Schemas for the first items, one by one.", "core 10.3.1.1", Draft.D2020,
        about=_ARRAY, skeleton="[]",
    ),
    Keyword(
        "additionalItems", Takes.SCHEMA,
        "Where items is an array: what the items beyond it have to fit; false allows none.", "core 9.3.1.2",
        until=Draft.D2019, about=_ARRAY, skeleton="false",
    ),
    Keyword(
        "minItems", Takes.COUNT, "The fewest items an array may have.", "validation 6.4.2", about=_ARRAY, skeleton="1"
    ),
    Keyword(
        "maxItems", Takes.COUNT, "The most items an array may have.", "validation 6.4.1", about=_ARRAY, skeleton="10"
    ),
    Keyword(
        "uniqueItems", Takes.BOOLEAN, "If true, no two items may be equal.", "validation 6.4.3", about=_ARRAY,
        skeleton="true",
    ),
    Keyword(
        "contains", Takes.SCHEMA, "At least one item has to fit this, or as many as minContains says.",
        "core 10.3.1.3", Draft.D6, about=_ARRAY,
    ),
    Keyword(
        "minContains", Takes.COUNT, "The fewest items that have to fit contains; 0 makes it optional.",
        "validation 6.4.5", Draft.D2019, about=_ARRAY, skeleton="1",
    ),
    Keyword(
        "maxContains", Takes.COUNT, "The most items that may fit contains.", "validation 6.4.4", Draft.D2019,
        about=_ARRAY, skeleton="1",
    ),
    Keyword(
        "unevaluatedItems", Takes.SCHEMA,
        "What the items have to fit that nothing here has looked at, subschemas included; false allows none.",
        "core 11.2", Draft.D2019, about=_ARRAY, skeleton="false",
    ),
    # Schemas put together
    Keyword(
        "anyOf", Takes.SCHEMAS, "The value has to fit at least one of these schemas.", "core 10.2.1.2", skeleton="[]"
    ),
    Keyword(
        "oneOf", Takes.SCHEMAS, "The value has to fit one of these schemas, and no second one.", "core 10.2.1.3",
        skeleton="[]",
    ),
    Keyword("allOf", Takes.SCHEMAS, "The value has to fit all of these schemas.", "core 10.2.1.1", skeleton="[]"),
    Keyword("not", Takes.SCHEMA, "The value may not fit this schema.", "core 10.2.1.4"),
    Keyword(
        "if", Takes.SCHEMA, "A question: where the value fits this, then holds for it; where not, else does.",
        "core 10.2.2.1", Draft.D7,
    ),
    Keyword("then", Takes.SCHEMA, "What the value has to fit where it fits if.", "core 10.2.2.2", Draft.D7),
    Keyword("else", Takes.SCHEMA, "What the value has to fit where it does not fit if.", "core 10.2.2.3", Draft.D7),
)  # fmt: skip
"""Every keyword; one whose meaning a draft has changed stands here once for each."""

TYPES: dict[str, str] = {
    "string": "A text.",
    "number": "A number, with or without a fraction.",
    "integer": "A number without a fraction; 1.0 is one too.",
    "boolean": "true or false.",
    "object": "Properties: names with values.",
    "array": "A list of items.",
    "null": "null and nothing else.",
}
"""The names of types, and what they mean."""


def keyword(name: str, draft: Draft) -> Keyword | None:
    """Return a keyword as it is in a draft; None where the draft does not have it."""
    return next((each for each in _by_name().get(name, ()) if each.is_in(draft)), None)


def known(name: str, draft: Draft) -> Keyword | None:
    """Return a keyword as it is in a draft, or else in one that has it; None where no draft does."""
    return keyword(name, draft) or next(iter(_by_name().get(name, ())), None)


def keywords(draft: Draft) -> Iterator[Keyword]:
    """Yield the keywords of a draft."""
    return (each for each in KEYWORDS if each.is_in(draft))


@functools.cache
def _by_name() -> dict[str, list[Keyword]]:
    found: dict[str, list[Keyword]] = {}
    for each in reversed(KEYWORDS):
        found.setdefault(each.name, []).append(each)
    return found
