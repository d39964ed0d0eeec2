"""Conversations as prompts: the model's own chat template, with messages kept apart from control tokens.

The template is rendered with placeholders in the place of each message's content. What stands between the
placeholders is the template's and may name control tokens; the contents are text, whatever they spell. A
document that contains `<|im_end|>` can therefore not end a turn.

A template is a program out of a file that somebody else made: it reaches nothing but the messages, and is given up
after so many steps and so long a text (`engine.model.sandbox`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from engine.errors import InvalidRequest
from engine.model.sandbox import Program, TemplateFault
from engine.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.model.protocol import ChatMessage

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

_PLACEHOLDER = re.compile("\ue000([0-9]+)\ue001")
_PLACEHOLDERS = re.compile("\ue000[0-9]+\ue001")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a prompt: text of the template (`message` None), or the content of a message."""

    text: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class KnownTemplate:
    """A template that many models share, to choose where a file has none or a wrong one. `name` is for people."""

    key: str
    name: str
    source: str


class ChatTemplate:
    """A Jinja chat template, as GGUF files carry it.

    ChatML is used where the file has none, or a broken one, or one that leaves out what the messages say.
    """

    def __init__(self, source: str | None, *, begin: str = "", end: str = "", chosen: bool = False) -> None:
        """`begin` and `end` are the model's own tokens as text; a `chosen` template is not replaced by another.

        Raises `InvalidRequest` with the line of a chosen one that cannot be used.
        """
        self.origin: Literal["file", "chatml", "chosen"] = "chosen" if chosen else "file" if source else "chatml"
        self._tokens = {"bos_token": begin, "eos_token": end}
        self._chatml = Program(CHATML)
        try:
            self._program = Program(source) if source else self._chatml
            self._try()
        except TemplateFault as fault:
            if chosen:
                raise _refused(fault) from None
            self._program = self._chatml
            self.origin = "chatml"

    def _try(self) -> None:
        """Render the least there can be; what only some conversations meet is met by them."""
        self._render_whole([{"role": "user", "content": "\ue0000\ue001"}])

    def render_text(self, messages: list[dict[str, str]]) -> str:
        """Render plain messages; raises `TemplateFault` where the template refuses them."""
        return self._program.render(messages=messages, add_generation_prompt=True, **self._tokens)

    def _render_whole(self, turns: list[dict[str, str]]) -> str:
        """Render turns whose contents are placeholders; raises `TemplateFault` also where one of them is left out."""
        rendered = self.render_text(turns)
        for turn in turns:
            if any(held not in rendered for held in _PLACEHOLDERS.findall(turn["content"])):
                raise TemplateFault(f"it leaves out what the {turn['role']} says")
        return rendered

    def segments(self, messages: Sequence[ChatMessage]) -> list[Segment]:
        """Return the prompt as segments, ready for the answer to follow.

        A template that refuses a system message, or leaves it out, gets it in front of the first user message.
        """
        turns = [{"role": message.role, "content": f"\ue000{index}\ue001"} for index, message in enumerate(messages)]
        try:
            rendered = self._render_whole(turns)
        except TemplateFault:
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
            return self._render_whole(others)
        except TemplateFault:
            return self._chatml.render(messages=turns, add_generation_prompt=True)


@cache
def known_templates() -> tuple[KnownTemplate, ...]:
    """Return the templates that ship, to choose from; their keys are the names of their files."""
    return tuple(
        KnownTemplate(path.stem, _NAMES.get(path.stem, path.stem), path.read_bytes().decode())
        for path in sorted(resource("templates").glob("*.jinja"), key=_place)
    )


_NAMES = {"chatml": "ChatML", "llama3": "Llama 3", "mistral": "Mistral", "gemma": "Gemma", "phi": "Phi"}


def _place(path: Path) -> tuple[int, str]:
    names = list(_NAMES)
    return (names.index(path.stem) if path.stem in names else len(names), path.stem)


def _refused(fault: TemplateFault) -> InvalidRequest:
    return InvalidRequest(
        f"The chat template cannot be used: {fault.reason}.",
        where=f"line {fault.line}" if fault.line else "the chat template",
        advice="Mend it, choose another, or take the file's own.",
    )


def render_here(source: str | None, messages: Sequence[tuple[str, str]], begin: str = "", end: str = "") -> str:
    """Render a prompt as it is, to be read by a person, in this process; `render_template` does it apart.

    `messages` are roles and contents. Without a source ChatML is used. Raises `InvalidRequest` with the line.
    """
    try:
        program = Program(CHATML if source is None else source)
        turns = [{"role": role, "content": content} for role, content in messages]
        return program.render(messages=turns, add_generation_prompt=True, bos_token=begin, eos_token=end)
    except TemplateFault as fault:
        raise _refused(fault) from None


def _split(rendered: str, contents: list[str]) -> list[Segment]:
    segments: list[Segment] = []
    for index, piece in enumerate(_PLACEHOLDER.split(rendered)):
        if index % 2 and int(piece) < len(contents):
            segments.append(Segment(contents[int(piece)], int(piece)))
        elif piece:
            segments.append(Segment(piece))
    return segments
