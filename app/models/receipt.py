"""A receipt as a table: what ran, so that it can be told and compared."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app import figures
from app.exchange import FORMATS
from app.models.dates import UNKNOWN, local
from app.models.enforcement import count_holdings, meaning_of
from app.style.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ENDS = {
    "stop": "complete",
    "length_closed": "closed by the shortest way, because the token limit was near",
    "constructed": "completed without the model, whose own values did not pass the checks",
    "token_limit": "stopped at the token limit",
    "context_full": "stopped at the end of the context",
    "cancelled": "stopped by you",
    "failed": "failed",
}
_GUARANTEES = {
    "by construction": "valid by construction: nothing else could be written",
    "checked": "valid or an error: written elsewhere, checked here",
}
_TEMPLATES = {"file": "from the file", "chatml": "ChatML", "chosen": "chosen here", "server": "the server's"}


def receipt_rows(receipt: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a receipt (as plain JSON) as names and values; a row with an empty value begins a section."""
    request, model = receipt["request"], receipt["model"]
    sampling, kind = request["sampling"], request["constraint"]["kind"]
    generated, forced = receipt["generated_tokens"], receipt["forced_tokens"]
    far = bool(model.get("endpoint"))  # receipts from before there were models elsewhere have none
    writing = receipt["total_s"] - (receipt["first_token_s"] or 0.0)
    shared = figures.number(receipt["shared_tokens"])
    rows = [
        ("Answer", ""),
        ("Ended", _ENDS.get(receipt["finish_reason"], receipt["finish_reason"])),
        ("Tokens", figures.number(generated) + ("" if far else f", of which {figures.number(forced)} forced")),
        (
            "Prompt",
            f"{figures.number(receipt['prompt_tokens'])} tokens, {shared} of them computed before",
        ),
        ("Decodes", figures.number(receipt["decodes"])),
        ("Time", f"{figures.number(receipt['total_s'], 2)} s" + _first(receipt["first_token_s"])),
        (
            "Speed",
            f"{figures.number(generated / writing)} tokens a second" if writing > 0 and generated else "not measured",
        ),
        ("Started", _moment(receipt["started_at"])),
    ]
    if receipt.get("rollbacks"):  # receipts from before there were checks have none
        times = "once" if receipt["rollbacks"] == 1 else f"{figures.number(receipt['rollbacks'])} times"
        rows.append(
            (
                "Written again",
                f"{times}, where a check failed; {figures.number(receipt['discarded_tokens'])} tokens taken back",
            )
        )
    rows += [("Tried before", _attempt(attempt)) for attempt in receipt.get("attempts", ())]
    if receipt["trimmed_characters"]:
        rows.append(("Left out", f"{figures.number(receipt['trimmed_characters'])} characters did not fit the context"))
    rows += [
        ("Constraint", ""),
        ("Format", FORMATS[kind].words if kind in FORMATS else kind),
    ]
    if kind != "text":
        rows.append(("Guarantee", _GUARANTEES[receipt.get("guarantee", "by construction")]))
    if receipt["schema_sha256"]:
        rows.append(("Schema SHA-256", receipt["schema_sha256"]))
    if receipt["enforcement"]:
        rows.append(("Keywords", count_holdings(entry["how"] for entry in receipt["enforcement"])))
    rows += [
        ("Sampling", ""),
        ("Temperature", "0, greedy" if sampling["temperature"] == 0 else f"{sampling['temperature']:g}"),
    ]
    if sampling["temperature"] > 0:
        rows += [("Top-p", f"{sampling['top_p']:g}"), ("Min-p", f"{sampling['min_p']:g}")]
    rows += [
        ("Repetition penalty", "off" if sampling["repetition_penalty"] == 1 else f"{sampling['repetition_penalty']:g}"),
        ("Seed", "none: the server takes none" if receipt["seed"] is None else str(receipt["seed"])),
        ("Reproducible", "yes, it ran alone" if request["reproducible"] else "not asked for"),
        (
            "Max tokens",
            figures.number(request["max_tokens"]) if request["max_tokens"] else "up to the end of the context",
        ),
        ("Model", ""),
        *_model_rows(model),
        ("Engine", receipt["engine_version"]),
    ]
    return rows


def _model_rows(model: dict[str, Any]) -> list[tuple[str, str]]:
    """Return which model ran: a file here, or what a server elsewhere calls by a name."""
    if model.get("endpoint"):
        return [
            ("Name", model["name"]),
            ("Asked at", model["endpoint"]),
            ("Context", f"{figures.number(model['context'])} tokens"),
        ]
    rows = [
        ("Name", f"{model['name']} {model['quantization']}"),
        ("Weights that ran", f"{model['layout']}, {'lossless' if model['lossless'] else 'lossy'}"),
        ("File", model["path"]),
        ("SHA-256", model["sha256"]),
    ]
    rows += [("Adapter", f"{each['path']}, scale {each['scale']:g}") for each in model.get("adapters", ())]
    return [
        *rows,
        ("Template", _TEMPLATES.get(model["template"], model["template"])),
        ("Context", f"{figures.number(model['context'])} of {figures.number(model['trained_context'])} trained"),
    ]


def _attempt(attempt: dict[str, Any]) -> str:
    """Return in one sentence what came of a go at an answer that is not the one told of here."""
    fields = attempt["error"]["fields"]
    where = f" ({fields['where']})" if fields.get("where") else ""
    took = f" after {figures.number(attempt['seconds'], 1)} s" if attempt["seconds"] else ""
    return f"{attempt['model']}{took}: {fields['message']}{where}"


def _all_rows(receipt: dict[str, Any]) -> list[tuple[str, str]]:
    rows = receipt_rows(receipt)
    if receipt["enforcement"]:
        rows.append(("How each keyword is held to", ""))
        rows += [
            (f"{entry['pointer']}/{entry['keyword']}", meaning_of(entry["how"])) for entry in receipt["enforcement"]
        ]
    return rows


def _moment(stamp: str) -> str:
    """Return an ISO 8601 moment as this machine's clock showed it."""
    at = local(stamp)
    return "not known" if at == UNKNOWN else f"{at:%Y-%m-%d %H:%M:%S}"


def _first(seconds: float | None) -> str:
    return f", first token after {figures.number(seconds, 2)} s" if seconds is not None else ""


class ReceiptTable(QAbstractTableModel):
    """Names and values, then every keyword of the schema with how it was held to."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str]] = []
        self._receipt: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """The receipt as JSON, for the clipboard."""
        return json.dumps(self._receipt, ensure_ascii=False, indent=2) if self._receipt else ""

    def show_receipt(self, receipt: dict[str, Any] | None) -> None:
        """Show a receipt, or nothing."""
        if receipt is self._receipt:
            return
        self.beginResetModel()
        self._receipt = receipt
        try:
            self._rows = _all_rows(receipt) if receipt else []
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            OverflowError,
        ):  # of an imported thread: anything may stand there
            self._rows = [("This receipt cannot be read; copied as JSON it is whole.", "")]
        self.endResetModel()

    def heading(self, row: int) -> bool:
        """Whether a row begins a section."""
        return not self._rows[row][1]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return 2: name and value."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a name or a value."""
        if not index.isValid():
            return None
        name, value = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (name, value)[index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(value or name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{name}: {value}" if value else name
        return None
