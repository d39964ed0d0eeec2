"""Numbers and dates as documents spell them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.extraction.values import find_dates, find_numbers

if TYPE_CHECKING:
    from decimal import Decimal


def numbers(text: str) -> list[tuple[str, object]]:
    return [(text[found.start : found.end], found.value) for found in find_numbers(text)]


def dates(text: str) -> list[tuple[str, str]]:
    return [(text[found.start : found.end], found.value) for found in find_dates(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1'234.50", 1234.5),
        ("12\u00a0500", 12500),
        ("12\u202f500,75", 12500.75),
        ("1,00,000.50", 100000.5),
        ("12.345.678", 12345678),
        ("0.125", 0.125),
        ("20,5", 20.5),
        ("(12.50)", -12.5),
        ("-3.5", -3.5),
        ("\u22123", -3),
        ("12,50-", -12.5),
        ("2139.00", 2139.0),
    ],
)
def test_a_number_is_read_with_its_own_separators(text: str, value: float) -> None:
    assert numbers(f"Total {text} due") == [(text, value)]


@pytest.mark.parametrize(
    "text",
    ["RE-2025-0914", "HF-2107", "#88213", "15:42", "007", "14.03.2026.1", "A4", "1234567890123456", "BLR_20151000"],
)
def test_what_is_a_name_a_time_or_an_identifier_is_no_number(text: str) -> None:
    assert numbers(f"No. {text} here") == []


def test_the_rest_of_the_document_says_what_a_separator_means() -> None:
    assert numbers("0,50 and 1.234") == [("0,50", 0.5), ("1.234", 1234)]
    assert numbers("0.50 and 1.234") == [("0.50", 0.5), ("1.234", 1.234)]
    assert all(found.other is None for found in find_numbers("0,50 and 1.234"))


def test_a_number_that_can_be_read_in_two_ways_says_so() -> None:
    (found,) = find_numbers("1.234 pieces")
    assert (found.value, found.other) == (1234, 1.234)
    (amount,) = find_numbers("1.234 €")
    assert (amount.value, amount.other) == (1234, None)


def test_a_sum_beside_its_currency_or_unit_is_read_without_it() -> None:
    assert numbers("GBP252.00 $59.90 12kg 19% 34,000-38,500 €") == [
        ("252.00", 252.0),
        ("59.90", 59.9),
        ("12", 12),
        ("19", 19),
        ("34,000", 34000),
        ("38,500", 38500),
    ]


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["{:,.2f}", "{:.2f}"]), st.booleans())
def test_an_amount_with_two_decimals_is_read_in_either_notation(amount: Decimal, form: str, swapped: bool) -> None:
    written = form.format(amount)
    if swapped:
        written = written.translate(str.maketrans(",.", ".,"))
    readings = find_numbers(f"Sum: {written} EUR")
    assert float(amount) in [reading.value for reading in readings]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 March 2025", "2025-03-03"),
        ("March 3rd, 2025", "2025-03-03"),
        ("7. Mai 2014", "2014-05-07"),
        ("04.09.2025", "2025-09-04"),
        ("28 novembre 2022", "2022-11-28"),
        ("1er janvier 2025", "2025-01-01"),
        ("2 juil. 2015", "2015-07-02"),
        ("7 de mayo de 2014", "2014-05-07"),
        ("2025-03-14", "2025-03-14"),
        ("2025/3/14", "2025-03-14"),
        ("14-Mar-25", "2025-03-14"),
        ("Dec 31, 2017", "2017-12-31"),
        ("August 3 , 2014", "2014-08-03"),
        ("Aug 3,2014", "2014-08-03"),
        ("3 August , 2014", "2014-08-03"),
        ("9 września 2021", "2021-09-09"),
        ("12. März 1998", "1998-03-12"),
        ("2022年11月28日", "2022-11-28"),
        ("31.12.98", "1998-12-31"),
    ],
)
def test_a_date_is_read_in_the_language_it_is_written_in(text: str, value: str) -> None:
    assert dates(f"on {text}, noon") == [(text, value)]


def test_what_stands_between_two_dates_is_no_date() -> None:
    assert dates("for July 1 - July 31 , 2014") == [("July 31 , 2014", "2014-07-31")]
    assert dates("for July 1 - 31, 2014") == []
    assert dates("on 1 July 31, 2014 and later") == [("July 31, 2014", "2014-07-31")]


@pytest.mark.parametrize("text", ["March 2025", "3 March", "31.02.2025", "2025-13-01", "1.2.3.4", "soon", "12 mai"])
def test_what_is_no_whole_date_is_none(text: str) -> None:
    assert dates(f"on {text} or so") == []


def test_other_dates_tell_whether_the_day_or_the_month_comes_first() -> None:
    assert dates("03/20/2023 and 04/05/2023")[1] == ("04/05/2023", "2023-04-05")
    assert dates("20/03/2023 and 04/05/2023")[1] == ("04/05/2023", "2023-05-04")
    assert all(found.other is None for found in find_dates("03/20/2023 and 04/05/2023"))
    (alone,) = find_dates("04/05/2023")
    assert (alone.value, alone.other) == ("2023-05-04", "2023-04-05")
    (dollars,) = find_dates("04/05/2023, $ 3")
    assert (dollars.value, dollars.other) == ("2023-04-05", "2023-05-04")


@given(
    st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%b %d, %Y"])
)
def test_a_date_written_out_is_the_date(day: date, form: str) -> None:
    written = day.strftime(form)
    assert dates(f"Date: {written}") == [(written, day.isoformat())]
