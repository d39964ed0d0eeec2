"""A schema as far as the mask can say it: nothing that an instance needs is forbidden, and what is lost is named.

Each subschema is written anew from the keywords that the mask engine knows. The others are dropped, which can only
widen what a positive place allows; what hangs together is dropped together (`additionalProperties` goes with the
`patternProperties` it counts on). Whatever was dropped has to be checked on the finished values.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.constraint.patterns import finds

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.constraint.order import KeyOrder, Places
    from engine.schema.references import References

FORMATS = frozenset({"date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid"})
"""Formats that the mask engine (llguidance 1.9) holds to."""
CHECKED_FORMATS = frozenset(
    {
        "date-time", "idn-email", "idn-hostname", "iri", "iri-reference", "json-pointer", "regex",
        "relative-json-pointer", "uri-reference", "uri-template",
    }
)  # fmt: skip
"""Formats that are checked: the mask does not know them, or of `date-time` the digits only (30 February passes)."""
DATE = (
    "^(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-"
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)$"
)
"""`date` with its calendar: the year 0000 does not exist, 29 February only in leap years (RFC 3339)."""
_PLAIN = frozenset(
    {
        "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maximum", "minItems",
        "minLength", "minimum", "multipleOf", "required", "type",
    }
)  # fmt: skip
_ASSERTIONS = frozenset(
    {
        "contains", "dependencies", "dependentRequired", "dependentSchemas", "else", "if", "maxContains",
        "minContains", "not", "then", "unevaluatedItems", "unevaluatedProperties", "uniqueItems",
    }
)  # fmt: skip

_MOST_COPIES = 200
"""Definitions from which on no place has its own copy of one."""

_MOST_NAMED = 50_000
"""Keys named in all alternatives from which on each alternative names its own alone."""
_LARGEST_MULTIPLE = 100_000
"""Beyond it the mask engine's automaton of multiples has too many states."""

Schema = dict[str, Any] | bool


class Weakening:
    """Writes one schema for the mask. `dropped` collects the keywords that the result does not hold to."""

    def __init__(
        self,
        references: References,
        order: KeyOrder,
        pattern_works: Callable[[str], bool],
        *,
        without: frozenset[str] = frozenset(),
        copies: bool = True,
    ) -> None:
        """`without` names keywords to drop on top, where the mask engine cannot cope with them in this schema.

        Where other keys stand beside a reference, the keys of its target can come in another order: with `copies`
        such a place has its own copy of the target.
        """
        self._references = references
        self._order = order
        self._pattern_works = pattern_works
        self._without = without
        self._copies = copies
        self._definitions: dict[str, Schema] = {}
        self._names: dict[tuple[str, tuple[int, ...]], str] = {}
        self._exact: set[str] = set()
        self._losses = 0
        self._named = 0
        self.dropped: set[str] = set()

    def write(self, root: Schema, places: Places) -> Schema:
        """Return the whole schema, with its definitions under `$defs`."""
        written = self._write(root, places)
        return {**written, "$defs": self._definitions} if isinstance(written, dict) and self._definitions else written

    def _write(self, schema: Any, places: Places) -> Schema:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            return {}
        if schema.get("not") in ({}, True):
            return False
        if "$ref" in schema and self._references.alone:
            schema = {"$ref": schema["$ref"]}
        out: dict[str, Any] = {key: value for key, value in schema.items() if key in _PLAIN}
        self._lose(*(schema.keys() & _ASSERTIONS))
        if "multipleOf" in out and not _is_small(out["multipleOf"]):
            del out["multipleOf"]
            self._lose("multipleOf")
        self._references_into(schema, out, places)
        self._alternatives_into(schema, out, places)
        self._strings_into(schema, out)
        self._array_into(schema, out, places)
        self._object_into(schema, out, places)
        for keyword in self._without & out.keys():
            del out[keyword]
            self._lose(keyword)
        return out

    def _references_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        target = schema.get("$ref")
        if isinstance(target, str):
            out["$ref"] = f"#/$defs/{self._definition(target, places)}"
        if schema.keys() & {"$dynamicRef", "$recursiveRef"}:
            self._lose("$dynamicRef")

    def _definition(self, target: str, places: Places) -> str:
        context = tuple(map(id, places)) if self._copies and len(self._names) < _MOST_COPIES else ()
        name = self._names.get((target, context))
        if name is None:
            name = self._names[target, context] = f"d{len(self._names)}"
            self._definitions[name] = True
            before = self._losses
            self._definitions[name] = self._write(self._references.follow(target), places)
            if self._losses == before:
                self._exact.add(name)
        elif name not in self._exact:
            self._losses += 1
        return name

    def _lose(self, *keywords: str) -> None:
        """Note that keywords were dropped, and with them the exactness of everything around."""
        self.dropped.update(keywords)
        self._losses += len(keywords)

    def _alternatives_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        joint: list[Schema] = []
        for keyword in ("allOf", "anyOf", "oneOf"):
            branches = schema.get(keyword)
            if not isinstance(branches, list):
                continue
            before = self._losses
            written = [self._write(branch, places) for branch in branches]
            widened = self._losses > before
            if keyword == "allOf":
                joint += [each for each in written if each not in ({}, True)]
            elif {} in written or True in written:
                pass
            elif keyword == "oneOf" and not widened and "oneOf" not in self._without:
                out["oneOf"] = written
                continue
            else:
                joint.append({"anyOf": written})
            if keyword == "oneOf":
                self._lose("oneOf")
        if len(joint) == 1 and isinstance(joint[0], dict) and joint[0].keys() == {"anyOf"}:
            out |= joint[0]
        elif joint:
            out["allOf"] = joint

    def _strings_into(self, schema: dict[str, Any], out: dict[str, Any]) -> None:
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            if self._pattern_works(pattern):
                self._patterns_into(out, pattern)
            else:
                self._lose("pattern")
        form = schema.get("format")
        if form == "date":
            self._patterns_into(out, DATE)
        elif form in FORMATS:
            out["format"] = form
        if form in CHECKED_FORMATS:
            self._lose("format")

    def _patterns_into(self, out: dict[str, Any], pattern: str) -> None:
        if "pattern" in out:
            out.setdefault("allOf", []).append({"pattern": pattern})
        else:
            out["pattern"] = pattern

    def _array_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        below = self._order.items(places)
        first = schema.get("prefixItems")
        rest = schema.get("items")
        if isinstance(rest, list):
            first, rest = rest, schema.get("additionalItems")
        if isinstance(first, list):
            out["prefixItems"] = [self._write(each, below) for each in first]
        if isinstance(rest, dict | bool):
            out["items"] = self._write(rest, below)

    def _object_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        properties = _schemas(schema.get("properties"))
        patterns = _schemas(schema.get("patternProperties"))
        others = schema.get("additionalProperties", True)
        names = schema.get("propertyNames")
        written = {key: self._write(properties[key], self._order.below(places, key)) for key in properties}
        below = self._order.below(places, "")
        if not all(self._pattern_works(pattern) for pattern in patterns):
            self._lose("patternProperties", "additionalProperties")
            patterns, others = {}, True
        patterns = {pattern: self._write(each, below) for pattern, each in patterns.items()}
        others = self._write(others, below)
        if names is not None:
            written, patterns, others = self._name(names, written, patterns, others)
        if not (written or patterns or names is not None or "required" in schema or others not in ({}, True)):
            self._lose(*(schema.keys() & {"minProperties", "maxProperties"}))
            return
        # Every key of the place is named in each of its alternatives, so that all have them in the same order.
        keys = self._order.keys(places)
        self._named += len(keys)
        others_too = keys if self._named <= _MOST_NAMED else ()
        for key in (*others_too, *schema.get("required", ())):
            if key not in written and (value := _value_of(key, patterns, others)) is not False:
                written[key] = value
        rank = {key: index for index, key in enumerate(keys)}
        out["properties"] = {key: written[key] for key in sorted(written, key=lambda key: rank.get(key, len(rank)))}
        if "required" in out:
            out["required"] = sorted(out["required"], key=lambda key: rank.get(key, len(rank)))
        if patterns:
            out["patternProperties"] = patterns
        if others not in ({}, True):
            out["additionalProperties"] = others
        for keyword in ("minProperties", "maxProperties"):
            if keyword in schema:
                out[keyword] = schema[keyword]

    def _name(
        self, names: Any, written: dict[str, Schema], patterns: dict[str, Schema], others: Schema
    ) -> tuple[dict[str, Schema], dict[str, Schema], Schema]:
        """Say `propertyNames` by the other keywords of objects, where they can say it; else drop it."""
        allowed = _names_allowed(names)
        if allowed is None and written and others not in (True, {}):
            self._lose("propertyNames")
            return written, patterns, others
        if allowed is not None:
            kept: dict[str, Schema] = {}
            for key in allowed:
                matching = _value_of(key, patterns, others)
                kept[key] = (
                    {"allOf": [written[key], matching]} if key in written and patterns else (written.get(key, matching))
                )
            return kept, {}, False
        pattern = _pattern_allowed(names)
        if pattern is None and isinstance(names, dict) and isinstance(names.get("pattern"), str):
            pattern = names["pattern"]
            self._lose("propertyNames")
        if pattern is not None and self._pattern_works(pattern) and not (patterns.keys() - {pattern}):
            kept = {key: each if finds(pattern, key) else False for key, each in written.items()}
            return kept, {pattern: patterns.get(pattern, others)}, False
        if patterns and others in (True, {}) and _alternatives_of(names) == set(patterns):
            kept = {
                key: each if any(finds(pattern, key) for pattern in patterns) else False
                for key, each in written.items()
            }
            return kept, patterns, False
        self._lose("propertyNames")
        return written, patterns, others


def _schemas(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_small(multiple: float) -> bool:
    """Tell whether the mask engine can count in a multiple: as it does, in units of its last decimal."""
    return Fraction(str(multiple)).numerator <= _LARGEST_MULTIPLE


def _names_allowed(names: Any) -> list[str] | None:
    """Return the keys that a `propertyNames` lists; None where it does not list them."""
    if isinstance(names, dict):
        if "const" in names and not names.keys() - {"const", "type"}:
            return [names["const"]] if isinstance(names["const"], str) else []
        if "enum" in names and not names.keys() - {"enum", "type"}:
            return [each for each in names["enum"] if isinstance(each, str)]
    return [] if names is False else None


def _pattern_allowed(names: Any) -> str | None:
    """Return the pattern that a `propertyNames` amounts to; None where it is not one pattern."""
    if not isinstance(names, dict) or not names.keys() - {"type"}:
        return None
    if not names.keys() - {"pattern", "type"}:
        return str(names["pattern"])
    if not names.keys() - {"minLength", "maxLength", "type"}:
        return (
            rf"^[\s\S]{{{int(names.get('minLength', 0))},{int(names['maxLength']) if 'maxLength' in names else ''}}}$"
        )
    return None


def _alternatives_of(names: Any) -> set[str] | None:
    """Return the patterns of which a key has to match one, where `propertyNames` says that and nothing else."""
    branches = names.get("anyOf") if isinstance(names, dict) and not names.keys() - {"anyOf", "type"} else None
    if not isinstance(branches, list):
        return None
    found = set[str]()
    for branch in branches:
        if not isinstance(branch, dict) or "pattern" not in branch or branch.keys() - {"pattern", "type"}:
            return None
        found.add(branch["pattern"])
    return found


def _value_of(key: str, patterns: dict[str, Schema], others: Schema) -> Schema:
    """Return what applies to the value of a key that is not named."""
    parts = [each for pattern, each in patterns.items() if finds(pattern, key)]
    if not parts:
        return others
    return parts[0] if len(parts) == 1 else {"allOf": parts}
