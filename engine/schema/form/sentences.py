"""What the validator finds, said plainly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jsonschema_rs

_SHOWN = 40
_TYPES = {
    "array": "a list", "boolean": "true or false", "integer": "a whole number", "null": "null", "number": "a number",
    "object": "an object", "string": "text",
}  # fmt: skip
_FORMATS = {
    "date": "a date, such as 2024-03-18",
    "date-time": "a date and time, such as 2024-03-18T09:30:00Z",
    "duration": "a duration, such as P3DT4H",
    "email": "an e-mail address",
    "hostname": "the name of a host, such as example.org",
    "ipv4": "an IPv4 address, such as 192.0.2.1",
    "ipv6": "an IPv6 address, such as 2001:db8::1",
    "json-pointer": "a JSON Pointer, such as /a/0",
    "regex": "a regular expression",
    "time": "a time with its zone, such as 09:30:00Z",
    "uri": "a URI, such as https://example.org/",
    "uuid": "a UUID, such as 123e4567-e89b-12d3-a456-426614174000",
}
_HELD: dict[type, str] = {
    bool: "true or false", dict: "an object", list: "a list", int: "a number", float: "a number", str: "text",
}  # fmt: skip


def sentence_of(error: jsonschema_rs.ValidationError, value: Any) -> str:
    """Return what an error says of a value."""
    said = error.kind.as_dict()
    limit = said.get("limit")
    match error.kind.name:
        case "type":
            return _wrong_type(said["types"], value)
        case "const":
            return f"This has to be {quoted(said['expected_value'])}."
        case "enum":
            return "This is not one of the choices."
        case "format":
            name = said["format"]
            return f"This is not {_FORMATS.get(name, f'of the format {name}')}."
        case "pattern":
            return f"This does not match the pattern {said['pattern']}"
        case "minimum":
            return f"This is below the minimum of {limit}."
        case "maximum":
            return f"This is above the maximum of {limit}."
        case "exclusiveMinimum":
            return f"This has to be more than {limit}."
        case "exclusiveMaximum":
            return f"This has to be less than {limit}."
        case "multipleOf":
            return f"This is not a multiple of {said['multiple_of']}."
        case "minLength":
            return f"This has {_count(len(value), 'character')}; it takes at least {limit}."
        case "maxLength":
            return f"This has {_count(len(value), 'character')}; it may have at most {limit}."
        case "minItems":
            return f"There are {_count(len(value), 'item')}; it takes at least {limit}."
        case "maxItems" | "additionalItems":
            return f"There are {_count(len(value), 'item')}; there may be at most {limit}."
        case "minProperties":
            return f"There are {_count(len(value), 'field')}; it takes at least {limit}."
        case "maxProperties":
            return f"There are {_count(len(value), 'field')}; there may be at most {limit}."
        case "uniqueItems":
            return "Two items are alike."
        case "contains":
            return "No item is of the kind that the schema asks for, or too few are."
        case "not":
            return "This is one of the values that the schema rules out."
        case "falseSchema":
            return "Nothing may stand here."
        case "unevaluatedItems":
            return "There are more items than there may be."
    return f"This does not hold to “{error.kind.name}” of the schema."


def _wrong_type(types: list[str], value: Any) -> str:
    expected = " or ".join(_TYPES.get(name, name) for name in types)
    if isinstance(value, str) and value and {"integer", "number"} >= set(types) and not _looks_like_json(value):
        return f"{quoted(value)} is not {expected}."
    held = next((word for kind, word in _HELD.items() if isinstance(value, kind)), "null")
    if held == "a number" and types == ["integer"]:
        return "This is not a whole number."
    return f"This is {held}; it has to be {expected}."


def _looks_like_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def quoted(value: Any) -> str:
    """Return the beginning of a text in quotes, or of JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
    return f"“{shown}”" if isinstance(value, str) else shown


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"
