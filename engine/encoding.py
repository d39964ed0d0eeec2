"""Bytes of unknown encoding to text, and text to the plain form that every reader hands on."""

from __future__ import annotations

import codecs
import re

from engine.errors import DocumentError

SPACE_CAP = 4
"""Most spaces in a row that are kept: each costs prefill, and four still read as a column's edge."""

_BOMS = (  # UTF-32-LE begins with the mark of UTF-16-LE, so it comes first
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr", "mac_roman", "cp437", "cp850"),
]
_SAMPLE = 48_000
_REPLACEMENT = "�"

# C0 and C1 controls, zero-width and direction marks, noncharacters, surrogates: nothing a reader can see.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff]"
)
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_LONG_GAP = re.compile(f" {{{SPACE_CAP + 1},}}")
_BLANK_LINES = re.compile(r"\n{3,}")


def decode(data: bytes, *, where: str, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text of `data`, and notes on what had to be guessed.

    Tried in turn: a byte order mark, UTF-8, `declared` (what the file says of itself), UTF-16 without a mark,
    and a guess by charset-normalizer over a sample. Raises DocumentError for binary data.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], name, where)
    if b"\x00" in data:
        return _decode_with_zeros(data, where)
    stateful = declared is not None and declared.startswith(("iso2022", "hz"))
    for candidate in (declared, "utf-8") if stateful else ("utf-8", declared):
        text = _try(data, candidate) if candidate else None
        if text is not None:
            return text, ()
    return _decode_guessed(data, where)


def plain(text: str) -> str:
    """Return `text` with line feeds for line ends, a space for every kind of space, and nothing unseen.

    Form feeds and tabs are kept. No lone surrogate, NUL or other control character is left.
    """
    return _UNSEEN.sub("", _SPACES.sub(" ", _BREAKS.sub("\n", text)))


def tidy(text: str) -> str:
    """Return plain `text` without trailing blanks, gaps wider than `SPACE_CAP` and repeated blank lines."""
    text = _LONG_GAP.sub(" " * SPACE_CAP, _TRAILING.sub("", text.replace("\v", "\n")))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def _try(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode_marked(data: bytes, name: str, where: str) -> tuple[str, tuple[str, ...]]:
    text = _try(data, name)
    if text is not None:
        return text, ()
    text = data.decode(name, errors="replace")
    broken = text.count(_REPLACEMENT)
    if broken > len(text) // 10:
        raise _binary(where)
    return text, (f"{broken} characters could not be read as {name.upper()} and stand as {_REPLACEMENT}.",)


def _decode_with_zeros(data: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    sample = data[:_SAMPLE]
    half = max(len(sample) // 2, 1)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    name = "utf-16-le" if odd > 0.7 and even < 0.05 else "utf-16-be" if even > 0.7 and odd < 0.05 else None
    text = _try(data, name) if name else None
    if name is None or text is None or "\x00" in text:
        raise _binary(where)
    return text, (f"The encoding was guessed as {name.upper()}.",)


def _decode_guessed(data: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    from charset_normalizer import from_bytes  # 50 ms to import, and seldom needed

    sample = _telling_sample(data)
    controls = sum(sample.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    if controls > len(sample) // 50:
        raise _binary(where)
    best = from_bytes(sample, cp_isolation=_GUESSES, threshold=0.3).best()
    name = best.encoding if best else "cp1252"
    if _try(sample, name) == _try(sample, "cp1252"):
        name = "cp1252"  # the likeliest of those that read the same
    text = data.decode(name, errors="replace")
    return text, (f"The encoding was guessed as {name}.",)


def _telling_sample(data: bytes) -> bytes:
    """Return lines around the first bytes that are not ASCII: the others say nothing about the encoding."""
    if len(data) <= _SAMPLE:
        return data
    lines, size = [], 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line[:_SAMPLE])
            size += len(lines[-1])
            if size >= _SAMPLE:
                break
    return b"".join(lines)


def _binary(where: str) -> DocumentError:
    return DocumentError(
        "The file is named like text but holds binary data.",
        where=where,
        advice="Check what kind of file it is, and convert it to text or PDF.",
    )
