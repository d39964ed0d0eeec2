"""Tables for spreadsheets: CSV (RFC 4180) in which no text is taken for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Signs that begin a formula, with their full-width forms, which spreadsheets read as the same in East Asia."""


def protect(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula (https://owasp.org/www-community/attacks/CSV_Injection).

    Blanks before a sign do not hide it from every program.
    """
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(_SIGNS) else text


def unprotect(text: str) -> str:
    """Return a text as it was before `protect`."""
    return text[1:] if text.startswith("'") and protect(text[1:]) == text else text


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows of texts, numbers, truth values and None as CSV. A number that is written as text stays one."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([[_cell(value) for value in row] for row in rows])
    return written.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        float(value)
    except ValueError:
        return protect(str(value))
    return str(value)
