"""The door between pages and everything that is not Qt."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge import Bridge
from app.checks import SchemaCheck, check_schema, located
from app.exchange import Answer, Closed, Draft, Preview, build_request
from engine.errors import Cancelled, EngineError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.client import ClientState, ModelClient
    from engine.model.protocol import Finished, ModelInfo, Rendered, RequestEvent, Started
    from engine.store import Store

_SAVE_MS = 400
_CHECK_MS = 250
_RENDER_MS = 300
_KEEP_MS = 400
_MEMORY_MS = 2000
_DRAFT = "playground.draft"
_EXCHANGE = "playground.exchange"
_RATE_OVER_S = 1.5


class Session(QObject):
    """The one door between pages and everything that is not Qt."""

    model_changed = Signal(object)
    answer_changed = Signal(object)
    schema_checked = Signal(object)
    previewed = Signal(object)
    preview_failed = Signal(object)
    refused = Signal(object)
    rate_changed = Signal(object)
    memory_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, profile: Path, model_path: Path | None = None) -> None:
        super().__init__()
        self.profile = profile
        self.model: ClientState | None = None
        self.known_model: ModelInfo | None = None
        self.answer: Answer | None = None
        self.check: SchemaCheck | None = None
        self.preview: Preview | None = None
        self.rate: float | None = None
        self.memory: tuple[int, int] | None = None
        self._draft = Draft()
        self._settings: dict[str, Any] = {}
        self._held: Answer | None = None
        self._rates: list[tuple[float, int]] = []
        self._render_id: str | None = None
        self._previewed_for: tuple[str, Draft] | None = None
        self._bridge = Bridge(profile, model_path)
        self._bridge.model_changed.connect(self._model_changed)
        self._bridge.events_arrived.connect(self._events_arrived)
        self._bridge.failed.connect(self.failed)
        self._save_soon = self._later(_SAVE_MS, self._save_draft)
        self._check_soon = self._later(_CHECK_MS, self._check_draft)
        self._render_soon = self._later(_RENDER_MS, self._render_draft)
        self._keep_soon = self._later(_KEEP_MS, self._keep_answer)
        self._measure_often = QTimer(self)
        self._measure_often.setInterval(_MEMORY_MS)
        self._measure_often.timeout.connect(self._measure_memory)

    def _later(self, milliseconds: int, intent: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(intent)
        return timer

    # Life

    def restore(self) -> tuple[Draft | None, Answer | None]:
        """Read settings, draft and last exchange; waits for the store, which takes milliseconds."""

        def ask(store: Store) -> tuple[dict[str, Any], str | None, str | None]:
            return store.settings.all(), store.drafts.get(_DRAFT), store.drafts.get(_EXCHANGE)

        found = self._bridge.wait_for_store(ask)
        if found is None:
            return None, None
        self._settings, draft, exchange = found
        self.answer = Answer.from_text(exchange) if exchange else None
        if draft:
            self._draft = Draft.from_text(draft)
        return (self._draft if draft else None), self.answer

    def start(self) -> None:
        """Start the model behind the window, and the measurements of the status bar."""
        self._bridge.start_model()
        self._measure_often.start()
        self._measure_memory()

    def close(self) -> None:
        """Save what is unsaved and end everything that was started."""
        self._measure_often.stop()
        for timer, intent in ((self._save_soon, self._save_draft), (self._keep_soon, self._keep_answer)):
            if timer.isActive():
                timer.stop()
                intent()
        self._check_soon.stop()
        self._render_soon.stop()
        self._bridge.close()

    # Settings

    def setting(self, key: str, default: Any = None) -> Any:
        """Return a setting as it was restored or last put."""
        return self._settings.get(key, default)

    def put_setting(self, key: str, value: Any) -> None:
        """Save a setting."""
        if self._settings.get(key) == value:
            return
        self._settings[key] = value
        self._bridge.ask_store(lambda store: store.settings.put(key, value))

    # The draft

    @property
    def draft(self) -> Draft:
        """What Run would send."""
        return self._draft

    def edit(self, draft: Draft) -> None:
        """Take what a person has typed: it is saved, its schema checked and its prompt counted, each soon."""
        if draft == self._draft:
            return
        before, self._draft = self._draft, draft
        self._save_soon.start()
        if draft.format == "schema" and (before.schema != draft.schema or before.format != "schema"):
            self._check_soon.start()
        else:
            self._render_soon.start()

    def check_now(self) -> None:
        """Check the draft's schema without waiting for a pause in the typing."""
        self._check_soon.stop()
        self._check_draft()

    def _save_draft(self) -> None:
        text = self._draft.to_text()
        self._bridge.ask_store(lambda store: store.drafts.put(_DRAFT, text))

    def _check_draft(self) -> None:
        text = self._draft.schema
        self._bridge.check(lambda: check_schema(text), self._schema_checked)

    def _schema_checked(self, check: SchemaCheck) -> None:
        if check.text != self._draft.schema:
            return
        self.check = check
        self.schema_checked.emit(check)
        if check.valid:
            self._render_soon.start()

    # What the model would read

    def _render_draft(self) -> None:
        if self.model is None or self.model.phase != "ready" or (self.answer and self.answer.running):
            return
        draft = self._draft
        if draft.format == "schema" and not (self.check and self.check.text == draft.schema and self.check.valid):
            return
        self._render_id = f"render-{uuid.uuid4().hex}"
        self._previewed_for = (self._render_id, draft)
        request_id = self._render_id
        self._bridge.render(lambda: build_request(request_id, draft), self._preview_failed)

    def forget_preview(self) -> None:
        """Drop the preview, once what it was of is known to be wrong."""
        self.preview = None

    def _preview_failed(self, error: EngineError) -> None:
        self.preview = None
        draft = self._previewed_for[1] if self._previewed_for else self._draft
        if draft.format == "schema" and self.check is not None and self.check.text == draft.schema:
            self.check = located(self.check, error)
            self.schema_checked.emit(self.check)
        self.preview_failed.emit(error)

    def _rendered(self, event: Rendered) -> None:
        self.preview = Preview(
            event.prompt,
            event.prompt_tokens,
            tuple((entry.pointer, entry.keyword, entry.how) for entry in event.enforcement),
        )
        self.previewed.emit(self.preview)

    # Running

    def run(self, draft: Draft | None = None) -> None:
        """Send the draft (or another) to the model. It is saved first; what cannot be held to is refused."""
        if self.answer is not None and self.answer.running:
            return
        draft = draft or self._draft
        if not draft.prompt.strip():
            return
        if draft.format == "schema":
            text = draft.schema
            self._bridge.check(lambda: check_schema(text), lambda check: self._run_checked(draft, check))
        else:
            self._begin(draft)

    def _run_checked(self, draft: Draft, check: SchemaCheck) -> None:
        if draft.schema == self._draft.schema:
            self.check = check
            self.schema_checked.emit(check)
        if check.valid:
            self._begin(draft)
        else:
            self.refused.emit(check)

    def _begin(self, draft: Draft) -> None:
        if self.answer is not None and self.answer.running:
            return
        answer = Answer(uuid.uuid4().hex, draft, datetime.now(UTC).isoformat())
        self.answer = answer
        self._rates.clear()
        self.answer_changed.emit(answer)
        text = answer.to_text()

        def send(saved: bool | None) -> None:
            if saved is None:
                advice = "Choose another folder with --profile."
                error = StoreError("Nothing can be saved, so nothing is sent.", where=str(self.profile), advice=advice)
                self._fail(answer, error)
                return
            self._held = answer
            self._send_held()

        def save(store: Store) -> bool:
            store.drafts.put(_EXCHANGE, text)
            return True

        self._bridge.ask_store(save, send, lambda error: self._fail(answer, error))

    def _send_held(self) -> None:
        """Send the answer that waits for the model, once there is one; start the model where there is none."""
        answer = self._held
        if answer is None or self.model is None or self.model.phase == "loading":
            return
        if self.model.phase == "ready":
            self._held = None
            self._bridge.submit(lambda: build_request(answer.id, answer.draft), lambda error: self._fail(answer, error))
        else:
            self.restart_model()

    def stop(self) -> None:
        """Stop the answer that is being written; what there is of it is kept."""
        if self._held is not None:
            held, self._held = self._held, None
            self._fail(held, Cancelled("Stopped before the model had begun."))
        elif self.answer is not None and self.answer.running:
            self._bridge.cancel(self.answer.id)

    def _events_arrived(self, events: list[RequestEvent]) -> None:
        answer = self.answer
        grown = False
        for event in events:
            if event.id == self._render_id:
                if event.type == "rendered":
                    self._rendered(event)
                elif event.type == "failed":
                    self._preview_failed(event.error.error())
                continue
            if answer is None or event.id != answer.id:
                continue
            grown = True
            match event.type:
                case "started":
                    self._started(answer, event)
                case "text_delta":
                    answer.state = "writing"
                    answer.text = event.onto(answer.text)
                    if event.keep is not None:
                        answer.withdraw(event.keep)
                    answer.tokens += event.tokens
                    answer.forced += event.forced
                    self._note_rate(event.tokens)
                case "value_closed":
                    answer.closed[event.pointer] = Closed(event.start, event.end, event.mean_probability)
                case "finished":
                    self._finished(answer, event)
                case "failed":
                    answer.text = event.text or answer.text
                    answer.receipt = event.receipt.model_dump(mode="json") if event.receipt else None
                    self._fail(answer, event.error.error())
        if grown and answer is not None:
            if not self._keep_soon.isActive():
                self._keep_soon.start()
            self.answer_changed.emit(answer)

    def _started(self, answer: Answer, event: Started) -> None:
        answer.state = "reading"
        answer.prompt_tokens = event.prompt_tokens

    def _finished(self, answer: Answer, event: Finished) -> None:
        receipt = event.receipt
        answer.state = "done"
        answer.text = event.text
        answer.receipt = receipt.model_dump(mode="json")
        answer.tokens = receipt.generated_tokens or answer.tokens
        answer.forced = receipt.forced_tokens or answer.forced
        writing = receipt.total_s - (receipt.first_token_s or 0.0)
        self._say_rate(answer.tokens / writing if writing > 0 else None)
        self._render_soon.start()

    def _fail(self, answer: Answer, error: EngineError) -> None:
        answer.state = "stopped" if isinstance(error, Cancelled) else "failed"
        answer.error = error
        blamed = error.where is not None and error.where[:1] in "/#" and not answer.text
        if blamed and self.check is not None and answer.draft.schema == self._draft.schema:
            self.check = located(self.check, error)
            self.schema_checked.emit(self.check)
        self._keep_soon.start()
        self.answer_changed.emit(answer)

    def _note_rate(self, tokens: int) -> None:
        now = time.monotonic()
        self._rates.append((now, tokens))
        while self._rates and now - self._rates[0][0] > _RATE_OVER_S:
            self._rates.pop(0)
        span = now - self._rates[0][0]
        if span > 0.2:
            self._say_rate(sum(count for _, count in self._rates[1:]) / span)

    def _say_rate(self, rate: float | None) -> None:
        self.rate = rate
        self.rate_changed.emit(rate)

    def _keep_answer(self) -> None:
        if self.answer is None:
            return
        text = self.answer.to_text()
        self._bridge.ask_store(lambda store: store.drafts.put(_EXCHANGE, text))

    def forget_answer(self) -> None:
        """Put the last exchange away, for a fresh page."""
        if self.answer is not None and not self.answer.running:
            self.answer = None
            self._bridge.ask_store(lambda store: store.drafts.forget(_EXCHANGE))
            self.answer_changed.emit(None)

    # The model and the machine

    def _model_changed(self, state: ClientState) -> None:
        ready = state.phase == "ready" and (self.model is None or self.model.phase != "ready")
        self.model = state
        self.known_model = state.model or self.known_model
        self.model_changed.emit(state)
        if ready:
            self._render_soon.start()
        if self._held is not None and state.phase == "failed" and state.error is not None:
            held, self._held = self._held, None
            self._fail(held, state.error)
        else:
            self._send_held()

    def restart_model(self) -> None:
        """Start the host again after it failed."""

        def start(client: ModelClient) -> None:
            client.start()

        self._bridge.ask_model(start)

    @property
    def host_pid(self) -> int | None:
        """The process id of the model's host."""
        return self._bridge.host_pid

    def _measure_memory(self) -> None:
        self._bridge.memory(self._say_memory)

    def _say_memory(self, measured: tuple[int, int]) -> None:
        self.memory = measured
        self.memory_changed.emit(measured)
