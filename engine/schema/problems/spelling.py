"""What somebody meant who gave a keyword a value that it cannot have, where that is plain to see."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any

from engine.schema.drafts import Draft
from engine.schema.editing import Insert, Operation, Remove, Rename, Set
from engine.schema.pointer import unescape, value_at
from engine.schema.problems.expected import TYPES, Wanted, wanted
from engine.schema.problems.found import told
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEANT = {
    "array": ("arr", "arrays", "list", "sequence", "set", "tuple"),
    "boolean": ("bool", "flag"),
    "integer": ("int", "int32", "int64", "long", "short", "whole"),
    "null": ("nil", "none", "undefined", "void"),
    "number": ("decimal", "double", "float", "float32", "float64", "numeric", "real"),
    "object": ("dict", "dictionary", "hash", "map", "record", "struct"),
    "string": ("char", "date", "datetime", "email", "str", "text", "time", "uri", "url", "uuid", "varchar"),
}
_BY_NAME = {name: kind for kind, names in _MEANT.items() for name in (kind, *names)}
_ANYTHING = frozenset({"all", "any", "anything", "mixed", "unknown"})
_ANCHOR = re.compile(r"#[A-Za-z_][-A-Za-z0-9._]*")
_TRUE = {"true": True, "yes": True, "false": False, "no": False}


def meant_type(name: str) -> str | None:
    """Return the type that somebody meant by another name, None where that is not plain."""
    name = name.strip().lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = difflib.get_close_matches(name[:40], _BY_NAME, n=1, cutoff=0.75)
    return _BY_NAME[near[0]] if near else None


def repairs(draft: Draft, holder: Any, at: str, keyword: str | None, value: Any) -> Iterator[Fix]:
    """Yield fixes of a value at a pointer, the likeliest first.

    `keyword` is the one whose value it is, or is in; `holder` what holds it, a subschema mostly. Without a keyword, the
    value stands where a subschema should.
    """
    own = unescape(at.rpartition("/")[2])
    if keyword is None:
        yield from _schema(draft, holder, at, value)
        return
    kind = wanted(keyword, draft)
    if own != keyword:
        if kind is Wanted.NAME_LISTS and isinstance(value, str):
            yield _write(at, [value])
        return
    if keyword == "type":
        yield from _type(at, value)
    elif keyword == "required" and isinstance(value, bool):
        yield Fix("Remove it", (Remove(at),))
    elif keyword.startswith("exclusive") and isinstance(holder, dict):
        yield from _exclusive(draft, holder, at, keyword, value)
    elif keyword in {"$id", "id"} and isinstance(value, str) and _ANCHOR.fullmatch(value) and "$anchor" not in holder:
        yield Fix("Make it an $anchor", (Set(at, value[1:]), Rename(at, "$anchor")))
    elif kind is not None:
        new = _as(kind, value)
        if new is not None:
            yield _write(at, new)
        else:
            yield Fix(f"Remove {keyword}", (Remove(at),))


def required_above(root: Any, pointer: str, at: str) -> Iterator[Fix]:
    """Yield the fix of a `required` that is true in a property: the name is put where the object lists them."""
    object_pointer, _, rest = pointer.rpartition("/properties/")
    holder = value_at(root, object_pointer) if rest and "/" not in rest else None
    if not isinstance(holder, dict) or not isinstance(holder.get("required", []), list):
        return
    name, put = unescape(rest), tuple[Operation, ...]()
    if "required" not in holder:
        put = (Insert(object_pointer, None, [name], "required"),)
    elif name not in holder["required"]:
        put = (Insert(f"{object_pointer}/required", None, name),)
    yield Fix("Require it in the object", (Remove(at), *put))


def is_tuple(draft: Draft, value: Any) -> bool:
    """Tell whether somebody gave the first items schemas of their own, as was done up to 2019-09."""
    return draft == Draft.D2020 and isinstance(value, list) and all(isinstance(each, dict | bool) for each in value)


def _write(at: str, value: Any) -> Fix:
    return Fix(f"Write {told(value, 30)}", (Set(at, value),))


def _schema(draft: Draft, holder: Any, at: str, value: Any) -> Iterator[Fix]:
    above, _, own = at.rpartition("/")
    if own == "items" and is_tuple(draft, value) and isinstance(holder, dict) and "prefixItems" not in holder:
        rest = (Rename(f"{above}/additionalItems", "items"),) if "additionalItems" in holder else ()
        yield Fix("Use prefixItems", (Rename(at, "prefixItems"), *rest))
    elif isinstance(value, str) and above.rpartition("/")[2] == "dependencies":
        yield _write(at, [value])
    elif isinstance(value, str):
        kind, flag = meant_type(value), _TRUE.get(value.lower())
        if flag is not None and (draft != Draft.D4 or own.startswith("additional")):
            yield _write(at, flag)
        elif kind is not None:
            yield _write(at, {"type": kind})
    elif value is None or value == []:
        yield _write(at, {})
    elif isinstance(value, bool):
        yield _write(at, {} if value else {"not": {}})
    elif isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        yield _write(at, {"enum": value})


def _type(at: str, value: Any) -> Iterator[Fix]:
    if value is None:
        yield _write(at, "null")
        return
    if isinstance(value, str) and value.strip().lower() in _ANYTHING:
        yield Fix("Remove type", (Remove(at),))
        return
    names = value if isinstance(value, list) else re.split(r"[|,/]", value) if isinstance(value, str) else []
    if isinstance(value, str) and value.endswith("?"):
        names = [value[:-1], "null"]
    meant = [
        each if each in TYPES else meant_type(each) if isinstance(each, str) else "null" if each is None else None
        for each in names
        if not isinstance(each, list | dict)
    ]
    kinds = list(dict.fromkeys(each for each in meant if each is not None))
    if kinds and len(kinds) == len(set(meant)):
        yield _write(at, kinds[0] if len(kinds) == 1 else kinds)
    else:
        yield Fix("Remove type", (Remove(at),))


def _exclusive(draft: Draft, holder: dict[str, Any], at: str, keyword: str, value: Any) -> Iterator[Fix]:
    above = at.rpartition("/")[0]
    bound = keyword.removeprefix("exclusive").lower()
    number, given = not isinstance(value, bool) and isinstance(value, int | float), holder.get(bound)
    if draft == Draft.D4 and number and bound not in holder:
        yield Fix(f"Write it as {bound}", (Insert(above, None, value, bound), Set(at, True)))
    elif draft != Draft.D4 and value is True and isinstance(given, int | float) and not isinstance(given, bool):
        yield Fix(f"Write {told(given)} here", (Set(at, given), Remove(f"{above}/{bound}")))
    else:
        new = _as(wanted(keyword, draft) or Wanted.NUMBER, value)
        fits = new is not None and (draft != Draft.D4 or bound in holder)
        yield _write(at, new) if fits else Fix(f"Remove {keyword}", (Remove(at),))


def _as(kind: Wanted, value: Any) -> Any:
    """Return a value as one of a kind where it says one in other words; else None."""
    if kind in {Wanted.NUMBER, Wanted.POSITIVE, Wanted.COUNT} and isinstance(value, str):
        number = _number(value)
        if number is None or (kind is Wanted.POSITIVE and number <= 0):
            return None
        return None if kind is Wanted.COUNT and not (isinstance(number, int) and number >= 0) else number
    if kind is Wanted.FLAG:
        return _TRUE.get(value.lower()) if isinstance(value, str) else bool(value) if value in (0, 1) else None
    if kind is Wanted.TEXT and isinstance(value, int | float | bool):
        return json.dumps(value)
    if kind is Wanted.NAMES:
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return list(dict.fromkeys(each for each in names if isinstance(each, str))) or None
    if kind is Wanted.LIST and not isinstance(value, list):
        return [value]
    if kind is Wanted.SCHEMAS and isinstance(value, dict):
        return [value]
    return None


def _number(text: str) -> int | float | None:
    try:
        value = json.loads(text) if len(text) < 40 else None
    except ValueError:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
