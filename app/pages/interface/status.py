"""What the page says of the open interface: how each turn went, what can be done now, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from app.pages.interface.telling import AGAIN, Measures, progress, rows_of

if TYPE_CHECKING:
    from app.pages.interface.conversation import ConversationPanel
    from app.pages.interface.preview import PreviewPanel
    from app.pages.interface.showing import Showing
    from app.pages.interface.tree_panel import TreePanel
    from app.session.interfaces import Interfaces

_PLAIN: Final = frozenset({"row", "column", "grid"})
"""Containers of which nobody thinks as of a part."""


class Status(QObject):
    """Shows it all anew when asked to."""

    def __init__(
        self,
        session: Interfaces,
        showing: Showing,
        conversation: ConversationPanel,
        preview: PreviewPanel,
        tree: TreePanel,
    ) -> None:
        super().__init__(conversation)
        self._session = session
        self._showing = showing
        self._conversation = conversation
        self._preview = preview
        self._tree = tree
        self._measures = Measures()
        preview.strip.acted.connect(self._go_on)

    def show(self) -> None:
        """Show the turns, and what can be done now."""
        self._show_turns()
        self._show_abilities()
        self._show_strip()

    def _show_turns(self) -> None:
        session, panel = self._session, self._conversation
        rows = rows_of(
            session.turns,
            session.catalogue,
            self._measures,
            shown=session.shown,
            writing=self._writing(),
            alternatives=len(session.alternatives),
        )
        panel.show_title(session.title)
        panel.show_turns(rows)
        panel.composer.show_open(anything=bool(rows))

    def _writing(self) -> str:
        """Return what the model is at, by the innermost part that is still open."""
        answer = self._session.running
        if answer is None:
            return ""
        if answer.state != "writing" or self._showing.looking_back:
            return progress(answer)
        model = self._tree.model
        open_ones = [row for row in model.rows() if row.writing and row.parent is not None and row.type not in _PLAIN]
        return f"Writing the {model.title(open_ones[-1]).lower()}" if open_ones else progress(answer)

    def _show_abilities(self) -> None:
        session, looking = self._session, self._showing.looking_back
        answer = session.running
        running = answer is not None
        able = not running and not looking
        self._conversation.composer.show_running(running=running)
        self._tree.set_editable(editable=able and session.tree is not None)
        self._tree.offer_undo(
            session.undo_label if session.can_undo and able else "",
            session.redo_label if session.can_redo and able else "",
        )
        why = "The model is writing; wait, or stop it." if running else ""
        self._preview.send_bar.show_able(able=not running, why=why)
        if looking:
            self._preview.show_live("as it was written", "doubt")
        else:
            # Nothing is alive while the model is being made ready or reads.
            self._preview.show_live("live" if answer is not None and answer.state == "writing" else "")

    def _show_strip(self) -> None:
        session, strip = self._session, self._preview.strip
        answer = next((each for each in session.alternatives if each.message == session.shown), None)
        if self._showing.looking_back:
            strip.say("This is how it was written. What you do here is not kept.", "Back to the screen")
        elif answer is not None and answer.state == "failed":
            error = answer.error
            words = f"{error.message} {error.advice or ''}".strip() if error is not None else "The answer failed."
            strip.say(words + (" What had come is kept." if answer.text else ""), AGAIN, failed=True)
        elif self._latest is not None:
            strip.say("This is the screen as it was then; what you ask next follows it.", "The latest")
        else:
            strip.say("")

    @property
    def _latest(self) -> int | None:
        """The last answer, where an earlier one is shown."""
        answers = [turn.message for turn in self._session.turns if turn.answer is not None]
        return answers[-1] if self._session.shown in answers[:-1] else None

    def _go_on(self) -> None:
        """Do what the strip offers."""
        session, latest = self._session, self._latest
        answer = next((each for each in session.alternatives if each.message == session.shown), None)
        if self._showing.looking_back:
            self._showing.come_back()
        elif answer is not None and answer.state == "failed":
            session.again()
        elif latest is not None:
            session.open(session.id, latest)
