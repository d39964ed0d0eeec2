"""Dates in a text: numbers in the order that the text itself uses, and names of months in thirteen languages.

03/04/2025 is the third of April or the fourth of March. Which, other dates of the document tell, where one of their
numbers is beyond twelve; where none does, the day comes first, or the month in a document with dollars, and the date
is ambiguous. Dots part day and month in this order everywhere. A date without its year is none: nothing is filled in.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from engine.extraction.values.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = (
    "january januar janvier enero gennaio janeiro januari styczen stycznia leden ledna tammikuu tammikuuta jan",
    "february februar fevrier febrero febbraio fevereiro februari luty lutego unor unora helmikuu helmikuuta feb",
    "march marz maerz mars marzo marco maart marzec marca brezen brezna maaliskuu maaliskuuta mrt mrz mar",
    "april avril abril aprile kwiecien kwietnia duben dubna huhtikuu huhtikuuta apr avr abr kwi",
    "may mai mayo maggio maio mei maj maja kveten kvetna toukokuu toukokuuta mag",
    "june juni juin junio giugno junho czerwiec czerwca cerven cervna kesakuu kesakuuta jun giu cze",
    "july juli juillet julio luglio julho lipiec lipca cervenec cervence heinakuu heinakuuta jul juil lug lip",
    "august aout agosto augustus augusti sierpien sierpnia srpen srpna elokuu elokuuta aug",
    "september septembre septiembre settembre setembro wrzesien wrzesnia zari syyskuu syyskuuta sept set sep",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika rijen rijna lokakuu lokakuuta oct",
    "november novembre noviembre novembro listopada listopad marraskuu marraskuuta nov",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia prosinec prosince joulukuu joulukuuta dec",
)
_FULL = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_SHORTEST = 3

_YEAR = r"(?P<year>\d{4}|(?:'|\u2019)?\d{2})"
_DAY = r"(?P<day>\d{1,2})(?:\.|\u00ba|er\b|st\b|nd\b|rd\b|th\b)?"
_NAME = r"(?P<month>[^\W\d_]{3,12})\.?"
_GAP = r"(?:[ \u00a0]*|-)"
_COMMA = r"(?:[ \u00a0]*,[ \u00a0]*|[ \u00a0]+|-)"
"""A hyphen joins the parts of a date; with blanks around it, it stands between two dates."""
_EDGE, _END = r"(?<![\w])(?<![\w][-/.])", r"(?![\w])(?![-/.]\d)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_EDGE}(?P<year>\d{{4}})(?P<sign>[-/.])(?P<month>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}}){_END}",
        rf"{_EDGE}(?P<year>\d{{4}})[ -]{_NAME}[ -](?P<day>\d{{1,2}}){_END}",
        rf"{_EDGE}{_DAY}{_GAP}(?:of |de |d')?{_NAME}(?:{_COMMA}|)(?:de |del )?{_YEAR}{_END}(?!\s*,\s*\d{{4}}(?!\d))",
        rf"{_EDGE}{_NAME}{_GAP}{_DAY}{_COMMA}{_YEAR}{_END}",
        r"(?P<year>\d{4})\u5e74\s?(?P<month>\d{1,2})\u6708\s?(?P<day>\d{1,2})\u65e5",
    )
)
_NUMBERS = re.compile(
    r"(?<!\w)(?<!\w[/.])(?P<first>\d{1,2})(?P<sign>[-/.]) ?(?P<second>\d{1,2})(?P=sign) ?(?P<year>\d{4}|\d{2})"
    r"(?!\w)(?!(?P=sign)\d)"
)
_PIVOT = 69
"""Two digits from here on are years of the last century (POSIX)."""


def find_dates(text: str) -> list[Reading]:
    """Return the dates of a text in its order, as YYYY-MM-DD."""
    readings = [*_named(text), *_numeric(text)]
    return sorted(readings, key=lambda reading: (reading.start, -reading.end))


def _named(text: str) -> Iterator[Reading]:
    for form in _FORMS:
        for match in form.finditer(text):
            month = match["month"]
            value = _date(match["year"], month if month.isdigit() else _month(month), match["day"])
            if value:
                yield Reading(match.start(), match.end(), value)


def _numeric(text: str) -> Iterator[Reading]:
    found = list(_NUMBERS.finditer(text))
    slashed = [match for match in found if match["sign"] != "."]
    day_first = sum(int(match["first"]) > 12 for match in slashed)
    month_first = sum(int(match["second"]) > 12 for match in slashed)
    known = day_first != month_first
    american = month_first > day_first or (not known and ("$" in text or "USD" in text))
    for match in found:
        as_day = _date(match["year"], match["second"], match["first"])
        as_month = _date(match["year"], match["first"], match["second"]) if match["sign"] != "." else None
        value, other = (as_month or as_day, as_day) if american else (as_day or as_month, as_month)
        if value:
            yield Reading(match.start(), match.end(), value, None if known or other in {None, value} else other)


def _month(name: str) -> int | None:
    """Return the number of a month by its name or the beginning of it, where that fits one month only."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    if plain in _FULL:
        return _FULL[plain]
    fitting = {number for full, number in _FULL.items() if full.startswith(plain)} if len(plain) >= _SHORTEST else set()
    return fitting.pop() if len(fitting) == 1 else None


def _date(year: str, month: str | int | None, day: str) -> str | None:
    """Return a date as YYYY-MM-DD; None where there is no such day."""
    if month is None:
        return None
    digits = year.lstrip("'\u2019")
    number = int(digits)
    if len(digits) == 2:
        number += 1900 if number >= _PIVOT else 2000
    try:
        return date(number, int(month), int(day)).isoformat()
    except ValueError:
        return None
