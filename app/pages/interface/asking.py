"""What a person asks of the model: by a sentence, for one part, in other words, several times, or by a form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.pages.interface.telling import AGAIN, COMPARE

if TYPE_CHECKING:
    from app.models.interface_turns import TurnRow
    from app.pages.interface.choice import Choice
    from app.pages.interface.conversation import ConversationPanel
    from app.pages.interface.preview import PreviewPanel
    from app.pages.interface.showing import Showing
    from app.pages.interface.tree_panel import TreePanel
    from app.session.interfaces import Interfaces
    from engine.interface.acting import Send


class Asking(QObject):
    """Takes what was asked for in the panels to the session.

    `asked` tells that the model has something to do now, `looked` that another turn's screen is wanted, `compared`
    that answers are wanted side by side.
    """

    asked = Signal()
    looked = Signal()
    compared = Signal()

    def __init__(
        self,
        session: Interfaces,
        conversation: ConversationPanel,
        showing: Showing,
        choice: Choice,
        preview: PreviewPanel,
        tree: TreePanel,
    ) -> None:
        super().__init__(conversation)
        self.editing: int | None = None
        """The answer whose sentence is asked in other words."""
        self._session = session
        self._panel = conversation
        self._composer = conversation.composer
        self._showing = showing
        self._choice = choice
        self._part = tree.part
        self._composer.text.textChanged.connect(self._typed)
        self._composer.run_asked.connect(self.run)
        self._composer.stop_asked.connect(session.stop)
        self._composer.edit_left.connect(self.leave_editing)
        conversation.view.chosen.connect(self.look_at)
        conversation.view.edit_asked.connect(self.edit_sentence)
        conversation.view.again_asked.connect(self.go_on)
        conversation.view.menu_asked.connect(self._show_menu)
        preview.send_bar.confirmed.connect(self.send)
        tree.part.redo_asked.connect(self.redo_part)
        session.draft_changed.connect(self.show_draft)

    # The composer

    def show_draft(self) -> None:
        """Put what was being typed in the interface into the composer."""
        if self._composer.sentence != self._session.draft:
            self._composer.write(self._session.draft)

    def _typed(self) -> None:
        if self.editing is None:
            self._session.write(self._composer.sentence)

    def run(self) -> None:
        """Ask for what the composer says: a new screen, a change of it, one part anew, or a sentence in other words."""
        if not self._composer.can_run:
            return
        sentence, editing = self._composer.sentence, self.editing
        self._showing.come_back()
        if editing is not None:
            self.leave_editing()
            self._session.reword(editing, sentence)
        elif self._choice.target:
            self._session.redo(self._choice.target, sentence)
            self._composer.write("")
        else:
            self._session.describe(sentence)
        self._have_asked()

    @property
    def can_vary(self) -> bool:
        """Whether several answers can be asked for."""
        return self._composer.can_run and self.editing is None

    def run_variants(self, many: int) -> None:
        """Ask for several answers at once, and show them side by side."""
        if self.can_vary:
            self._session.variants(self._composer.sentence, many)
            self._have_asked()
            self.compared.emit()

    def redo_part(self, sentence: str) -> None:
        """Have the chosen part written anew, and nothing else."""
        path = self._part.path
        if path is not None:
            self._showing.come_back()
            self._session.redo(path, sentence)
            self._part.sentence.clear()

    def send(self, sent: Send) -> None:
        """Send what a form or a button holds."""
        self._session.send(sent)
        self._have_asked()

    def _have_asked(self) -> None:
        self._choice.aim_at_all()
        self.show_draft()
        self.asked.emit()

    # Turns

    def _turn(self, message: int) -> TurnRow | None:
        turns = self._panel.turns
        return turns.turn(turns.index_of(message))

    def look_at(self, message: int) -> None:
        """Show the screen as it was after a turn."""
        if self._session.running is None:
            self.looked.emit()
            self._session.open(self._session.id, message)

    def edit_sentence(self, message: int) -> None:
        """Put a sentence into the composer, to be asked in other words."""
        turn = self._turn(message)
        if turn is None or not turn.editable:
            return
        self.editing = message
        self._composer.write(turn.words)
        self._composer.show_editing(editing=True)
        self._composer.text.setFocus()
        self._composer.text.selectAll()

    def leave_editing(self) -> None:
        """Leave the sentence as it was."""
        if self.editing is not None:
            self.editing = None
            self._composer.show_editing(editing=False)
            self.show_draft()

    def go_on(self, message: int) -> None:
        """Do what a turn offers: compare its answers, or ask once more."""
        turn = self._turn(message)
        if turn is None:
            return
        if turn.way_on == COMPARE:
            self.compared.emit()
            return
        if self._session.shown != message:
            self._session.open(self._session.id, message)
        self._session.again()

    def _show_menu(self, message: int, at: QPoint) -> None:
        turn = self._turn(message)
        if turn is None:
            return
        menu = QMenu(self._panel)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        idle = self._session.running is None
        menu.addAction("Show the screen as it was then\tEnter", partial(self.look_at, message)).setEnabled(idle)
        if turn.editable:
            menu.addAction("Ask in other words\tF2", partial(self.edit_sentence, message))
        menu.addAction("Copy", partial(QGuiApplication.clipboard().setText, turn.words))
        if message == self._session.shown:
            menu.addAction(AGAIN, self._session.again).setEnabled(idle)
        menu.popup(at)
