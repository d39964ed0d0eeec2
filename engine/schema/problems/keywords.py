"""Keywords that say nothing where they stand, and patterns that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.editing import Insert, Operation, Remove, Rename, Set
from engine.schema.patterns import fault, is_pattern, is_too_large
from engine.schema.pointer import escape, to_pointer
from engine.schema.problems.expected import fits
from engine.schema.problems.found import Found, quoted, told
from engine.schema.problems.problem import Fix
from engine.schema.slips import Slip, slips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.drafts import Draft
    from engine.schema.problems.subject import Subject

_RULES = {"unknown": "unknown-keyword", "foreign": "foreign-keyword", "ignored": "ignored-keyword"}
_OTHERWISE = (
    (r"\A", "^"),
    (r"\Z", "$"),
    (r"\z", "$"),
    ("{,", "{0,"),
    ("(?P<", "(?<"),
    (r"\e", r"\x1b"),
    (r"\a", r"\x07"),
)
"""What other dialects of regular expressions write, and what ECMA-262 does."""


def idle_keywords(subject: Subject) -> Iterator[Found]:
    """Yield the keywords that say nothing though they look as if they did."""
    by_pointer = {spot.pointer: spot.schema for spot in subject.spots}
    for slip in slips(subject.document):
        at = f"{slip.pointer}/{escape(slip.keyword)}"
        fixes = tuple(_mended(slip, by_pointer[slip.pointer], at, subject.document.draft))
        sentence = slip.message.replace(f'"{slip.keyword}"', quoted(slip.keyword))
        yield Found(_RULES[slip.kind], at, sentence, fixes, on_key=True, keyword=True)


def bad_patterns(subject: Subject) -> Iterator[Found]:
    """Yield the patterns that are no regular expressions."""
    for spot in subject.spots:
        pattern, by_pattern = spot.schema.get("pattern"), spot.schema.get("patternProperties")
        if isinstance(pattern, str) and not is_pattern(pattern):
            yield bad_pattern(f"{spot.pointer}/pattern", pattern)
        for each in by_pattern if isinstance(by_pattern, dict) else ():
            if not is_pattern(each):
                yield bad_pattern(spot.pointer + to_pointer(("patternProperties", each)), each, on_key=True)


def bad_pattern(at: str, pattern: str, *, on_key: bool = False) -> Found:
    """Tell of a pattern that is none, as a value or as a key."""
    if is_too_large(pattern):
        return Found("bad-pattern", at, f"The pattern {told(pattern)} is too large: use smaller counts.", on_key=on_key)
    reason, _ = fault(pattern) or ("", "")
    meant = pattern
    for written, said in _OTHERWISE:
        meant = meant.replace(written, said)
    fixes: tuple[Fix, ...] = ()
    if meant != pattern and is_pattern(meant):
        fixes = (Fix(f"Write {told(meant, 30)}", (Rename(at, meant) if on_key else Set(at, meant),)),)
    because = f": {reason}" if reason else ""
    sentence = f"The pattern {told(pattern)} is no regular expression{because}."
    return Found("bad-pattern", at, sentence, fixes, on_key=on_key)


def _mended(slip: Slip, schema: dict[str, Any], at: str, draft: Draft) -> Iterator[Fix]:
    if slip.kind == "unknown":
        meant = slip.meant
        if meant is not None and meant not in schema and fits(meant, schema[slip.keyword], draft):
            yield Fix(f"Write {meant}", (Rename(at, meant),))
        else:
            yield Fix("Remove it", (Remove(at),))
    elif slip.kind == "ignored":
        if isinstance(schema.get("allOf", []), list):
            yield Fix("Put the $ref under allOf", _beside(slip.pointer, schema))
    else:
        said = _said(slip.pointer, slip.keyword, schema, at)
        if said is not None:
            yield said
        yield Fix(f"Remove {slip.keyword}", (Remove(at),))


def _beside(pointer: str, schema: dict[str, Any]) -> tuple[Operation, ...]:
    reference = {"$ref": schema["$ref"]}
    put = Insert(f"{pointer}/allOf", 0, reference) if "allOf" in schema else Insert(pointer, None, [reference], "allOf")
    return Remove(f"{pointer}/$ref"), put


def _said(pointer: str, keyword: str, schema: dict[str, Any], at: str) -> Fix | None:
    """Return the fix that says in the schema's own draft what a keyword says in another one."""
    value = schema[keyword]
    kinds = {type(each) for each in value.values()} if isinstance(value, dict) else set()
    name = ""
    if keyword == "prefixItems":
        if "items" not in schema:
            name = "items"
        elif "additionalItems" not in schema:
            moved = (Rename(f"{pointer}/items", "additionalItems"), Rename(at, "items"))
            return Fix("Use items and additionalItems", moved)
    elif keyword in {"dependentRequired", "dependentSchemas"}:
        name = "dependencies"
    elif keyword == "dependencies" and kinds in ({list}, {dict}, {bool}, {dict, bool}):
        name = "dependentRequired" if kinds == {list} else "dependentSchemas"
    elif keyword == "const" and "enum" not in schema:
        return Fix("Write it as an enum", (Set(at, [value]), Rename(at, "enum")))
    return Fix(f"Use {name}", (Rename(at, name),)) if name and name not in schema else None
