"""Conversations as prompts: the model's own chat template, with messages kept apart from control tokens.

The template is rendered with placeholders in the place of each message's content. What stands between the
placeholders is the template's and may name control tokens; the contents are text, whatever they spell. A
document that contains `<|im_end|>` can therefore not end a turn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.model.protocol import ChatMessage

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

_PLACEHOLDER = re.compile("\ue000([0-9]+)\ue001")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a prompt: text of the template (`message` None), or the content of a message."""

    text: str
    message: int | None = None


class ChatTemplate:
    """A Jinja chat template, as GGUF files carry it; ChatML where the file has none or a broken one."""

    def __init__(self, source: str | None, *, begin: str = "", end: str = "") -> None:
        self.origin: Literal["file", "chatml"] = "file" if source else "chatml"
        self._tokens = {"bos_token": begin, "eos_token": end}
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = datetime.now().strftime
        self._chatml = environment.from_string(CHATML)
        try:
            self._template = environment.from_string(source) if source else self._chatml
            self.render_text([{"role": "user", "content": ""}])
        except TemplateError:
            self._template = self._chatml
            self.origin = "chatml"

    def render_text(self, messages: list[dict[str, str]]) -> str:
        """Render plain messages; raises `jinja2.TemplateError` where the template refuses them."""
        return self._template.render(messages=messages, add_generation_prompt=True, **self._tokens)

    def segments(self, messages: Sequence[ChatMessage]) -> list[Segment]:
        """Return the prompt as segments, ready for the answer to follow.

        A template that refuses a system message gets it in front of the first user message.
        """
        turns = [{"role": message.role, "content": f"\ue000{index}\ue001"} for index, message in enumerate(messages)]
        try:
            rendered = self.render_text(turns)
        except TemplateError:
            rendered = self._render_without_system(turns)
        return _split(rendered, [message.content for message in messages])

    def _render_without_system(self, turns: list[dict[str, str]]) -> str:
        system = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
        others = [dict(turn) for turn in turns if turn["role"] != "system"]
        for turn in others:
            if system and turn["role"] == "user":
                turn["content"] = f"{system}\n\n{turn['content']}"
                break
        try:
            return self.render_text(others)
        except TemplateError:
            return self._chatml.render(messages=turns, add_generation_prompt=True)


def _split(rendered: str, contents: list[str]) -> list[Segment]:
    segments: list[Segment] = []
    for index, piece in enumerate(_PLACEHOLDER.split(rendered)):
        if index % 2:
            segments.append(Segment(contents[int(piece)], int(piece)))
        elif piece:
            segments.append(Segment(piece))
    return segments


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)
