"""What the cells of a column are: text, numbers, dates or truth values, told from how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ColumnKind = Literal["text", "number", "date", "boolean"]

_GAP: Final = "[ \u00a0\u2009\u202f'\u2019]"
_MINUS: Final = "\u2212"
_NUMBER: Final = re.compile(
    rf"[+\-{_MINUS}]?(?:0|[1-9]\d*|[1-9]\d{{0,2}}(?:{_GAP}\d{{3}})+|[1-9]\d{{0,2}}(?:,\d{{3}})+|[1-9]\d{{0,2}}(?:\.\d{{3}})+)?"
    r"(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?"
)
_DATE: Final = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_BOOLEANS: Final = frozenset({"true", "false", "yes", "no"})
_LONGEST: Final = 60


@dataclass(frozen=True)
class Column:
    """A column: its name, which no other of its source has, and what its cells hold."""

    name: str
    kind: ColumnKind


def kind_of(cells: Iterable[str]) -> ColumnKind:
    """Return what all cells are that are not empty; text where they differ, or where there are none.

    Digits after a leading zero are text: a postcode or a telephone number.
    """
    written = [cell.strip() for cell in cells if cell.strip()]
    if not written:
        return "text"
    if all(_is_number(cell) for cell in written):
        return "number"
    if all(len(cell) <= _LONGEST and _DATE.fullmatch(cell) for cell in written):
        return "date"
    return "boolean" if all(cell.casefold() in _BOOLEANS for cell in written) else "text"


def numbers(cells: Sequence[str]) -> tuple[float | None, ...]:
    """Return the number that each cell of a column holds, None where it holds none.

    Whether a comma or a point begins the decimals is told from the whole column: "1,5" beside "1,234" does. Where
    nothing tells, a point does.
    """
    comma = _comma_is_decimal(cells)
    return tuple(_number(cell.strip(), comma=comma) for cell in cells)


def _is_number(cell: str) -> bool:
    return len(cell) <= _LONGEST and any(map(str.isdigit, cell)) and _NUMBER.fullmatch(cell) is not None


def _number(cell: str, *, comma: bool) -> float | None:
    if not _is_number(cell):
        return None
    plain = re.sub(_GAP, "", cell.replace(_MINUS, "-"))
    plain = plain.replace(".", "").replace(",", ".") if comma else plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError:  # marks that mean another thing here than in the rest of the column
        return None
    return value if abs(value) < float("inf") else None


def _comma_is_decimal(cells: Sequence[str]) -> bool:
    for cell in cells:
        point, comma = cell.rfind("."), cell.rfind(",")
        if point >= 0 and comma >= 0:
            return comma > point
        if comma >= 0 and (cell.count(",") > 1 or len(cell.strip()) - comma - 1 != 3):
            return cell.count(",") == 1
        if point >= 0 and cell.count(".") == 1 and len(cell.strip()) - point - 1 != 3:
            return False
        if cell.count(".") > 1:
            return True
    return False
