"""Threads as Markdown: the shown branch of each, to be read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.store.messages import Attachment, MessageState, Role
    from engine.store.trees import Message, Tree

_SPEAKERS: dict[Role, str] = {"user": "You", "assistant": "Answer", "system": "System", "tool": "Tool"}
_ENDS: dict[MessageState, str] = {
    "stopped": "Stopped before its end.",
    "failed": "Failed before its end.",
    "interrupted": "Interrupted before its end.",
    "writing": "Interrupted before its end.",
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>#&~|])")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)


def written(trees: Iterable[Tree]) -> Iterator[str]:
    """Write threads one under another."""
    for count, tree in enumerate(trees):
        yield ("\n---\n\n" if count else "") + _thread(tree)


def _thread(tree: Tree) -> str:
    parts = [f"# {_line(tree.title) or 'Untitled'}"]
    system = tree.settings.get("system")
    if isinstance(system, str) and system.strip():
        parts.append("\n".join(f"> {line}".rstrip() for line in system.splitlines()))
    for message in tree.branch():
        parts.extend(_message(message))
    return "\n\n".join(parts) + "\n"


def _message(message: Message) -> Iterator[str]:
    moment = message.created[:16].replace("T", " ")
    yield f"## {_SPEAKERS[message.role]}" + (f" · {_line(moment)}" if moment else "")
    text = message.text.replace("\r\n", "\n").strip("\n")
    if message.role == "assistant" and _is_json(text):
        fence = _longer_fence(text)
        yield f"{fence}json\n{text}\n{fence}"
    elif text.strip():
        yield _closed(text)
    for attachment in message.attachments:
        yield f"Attached: {_line(attachment.name)} ({_line(attachment.media)}, {_size(attachment)})"
    if message.state in _ENDS:
        yield f"*{_ENDS[message.state]}*"


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _longer_fence(text: str) -> str:
    """Return a fence that no run of backticks in the text can end (CommonMark 0.31, 4.5)."""
    return "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))


def _closed(text: str) -> str:
    """Return a text with its last fence closed, so that what follows it is not taken for code."""
    opened = ""
    for found in _FENCE.finditer(text):
        fence, rest = found.groups()
        if not opened:
            opened = "" if fence[0] == "`" and "`" in rest else fence
        elif fence[0] == opened[0] and len(fence) >= len(opened) and not rest.strip():
            opened = ""
    return f"{text}\n{opened}" if opened else text


def _line(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _size(attachment: Attachment) -> str:
    return f"{attachment.size / 1000:,.1f} kB"
