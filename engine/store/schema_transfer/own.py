"""Our own file of schemas: JSON that holds everything, one schema a line, so that a cut file loses only its end.

    {"format": "espalier-schemas", "version": 1, "exported": "2026-05-03T…", "schemas": [
    {"name": …, "tags": […], "versions": [{"text": …, "note": …, "created": …}, …], "draft": …, "base": 2, …},
    …
    ]}

A version's number is its place in the list, counted from 1. A text is a string; one with half a surrogate pair, which
JSON cannot tell from a whole pair beside it, is {"base64": …} of its bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from engine.errors import TransferError
from engine.store.histories import Edition, History
from engine.store.messages import now
from engine.store.schema_text import decoded, encoded
from engine.store.transfer.reading import LIMIT, OwnFormat, Unreadable, child, member, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OURS = OwnFormat("espalier-schemas", 1, "schemas")
_HALF = re.compile("[\ud800-\udfff]")


def written(histories: Iterable[History]) -> Iterator[bytes]:
    """Write schemas as the lines of a file. Raises TransferError for one that could not be read back."""
    head = json.dumps({"format": OURS.name, "version": OURS.version, "exported": now(), OURS.listed: []})
    yield head.removesuffix(OURS.end).encode()
    for count, history in enumerate(histories):
        line = (",\n" if count else "\n").encode() + json.dumps(_plain(history), ensure_ascii=False).encode()
        if len(line) > LIMIT:
            raise TransferError(
                f"The versions of one schema take more than {LIMIT // 2**20} MB, and could not be read back.",
                where=history.name,
                advice="Export it as a plain file.",
            )
        yield line
    yield f"\n{OURS.end}\n".encode()


def history_of(value: Any, where: str, created: str) -> History:
    """Read one schema; raises Unreadable with the place of what is wrong.

    A time that nobody could show is left out: the schema is then as old as its file, `created`, its versions as old
    as the schema.
    """
    if not isinstance(value, dict):
        raise Unreadable("This is no schema of ours", where)
    at = child(where, "versions")
    editions = tuple(
        _edition(entry, child(at, place)) for place, entry in enumerate(member(value, "versions", list, where, []))
    )
    if not editions:
        raise Unreadable("A schema has at least one version", at)
    base: int = member(value, "base", int, where, len(editions))
    if not 1 <= base <= len(editions):
        raise Unreadable("There is no such version", child(where, "base"))
    tags = member(value, "tags", list, where, [])
    for place, tag in enumerate(tags):
        if not isinstance(tag, str):
            raise Unreadable("This has to be a text", child(child(where, "tags"), place))
    return History(
        name=member(value, "name", str, where, ""),
        editions=editions,
        tags=tuple(tags),
        pinned=member(value, "pinned", bool, where, False),
        created=moment(value, "created", where) or created,
        updated=moment(value, "updated", where),
        draft=None if value.get("draft") is None else _text(value, "draft", where),
        base=base,
    )


def _edition(value: Any, where: str) -> Edition:
    if not isinstance(value, dict):
        raise Unreadable("This is no version", where)
    return Edition(_text(value, "text", where), member(value, "note", str, where, ""), moment(value, "created", where))


def _text(value: dict[str, Any], key: str, where: str) -> str:
    found = value.get(key)
    if isinstance(found, str):
        return found
    where = child(where, key)
    if not isinstance(found, dict) or not isinstance(found.get("base64"), str):
        raise Unreadable('This has to be a text, or {"base64": …}', where)
    try:
        return decoded(base64.b64decode(found["base64"], validate=True))
    except (binascii.Error, ValueError) as error:
        raise Unreadable("This is no base64 of a text", child(where, "base64")) from error


def _plain(history: History) -> dict[str, Any]:
    plain: dict[str, Any] = {key: getattr(history, key) for key in ("name", "tags", "pinned", "created", "updated")}
    plain["versions"] = [
        {"text": _plain_text(edition.text), "note": edition.note, "created": edition.created}
        for edition in history.editions
    ]
    if history.draft is not None:
        plain |= {"draft": _plain_text(history.draft), "base": history.base}
    return plain


def _plain_text(text: str) -> str | dict[str, str]:
    return {"base64": base64.b64encode(encoded(text)).decode()} if _HALF.search(text) else text
