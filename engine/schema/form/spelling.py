"""Values as a person types them: the text of a control, what it stands for, and which control a value needs."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import EngineError
from engine.schema.form.nature import key_of

if TYPE_CHECKING:
    from engine.schema.form.field import Field


class Absent:
    """There is no value at a place, which is not the same as null."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()

Control = Literal["boolean", "choice", "const", "enum", "items", "json", "line", "list", "lines", "object", "table"]
"""What a value is typed in: a switch, one of several branches, words, a menu, rows of their own, JSON, one line,
rows of one control each, several lines, rows with names, rows with columns."""

MENU: Final = 5
"""Options up to which a menu is quicker than a search."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 300
_LINE = 52
_LONG_TEXT = 20_000
"""Characters from which on JSON is laid out in the quick way, with every item on a line."""
_HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\uffff\ud800-\udfff]")
"""Characters that a control would hide, replace or obey."""


def control_of(field: Field, value: Any) -> Control:
    """Return what a value of a field is typed in; JSON where nothing else would show it as it is.

    For null where the field is nullable, and for no value, it is what another value would be typed in.
    """
    if field.kind == "choice":
        return "choice"
    shown = ABSENT if value is None and field.nullable else value
    match field.kind:
        case "object":
            return "object" if shown is ABSENT or isinstance(shown, dict) else "json"
        case "array":
            if shown is not ABSENT and not isinstance(shown, list):
                return "json"
            return "table" if field.columns else "list" if field.is_plain_list else "items"
        case "any" | "never":
            return "json"
        case "null":
            return "const" if shown in (None, ABSENT) else "json"
        case "const":
            return "const" if shown is ABSENT or same(shown, field.options[0].value) else "json"
        case "boolean":
            return "boolean" if shown is ABSENT or isinstance(shown, bool) else "json"
        case "string" if isinstance(shown, str) and "\n" in shown:
            return "lines" if _is_plain(shown.replace("\n", "").replace("\t", "")) else "json"
        case "string" if field.has_lines and shown is ABSENT:
            return "lines"
    if shown is not ABSENT and spell(field, shown) is None:
        return "json"
    if field.kind == "string" and field.has_lines:
        return "lines"
    return "enum" if field.options else "line"


def spell(field: Field, value: Any) -> str | None:
    """Return the text by which a string, number or enum shows a value; None where only JSON shows it.

    `read` gives the same value back. What is no number, or none of the options, is the string that was typed, so
    that nothing typed is lost; the schema refuses it.
    """
    if field.kind == "string":
        plain = isinstance(value, str) and _is_plain(value.replace("\t", ""))
        return value if plain and (value or field.takes_empty) else None
    if field.kind in {"integer", "number"}:
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = _spelled_number(value)
        else:
            text = value if isinstance(value, str) else None
        return text if text is not None and _is_plain(text) and same(read(field, text), value) else None
    if field.kind == "enum":
        for label, each in labels(field).items():
            if same(each, value):
                return label
        return value if isinstance(value, str) and value and _is_plain(value) and value not in labels(field) else None
    return None


def read(field: Field, text: str) -> Any:
    """Return the value that a text typed into a string, number or enum stands for; `ABSENT` for no number."""
    if field.kind in {"integer", "number"}:
        digits = text.strip()
        match = _NUMBER.fullmatch(digits)
        if not digits:
            return ABSENT
        if match is None or len(digits) > _LONGEST_NUMBER:
            return text
        if match[1] is None and match[2] is None:
            return int(digits)
        number = float(digits)
        return number if math.isfinite(number) else text
    if field.kind == "enum":
        if not text:
            return ABSENT
        return labels(field).get(text, text)
    return text


def labels(field: Field) -> dict[str, Any]:
    """Return the options of a field by the texts that name them, in order."""
    found: dict[str, Any] = {}
    for option in field.options:
        value = option.value
        plain = isinstance(value, str) and value and _is_plain(value)
        text = value if plain else json_text(value, flat=True)
        while text in found:
            text = json_text(value, flat=True) if text == value else f"{text} "
        found[text] = value
    return found


def json_text(value: Any, *, flat: bool = False) -> str:
    """Return the JSON of a value, on one line or laid out; characters that would hide are escaped.

    Raises `EngineError` for a value that is nested too deeply to be written.
    """
    try:
        text = json.dumps(value, ensure_ascii=False)
        if not flat and len(text) > _LONG_TEXT:
            text = json.dumps(value, ensure_ascii=False, indent=2)
        elif not flat:
            text = _laid_out(value, text, 0)
    except (RecursionError, ValueError):
        raise EngineError("This value is nested too deeply, or too long, to be shown.") from None
    return _HOSTILE.sub(lambda found: found[0] if found[0] == "\n" else _escaped(found[0]), text)


def _laid_out(value: Any, flat: str, indent: int, before: int = 0) -> str:
    """Return JSON of which a container that fits stands on one line."""
    if len(flat) + indent + before <= _LINE or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + 2
    parts = []
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        name = f"{json.dumps(key, ensure_ascii=False)}: " if isinstance(value, dict) else ""
        parts.append(" " * inner + name + _laid_out(each, json.dumps(each, ensure_ascii=False), inner, len(name)))
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n" + ",\n".join(parts) + f"\n{' ' * indent}{closing}"


def is_large(value: Any, most: int = 20_000) -> bool:
    """Tell whether a value has more parts or characters than anybody edits as text; counts no further."""
    weight, pending = 0, [value]
    while pending and weight <= most:
        here = pending.pop()
        weight += 1
        if isinstance(here, str):
            weight += len(here) // 10
        elif isinstance(here, dict | list):
            if len(here) > most:
                return True
            pending.extend(here.values() if isinstance(here, dict) else here)
    return weight > most


def read_json_text(text: str) -> Any:
    """Return the value of JSON text. Raises `EngineError` with a sentence and the place where it ends to be JSON."""
    try:
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise EngineError(
            f"This is not JSON yet: {error.msg[0].lower()}{error.msg[1:]}.",
            where=f"line {error.lineno}, column {error.colno}",
            advice="Text stands in quotes.",
        ) from None
    except (ValueError, RecursionError):
        raise EngineError("This is not JSON that can be read.") from None


def same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are written alike: 1 is not 1.0, true is not 1, the order of keys counts."""
    pending = [(one, other)]
    while pending:
        left, right = pending.pop()
        if left is right:
            continue
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if list(left) != list(right):
                return False
            pending.extend(zip(left.values(), right.values(), strict=True))
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            pending.extend(zip(left, right, strict=True))
        elif left != right or (left == 0 and str(left) != str(right)):
            return False
    return True


def _is_plain(text: str) -> bool:
    return _HOSTILE.search(text) is None


def _spelled_number(value: float) -> str | None:
    try:
        return json.dumps(value)
    except ValueError:  # more digits than Python writes
        return None


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]


def _refuse(name: str) -> Any:
    raise EngineError(f"{name} is not JSON.", advice="Write a finite number, or a string.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise EngineError(f"The key {json_text(key)} stands twice in one object.")
        found[key] = value
    return found


__all__ = [
    "ABSENT", "MENU", "Absent", "Control", "control_of", "json_text", "key_of", "labels", "read", "read_json_text",
    "same", "spell",
]  # fmt: skip
