"""The mask holds to formats as the validator does: odd strings, and strings that are nearly right."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from engine.constraint.closing import byte_closer
from engine.constraint.compile import compile_constraint
from engine.constraint.keywords import FORMATS, PARTLY_MASKED
from engine.constraint.spec import MatchesSchema
from engine.constraint.witness import spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASKED = {form for form, (way, _) in FORMATS.items() if way == "mask"}


def joined(*parts: Iterable[str]) -> Iterator[str]:
    return map("".join, itertools.product(*parts))


TIMES = [
    "00:00:00", "23:59:59", "23:59:60", "12:00:60", "24:00:00", "12:60:00", "1:00:00", "12:00", "120000", "12:00:00.1",
    "12:00:00.1234567890123", "12:00:00.", "12:00:00,5", " 12:00:00", "15:59:60", "00:29:60.5",
]  # fmt: skip
ZONES = [
    "Z", "z", "", "+00:00", "-00:00", "+01:00", "-08:00", "+23:59", "+24:00", "+0100", "+01", "+01:60", "+8:00",
    "+15:30", "\u221208:00",
]  # fmt: skip
DATES = [
    "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2024-02-30", "2024-04-31", "2024-13-01", "2024-00-01",
    "2024-01-00", "2024-1-1", "20240101", "2024-W01-1", "2024-001", "+2024-01-01", "-2024-01-01", "12024-01-01",
    "0001-01-01", "9999-12-31", "2016-12-31", "2024/01/01", " 2024-01-01", "2024-01-01 ", "2024-01-01\n",
    "\u0662\u0660\u0662\u0664-01-01",
]  # fmt: skip
BYTES = ["0", "9", "10", "099", "249", "260"]
IPV4 = [
    *map(".".join, itertools.product(BYTES, repeat=4)), "255.255.255.255", "1.2.3", "1.2.3.4.5", "1.2.3.", "1..2.3",
    "0x7f.0.0.1", "2130706433", "1.2.3.-4", "1.2.3.4/8", "1.2.3.4\n", " 1.2.3.4", "\u0662.2.3.4", "",
]  # fmt: skip


def ipv6() -> Iterator[str]:
    yield from (
        "::", ":::", "1:::2", "::1::", "1::2::3", "fe80::1%eth0", "::1/64", " ::1", "[::1]", "::FFFF", "::12345",
        "::g", "1.2.3.4", "::1.2.3.4:5", "1.2.3.4::", "::00001", "::1.2.3.4.5", "::ffff:1.2.3.4", "\u0661::", "",
    )  # fmt: skip
    tails = ["", "1.2.3.4", "255.255.255.255", "256.2.3.4", "01.2.3.4", "1.2.3"]
    for count, tail in itertools.product(range(10), tails):
        groups = ["1", "ab", "0", "ffff", "00c", "1", "2", "3", "4"][:count]
        yield ":".join([*groups, tail] if tail else groups)
        yield ":".join(groups) + ":"
        for at in range(count + 1):
            yield ":".join(groups[:at]) + "::" + ":".join([*groups[at:], tail] if tail else groups[at:])


LABELS = [
    "a", "A1", "1", "a-b", "a_b", "-a", "a-", "\u00e9", "a--b", "ab--c", "xn--a", "xn--bcher-kva", "a" * 63, "a" * 64,
    "a b", "",
]  # fmt: skip
HOSTS = [
    *LABELS, *joined(LABELS, ["."], ["b", "1", "-", "", "xn--p1ai"]), ".".join(["a" * 49] * 5), ".", ".b", "a..b",
    "1.2.3.4", "a:80", "a/b", "a\u3002b", ".".join(["a" * 49] * 5) + ".abcdef",
]  # fmt: skip
LOCALS = [
    "a", "A.b", "a+b", "a..b", ".a", "a.", "a b", "a" * 64, "a" * 65, "!#$%&'*+-/=?^_`{|}~", "a\\b", "(c)a", "\u00e9",
    '"a b"', '"a@b"', '"a\\"b"', '"a\\ b"', '"\\\\"', '""', '"\t"', '"a"b', 'a"b"', '"a".b', '"<[]>"', '"\u00e9"',
    '"\n"', '"\x7f"', '"' + "a" * 62 + '"', '"' + "a" * 63 + '"', "",
]  # fmt: skip
DOMAINS = [
    *HOSTS, "[1.2.3.4]", "[IPv6:::1]", "[ipv6:::ffff:1.2.3.4]", "[IPv6:1:2:3:4:5:6:7:8]", "[::1]", "[x]", "[]",
    "[IPv6:zz]", "[tag:x]", "[256.1.1.1]", "[ 1.2.3.4]", "b@c",
]  # fmt: skip
DURATIONS = [
    *joined(
        ["P"],
        ["", "1Y", "1M", "1W", "1Y1M", "1Y1D", "1M1D", "1Y1M1D", "1W1D", "01D", "1.5D", "-1D", "1M1Y", "D", "10Y"],
        ["", "T", "T1H", "T1M", "T1S", "T1H1M", "T1H1S", "T1H1M1S", "T0S", "T1.5S", "T1,5S", "T1S1H", "TH", "T1D"],
    ),
    "", "p1d", "-P1D", "1D", " P1D", "P1D ", "P\u0662Y", "PT1H ", "P123456789012D",
]  # fmt: skip
UUID = "2eb8aa08-AA98-11ea-b4aa-73b441d16380"
UUIDS = [
    UUID, UUID.upper(), UUID.replace("-", ""), UUID[:-1], UUID + "0", "{" + UUID + "}", "urn:uuid:" + UUID,
    UUID.replace("a", "g"), "00000000-0000-0000-0000-000000000000", "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380",
    " " + UUID, UUID + "\n", UUID[:-1] + "\u00b2", "",
]  # fmt: skip
AUTHORITIES = [
    "", "//", "//h", "//h:80", "//h:", "//h:a", "//u@h", "//u:p@h", "//@h", "//u@p@h", "//[::1]", "//[::1]:8", "//[::1",
    "//[::ffff:1.2.3.4]", "//[v1.x]", "//[V1F.a:b]", "//[v1.\u00e9]", "//[]", "//[1.2.3.4]", "//[fe80::1%25en0]",
    "//h%20", "//h%2", "//h%zz", "//\u00e9", "//a b", "//;=!$&'()*+,", "//<h>", "//h\\",
]  # fmt: skip
PATHS = [
    "", "/", "/a", "a", "//", "/a//b", "/%41", "/%4", "/\u00e9", "/a b", "/a:b@c", "/;=,", "/..", "/a\\b", "/{a}",
    "/[a]", "/|", "/^", '/"', "a:b", "@",
]  # fmt: skip
AFTER = ["", "a=b", "a?/", "\u00e9", "a b", "[a]", "%", "%25", "{", "|", "'"]
URIS = [
    *joined(["http:", "a+b.c-1:", "1a:", "", ":"], AUTHORITIES, PATHS),
    *joined(["x:", "x://h"], ["", "/a"], ["?", "#"], AFTER),
    *joined(["x:"], ["", "?a"], ["#a", "#a#", "#?/", "##"]),
    "mailto:a@b", "tel:+1", "urn:isbn:1", "data:,x", "file:///a", "http://h\n", " http://h", "\u00e9:a",
]  # fmt: skip

STRINGS: dict[str, Iterable[str]] = {
    "date": DATES,
    "date-time": [
        *joined(DATES, "Tt ", ["00:00:00Z", "23:59:60Z", "12:00:00"]),
        *joined(["2024-02-29T"], TIMES, ZONES),
    ],
    "duration": DURATIONS,
    "email": [*joined(LOCALS, ["@"], DOMAINS), "", "a", "@", "a@", "a@b@c", "<a@b>", "a@b.c ", "a@b.c\n"],
    "hostname": HOSTS,
    "ipv4": IPV4,
    "ipv6": ipv6(),
    "time": [*joined(TIMES, ZONES)],
    "uri": URIS,
    "uuid": UUIDS,
}


def test_every_format_that_the_mask_says_is_tried() -> None:
    assert STRINGS.keys() == MASKED | PARTLY_MASKED


@pytest.mark.parametrize("form", STRINGS)
def test_the_mask_lets_through_what_is_valid(form: str) -> None:
    constraint = compile_constraint(MatchesSchema(schema_text=json.dumps({"type": "string", "format": form})))
    assert constraint is not None
    assert constraint.validator is not None
    tokenizer = byte_closer().tokenizer
    verdicts = []
    for string in dict.fromkeys(STRINGS[form]):
        text = json.dumps(string, ensure_ascii=False)
        masked = spell(constraint.matcher(tokenizer), tokenizer, text) is not None
        verdicts.append((string, constraint.validator.is_valid(string), masked))
    assert {valid for _, valid, _ in verdicts} == {True, False}
    assert [string for string, valid, masked in verdicts if valid and not masked] == []
    if form in MASKED:
        assert [string for string, valid, masked in verdicts if masked and not valid] == []


@pytest.mark.parametrize(("form", "string"), [("date", "0000-01-01"), ("email", "Anna <a@example.org>")])
def test_what_only_the_validator_takes_for_valid_is_not_let_through(form: str, string: str) -> None:
    """RFC 3339 takes its years from ISO 8601, where 0000 needs an agreement; RFC 5321 knows no names of people."""
    constraint = compile_constraint(MatchesSchema(schema_text=json.dumps({"type": "string", "format": form})))
    assert constraint is not None
    assert constraint.validator is not None
    assert constraint.validator.is_valid(string)
    tokenizer = byte_closer().tokenizer
    assert spell(constraint.matcher(tokenizer), tokenizer, json.dumps(string)) is None
