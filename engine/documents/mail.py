"""E-mail messages (eml, RFC 5322 and MIME) to their text, and their attachments as documents of their own."""

from __future__ import annotations

import email
import mimetypes
import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import PurePath
from typing import TYPE_CHECKING

from engine.documents.kinds import kind_by_name
from engine.documents.markup import declared_encoding, visible_text
from engine.encoding import decode, plain, tidy
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH_LIMIT = 5
"""Most messages that are attached to one another, one in the next."""
ATTACHMENT_LIMIT = 200
"""Most attachments that are read of one message, those of attached messages included."""

_HEADERS = ("From", "To", "Cc", "Reply-To", "Date", "Subject")
_PARTS_LIMIT = 2000
_NAME_LENGTH = 120
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError)
"""What the standard library raises for headers and parameters that follow no rule."""
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LOCKED = frozenset(("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"))
_SIGNATURES = frozenset(("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"))


@dataclass
class _Contents:
    """What a message is made of: texts to be read, attachments, and pictures that stand within its text."""

    texts: list[Message] = field(default_factory=list)
    attachments: dict[str, Message] = field(default_factory=dict)
    pictures: int = 0
    parts: int = 0


def read_message(data: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of a message: its headers, then its body, plain text before HTML; and notes.

    Attachments are named in a note. Raises DocumentError for what is no message, encrypted, or nested without end.
    """
    message = _parse(data, where)
    contents = _contents(message, where)
    lines = [f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))]
    bodies, notes = [], []
    for part in contents.texts:
        text, said = _text(part, where)
        bodies.append(text)
        notes += [note for note in said if note not in notes]
    kept = [name for name in contents.attachments if kind_by_name(PurePath(name))]
    passed = [name for name in contents.attachments if name not in kept]
    if kept:
        notes.append(f"Attachments are documents of their own: {_listed(kept)}.")
    if passed:
        notes.append(f"Attachments of other kinds were not read: {_listed(passed)}.")
    if contents.pictures:
        notes.append(f"Pictures within the text were not read: {contents.pictures}.")
    return "\n".join(lines) + "\n\n" + "\n\n".join(filter(None, bodies)), tuple(notes)


def list_attachments(data: bytes, where: str) -> list[str]:
    """Return the attachments of a message that can be read, as paths within it: `order.csv`, `note.eml/list.xlsx`.

    Raises DocumentError as `read_message` does.
    """
    found: list[str] = []

    def search(message: Message, prefix: str, depth: int) -> None:
        for name, part in _contents(message, where).attachments.items():
            if len(found) >= ATTACHMENT_LIMIT or not kind_by_name(PurePath(name)):
                continue
            found.append(prefix + name)
            inner = _attached_message(part)
            if inner is not None and depth < DEPTH_LIMIT:
                search(inner, f"{prefix}{name}/", depth + 1)

    search(_parse(data, where), "", 1)
    return found


def read_attachment(data: bytes, name: str, where: str) -> bytes:
    """Return the bytes of an attachment of a message by its name. Raises DocumentError where it has none such."""
    part = _contents(_parse(data, where), where).attachments.get(name)
    if part is None:
        raise DocumentError("The message has no such attachment.", where=where, advice="It may have been changed.")
    inner = _attached_message(part)
    try:
        content = inner.as_bytes() if inner is not None else part.get_payload(decode=True)
    except _BROKEN as error:
        raise DocumentError(
            "The attachment is damaged and cannot be read.", where=where, advice="Ask for the message again."
        ) from error
    return content if isinstance(content, bytes) else b""


def _parse(data: bytes, where: str) -> Message:
    try:
        message = email.message_from_bytes(data)
    except RecursionError as error:
        raise _endless(where) from error
    if not any(name in message for name in (*_HEADERS, "Received", "Message-ID")):
        raise DocumentError(
            "The file is named like an e-mail message but is none.",
            where=where,
            advice="Check what kind of file it is.",
        )
    return message


def _contents(message: Message, where: str) -> _Contents:
    contents = _Contents()
    try:
        _sort(message, contents, where)
    except RecursionError as error:
        raise _endless(where) from error
    return contents


def _sort(part: Message, contents: _Contents, where: str) -> None:
    """Put a part, or those that it is made of, where it belongs."""
    contents.parts += 1
    if contents.parts > _PARTS_LIMIT:
        raise _endless(where)
    kind = part.get_content_type()
    if kind in _LOCKED and "signed" not in str(part.get("Content-Type", "")):
        raise DocumentError(
            "The message is encrypted.", where=where, advice="Save it decrypted in your mail program, and add that."
        )
    attached = part.get_content_disposition() == "attachment" or _filename(part)
    if kind == "multipart/alternative":
        best = _best(list(_children(part)))
        if best is not None:
            _sort(best, contents, where)
    elif part.is_multipart() and kind != "message/rfc822":
        for child in _children(part):
            _sort(child, contents, where)
    elif kind in {"text/plain", "text/html"} and not attached:
        contents.texts.append(part)
    elif kind in _SIGNATURES:
        pass  # it proves who wrote the text, and says nothing
    elif kind.startswith("image/") and "Content-ID" in part and part.get_content_disposition() != "attachment":
        contents.pictures += 1
    else:
        name = _name(part, len(contents.attachments) + 1)
        contents.attachments[_unique(name, contents.attachments)] = part


def _best(parts: list[Message]) -> Message | None:
    """Return which of several forms of one text to read: plain text if it says anything, else the last, the richest."""
    for part in parts:
        content = part.get_payload(decode=True) if part.get_content_type() == "text/plain" else None
        if isinstance(content, bytes) and content.strip():
            return part
    readable = [part for part in parts if part.is_multipart() or part.get_content_type() == "text/html"]
    candidates = readable or parts
    return candidates[-1] if candidates else None


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    for child in payload if isinstance(payload, list) else ():
        if isinstance(child, Message):
            yield child


def _attached_message(part: Message) -> Message | None:
    """Return the message that a part of kind message/rfc822 holds."""
    return next(_children(part), None) if part.get_content_type() == "message/rfc822" else None


def _text(part: Message, where: str) -> tuple[str, tuple[str, ...]]:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    charset = part.get_content_charset()
    if part.get_content_type() == "text/html":
        markup, notes = decode(data, where=where, declared=charset or declared_encoding(data))
        return tidy(plain(visible_text(markup))), notes
    text, notes = decode(data, where=where, declared=charset)
    return tidy(plain(text)), notes


def _header(message: Message, name: str) -> str:
    """Return a header as it reads, its encoded words (RFC 2047) decoded and its lines joined."""
    return " ".join(_decoded(message.get(name, "")).split())


def _decoded(value: object) -> str:
    written = str(value)
    try:
        return str(make_header(decode_header(written)))
    except _BROKEN:
        return written


def _filename(part: Message) -> str:
    try:
        return _decoded(part.get_filename("") or "")
    except _BROKEN:
        return ""


def _name(part: Message, number: int) -> str:
    """Return a name for an attachment that is fit for a path, and ends as its kind asks."""
    name = _UNFIT.sub("_", plain(_filename(part))).strip(" .")
    inner = _attached_message(part)
    if inner is not None and not name.lower().endswith(".eml"):
        subject = _UNFIT.sub("_", plain(_header(inner, "Subject"))).strip(" .")
        name = f"{(name or subject or f'message {number}')[:_NAME_LENGTH]}.eml"
    if not name:
        name = f"attachment {number}{mimetypes.guess_extension(part.get_content_type()) or ''}"
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    return f"{stem[:_NAME_LENGTH]}{suffix[:_NAME_LENGTH]}"


def _unique(name: str, taken: dict[str, Message]) -> str:
    path, place = PurePath(name), 2
    while name in taken:
        name = f"{path.stem} ({place}){path.suffix}"
        place += 1
    return name


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _endless(where: str) -> DocumentError:
    return DocumentError(
        "The message is nested too deeply, or has too many parts.",
        where=where,
        advice="Save the attachments you need in your mail program, and add these.",
    )
