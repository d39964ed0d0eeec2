"""A schema as far as the mask can say it: nothing that an instance needs is forbidden, and what is lost is named.

Each subschema is written anew from the keywords that the mask engine knows. The others are dropped, which can only
widen what a positive place allows; what hangs together is dropped together (`additionalProperties` goes with the
`patternProperties` it counts on). Whatever was dropped has to be checked on the finished values.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.constraint.distinct import SAID, distinct_arrays
from engine.constraint.formats import PATTERNS
from engine.constraint.keywords import COPIED, LEFT, PARTLY_MASKED, format_way
from engine.constraint.names import ByKey, Schema, restrict, say
from engine.constraint.patterns import spoken
from engine.schema.references import REFERENCES

if TYPE_CHECKING:
    from engine.constraint.order import KeyOrder, Places
    from engine.schema.document import SchemaDocument

_MOST_COPIES = 200
"""Definitions from which on no place has its own copy of one."""
_MOST_ITEMS = 8
_MOST_WAYS = 30
"""How long an array may grow at most, and in how many ways be filled, for `contains` to become alternatives."""
_MOST_ARRAYS = 400
"""Arrays that stand for `uniqueItems`, in all of a schema."""
_NO_ARRAY = {"type": ["null", "boolean", "number", "string", "object"]}
_MOST_NAMED = 20_000
"""Keys named in all alternatives from which on each alternative names its own alone."""
_LARGEST_MULTIPLE = 100_000
"""Beyond it the mask engine's automaton of multiples has too many states."""


class Weakening:
    """Writes one schema for the mask. `dropped` collects the keywords that the result does not hold to."""

    def __init__(
        self,
        document: SchemaDocument,
        order: KeyOrder,
        *,
        without: frozenset[str] = frozenset(),
        copies: bool = True,
        names: bool = True,
    ) -> None:
        """`without` names keywords to drop on top, where the mask engine cannot cope with them in this schema.

        Where other keys stand beside a reference, the keys of its target can come in another order: with `copies`
        such a place has its own copy of the target. With `names` each alternative names the keys of the others.
        """
        self._document = document
        self._references = document.references
        self._order = order
        self._without = without
        self._copies = copies
        self._names_all = names
        self._definitions: dict[str, Schema] = {}
        self._names: dict[tuple[int, tuple[int, ...]], str] = {}
        self._exact: set[str] = set()
        self._losses = 0
        self._named = 0
        self._arrays = 0
        self.dropped: set[str] = set()

    def write(self, places: Places) -> Schema:
        """Return the whole schema, with its definitions under `$defs`; `places` is what applies to its root."""
        written = self._write(self._document.root, places)
        return {**written, "$defs": self._definitions} if isinstance(written, dict) and self._definitions else written

    def _write(self, schema: Any, places: Places) -> Schema:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            return {}
        schema = self._references.effective(schema)
        if schema.get("not") in ({}, True):
            return False
        out: dict[str, Any] = {key: value for key, value in schema.items() if key in COPIED}
        self._lose(*(schema.keys() & LEFT))
        if "multipleOf" in out and not _is_small(out["multipleOf"]):
            del out["multipleOf"]
            self._lose("multipleOf")
        self._given_into(schema, out, places)
        self._references_into(schema, out, places)
        self._alternatives_into(schema, out, places)
        self._strings_into(schema, out)
        self._array_into(schema, out, places)
        self._object_into(schema, out, places)
        for keyword in self._without & out.keys():
            del out[keyword]
            self._lose(keyword)
        return out

    def _given_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        """Spell the values of `const` and `enum` as an answer does: the canonical form has sorted their keys."""
        if "const" in schema:
            out["const"] = self._order.sort(schema["const"], places)
        if "enum" in schema:
            out["enum"] = [self._order.sort(each, places) for each in schema["enum"]]

    def _references_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        for keyword in REFERENCES:
            if not isinstance(schema.get(keyword), str):
                continue
            if self._references.depends(schema, keyword):
                self._lose(keyword, keyword.replace("Ref", "Anchor"))
                continue
            target = {"$ref": f"#/$defs/{self._definition(self._references.follow(schema, keyword), places)}"}
            if "$ref" in out:
                out.setdefault("allOf", []).append(target)
            else:
                out |= target

    def _definition(self, target: Any, places: Places) -> str:
        context = tuple(map(id, places)) if self._copies and len(self._names) < _MOST_COPIES else ()
        name = self._names.get((id(target), context))
        if name is None:
            name = self._names[id(target), context] = f"d{len(self._names)}"
            self._definitions[name] = True
            before = self._losses
            self._definitions[name] = self._write(target, places)
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
        for each in joint:
            self._join(out, each)

    def _join(self, out: dict[str, Any], schema: Schema) -> None:
        """Demand a schema on top."""
        if isinstance(schema, dict) and len(schema) == 1 and schema.keys() <= {"anyOf", "enum", "pattern"} - out.keys():
            out |= schema
        else:
            out.setdefault("allOf", []).append(schema)

    def _strings_into(self, schema: dict[str, Any], out: dict[str, Any]) -> None:
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            said = spoken(pattern)
            if said is None or not said.exact:
                self._lose("pattern")
            for part in said.parts if said else ():
                self._join(out, {"pattern": part})
        form = schema.get("format")
        way = format_way(form, self._document.draft)
        if way == "mask" or form in PARTLY_MASKED:
            self._join(out, {"pattern": PATTERNS[form]} if form in PATTERNS else {"format": form})
        if way == "check":
            self._lose("format")

    def _array_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        if schema.get("uniqueItems") is True and self._distinct_into(schema, out, places):
            return
        if not schema.keys() & {"contains", "items", "prefixItems"}:
            return
        below = self._order.items(places)
        first = schema.get("prefixItems")
        rest = schema.get("items")
        if isinstance(rest, list):
            first, rest = rest, schema.get("additionalItems")
        if isinstance(first, list):
            out["prefixItems"] = [self._write(each, below) for each in first]
        if isinstance(rest, dict | bool):
            out["items"] = self._write(rest, below)
        if "contains" in schema:
            self._contains_into(schema, out, below)

    def _distinct_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> bool:
        """Say `uniqueItems`, and all else about an array, by the arrays there are; tell whether they are few."""
        items = schema.get("items")
        said = self._references.effective(items) if isinstance(items, dict) else items
        arrays = distinct_arrays(schema, said, self._document.draft)
        if arrays is None or self._arrays + len(arrays) > _MOST_ARRAYS:
            self._lose("uniqueItems")
            return False
        self._arrays += len(arrays)
        for keyword in SAID & out.keys():
            del out[keyword]
        below = self._order.items(places)
        spelled = [[self._order.sort(item, below) for item in array] for array in arrays]
        given: Schema = {"enum": spelled} if spelled else False
        self._join(out, given if schema.get("type") == "array" else {"anyOf": [given, _NO_ARRAY]})
        return True

    def _contains_into(self, schema: dict[str, Any], out: dict[str, Any], below: Places) -> None:
        """Say `contains` of a short array by alternatives: which of its items, at the least, are the ones."""
        least, most = schema.get("minContains", 1), schema.get("maxItems", _MOST_ITEMS + 1)
        if "maxContains" in schema:
            self._lose("maxContains")
        if least == 0:
            return
        if most > _MOST_ITEMS or math.comb(int(most), int(least)) > _MOST_WAYS:
            self._lose(*(schema.keys() & {"contains", "minContains"}))
            return
        before = self._losses
        match = self._write(schema["contains"], below)
        if self._losses > before:
            self._lose("contains")
        ways = [
            {"prefixItems": [match if index in chosen else True for index in range(chosen[-1] + 1)],
             "minItems": chosen[-1] + 1}
            for chosen in itertools.combinations(range(int(most)), int(least))
        ]  # fmt: skip
        self._join(out, {"anyOf": ways or [_NO_ARRAY]})

    def _object_into(self, schema: dict[str, Any], out: dict[str, Any], places: Places) -> None:
        properties = _schemas(schema.get("properties"))
        patterns = _schemas(schema.get("patternProperties"))
        others = schema.get("additionalProperties", True)
        below = self._order.below(places, "") if patterns or isinstance(others, dict) else ()
        values = ByKey(
            {key: self._write(properties[key], self._order.below(places, key)) for key in properties},
            {pattern: self._write(patterns[pattern], below) for pattern in patterns},
            self._write(others, below),
        )
        names = schema.get("propertyNames")
        if names is not None:
            names = self._references.effective(names) if isinstance(names, dict) else names
            values, exact = restrict(values, names)
            if not exact:
                self._lose("propertyNames")
        said, exact = say(values)
        if patterns and "patternProperties" in self._without:
            said, exact = ByKey(said.named, {}, True), False
        if not exact:
            self._lose(*(schema.keys() & {"patternProperties", "additionalProperties", "propertyNames"}))
        if not (
            said.named or said.patterns or names is not None or "required" in schema or said.others not in ({}, True)
        ):
            self._lose(*(schema.keys() & {"minProperties", "maxProperties"}))
            return
        # Every key of the place is named in each of its alternatives, so that all have them in the same order.
        keys = self._order.keys(places)
        self._named += len(keys)
        others_too = keys if self._names_all and self._named <= _MOST_NAMED else ()
        written = dict(said.named)
        for key in (*others_too, *schema.get("required", ())):
            if key not in written and (value := values.value_of(key)) is not False:
                written[key] = value
        rank = {key: index for index, key in enumerate(keys)}
        out["properties"] = {key: written[key] for key in sorted(written, key=lambda key: rank.get(key, len(rank)))}
        if "required" in out:
            out["required"] = sorted(out["required"], key=lambda key: rank.get(key, len(rank)))
        if said.patterns:
            out["patternProperties"] = said.patterns
        if said.others not in ({}, True):
            out["additionalProperties"] = said.others
        for keyword in ("minProperties", "maxProperties"):
            if keyword in schema:
                out[keyword] = schema[keyword]


def _schemas(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_small(multiple: float) -> bool:
    """Tell whether the mask engine can count in a multiple: as it does, in units of its last decimal."""
    return Fraction(str(multiple)).numerator <= _LARGEST_MULTIPLE
