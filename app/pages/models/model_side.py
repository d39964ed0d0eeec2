"""The panel of a model of this machine, kept in step with the session."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.model_names import name_of
from app.models.load_choices import asked_of
from app.pages.models.measuring import Measuring
from app.pages.models.template_dialog import TemplateDialog

if TYPE_CHECKING:
    from app.pages.models.model_panel import ModelPanel
    from app.pages.models.ways import Ways
    from app.session import Session
    from app.session.models import Entry
    from app.style.theme import Theme
    from engine.model.fit import Fit
    from engine.model.protocol import LoadOptions, ModelInfo


class ModelSide(QObject):
    """Shows one entry at a time, and takes to the session what is set there.

    `told` brings something in words, with what takes it back.
    """

    told = Signal(str, object)

    def __init__(self, theme: Theme, session: Session, panel: ModelPanel, ways: Ways, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self._models = session.models
        self._panel = panel
        self._ways = ways
        self._key = ""
        self._measuring = Measuring(session, panel.benchmark, self)
        self.dialog: TemplateDialog | None = None
        panel.load_asked.connect(self.load)
        panel.load_with.changed.connect(self._put_options)
        panel.load_with.template_asked.connect(self.edit_template)
        panel.load_with.adapter_asked.connect(self._add_adapter)
        panel.fit.wanted.connect(self._put_options)
        panel.file.show_asked.connect(self.show_file)
        panel.file.pin_asked.connect(self._pin)

    @property
    def entry(self) -> Entry | None:
        """The model that is shown."""
        return self._models.entry(self._key)

    def show_entry(self, entry: Entry) -> None:
        """Show a model."""
        self._key = entry.key
        panel, info = self._panel, self.loaded_info(entry)
        panel.load_with.setVisible(entry.loadable)
        panel.benchmark.setVisible(entry.loadable)
        self._measuring.show_loaded(name_of(entry.file), self._sha256(entry, info), loaded=info is not None)
        panel.load_with.show_options(entry.options, entry.file.facts, self._models.build)
        panel.file.show_entry(entry, self._sha256(entry, info))
        self._show_fit(entry, info)
        self._show_deed(entry, info)

    def _sha256(self, entry: Entry, info: ModelInfo | None) -> str | None:
        return entry.sha256 or (info.sha256 if info is not None else None)

    def loaded_info(self, entry: Entry) -> ModelInfo | None:
        """Return how a model was loaded; None where it is not the one that answers."""
        info = self._models.loaded
        return info if info is not None and info.path == entry.key else None

    def _show_fit(self, entry: Entry, info: ModelInfo | None) -> None:
        fit: Fit | None = entry.fit
        self._panel.fit.setVisible(fit is not None)
        if fit is not None:
            same = info if info is not None and asked_of(info, entry.options) else None
            self._panel.fit.show_fit(fit, entry.options, same)

    def _show_deed(self, entry: Entry, info: ModelInfo | None) -> None:
        if not entry.loadable:
            self._panel.show_deed("", "")
        elif self._models.loading_key == entry.key:
            self._panel.show_deed("Loading…", "", able=False)
        elif entry.breaks_pin:
            self._panel.show_deed("Load", "It is not the file that was pinned. Unpin it to load it", able=False)
        elif info is not None:
            same = asked_of(info, entry.options)
            self._panel.show_deed("" if same else "Load again", "The settings hold once it is loaded again")
        else:
            now = self._models.loaded
            known = self._models.entry(now.path) if now is not None else None
            name = name_of(known.file) if known is not None else now.name if now is not None else ""
            self._panel.show_deed("Load", f"In the place of {name}" if name else "")

    # Deeds

    @property
    def can_load(self) -> bool:
        """Whether this is a model that can be loaded."""
        entry = self.entry
        loadable = entry is not None and entry.loadable and not entry.breaks_pin
        return loadable and self._models.loading_key != self._key

    def load(self) -> None:
        """Load it, or load it again."""
        if self.can_load:
            self._models.load(self._key)

    @property
    def can_reset(self) -> bool:
        """Whether it is loaded otherwise than its file says."""
        entry = self.entry
        return entry is not None and entry.own_options

    def reset(self) -> None:
        """Load it as its file says, from the next time on."""
        self._models.reset_options(self._key)

    def show_file(self) -> None:
        """Show the file in the system's file manager."""
        if self._key:
            self._ways.show_file(Path(self._key))

    def edit_template(self, text: str | None = None) -> None:
        """Open the editor of the chat template, with a preview that follows it; `text` is what was written before."""
        from engine.model.template import known_templates

        entry = self.entry
        if entry is None or entry.file.facts is None:
            return
        dialog = TemplateDialog(
            self._theme,
            self._panel.window(),
            name_of(entry.file),
            entry.options.template,
            entry.file.facts.template,
            [(each.name, each.source) for each in known_templates()],
            partial(self._models.preview_template, entry.key),
        )
        dialog.kept.connect(self._panel.load_with.put_template)
        dialog.dropped.connect(partial(self._template_dropped, entry.key, name_of(entry.file)))
        if text is not None:
            dialog.text.write(text)
        self.dialog = dialog
        dialog.finished.connect(self._template_closed)
        dialog.open()

    def _template_closed(self) -> None:
        self.dialog = None

    def _template_dropped(self, key: str, name: str, text: str) -> None:
        """Offer what was written in the dialog that was left."""

        def again() -> None:
            if self._key == key:
                self.edit_template(text)

        self.told.emit(f"The edited template of {name} is not used", again)

    def _pin(self, pinned: bool) -> None:
        (self._models.pin if pinned else self._models.unpin)(self._key)

    def _put_options(self, options: LoadOptions) -> None:
        if self.entry is not None:
            self._models.put_options(self._key, options)

    def _add_adapter(self) -> None:
        path = self._ways.choose_adapter()
        if path is not None:
            self._panel.load_with.add_adapter(path)
