"""Our own file of threads: JSON that holds everything, one thread a line, so that a cut file loses only its end.

    {"format": "espalier-threads", "version": 1, "exported": "2026-05-03T…", "threads": [
    {"title": …, "folder": …, "settings": {…}, "messages": [{"role": …, "parent": …, "text": …}, …], …},
    …
    ]}

`parent` and `head` are places in the thread's list of messages; contents of attachments are base64.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, cast, get_args

from engine.store.messages import Answer, Attachment, MessageState, Role, now
from engine.store.transfer.reading import OwnFormat, Unreadable, child, member, moment
from engine.store.trees import Message, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OURS = OwnFormat("espalier-threads", 1, "threads")


def written(trees: Iterable[Tree]) -> Iterator[str]:
    """Write threads as the lines of a file."""
    head = json.dumps({"format": OURS.name, "version": OURS.version, "exported": now(), OURS.listed: []})
    yield head.removesuffix(OURS.end)
    for count, tree in enumerate(trees):
        yield (",\n" if count else "\n") + json.dumps(_plain(tree), ensure_ascii=False)
    yield f"\n{OURS.end}\n"


def tree_of(value: Any, where: str, created: str) -> Tree:
    """Read one thread; raises Unreadable with the place of what is wrong.

    A time that nobody could show is left out: the thread is then as old as its file, `created`, its messages as old
    as the thread.
    """
    if not isinstance(value, dict):
        raise Unreadable("This is no thread", where)
    listed = member(value, "messages", list, where, [])
    at = child(where, "messages")
    messages = tuple(_message(entry, place, child(at, place)) for place, entry in enumerate(listed))
    head = member(value, "head", int, where, None)
    if head is not None and not 0 <= head < len(messages):
        raise Unreadable("There is no such message", child(where, "head"))
    return Tree(
        title=member(value, "title", str, where, ""),
        titled=member(value, "titled", bool, where, False),
        folder=member(value, "folder", str, where, None),
        pinned=member(value, "pinned", bool, where, False),
        kind=member(value, "kind", str, where, ""),
        created=moment(value, "created", where) or created,
        updated=moment(value, "updated", where),
        settings=_of_anybody(member(value, "settings", dict, where, {})),
        draft=member(value, "draft", str, where, ""),
        messages=messages,
        head=head,
        attachments=_attachments(value, where),
    )


def _message(value: Any, place: int, where: str) -> Message:
    if not isinstance(value, dict):
        raise Unreadable("This is no message", where)
    role = member(value, "role", str, where, "")
    if role not in get_args(Role):
        raise Unreadable("This is no role that a message can have", child(where, "role"))
    state = member(value, "state", str, where, "done")
    if state not in get_args(MessageState):
        raise Unreadable("This is no state that a message can have", child(where, "state"))
    parent = member(value, "parent", int, where, None)
    if parent is not None and not 0 <= parent < place:
        raise Unreadable("A message can only follow one that stands before it", child(where, "parent"))
    answer = member(value, "answer", dict, where, None)
    return Message(
        role=cast("Role", role),
        text=member(value, "text", str, where, ""),
        parent=parent,
        state="interrupted" if state == "writing" else cast("MessageState", state),
        created=moment(value, "created", where),
        answer=None if answer is None else _answer(answer, child(where, "answer")),
        attachments=_attachments(value, where),
    )


def _answer(value: dict[str, Any], where: str) -> Answer:
    return Answer(
        request=_of_anybody(member(value, "request", dict, where, {})),
        receipt=member(value, "receipt", dict, where, None),
        error=member(value, "error", dict, where, None),
        details=member(value, "details", dict, where, {}),
        trace=member(value, "trace", dict, where, None),
    )


def _of_anybody(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings without a model elsewhere that was asked: no file may choose who is sent what is typed here.

    The empty choice, the model of whatever machine it is, stays.
    """
    return {name: value for name, value in settings.items() if name != "model" or value == ""}


def _attachments(value: dict[str, Any], where: str) -> tuple[Attachment, ...]:
    found = []
    where = child(where, "attachments")
    for place, entry in enumerate(member(value, "attachments", list, where, [])):
        at = child(where, place)
        if not isinstance(entry, dict):
            raise Unreadable("This is no attachment", at)
        content = member(entry, "content", str, at, None)
        try:
            raw = None if content is None else base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unreadable("This is no base64", child(at, "content")) from error
        name, media = member(entry, "name", str, at, ""), member(entry, "media", str, at, "")
        found.append(Attachment(name, media, member(entry, "text", str, at, ""), raw))
    return tuple(found)


def _plain(tree: Tree) -> dict[str, Any]:
    plain: dict[str, Any] = {
        key: getattr(tree, key)
        for key in ("title", "titled", "folder", "pinned", "kind", "created", "updated", "settings", "draft", "head")
    }
    plain["attachments"] = _plain_attachments(tree.attachments)
    plain["messages"] = [_plain_message(message) for message in tree.messages]
    return plain


def _plain_message(message: Message) -> dict[str, Any]:
    plain: dict[str, Any] = {key: getattr(message, key) for key in ("role", "parent", "state", "created", "text")}
    if message.answer is not None:
        plain["answer"] = {
            key: getattr(message.answer, key) for key in ("request", "receipt", "error", "details", "trace")
        }
    if message.attachments:
        plain["attachments"] = _plain_attachments(message.attachments)
    return plain


def _plain_attachments(attachments: Iterable[Attachment]) -> list[dict[str, Any]]:
    return [
        {"name": attachment.name, "media": attachment.media, "text": attachment.text}
        | ({} if attachment.content is None else {"content": base64.b64encode(attachment.content).decode()})
        for attachment in attachments
    ]
