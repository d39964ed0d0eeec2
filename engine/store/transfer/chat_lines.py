"""OpenAI chat messages: `{"messages": [{"role": …, "content": …}, …]}`, one conversation a line.

The shape of fine-tuning files, of the requests in batch files (under `body`), and of what a script would send. A
branch is all that it can hold.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from engine.store.messages import title_of
from engine.store.transfer.reading import Unreadable, child
from engine.store.trees import Message, Tree

if TYPE_CHECKING:
    from engine.store.messages import Role

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_NOTES = {"image_url": "[image]", "input_image": "[image]", "input_audio": "[audio]", "file": "[file]"}


def written(tree: Tree) -> str:
    """Write the shown branch of a thread as one line; the system prompt of its settings comes first.

    Attached texts stand after the message's own, attached images beside it as data URLs.
    """
    system = tree.settings.get("system")
    messages: list[dict[str, Any]] = []
    if isinstance(system, str) and system:
        messages.append({"role": "system", "content": system})
    messages.extend({"role": message.role, "content": _content(message)} for message in tree.branch())
    return json.dumps({"messages": messages}, ensure_ascii=False) + "\n"


def is_chat(value: Any) -> bool:
    """Tell whether a value holds chat messages."""
    return isinstance(value, dict) and ("messages" in value or isinstance(value.get("body"), dict))


def tree_of(value: dict[str, Any], where: str, created: str) -> Tree:
    """Read one conversation; raises Unreadable. A system message at its beginning becomes the system prompt."""
    if "messages" not in value:
        value, where = value["body"], child(where, "body")
    listed, where = value.get("messages"), child(where, "messages")
    if not isinstance(listed, list) or not listed:
        raise Unreadable("There have to be messages in a list", where)
    read = [_message(entry, child(where, place)) for place, entry in enumerate(listed)]
    settings: dict[str, Any] = {}
    if read[0][0] == "system":
        settings["system"] = read.pop(0)[1]
    messages = tuple(
        Message(role, text, parent=place - 1 if place else None, created=created)
        for place, (role, text) in enumerate(read)
    )
    first = next((text for role, text in read if role == "user"), "")
    return Tree(
        title=title_of(first),
        kind="text",
        created=created,
        settings=settings,
        messages=messages,
        head=len(messages) - 1 if messages else None,
    )


def _content(message: Message) -> str | list[dict[str, Any]]:
    texts = [f"{file.name}:\n{file.text}" for file in message.attachments if file.text]
    text = "\n\n".join([message.text, *texts])
    images = [file for file in message.attachments if file.content is not None]
    if not images:
        return text
    return [
        {"type": "text", "text": text},
        *(
            {
                "type": "image_url",
                "image_url": {"url": f"data:{image.media};base64,{base64.b64encode(image.content or b'').decode()}"},
            }
            for image in images
        ),
    ]


def _message(value: Any, where: str) -> tuple[Role, str]:
    if not isinstance(value, dict):
        raise Unreadable("This is no message", where)
    role = value.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise Unreadable("This is no role that a message can have", child(where, "role"))
    content = value.get("content")
    at = child(where, "content")
    if isinstance(content, list):
        texts = [_part(part, child(at, place)) for place, part in enumerate(content)]
    elif isinstance(content, str):
        texts = [content]
    elif content is None:
        texts = []
    else:
        raise Unreadable("The content has to be a text or a list of parts", at)
    texts += [found for found in (value.get("refusal"),) if isinstance(found, str)]
    calls = value.get("tool_calls") or ([value["function_call"]] if value.get("function_call") else [])
    texts += [json.dumps(call, ensure_ascii=False) for call in calls if isinstance(calls, list)]
    return ROLES[role], "\n\n".join(texts)


def _part(part: Any, where: str) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        raise Unreadable("This is no part of a content", where)
    for key in ("text", "refusal"):
        if isinstance(part.get(key), str):
            return str(part[key])
    kind = part.get("type")
    return _NOTES.get(kind, f"[{kind}]") if isinstance(kind, str) else "[unknown]"
