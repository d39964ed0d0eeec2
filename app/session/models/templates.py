"""Chat templates as they are typed: what a short conversation becomes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from engine.errors import EngineError
    from engine.model.preview import TemplatePreview

_SHOWN: Final = (
    ("system", "You answer with what the document says."),
    ("user", "Who sent this invoice?"),
    ("assistant", "Northwind Botanicals GmbH, Berlin."),
    ("user", "And what is the total?"),
)


class TemplateAsked:
    """Renders templates on a lane, in a process with limits; of those that wait only the newest is rendered."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._lane: Lane | None = None
        self._preview: TemplatePreview | None = None
        self._number = 0

    def ask(self, source: str | None, done: Callable[[str], None], failed: Callable[[EngineError], None]) -> None:
        """Render a short conversation; what is overtaken by a newer question is answered by neither."""
        self._number += 1
        number = self._number

        def render() -> str | None:
            if number != self._number:
                return None
            from engine.model.preview import TemplatePreview
            from engine.model.protocol import ChatMessage

            if self._preview is None:
                self._preview = TemplatePreview()
            messages = [ChatMessage(role=role, content=content) for role, content in _SHOWN]  # type: ignore[arg-type]
            return self._preview.render(source, messages)

        def tell(prompt: str | None) -> None:
            if prompt is not None and number == self._number:
                done(prompt)

        def refuse(error: EngineError) -> None:
            if number == self._number:
                failed(error)

        if self._lane is None:
            self._lane = Lane("templates", self._owner)
        self._lane.submit(render, tell, refuse)

    def close(self) -> None:
        """End the process."""
        if self._preview is not None:
            self._preview.stop()
        if self._lane is not None:
            self._lane.close()
