"""The token of a hub account: for models that are handed out to those who accepted their terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout

from app.style import tokens
from app.widgets.controls import button, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.session.models import Downloads
    from app.style.theme import Theme

_STATES: Final = {
    "none": "No token is kept. Most models need none.",
    "kept": "A token is kept in the system's keyring.",
    "held": "This system has no keyring: the token is held until the program ends, and written nowhere.",
    "environment": "The token of the environment (HF_TOKEN) is used, whatever is kept here.",
}


class TokenDialog(QDialog):
    """A password field, and where the token is now. It is sent to the hub alone, and only with what is asked of it."""

    def __init__(self, theme: Theme, parent: QWidget, downloads: Downloads) -> None:
        super().__init__(parent)
        self._downloads = downloads
        self.setWindowTitle("Token of the hub")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QLineEdit()
        self.field.setFont(theme.fonts.text())
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText("hf_…")
        self.field.setAccessibleName("Token of the hub")
        self.state = label(theme, "", 12, ink="text2")
        self.state.setWordWrap(True)
        self.keep = button(theme, "Keep", "primary")
        self.keep.setDefault(True)
        self.forget = button(theme, "Forget it", "danger", name="Forget the token")
        about = label(
            theme,
            "Some models are handed out only to those who accepted their terms at the hub. A token of your account, "
            "which may read and nothing else, lets them be downloaded here. It is sent to the hub alone.",
            12,
            ink="text3",
        )
        about.setWordWrap(True)
        cancel = button(theme, "Cancel")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.forget)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(10)
        column.addWidget(label(theme, "Token of the hub", 15, 600))
        column.addWidget(about)
        column.addWidget(self.field)
        column.addWidget(self.state)
        column.addSpacing(4)
        column.addLayout(foot)
        self.setFixedWidth(460)
        cancel.clicked.connect(self.reject)
        self.keep.clicked.connect(self._keep)
        self.forget.clicked.connect(downloads.forget_token)
        self.field.textChanged.connect(self._show)
        downloads.changed.connect(self._show)
        downloads.read_token()
        self._show()

    def _show(self) -> None:
        state = self._downloads.token_state
        self.state.setText(_STATES.get(state, "") if state is not None else "Looking for a token…")
        self.forget.setVisible(state in {"kept", "held"})
        self.keep.setEnabled(bool(self.field.text().strip()))

    def _keep(self) -> None:
        token = self.field.text().strip()
        if token:
            self._downloads.put_token(token)
            self.accept()
