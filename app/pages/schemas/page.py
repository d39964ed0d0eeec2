"""The schema editor: a tree and the text of the same document, its problems, and what the model makes of it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QStackedWidget, QVBoxLayout

from app import figures
from app.models.page_commands import listen
from app.models.schema_marks import Flaw
from app.models.schema_tree import SchemaTree
from app.pages.schemas.commands import intents
from app.pages.schemas.describing import DescribeBar
from app.pages.schemas.form_dialog import FormDialog
from app.pages.schemas.head import SchemaHead
from app.pages.schemas.library import LibraryPanel
from app.pages.schemas.problems import ProblemsPanel
from app.pages.schemas.rewrite_dialog import RewriteDialog
from app.pages.schemas.text import SchemaTextPane
from app.pages.schemas.tree import SchemaTreePanel
from app.pages.schemas.tree_edits import TreeEdits
from app.pages.schemas.trial import TrialPanel
from app.pages.schemas.versions_dialog import VersionsDialog
from app.pages.schemas.ways import Ways
from app.session.later import later
from app.shortcuts import show_keys
from app.widgets.controls import EmptyState, button, ground
from app.widgets.splits import are_sizes, split_of
from app.widgets.undo_bar import UndoBar
from engine.schema.pointer import escape
from engine.schema.problems import Profile
from engine.schema.refactoring import put_keyword

if TYPE_CHECKING:
    from collections.abc import Sized

    from PySide6.QtGui import QHideEvent, QShowEvent

    from app.exchange import Answer
    from app.session import Session
    from app.session.schema_rewriting import Rewriting
    from app.style.theme import Theme
    from engine.constraint.examine import Examination
    from engine.errors import EngineError
    from engine.schema.editing import Change
    from engine.schema.problems import Problem

_SPLITS = "schemas.splits"
_SETTINGS = "schemas.problems"
_SMALL = 200_000
"""Characters of a text whose tree follows each letter; that of a larger one follows after a pause."""
_REFRESH_MS = 250
_WORKED = "schemas/meeting_actions"
"""The example that is shown where there is nothing else to show."""
_SIZES = [[480, 520], [592, 408], [490, 234]]
_SEVERITIES: dict[str, Literal["error", "warning", "hint"]] = {each: each for each in ("error", "warning", "hint")}


class SchemasPage(QFrame):
    """The library at the left, the open schema beside it. `use_asked` is given a schema wanted in the Playground."""

    title = "Schemas"
    use_asked = Signal(str)

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self.library = session.schemas
        self.editing = session.schema_editing
        self._refining: Any = None
        self._trouble = ""
        self._refresh_soon = later(self, _REFRESH_MS, self._refresh_tree)
        self.setProperty("ground", "surface")
        self._build()
        self._connect()
        self._bind()
        self._restore()
        self._begin()
        self.library.start()

    # Building

    def _build(self) -> None:
        theme, editing = self._theme, self.editing
        self.list = LibraryPanel(theme, self.library)
        self.head = SchemaHead(theme)
        self.describe_bar = DescribeBar(theme)
        self.tree_model = SchemaTree(editing.document, self)
        self.tree = SchemaTreePanel(theme, self.tree_model)
        self.text = SchemaTextPane(theme, editing.aside)
        self.edits = TreeEdits(editing, self.tree.intents, self)
        self.problems = ProblemsPanel(theme)
        self.trial = TrialPanel(theme, editing.trial)
        self.told = UndoBar(theme)
        self.ways = Ways(theme, self._session, self)
        self.above = split_of(Qt.Orientation.Horizontal, self.tree, self.text)
        self.below = split_of(Qt.Orientation.Horizontal, self.problems, self.trial)
        self.both = split_of(Qt.Orientation.Vertical, self.above, self.below)
        begin = button(theme, "New schema", icon="plus")
        begin.clicked.connect(lambda: self.editing.make("Untitled"))
        self.empty = EmptyState(
            theme, "No schema is open", "Make one, describe one, or copy an example at the left.", begin
        )
        self.middle = QStackedWidget()
        self.middle.addWidget(self.both)
        self.middle.addWidget(self.empty)
        right = ground("surface")
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, self.describe_bar):
            column.addWidget(widget)
        column.addWidget(self.middle, 1)
        column.addWidget(self.told)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.list)
        outer.addWidget(right, 1)

    def _connect(self) -> None:
        editing, library, head = self.editing, self.library, self.head
        self.list.open_asked.connect(library.open)
        self.list.example_asked.connect(editing.show_example)
        self.list.new_asked.connect(self.ways.offer_new)
        self.list.import_asked.connect(self.ways.open_files)
        self.list.export_asked.connect(self.ways.export_library)
        self.list.uses_asked.connect(self._show_uses)
        head.undo.clicked.connect(editing.undo)
        head.redo.clicked.connect(editing.redo)
        head.versions.clicked.connect(self.show_versions)
        head.copy.clicked.connect(editing.copy_example)
        head.save.clicked.connect(self.save_version)
        head.describe.clicked.connect(self.describe)
        head.bring.clicked.connect(lambda: self.ways.offer_in(head.bring))
        head.give.clicked.connect(lambda: self.ways.offer_out(head.give))
        library.started.connect(self._show_worked_example)
        editing.began.connect(self._begin)
        editing.changed.connect(self._changed)
        editing.examined.connect(self._show_examination)
        editing.selected.connect(self.tree.view.select)
        editing.refused.connect(self._tell)
        self.ways.failed.connect(self._tell)
        self.ways.told.connect(self._note)
        self.ways.describe_asked.connect(self.describe)
        self.ways.use_asked.connect(self.use_asked)
        editing.writing.ended.connect(self._written)
        library.desk.kept.connect(self._kept)
        library.desk.versions_changed.connect(self._show_head)
        library.listed.connect(self._show_head)
        library.told.connect(self._note)
        library.removed.connect(self._leave_removed)
        self.tree.view.current_moved.connect(self._follow_tree)
        self.text.view.pointer_changed.connect(self._follow_text)
        self.tree.intents.jump_asked.connect(self.tree.view.reveal)
        self.problems.jumped.connect(self._jump)
        self.problems.fix_asked.connect(lambda _problem, fix: editing.mend(fix))
        self.problems.severity_asked.connect(editing.set_severity)
        self.problems.profile_asked.connect(lambda profile, chosen: editing.set_profile(profile, chosen=chosen))
        editing.settings_changed.connect(self._keep_settings)
        self.problems.rewrite_asked.connect(self.rewrite)
        self.trial.keep_asked.connect(self._keep_example)
        self.trial.form_asked.connect(self.fill_in)
        self.trial.use_asked.connect(lambda: self.use_asked.emit(editing.document.text))
        self.describe_bar.asked.connect(self._describe)
        self.describe_bar.stop_asked.connect(editing.writing.stop)
        for split in (self.above, self.below, self.both):
            split.splitterMoved.connect(self._keep_splits)

    def _bind(self) -> None:
        keys = self._session.shortcuts
        listen(keys, self, "schemas", intents(), self)
        tips = {
            "schemas.new": self.list.new,
            "schemas.save": self.head.save,
            "schemas.undo": self.head.undo,
            "schemas.redo": self.head.redo,
            "schemas.sample": self.trial.again,
        }
        show_keys(keys, tips)

    def _restore(self) -> None:
        """Lay the page out as it was left, and look for the problems that were looked for."""
        kept = self._session.setting(_SPLITS)
        sizes = kept if are_sizes(kept, len(_SIZES)) else _SIZES
        for split, parts in zip((self.above, self.below, self.both), sizes, strict=True):
            split.setSizes(parts)
        self.editing.restore_settings(self._session.setting(_SETTINGS))

    # The open document

    def _begin(self) -> None:
        """Show another document."""
        editing = self.editing
        document = editing.document
        self.tree_model.open(document)
        self.text.open(document)
        self.text.view.setReadOnly(not editing.editable)
        self.tree.view.expand(self.tree_model.index_of(""))
        self.middle.setCurrentWidget(self.both if editing.name else self.empty)
        row, example = self.library.desk.row, editing.example
        self.list.show_open(row.id if row is not None else None, example.key if example is not None else None)
        self.problems.set_editable(editable=editing.editable)
        self.describe_bar.hide()
        self.told.withdraw()
        self._show_examination(None)
        self._show_profiles()
        self._show_head()

    def _show_worked_example(self) -> None:
        """Show an example to whoever has no schema yet, rather than nothing."""
        if not self.editing.name and not self.library.rows and self.library.examples:
            known = {example.key: example for example in self.library.examples}
            self.editing.show_example(known.get(_WORKED, self.library.examples[0]))

    def _leave_removed(self, schemas: list[int]) -> None:
        """Show another schema where the open one went into the bin."""
        if self.library.desk.id in schemas:
            if self.library.rows:
                self.library.open(self.library.rows[0].id)
            else:
                self.library.desk.show(None)
                self._show_worked_example()

    def _changed(self, change: Change) -> None:
        if change.source is self.text.view and len(change.after.text) > _SMALL:
            self._refresh_soon.start()  # a large tree would hold up whoever is typing
        else:
            self._refresh_tree()
        self._show_head()
        self.trial.set_broken(broken=change.after is not self.editing.document.good)

    def _kept(self, _row: object) -> None:
        # A method, since what is kept as the window closes comes when this may be gone: Qt then forgets a method.
        self._show_head()

    def _refresh_tree(self) -> None:
        self._refresh_soon.stop()
        self.tree_model.refresh()

    def _show_head(self) -> None:
        editing, desk = self.editing, self.library.desk
        unsaved = desk.row is not None and (desk.row.differs or desk.unsaved)
        self.head.show_schema(desk.row, editing.example, unsaved=unsaved)
        self.head.state.say("" if desk.row is None else "Saving…" if desk.unsaved else "Saved")
        self.head.offer_undo(editing.document.undo_label, editing.document.redo_label)

    def _show_examination(self, examination: Examination | None) -> None:
        if examination is None:
            self.problems.show_problems((), examined=False)
            self.text.view.show_problems(())
            self.tree_model.find_fault({})
            self.tree_model.hold({})
            return
        self.problems.show_problems(examination.problems, examined=True, more=examination.more)
        self.text.view.show_problems(examination.problems)
        self.text.view.show_draft(examination.draft)
        flaws: dict[str, list[Flaw]] = defaultdict(list)
        for problem in examination.problems:
            flaws[problem.pointer].append(Flaw(_SEVERITIES[problem.severity], problem.sentence))
        self.tree_model.find_fault(flaws)
        if examination.planned:
            self.tree_model.hold(
                {
                    f"{pointer}/{escape(keyword)}": how
                    for pointer, keywords in examination.enforcement.items()
                    for keyword, how in keywords.items()
                }
                if examination.refused is None
                else {f"{examination.refused.where or ''}/": "refused"}
            )
        refused = examination.planned and examination.refused is not None
        self.trial.set_broken(broken=refused or not examination.valid)

    def _show_profiles(self) -> None:
        chosen = self.editing.settings.profiles
        self.problems.show_profiles({each.value: (each.spoken, each in chosen) for each in Profile})

    # Selection

    def _follow_tree(self, pointer: str) -> None:
        if self.tree.view.hasFocus():
            self.text.view.show_pointer(pointer)

    def _follow_text(self, pointer: str) -> None:
        if self.text.view.hasFocus() and not self.editing.document.stale:
            self.tree.view.reveal(pointer)

    def _jump(self, problem: Problem) -> None:
        self.tree.view.reveal(problem.pointer)
        self.text.view.show_span(problem.start, problem.end)

    # Intents

    def focus_search(self) -> None:
        """Look for a schema."""
        self.list.focus_search()

    def save_version(self) -> None:
        """Keep the text as a version, with a note."""
        if not self.editing.editable or not self.head.save.isEnabled():
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Save version")
        dialog.setLabelText("What this version is about (may stay empty)")
        dialog.resize(420, dialog.height())
        dialog.textValueSelected.connect(self.library.desk.save_version)
        dialog.open()

    def show_versions(self) -> None:
        """Show the versions of the open schema, and what changed between them."""
        if self.library.desk.row is not None:
            dialog = VersionsDialog(self._theme, self.library, self.editing, self)
            dialog.restore_asked.connect(self.editing.restore)
            dialog.open()

    def rewrite(self, how: str) -> None:
        """Show what making the schema "strict" or "lenient", or an "upgrade", would change."""
        self.editing.propose(how, self._preview)

    def _preview(self, rewriting: Rewriting) -> None:
        dialog = RewriteDialog(self._theme, rewriting, self)
        dialog.applied.connect(self.editing.take)
        dialog.open()

    def _keep_example(self, text: str) -> None:
        examples = self.editing.document.good.find("/examples")
        known = examples.value() if examples is not None else []
        sample = json.loads(text)
        if isinstance(known, list) and sample not in known:
            self.editing.refactor(put_keyword, "", "examples", [*known, sample])

    def fill_in(self) -> None:
        """Show the schema as a form to type a value into, beginning with the sample where there is one."""
        sample = self.trial.sample
        value = json.loads(sample.text) if sample is not None and sample.state == "done" else None
        dialog = FormDialog(self._theme, self.editing.document.good.text, value, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.example_kept.connect(self._keep_example)
        dialog.open()

    # From a description

    def describe(self) -> None:
        """Let a person describe a new schema, or what is to change of the one that is open."""
        if not self.editing.editable:
            self.editing.make("Untitled", then=self.describe)
            return
        self.describe_bar.open_bar(empty=self._is_empty())

    def _is_empty(self) -> bool:
        root = self.editing.document.good.root
        properties = root.get("properties") if root is not None else None
        return properties is None or not properties.members()

    def _describe(self, sentence: str) -> None:
        if self._is_empty():
            self._refining = None
            self.editing.describe(sentence)
        else:
            self._refining = sentence
            self.editing.refine(sentence)
        self.describe_bar.show_running(running=self.editing.writing.running)

    def _written(self, answer: Answer) -> None:
        words = {"done": "", "stopped": "Stopped", "failed": "It failed"}.get(answer.state, "")
        self.describe_bar.show_running(running=False, words=words)
        if answer.state == "failed" and answer.error is not None:
            self._tell(answer.error)
        elif self._refining is not None and answer.state == "done":
            self.editing.propose_value(f"Change: {self._refining}", self.editing.writing.schema, self._preview)
        elif answer.state == "done":
            self.describe_bar.hide()
            self._name_after_title()

    def _name_after_title(self) -> None:
        """Call a schema that has no name of its own as its title is."""
        row = self.library.desk.row
        title = self.editing.document.good.find("/title")
        if row is not None and row.name == "Untitled" and title is not None:
            self.library.rename(row.id, str(title.value()))

    def _show_uses(self, schema: int) -> None:
        def show(uses: Any) -> None:
            self.told.tell(f"Used by {_counted(uses.threads, 'thread')} and {_counted(uses.jobs, 'job')}.")

        self.library.used_by(schema, show)

    # Words

    def _tell(self, error: EngineError) -> None:
        place = f" ({error.where})" if error.where else ""
        self._trouble = f"{error.message}{place}" + (f" {error.advice}" if error.advice else "")
        self.told.tell(self._trouble)

    def _note(self, words: str) -> None:
        """Tell how something went, without taking away what went wrong beside it, as one of several files may."""
        if self._trouble and not self.told.isHidden() and self._trouble in self.told.words.text():
            words = f"{self._trouble} {words}"
        self.told.tell(words)

    # Life

    def _keep_settings(self) -> None:
        self._session.put_setting(_SETTINGS, self.editing.settings.to_json())
        self._show_profiles()

    def _keep_splits(self) -> None:
        sizes = [split.sizes() for split in (self.above, self.below, self.both)]
        self._session.put_setting(_SPLITS, sizes)

    def showEvent(self, event: QShowEvent) -> None:
        """Let samples follow the edits while the page can be seen."""
        super().showEvent(event)
        self.editing.trial.set_live(live=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Use the model no more while nobody looks."""
        super().hideEvent(event)
        self.editing.trial.set_live(live=False)


def _counted(found: Sized, what: str) -> str:
    return f"{figures.number(len(found))} {what}" if len(found) == 1 else f"{figures.number(len(found))} {what}s"
