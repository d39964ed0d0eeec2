"""ChatGPT's `conversations.json`: a list of conversations, each a `mapping` of nodes with parents and children."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.store.transfer.chat_lines import ROLES
from engine.store.transfer.reading import Unreadable, child
from engine.store.trees import Message, Tree

if TYPE_CHECKING:
    from engine.store.messages import Role

_NOTES = {
    "image_asset_pointer": "[image]",
    "audio_asset_pointer": "[audio]",
    "real_time_user_audio_video_asset_pointer": "[audio]",
    "video_container_asset_pointer": "[video]",
}


def is_conversation(value: Any) -> bool:
    """Tell whether a value is a conversation of that export."""
    return isinstance(value, dict) and "mapping" in value


def tree_of(value: dict[str, Any], where: str, created: str) -> Tree:
    """Read one conversation with its branches; raises Unreadable where its nodes make no tree.

    Nodes without a message, messages without a text and those that ChatGPT hides are left out, what follows them
    follows what is before them. Images, sounds and files are noted as such, since the export keeps them elsewhere.
    """
    mapping, at = value["mapping"], child(where, "mapping")
    if not isinstance(mapping, dict):
        raise Unreadable("The mapping has to be an object", at)
    created = _moment(value.get("create_time")) or created
    order = _in_order(mapping, at)
    places: dict[str, int | None] = {}
    messages: list[Message] = []
    for name, parent in order:
        before = None if parent is None else places[parent]
        message = _message(mapping[name], before, created, child(at, name))
        if message is None:
            places[name] = before
        else:
            places[name] = len(messages)
            messages.append(message)
    current = value.get("current_node")
    head = places.get(current) if isinstance(current, str) else None
    title = value.get("title")
    return Tree(
        title=title if isinstance(title, str) else "",
        titled=isinstance(title, str) and bool(title),
        kind="text",
        created=created,
        updated=_moment(value.get("update_time")) or created,
        messages=tuple(messages),
        head=head if head is not None or not messages else len(messages) - 1,
    )


def _in_order(mapping: dict[str, Any], where: str) -> list[tuple[str, str | None]]:
    """Return the nodes with their parents, parents first, each branch as its parent lists it."""
    children: dict[str | None, list[str]] = {None: []}
    for name, node in mapping.items():
        at = child(where, name)
        if not isinstance(node, dict):
            raise Unreadable("This is no node", at)
        parent = node.get("parent")
        if parent is not None and (not isinstance(parent, str) or parent not in mapping):
            raise Unreadable("The parent is not there", child(at, "parent"))
        children.setdefault(parent, []).append(name)
    for parent, named in children.items():
        listed = mapping[parent].get("children") if parent is not None else None
        if isinstance(listed, list):
            rank = {name: place for place, name in enumerate(listed) if isinstance(name, str)}
            named.sort(key=lambda name: rank.get(name, len(rank)))
    order: list[tuple[str, str | None]] = []
    waiting: list[tuple[str, str | None]] = [(name, None) for name in reversed(children[None])]
    while waiting:
        name, parent = waiting.pop()
        order.append((name, parent))
        waiting.extend((below, name) for below in reversed(children.get(name, ())))
    if len(order) < len(mapping):
        reached = {name for name, _ in order}
        lost = next(name for name in mapping if name not in reached)
        raise Unreadable("The parents go in a circle", child(child(where, lost), "parent"))
    return order


def _message(node: dict[str, Any], parent: int | None, created: str, where: str) -> Message | None:
    message, at = node.get("message"), child(where, "message")
    if message is None:
        return None
    if not isinstance(message, dict):
        raise Unreadable("This is no message", at)
    author, content = message.get("author"), message.get("content")
    if not isinstance(author, dict) or not isinstance(author.get("role"), str):
        raise Unreadable("The author has no role", child(at, "author"))
    metadata = message.get("metadata")
    if isinstance(metadata, dict) and metadata.get("is_visually_hidden_from_conversation"):
        return None
    text = _text(content, child(at, "content"))
    if not text.strip():
        return None
    role: Role = ROLES.get(author["role"], "tool")
    return Message(role, text, parent, created=_moment(message.get("create_time")) or created)


def _text(content: Any, where: str) -> str:
    if content is None:
        return ""
    if not isinstance(content, dict):
        raise Unreadable("The content has to be an object", where)
    parts = content.get("parts")
    if isinstance(parts, list):
        return "\n\n".join(filter(None, map(_part, parts)))
    thoughts = content.get("thoughts")
    if isinstance(thoughts, list):
        return "\n\n".join(str(entry.get("content") or "") for entry in thoughts if isinstance(entry, dict))
    for key in ("text", "result", "content"):
        if isinstance(content.get(key), str):
            return str(content[key])
    return ""


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    for key in ("text", "transcript"):
        if isinstance(part.get(key), str):
            return str(part[key])
    kind = part.get("content_type")
    return _NOTES.get(kind, f"[{kind}]") if isinstance(kind, str) else "[unknown]"


def _moment(seconds: Any) -> str:
    """Return a Unix time as ISO 8601, or nothing where it is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""
