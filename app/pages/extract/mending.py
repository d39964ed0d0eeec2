"""What went wrong: said in the strip, with a way on that leads to it, until what it is about has been set anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import ConstraintError, DocumentError, EngineError, ModelError, SchemaError

if TYPE_CHECKING:
    from app.pages.extract.setting_up import SettingUp
    from app.session import Session
    from app.widgets.trouble_strip import TroubleStrip
    from engine.model.client import ClientState


class Mending(QObject):
    """Keeps the strip to what is still so. `models_wanted` asks for the page of models."""

    models_wanted = Signal()

    def __init__(self, session: Session, strip: TroubleStrip, setting_up: SettingUp, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session.extractions
        self._strip = strip
        self._setting_up = setting_up
        self._setup = self._session.setup
        self._is_file = False
        strip.way_asked.connect(self._mend)
        setting_up.failed.connect(self._fail_file)
        setting_up.schema_set.connect(self._schema_set)
        self._session.setup_changed.connect(self._setup_changed)
        session.model_changed.connect(self._model_changed)

    def fail(self, error: EngineError) -> None:
        """Say what went wrong with what is set up."""
        self._setup, self._is_file = self._session.setup, False
        self._strip.show_error(error, _way(error))

    def _fail_file(self, error: EngineError) -> None:
        """Say why a file holds no schema. The one that is set is another: the way on is not to that."""
        self._setup, self._is_file = self._session.setup, True
        self._strip.show_error(error, "Choose another file")

    def _mend(self) -> None:
        error = self._strip.error
        if self._is_file:
            self._setting_up.choose_schema_file()
        elif isinstance(error, DocumentError):
            self._setting_up.offer_sources()
        elif isinstance(error, SchemaError | ConstraintError):
            self._setting_up.open_schema()
        elif isinstance(error, ModelError):
            self.models_wanted.emit()

    # What was mended

    def _schema_set(self) -> None:
        if self._is_file or isinstance(self._strip.error, SchemaError | ConstraintError):
            self._strip.withdraw()

    def _setup_changed(self) -> None:
        now = self._session.setup
        if now.schema_text != self._setup.schema_text:
            self._schema_set()
        if now.sources != self._setup.sources and isinstance(self._strip.error, DocumentError):
            self._strip.withdraw()

    def _model_changed(self, state: ClientState) -> None:
        if state.phase == "ready" and isinstance(self._strip.error, ModelError):
            self._strip.withdraw()


def _way(error: EngineError) -> str:
    if isinstance(error, DocumentError):
        return "Choose sources"
    if isinstance(error, SchemaError | ConstraintError):
        return "Open the schema"
    return "Open Models" if isinstance(error, ModelError) else ""
