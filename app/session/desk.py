"""What stands ready in the open thread: the draft, its schema's check, and what the model would read."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.checks import SchemaCheck, check_schema, located
from app.exchange import Draft, Preview, build_request, spoken
from app.model_choice import LOCAL
from app.session.later import later
from app.session.reading import Wording, wording_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from app.exchange import Turn
    from engine.errors import EngineError
    from engine.model.client import ClientState
    from engine.model.protocol import Rendered, RequestEvent
    from engine.store import Store

    Ask = Callable[[Draft, Callable[[tuple[Turn, ...]], None]], None]

_SAVE_MS = 400
_CHECK_MS = 250
_RENDER_MS = 300


class Desk(QObject):
    """The draft of the open thread. It is saved, checked and counted soon after each edit.

    While a message is worded anew (`editing`), the draft is the new wording, kept apart from the thread's own, which
    comes back after. `changed` tells of another draft that nobody typed, `editing_changed` of the message that is
    worded anew or None, `schema_checked`, `previewed` and `preview_failed` of what became of the draft.
    """

    changed = Signal(object)
    editing_changed = Signal(object)
    schema_checked = Signal(object)
    previewed = Signal(object)
    preview_failed = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.check: SchemaCheck | None = None
        self.preview: Preview | None = None
        self.draft = Draft()
        self.editing: int | None = None
        self._unsent = ""
        self._bridge = bridge
        self._thread = 0
        self._turns: Ask | None = None
        self._model: ClientState | None = None
        self._saved = Draft()
        self._rendering: tuple[str, Draft] | None = None
        self._told: list[Turn] = []
        self._save_soon = later(self, _SAVE_MS, self.save)
        self._check_soon = later(self, _CHECK_MS, self._check)
        self._render_soon = later(self, _RENDER_MS, self._render)
        bridge.events_arrived.connect(self._events_arrived)

    # Intents

    def open(self, thread: int, draft: Draft, turns: Ask, wording: Wording | None = None) -> None:
        """Show another thread's draft, after saving this one's. `turns` asks for what would be told with it.

        `wording` is that of a message that was being edited when the thread was left.
        """
        self.save()
        draft = self._of_here(draft)
        self._unsent = draft.prompt
        if wording is not None:
            draft = replace(draft, prompt=wording.text)
        same_schema = draft.schema == self.draft.schema and draft.format == self.draft.format
        self._thread, self._turns = thread, turns
        self.draft = self._saved = draft
        self.preview = None
        self._rendering = None
        self._set_editing(wording.message if wording is not None else None)
        self.changed.emit(draft)
        if draft.format == "schema" and not (same_schema and self.check is not None):
            self.check_now()
        else:
            self._render_soon.start()

    def edit(self, draft: Draft) -> None:
        """Take what a person has typed."""
        draft = self._of_here(draft)
        if draft == self.draft:
            return
        before, self.draft = self.draft, draft
        self._save_soon.start()
        if draft.format == "schema" and (before.schema != draft.schema or before.format != "schema"):
            self._check_soon.start()
        else:
            self._render_soon.start()

    def _of_here(self, draft: Draft) -> Draft:
        """Return a draft that asks no model which is not in the list: one from elsewhere could name anything."""
        return replace(draft, model=self._bridge.known_choice(draft.model)) if draft.model else draft

    def word_anew(self, message: int, text: str) -> None:
        """Let a message be worded anew; the draft waits until that is asked or left."""
        self.save()
        if self.editing is None:
            self._unsent = self.draft.prompt
        self.draft = replace(self.draft, prompt=text)
        self._set_editing(message)
        self.changed.emit(self.draft)
        self._save_soon.start()

    def leave_wording(self) -> None:
        """Go back from the wording of a message to the draft as it was."""
        if self.editing is None:
            return
        key = wording_key(self._thread)
        self._bridge.ask_store(lambda store: store.drafts.forget(key))
        self._set_editing(None)
        self._put_prompt(self._unsent)

    def use_up(self) -> None:
        """Drop the prompt, which was sent and is saved with its message."""
        if self.editing is not None:
            self.leave_wording()
        else:
            self._put_prompt("")

    def _put_prompt(self, prompt: str) -> None:
        self._save_soon.stop()
        self.draft = replace(self.draft, prompt=prompt)
        self._saved = replace(self._saved, prompt=prompt)
        self.changed.emit(self.draft)
        if self.draft != self._saved:
            self._save_soon.start()

    def _set_editing(self, message: int | None) -> None:
        if message != self.editing:
            self.editing = message
            self.editing_changed.emit(message)

    def check_now(self) -> None:
        """Check the draft's schema without waiting for a pause in the typing."""
        self._check_soon.stop()
        self._check()

    def check_schema(self, draft: Draft, done: Callable[[SchemaCheck], None]) -> None:
        """Check the schema of a draft that is about to be run."""
        text = draft.schema

        def checked(check: SchemaCheck) -> None:
            self._checked(check)
            done(check)

        self._bridge.check(lambda: check_schema(text), checked)

    def blame(self, schema: str, error: EngineError) -> None:
        """Show an error at its place in the schema, where that is the draft's still."""
        if self.check is not None and self.check.text == schema == self.draft.schema:
            self.check = located(self.check, error)
            self.schema_checked.emit(self.check)

    def forget_preview(self) -> None:
        """Drop the preview, once what it was of is known to be wrong."""
        self.preview = None

    def render_soon(self) -> None:
        """Count the prompt again: what comes before it has changed."""
        self._render_soon.start()

    def take_state(self, state: ClientState) -> None:
        """Take in how the model is."""
        ready = state.phase == "ready" and (self._model is None or self._model.phase != "ready")
        self._model = state
        if ready:
            self._render_soon.start()

    def save(self) -> None:
        """Save the draft, if it has changed."""
        self._save_soon.stop()
        draft, before, thread = self.draft, self._saved, self._thread
        if not thread or draft == before:
            return
        self._saved = draft
        editing = self.editing

        def put(store: Store) -> None:
            if draft.prompt != before.prompt and editing is not None:
                store.drafts.put(wording_key(thread), Wording(editing, draft.prompt).to_text())
            elif draft.prompt != before.prompt:
                store.threads.keep_draft(thread, draft.prompt)
            if draft.settings() != before.settings():
                store.threads.keep_settings(thread, draft.settings(), kind=draft.format)

        def failed(error: EngineError) -> None:
            if thread == self._thread and self._saved == draft:
                self._saved = before  # to be tried again with the next edit, or at the end
            self._bridge.failed.emit(error)

        self._bridge.ask_store(put, None, failed)

    def close(self) -> None:
        """Save what is unsaved."""
        self.save()
        self._check_soon.stop()
        self._render_soon.stop()

    # Checks

    def _check(self) -> None:
        text = self.draft.schema
        self._bridge.check(lambda: check_schema(text), self._checked)

    def _checked(self, check: SchemaCheck) -> None:
        if check.text != self.draft.schema:
            return
        self.check = check
        self.schema_checked.emit(check)
        if check.valid:
            self._render_soon.start()

    # What the model would read

    def _render(self) -> None:
        draft = self.draft
        here = self._model is not None and self._model.phase == "ready"
        if self._turns is None or (draft.model == LOCAL and not here):
            return
        if draft.format == "schema" and not (self.check and self.check.text == draft.schema and self.check.valid):
            return
        request_id = f"render-{uuid.uuid4().hex}"
        self._rendering = (request_id, draft)

        def ask(turns: tuple[Turn, ...]) -> None:
            self._told = spoken(turns)
            self._bridge.render(lambda: build_request(request_id, draft, turns), self._preview_failed, draft.model)

        self._turns(draft, ask)

    def _events_arrived(self, events: list[RequestEvent]) -> None:
        for event in events:
            if self._rendering is None or event.id != self._rendering[0]:
                continue
            if event.type == "rendered":
                self._rendered(event)
            elif event.type == "failed":
                self._preview_failed(event.error.error())

    def _rendered(self, event: Rendered) -> None:
        self.preview = Preview(
            event.prompt,
            event.prompt_tokens,
            tuple((entry.pointer, entry.keyword, entry.how) for entry in event.enforcement),
            begins=self._told[event.dropped_messages].message if event.dropped_messages < len(self._told) else None,
        )
        self.previewed.emit(self.preview)

    def _preview_failed(self, error: EngineError) -> None:
        self.preview = None
        draft = self._rendering[1] if self._rendering else self.draft
        if draft.format == "schema":
            self.blame(draft.schema, error)
        self.preview_failed.emit(error)
