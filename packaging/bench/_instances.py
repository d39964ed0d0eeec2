"""Whether an answer is right, judged by the `jsonschema` package, which takes no part in making answers."""

from __future__ import annotations

import json
import math
from typing import Any

from jsonschema.validators import validator_for

_CLOSE = 1e-9


def is_valid(text: str, schema: Any) -> bool:
    """Tell whether a text is JSON and satisfies the schema, formats included."""
    try:
        instance = json.loads(text)
    except ValueError:
        return False
    return satisfies(instance, schema)


def satisfies(instance: Any, schema: Any) -> bool:
    """Tell whether an instance satisfies the schema, formats included."""
    kind = validator_for(schema)
    return bool(kind(schema, format_checker=kind.FORMAT_CHECKER).is_valid(instance))


def agrees(found: Any, truth: Any) -> bool:
    """Tell whether a field is right: numbers within 1e-9, texts but for case and blanks, lists and objects whole."""
    if isinstance(truth, bool) or truth is None:
        return found is truth
    if isinstance(truth, int | float):
        number = isinstance(found, int | float) and not isinstance(found, bool)
        return number and math.isclose(found, truth, rel_tol=0, abs_tol=_CLOSE)
    if isinstance(truth, str):
        return isinstance(found, str) and _folded(found) == _folded(truth)
    if isinstance(truth, list):
        same_length = isinstance(found, list) and len(found) == len(truth)
        return same_length and all(agrees(*pair) for pair in zip(found, truth, strict=True))
    return isinstance(found, dict) and all(agrees(found.get(key), value) for key, value in truth.items())


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
