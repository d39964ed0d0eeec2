"""The fields of an endpoint: where it is, what it is called, and how much is asked of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.pages.models.fields import ChoiceBox, NumberField, field_row
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import icon_button, label, set_icon

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.remote.endpoint import Capabilities, Endpoint

_NAMES: Final = 128
_LIMITS: Final = (
    ("30 seconds", 30.0),
    ("1 minute", 60.0),
    ("2 minutes", 120.0),
    ("5 minutes", 300.0),
    ("15 minutes", 900.0),
)
_KEPT: Final = "A key is kept"


class EndpointForm(QWidget):
    """Name, address, key, model, and three limits. `changed` tells of any of them."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._endpoint: Endpoint | None = None
        self._key_known = False
        self.name = _line(theme, "Name", "What you call it")
        self.url = _line(theme, "Address", "https://host:8000/v1")
        self.wrong = label(theme, "", 12, ink="brick")
        self.wrong.setWordWrap(True)
        self.key = _line(theme, "Key", "None is needed")
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.show_key = icon_button(theme, "eye", "Show the key while it is typed")
        self.show_key.setCheckable(True)
        self.show_key.toggled.connect(self._show_key)
        self.keyring = label(theme, "Kept in the system's keyring, never in files, logs or receipts.", 12, ink="text3")
        self.keyring.setWordWrap(True)
        self.model = QComboBox()
        self.model.setEditable(True)
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.model.setFont(theme.fonts.text())
        self.model.setAccessibleName("Model")
        set_kind(self.model, "field")
        self.concurrency = NumberField(theme, "Requests at once", 1, 256)
        self.seconds = ChoiceBox(theme, "Longest wait for an answer")
        self.attempts = NumberField(theme, "Attempts", 1, 20)
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        edit = self.model.lineEdit()
        assert edit is not None, "the box can be typed into"
        edit.setPlaceholderText("Press Check to choose")
        edit.setAccessibleName("Model")
        keys = QWidget()
        row = QHBoxLayout(keys)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.key, 1)
        row.addWidget(self.show_key)
        for name, field in (
            ("Name", self.name), ("Address", self.url), ("", self.wrong), ("Key", keys), ("", self.keyring),
            ("Model", self.model), ("Requests at once", self.concurrency), ("Longest wait", self.seconds),
            ("Attempts", self.attempts),
        ):  # fmt: skip
            made = field_row(self._theme, name, field, _NAMES)
            column.addWidget(made)
            if field is self.wrong:
                self._wrong_row = made
                made.hide()

    def _connect(self) -> None:
        for line in (self.name, self.url, self.key):
            line.textEdited.connect(lambda _: self.changed.emit())
        self.url.editingFinished.connect(self._check_address)
        self.model.currentTextChanged.connect(lambda _: self.changed.emit())
        for number in (self.concurrency, self.attempts):
            number.edited.connect(self.changed)
        self.seconds.picked.connect(self.changed)

    def _show_key(self, shown: bool) -> None:
        self.key.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        set_icon(self._theme, self.show_key, "eye-slash" if shown else "eye")

    # What is set

    def show_endpoint(self, endpoint: Endpoint, *, has_key: bool | None) -> None:
        """Show an endpoint; of its key no more than whether there is one."""
        self._endpoint = endpoint
        self.name.setText(endpoint.name)
        self.url.setText(endpoint.url)
        self.show_key_known(has_key=has_key)
        self.offer_models(endpoint.capabilities.models if endpoint.capabilities is not None else (), endpoint.model)
        self.concurrency.show_value(endpoint.concurrency)
        self.seconds.offer(_LIMITS, endpoint.seconds)
        if endpoint.seconds not in [seconds for _, seconds in _LIMITS]:
            self.seconds.setItemText(self.seconds.count() - 1, f"{endpoint.seconds:g} seconds")
        self.attempts.show_value(endpoint.attempts)

    def show_key_known(self, *, has_key: bool | None) -> None:
        """Say whether a key is kept."""
        self._key_known = bool(has_key)
        self.key.setPlaceholderText(_KEPT if has_key else "None is needed")

    def offer_models(self, models: tuple[str, ...], chosen: str) -> None:
        """Offer the models that a server has told of; the first where none was chosen."""
        self.model.blockSignals(True)
        self.model.clear()
        self.model.addItems(list(models))
        self.model.setCurrentText(chosen or (models[0] if models else ""))
        self.model.blockSignals(False)
        self.model.setToolTip(plain_tip(self.model.currentText()))

    @property
    def typed_key(self) -> str | None:
        """The key that was typed; None where it was left alone."""
        return self.key.text().strip() or None

    @property
    def problem(self) -> str:
        """Why this cannot be asked or kept yet; "" where it can."""
        from engine.errors import InvalidRequest
        from engine.remote.address import parse_address

        if not self.url.text().strip():
            return "An address is needed."
        try:
            parse_address(self.url.text().strip())
        except InvalidRequest as error:
            return error.message
        if not (self.concurrency.right and self.attempts.right):
            return "A number is out of its range."
        return ""

    def _check_address(self) -> None:
        wrong = self.problem if self.url.text().strip() else ""
        self.wrong.setText(wrong)
        self._wrong_row.setVisible(bool(wrong))
        set_kind(self.url, "error" if wrong else "")

    def endpoint(self, capabilities: Capabilities | None = None) -> Endpoint | None:
        """Return the endpoint as it stands there, with what its server understands; None where it cannot be one."""
        from engine.remote.address import parse_address

        if self._endpoint is None or self.problem:
            return None
        url = parse_address(self.url.text().strip())
        return self._endpoint.model_copy(
            update={
                "name": self.name.text().strip() or url.split("//", 1)[-1].split("/", 1)[0],
                "url": url,
                "model": self.model.currentText().strip(),
                "concurrency": self.concurrency.value,
                "seconds": self.seconds.currentData(),
                "attempts": self.attempts.value,
                "capabilities": capabilities,
            }
        )


def _line(theme: Theme, name: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setFont(theme.fonts.text())
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    made.setMaxLength(2000)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made
