"""The panel of problems: their counts, the list, what schemas are held against, and what rewrites them whole."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout

from app import figures
from app.models.problem_list import ProblemList
from app.pages.schemas.problems.view import LOOKS, ProblemsView
from app.style import tokens
from app.widgets.controls import Mark, button, icon_button, label, section_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QLabel

    from app.style.theme import Theme
    from engine.schema.problems import Problem

_COUNTED = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "hint": ("hint", "hints")}


class ProblemsPanel(QFrame):
    """What is wrong with the open schema. It asks for everything and changes nothing itself.

    `jumped` is given a problem, `fix_asked` a problem and one of its fixes, `severity_asked` a rule and how grave it
    is to be ("default" for as it comes), `profile_asked` a profile and whether it is to be looked at,
    `rewrite_asked` "strict", "lenient" or "upgrade".
    """

    jumped = Signal(object)
    fix_asked = Signal(object, object)
    severity_asked = Signal(str, str)
    profile_asked = Signal(str, bool)
    rewrite_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._profiles: dict[str, tuple[str, bool]] = {}
        self.setProperty("ground", "surface")
        self.setAccessibleName("Problems")
        self.model = ProblemList(self)
        self.view = ProblemsView(theme, self.model)
        self.view.chosen.connect(self.jumped)
        self.view.fix_asked.connect(self.fix_asked)
        self.view.menu_asked.connect(self._show_menu)
        self.none = label(theme, "", 13, ink="text3")
        self.none.setContentsMargins(tokens.PANEL_MARGIN, 12, tokens.PANEL_MARGIN, 0)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.none.setWordWrap(True)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.view)
        self.middle.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head(theme))
        column.addWidget(self.middle, 1)
        self.show_problems((), examined=False)

    def _head(self, theme: Theme) -> QFrame:
        head = QFrame()
        head.setProperty("rule", "below")
        head.setFixedHeight(tokens.TABS + 1)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(section_title(theme, "Problems"))
        row.addSpacing(12)
        self._counts: dict[str, tuple[Mark, QLabel]] = {}
        for severity, (shape, ink) in LOOKS.items():
            mark, count = Mark(theme, shape, ink), label(theme, "", 12, tabular=True)
            self._counts[severity] = mark, count
            row.addWidget(mark)
            row.addWidget(count)
            row.addSpacing(6)
        row.addStretch(1)
        self.profiles = icon_button(theme, "funnel-simple", "What the schema is held against")
        self.profiles.clicked.connect(self._show_profiles)
        row.addWidget(self.profiles)
        self.rewrite = button(theme, "Make strict", icon="shield-check")
        self.rewrite.clicked.connect(lambda: self.rewrite_asked.emit("strict"))
        row.addWidget(self.rewrite)
        self.more = icon_button(theme, "caret-down", "More ways to rewrite the schema")
        self.more.clicked.connect(self._show_more)
        row.addWidget(self.more)
        return head

    # What the page may ask for

    def show_problems(self, problems: Sequence[Problem], *, examined: bool, more: bool = False) -> None:
        """Show the problems that were found; `examined` tells whether anything was looked at yet."""
        self.model.show_problems(problems)
        for severity, (mark, count) in self._counts.items():
            number = sum(problem.severity == severity for problem in problems)
            one, many = _COUNTED[severity]
            mark.setVisible(bool(number))
            count.setVisible(bool(number))
            count.setText(figures.number(number) + ("+" if more else ""))
            count.setAccessibleName(f"{figures.number(number)} {one if number == 1 else many}")
        self.none.setText("No problems." if examined else "Not examined yet.")
        self.middle.setCurrentWidget(self.view if problems else self.none)

    def show_profiles(self, profiles: dict[str, tuple[str, bool]]) -> None:
        """Take what a schema can be held against: what each profile is called, and whether it is looked at."""
        self._profiles = profiles

    def set_editable(self, *, editable: bool) -> None:
        """Offer to rewrite the schema, or not."""
        self.rewrite.setEnabled(editable)
        self.more.setEnabled(editable)

    # Menus

    def _show_profiles(self) -> None:
        menu = QMenu(self)
        for name, (spoken, chosen) in self._profiles.items():
            action = menu.addAction(spoken)
            action.setCheckable(True)
            action.setChecked(chosen)
            action.toggled.connect(partial(self.profile_asked.emit, name))
        self._open(menu, self.profiles.mapToGlobal(QPoint(0, self.profiles.height())))

    def _show_more(self) -> None:
        menu = QMenu(self)
        for words, how in (
            ("Make strict…", "strict"),
            ("Make lenient…", "lenient"),
            ("Upgrade to 2020-12…", "upgrade"),
        ):
            menu.addAction(words).triggered.connect(partial(self.rewrite_asked.emit, how))
        self._open(menu, self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _show_menu(self, problem: Problem, at: QPoint) -> None:
        menu = QMenu(self)
        for fix in problem.fixes:
            menu.addAction(fix.label).triggered.connect(partial(self.fix_asked.emit, problem, fix))
        if problem.fixes:
            menu.addSeparator()
        menu.addAction("Go to the place").triggered.connect(partial(self.jumped.emit, problem))
        menu.addSeparator()
        grave = menu.addMenu("Tell this kind as")
        for words, severity in (
            ("Error", "error"),
            ("Warning", "warning"),
            ("Hint", "hint"),
            ("Nothing", "off"),
            ("As it comes", "default"),
        ):
            action = grave.addAction(words)
            action.setCheckable(True)
            action.setChecked(severity == problem.severity)
            action.triggered.connect(partial(self.severity_asked.emit, problem.rule, severity))
        self._open(menu, at)

    def _open(self, menu: QMenu, at: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
