"""What the preview and the tree show: the screen as it is, as it grows, or as it was at a place of the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.pages.interface.scrubber import Stops
from app.session.interfaces.answer import tree_of
from app.style.turned_theme import TurnedTheme
from app.widgets.generated.screen import Screen
from engine.interface.places import first_changed

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.models.interface_tree import InterfaceTree
    from app.pages.interface.preview import PreviewPanel
    from app.session.interfaces import Attached, Growing, Interfaces, Prefixes
    from app.style.theme import Theme
    from engine.interface.reading import Problem

TOLD: Final = 24
"""Characters after which it is known whether an answer writes a whole tree or changes the one there is."""
_BEGUN: Final = re.compile(r'"type"\s*:\s*"[^"]*"')


class Showing(QObject):
    """Keeps the screens: the live one, whose state stays whatever else is looked at, and one for looking back.

    `problems_changed` tells of other problems of what is shown, `sent` what the live screen is about to send, `chosen`
    the path of a part that was clicked while inspecting, `scrubbed` that something else is shown than before.
    """

    problems_changed = Signal()
    sent = Signal(object)
    chosen = Signal(str)
    scrubbed = Signal()
    json_asked = Signal(str)
    """The JSON of a part is wanted, by its path."""
    export_asked = Signal(str, object)
    """What a form or a table holds is wanted as a file: its name, and its text."""

    def __init__(self, theme: Theme, session: Interfaces, preview: PreviewPanel, tree: InterfaceTree) -> None:
        super().__init__(preview)
        self._theme = theme
        self._other: TurnedTheme | None = None
        self._turned: TurnedTheme | None = None
        """The other theme, while screens are shown in it."""
        self._session = session
        self._preview = preview
        self._tree = tree
        self._live: Screen | None = None
        self._patched: Any = None
        self._past: Screen | None = None
        self._of: Prefixes | None = None
        self._inspecting = False
        self._selected: str | None = None
        preview.scrubber.moved.connect(self._scrub)

    # What is there

    @property
    def live(self) -> Screen | None:
        """The screen as it is; None where there is none."""
        return self._live

    @property
    def screen(self) -> Screen | None:
        """The screen that is seen."""
        return self._past if self.looking_back else self._live

    @property
    def looking_back(self) -> bool:
        """Whether a place of the answer is shown instead of the screen as it is."""
        return self._of is not None

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with what is shown."""
        return list(self.screen.problems) if self.screen is not None else []

    # What the page may ask for

    def begin(self) -> None:
        """Show another interface, in a screen of its own."""
        self.come_back()
        self._drop(self._live)
        self._drop(self._past)
        self._live = self._past = self._patched = None
        self._selected = None
        if self._session.tree is not None or self._session.running is not None:
            self.follow()
        else:
            self._preview.show_screen(None)
            self._tree.show_value(None)
        self.show_stops()
        self.problems_changed.emit()

    def follow(self) -> None:
        """Show the tree as it stands now, or as much of the new one as is written."""
        growing = self._session.growing
        live = self._ensure_live()
        if growing is None:
            if self._session.tree is not None:
                live.show_tree(self._session.tree)
                self._bring_change(live)
        elif self._is_told(growing):
            match growing.kind:
                case "tree":
                    live.show_text(growing.text)
                case "part":
                    live.grow_part(growing.path, growing.text)
                case "patch":
                    self._patched = self._session.tree if self._patched is None else self._patched
                    live.show_tree(growing.tree)
        if not self.looking_back:
            self._preview.show_screen(live)
            self._follow_tree(growing)
            self.problems_changed.emit()
        self.show_stops()

    def _bring_change(self, live: Screen) -> None:
        """Bring into sight what a patch has changed: it may stand below the fold."""
        before, self._patched = self._patched, None
        path = first_changed(before, self._session.tree) if before is not None else None
        if path:
            live.bring(path)

    def _is_told(self, growing: Growing) -> bool:
        """Tell whether what is written can be shown: a change is known for one after its first words."""
        if growing.tree is None and not growing.text:
            return False
        return growing.kind != "tree" or self._session.tree is None or len(growing.text) >= TOLD

    def _follow_tree(self, growing: Growing | None) -> None:
        if growing is None or not self._is_told(growing):
            self._tree.show_value(self._session.tree)
        elif growing.kind == "tree":
            self._tree.show_text(growing.text)
        elif growing.kind == "part":
            self._tree.grow_part(growing.path, growing.text)
        else:
            self._tree.show_value(growing.tree)
        self._tree.show_problems(self.problems)

    def inspect(self, *, inspecting: bool) -> None:
        """Let clicks choose parts instead of using them."""
        self._inspecting = inspecting
        for screen in (self._live, self._past):
            if screen is not None:
                screen.inspecting = inspecting

    def turn(self, *, turned: bool) -> None:
        """Show screens in the other theme, or in the window's."""
        if turned and self._other is None:
            self._other = TurnedTheme(self._theme)
            self._other.changed.connect(self._dress)
        self._turned = self._other if turned else None
        self.make_anew()

    def make_anew(self) -> None:
        """Show the same screen with other components, data, pictures or colours; what a person put stays."""
        self.come_back()
        before, self._live = self._live, None
        if before is None:
            return
        live = self._ensure_live()
        live.state.take_over(before.state)
        self.follow()
        self._drop(before)
        self._drop(self._past)
        self._past = None
        self.select(self._selected)

    def select(self, path: str | None) -> None:
        """Outline a part, and bring it in sight."""
        self._selected = path
        if self.screen is not None:
            self.screen.select(path)

    def picture(self, width: int) -> QImage | None:
        """Return the screen that is seen as a picture."""
        return self.screen.picture(width) if self.screen is not None else None

    def render(self, tree: Any, attached: Attached, width: int) -> QImage | None:
        """Return the picture of any tree with its data and pictures."""
        screen = Screen(self._theme, sources=attached.sources, images=attached.images)
        try:
            screen.resize(width, width)
            screen.show_tree(tree)
            return screen.picture(width)
        finally:
            screen.deleteLater()

    # Looking back

    def show_stops(self) -> None:
        """Take the places of the shown answer's text through which one can go."""
        shown = self._session.shown
        prefixes = self._session.prefixes(shown) if shown is not None else None
        scrubber = self._preview.scrubber
        if prefixes is None or not prefixes.text or shown is None:
            scrubber.show_stops(Stops(()))
            return
        answer = next((each for each in self._session.alternatives if each.message == shown), None)
        tokens = answer.tokens if answer is not None else 0
        running = answer is not None and answer.running
        scrubber.show_stops(
            stops_of(prefixes.text, tokens),
            about=self._about(tokens) if running else 0,
            unit="tokens" if tokens else "steps",
        )

    def _about(self, tokens: int) -> int:
        """Return how many tokens an answer will have, as far as those before tell; 0 where they do not."""
        growing = self._session.growing
        if growing is None or growing.kind != "tree":
            return 0
        known = [
            turn.answer.tokens
            for turn in self._session.turns
            if turn.answer is not None and turn.answer.state == "done" and turn.answer.form == "tree"
        ]
        return known[-1] if known and known[-1] > tokens else 0

    def come_back(self) -> None:
        """Show the screen as it is again."""
        if self.looking_back:
            self._preview.scrubber.go_to_end()

    def _scrub(self, place: int | None) -> None:
        shown = self._session.shown
        prefixes = self._session.prefixes(shown) if shown is not None else None
        was = self.looking_back
        if place is None or prefixes is None:
            self._of = None
            if was and self._live is not None:
                self._preview.show_screen(self._live)
                self._follow_tree(self._session.growing)
        else:
            self._of = prefixes
            self._show_past(prefixes, prefixes.text[:place])
        self.select(self._selected)
        self.problems_changed.emit()
        if was != self.looking_back:
            self.scrubbed.emit()

    def _show_past(self, prefixes: Prefixes, text: str) -> None:
        if self._past is None:
            self._past = self._made()
        past = self._past
        if prefixes.kind == "tree":
            past.show_text(text)
            self._tree.show_text(text)
        else:
            tree = tree_of(text, prefixes.kind, prefixes.path, prefixes.base)
            past.show_tree(tree)
            self._tree.show_value(tree)
        self._preview.show_screen(past)
        self._tree.show_problems(self.problems)

    # Screens

    def _ensure_live(self) -> Screen:
        if self._live is None:
            live = self._live = self._made()
            live.sent.connect(self.sent)
            live.problems_changed.connect(self._problems_changed)
        return self._live

    def _made(self) -> Screen:
        session, theme = self._session, self._turned or self._theme
        screen = Screen(theme, catalogue=session.catalogue, sources=session.sources, images=session.images)
        if self._turned is not None:
            self._turned.dress(screen)
        self._preview.stage.take(screen)
        screen.come_after(self._preview.full)
        screen.inspecting = self._inspecting
        screen.chosen.connect(self.chosen)
        screen.json_asked.connect(self.json_asked)
        screen.export_asked.connect(self.export_asked)
        return screen

    def _dress(self) -> None:
        """Put the other theme on the screens anew, since the window's is another now."""
        for screen in (self._live, self._past):
            if self._turned is not None and screen is not None:
                self._turned.dress(screen)

    def _drop(self, screen: Screen | None) -> None:
        if screen is not None:
            self._preview.stage.forget(screen)
            screen.hide()
            screen.deleteLater()

    def _problems_changed(self) -> None:
        if not self.looking_back:
            self._tree.show_problems(self.problems)
            self.problems_changed.emit()


def stops_of(text: str, tokens: int) -> Stops:
    """Return the places at which a slider over an answer can stand: as many as it has tokens, evenly spread.

    Where each token ends is not kept with an interface, only how many there were.
    """
    count = tokens if 0 < tokens <= len(text) else min(len(text), 400)
    ends = [round(len(text) * number / count) for number in range(1, count + 1)] if count else []
    return Stops(ends, [found.end() for found in _BEGUN.finditer(text)])
