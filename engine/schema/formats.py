"""The formats of strings that the drafts define, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Format:
    """A format, and the draft from which on it is defined."""

    name: str
    meaning: str
    since: Draft = Draft.D4


FORMATS: tuple[Format, ...] = (
    Format("date-time", "A date and a time with its offset, as in 2024-03-18T09:30:00Z (RFC 3339)."),
    Format("date", "A calendar date, as in 2024-03-18 (RFC 3339).", Draft.D7),
    Format("time", "A time of day with its offset, as in 09:30:00Z (RFC 3339).", Draft.D7),
    Format("duration", "A length of time, as in P3DT12H (ISO 8601).", Draft.D2019),
    Format("email", "An e-mail address (RFC 5321)."),
    Format("idn-email", "An e-mail address that may have letters beyond ASCII (RFC 6531).", Draft.D7),
    Format("hostname", "The name of an internet host (RFC 1123)."),
    Format("idn-hostname", "The name of an internet host that may have letters beyond ASCII (RFC 5890).", Draft.D7),
    Format("ipv4", "An IPv4 address, as in 192.0.2.1 (RFC 2673)."),
    Format("ipv6", "An IPv6 address, as in 2001:db8::1 (RFC 4291)."),
    Format("uri", "A URI with its scheme, as in https://example.org/a (RFC 3986)."),
    Format("uri-reference", "A URI, or a part of one that is relative to another (RFC 3986).", Draft.D6),
    Format("iri", "A URI that may have letters beyond ASCII (RFC 3987).", Draft.D7),
    Format("iri-reference", "A URI reference that may have letters beyond ASCII (RFC 3987).", Draft.D7),
    Format("uri-template", "A URI with places to fill in, as in /items/{id} (RFC 6570).", Draft.D6),
    Format("uuid", "A UUID, as in 2eb8aa08-aa98-11ea-b4aa-73b441d16380 (RFC 4122).", Draft.D2019),
    Format("json-pointer", "A JSON Pointer, as in /items/0 (RFC 6901).", Draft.D6),
    Format("relative-json-pointer", "A JSON Pointer that begins where it stands, as in 1/name.", Draft.D7),
    Format("regex", "A regular expression (ECMA-262).", Draft.D7),
)
"""The formats that the drafts define."""


def formats(draft: Draft) -> Iterator[Format]:
    """Yield the formats of a draft."""
    return (each for each in FORMATS if each.since.age <= draft.age)
