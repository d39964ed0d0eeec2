"""Formats that are said to the mask as patterns, where those of the mask engine are too narrow or too wide."""

from __future__ import annotations

_DATE = (
    "(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-"
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_GROUP = "[0-9a-fA-F]{1,4}"
_LAST = f"(?:{_GROUP}:{_GROUP}|{_IPV4})"
_BEHIND = ("", _GROUP, _LAST, *(f"(?:{_GROUP}:){{{count}}}{_LAST}" for count in range(1, 6)))
"""What may stand behind the "::", by the number of its groups: the last two may be an IPv4 address."""
_IPV6 = "|".join(
    [
        f"(?:{_GROUP}:){{6}}{_LAST}",
        f"::{_BEHIND[7]}",
        *(f"(?:(?:{_GROUP}:){{0,{6 - behind}}}{_GROUP})?::{_BEHIND[behind]}" for behind in range(6, -1, -1)),
    ]
)
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_QUOTED = r'"(?:[\t !#-\[\]-~]|\\[!-~])*"'
_ESCAPED = "%[0-9a-fA-F]{2}"
_PLAIN = r"A-Za-z0-9._~!$&'()*+,;=\-"
"""Characters of a URI that have no meaning of their own, as members of a class: `unreserved` and `sub-delims`."""
_PATH = rf"(?:[{_PLAIN}:@/]|{_ESCAPED})*"
_SEGMENT = rf"(?:[{_PLAIN}:@]|{_ESCAPED})+"
_HOST = rf"(?:\[(?:{_IPV6}|[vV][0-9a-fA-F]+\.[{_PLAIN}:]+)\]|(?:[{_PLAIN}]|{_ESCAPED})*)"
_AUTHORITY = rf"(?:(?:[{_PLAIN}:]|{_ESCAPED})*@)?{_HOST}(?::[0-9]*)?"
_MORE = rf"(?:[{_PLAIN}:@/?]|{_ESCAPED})*"

_WITHIN = {
    "date": _DATE,
    "email": (
        rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@"
        rf"(?:{_LABEL}(?:\.{_LABEL})*|\[(?:{_IPV4}|[iI][pP][vV]6:(?:{_IPV6}))\])"
    ),
    "ipv6": _IPV6,
    "uri": (
        rf"[A-Za-z][A-Za-z0-9+.-]*:"
        rf"(?://{_AUTHORITY}(?:/{_PATH})?|/(?:{_SEGMENT}(?:/{_PATH})?)?|{_SEGMENT}(?:/{_PATH})?)?"
        rf"(?:\?{_MORE})?(?:#{_MORE})?"
    ),
}
PATTERNS = {form: f"^(?:{pattern})$" for form, pattern in _WITHIN.items()}
"""`date` with its calendar: the year 0000 does not exist, 29 February only in leap years (RFC 3339). `ipv6` by RFC 4291
section 2.2, `uri` by RFC 3986 appendix A, `email` by RFC 5321 section 4.1.2, but for the limits of length.

The mask engine's `ipv6` has no IPv4 address at its end, and its `email` no quotes.
"""
