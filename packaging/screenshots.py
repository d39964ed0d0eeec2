"""Pictures of every page in real states, with the bundled model: `python packaging/screenshots.py [FOLDER]`.

Each state is painted at 1280 x 800 and 1920 x 1080 in both themes. `--readme` also writes the README's pictures,
with their palette reduced, into resources/pictures.
"""

# ruff: noqa: E402 -- the repository need not be installed: its root is put on the path first
from __future__ import annotations

import argparse
import itertools
import os
import signal
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.imports import take_back_import

take_back_import()

import picture_models
from picture_invoices import INSTRUCTIONS, make_folder, truth, truth_lines
from picture_invoices import SCHEMA as INVOICE
from picture_settings import walk_settings

from app.pages.playground.example import EXAMPLE
from app.scale import scaled
from app.session import Session
from app.style.theme import Theme
from app.window import Window
from engine.interface.acting import Send
from engine.schema.editing import Set
from engine.settings import SCALES
from engine.store import Store
from engine.store.profile import default_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget

    from app.exchange import Draft
    from app.pages.extract.page import ExtractPage
    from app.pages.interface.page import InterfacePage
    from app.pages.interface.stage import Device
    from app.pages.schemas.page import SchemasPage
    from app.session.extraction import Extractions
    from app.session.interfaces import Interfaces
    from engine.settings import Size

SIZES = ((1280, 800), (1920, 1080))
THEMES = ("light", "dark")
PATIENCE_MS = 600_000
README = (
    "playground-streaming-1280x800-light",
    "playground-failed-1280x800-dark",
    "playground-done-1920x1080-light",
    "playground-tokens-1280x800-light",
    "playground-compare-1280x800-dark",
    "schemas-1280x800-light",
    "extract-review-1280x800-light",
    "extract-running-1280x800-dark",
    "interface-example-1280x800-light",
    "interface-wizard-1280x800-dark",
    "models-1280x800-light",
    "models-tight-1280x800-dark",
    "settings-search-1280x800-light",
)
BROKEN = EXAMPLE.schema.replace('"type": "integer"', '"type": "whole"')
REASONED = """\
{
  "type": "object",
  "properties": {
    "reasoning": { "type": "string", "maxLength": 160 },
    "sentiment": { "enum": ["good", "mixed", "bad"] },
    "topics": {
      "type": "array",
      "items": { "type": "string", "maxLength": 20 },
      "minItems": 1,
      "maxItems": 3
    },
    "summary": { "type": "string", "maxLength": 120 }
  },
  "required": ["reasoning", "sentiment", "topics", "summary"],
  "additionalProperties": false
}
"""
QUESTIONS = (
    "What is an espalier? Two sentences, please.",
    "Which trees are used for it?",
    "And when are they pruned?",
)
SCREENS = (
    "A sign-up form for a gardening course: name, e-mail, level, and a button to send it",
    "A dashboard of a greenhouse: temperature, humidity, water used today, and a table of the last waterings",
    "A form to report a broken street lamp: where, what is wrong, a photo, and a button",
    "A contact form with name, e-mail and a message",
)
SHOWN = (
    ("Support triage, five labels", "schema", "", True, 4),
    ("Two currencies on one invoice", "schema", "invoices", False, 1),
    ("Credit notes: sign of the total", "schema", "invoices", False, 6),
    ("VAT id pattern, EU 27", "regex", "invoices", False, 9),
    ("A settings page, first try", "json", "sketches", False, 12),
    ("Rate a product review, with reasons", "schema", "", False, 1),
    ("Meeting notes to actions", "schema", "", False, 2),
    ("Address parser", "regex", "", False, 3),
    ("Plain chat about pruning", "text", "", False, 40),
)
REVIEW = "Read this review into the schema.\n\nThe trees came a week late, but they were well packed and all took root."


DRAWN = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "invoice",
  "type": "object",
  "additionalProperties": false,
  "required": ["reasoning", "vendor", "number", "total"],
  "properties": {
    "reasoning": { "type": "string", "maxLength": 240 },
    "vendor": { "$ref": "#/$defs/party" },
    "number": { "type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$" },
    "issued": { "type": "string", "format": "date" },
    "line_items": {
      "type": "array", "minItems": 1, "maxItems": 40,
      "uniqueItems": true,
      "items": {
        "type": "object",
        "properties": {
          "description": { "type": "string", "maxLength": 60 },
          "qty": { "type": "integer", "minimum": 1, "maximum": 99 },
          "unit_price": { "type": "number", "minimum": 0 }
        },
        "required": ["description", "qty", "unit_price"]
      }
    },
    "total": { "type": "number", "minimum": 0 },
    "paid": { "type": "boolean" },
    "notes": { "type": ["string", "null"], "examples": ["Due in 30 days"] }
  },
  "$defs": {
    "party": {
      "type": "object",
      "additionalProperties": false,
      "required": ["name", "country"],
      "properties": {
        "name": { "type": "string", "minLength": 1, "maxLength": 60 },
        "country": { "enum": ["DE", "FR", "IT", "NL", "PL", "UK"] }
      }
    }
  }
}
"""


class Studio:
    """The window, walked through its states; each state is pictured in every size and theme."""

    def __init__(self, app: QApplication, folder: Path, profile: Path, only: str, size: Size = "normal") -> None:
        self.app = app
        self.size = size
        self.folder = folder
        self.only = only
        furnish(profile)
        self.session = Session(profile)
        self.session.restore(EXAMPLE)
        self.session.library.refresh()
        self.theme = Theme(app, "light")
        self.window = Window(self.theme, self.session)
        self.window.restore()
        self.window.show()
        self.session.chat.create(EXAMPLE)
        self._steps = self._walk()
        self._until: Callable[[], bool] = lambda: True
        self._timer = QTimer()
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._step)
        self._timer.start()

    def _step(self) -> None:
        if not self._until():
            return
        try:
            self._until = next(self._steps)
        except StopIteration:
            self._timer.stop()
            self.window.close()
            self.app.quit()

    def picture(self, name: str, settling: int = 30) -> Iterator[Callable[[], bool]]:
        """Paint the window as it is, in every size and theme; each needs a turn of the event loop to be laid out.

        `settling` is how long that takes in milliseconds: pages of documents are drawn anew for each size.
        """
        for width, height in SIZES:
            for theme in THEMES:
                full = f"{name}-{width}x{height}-{theme}"
                if self.only not in full:
                    continue
                self.theme.choose(theme)
                factor = SCALES[self.size]
                self.window.resize(round(width / factor), round(height / factor))
                yield self.idle(settling)
                self._save(name, (width, height), theme)

    def picture_dialog(self, name: str, dialog: QWidget) -> Iterator[Callable[[], bool]]:
        """Paint a dialog that is open, in every theme."""
        for theme in THEMES:
            if self.only in f"{name}-{theme}":
                self.theme.choose(theme)
                yield self.idle(200)
                dialog.grab().save(str(self.folder / f"{name}-{theme}.png"))

    def _save(self, name: str, size: tuple[int, int], theme: str) -> None:
        suffix = "" if self.size == "normal" else f"-{self.size}"
        self.window.grab().save(str(self.folder / f"{name}-{size[0]}x{size[1]}-{theme}{suffix}.png"))

    def _begin(self, draft: Draft, title: str = "") -> Callable[[], bool]:
        """Begin a thread with a draft."""
        chat, library = self.session.chat, self.session.library
        chat.create(draft)

        def begun() -> bool:
            if self.session.desk.draft != draft or len(chat.conversation):
                return False
            if title:
                library.rename(chat.id, title)
            return True

        return begun

    def _run(self) -> Callable[[], bool]:
        before = self.session.chat.answer
        self.window.playground.run()
        return lambda: self.session.chat.answer is not before and self._ended()

    def _writing(self, tokens: int) -> Callable[[], bool]:
        before = self.session.chat.answer

        def written() -> bool:
            answer = self.session.chat.answer
            return answer is not None and answer is not before and answer.tokens > tokens

        return written

    def _ended(self) -> bool:
        return self.session.chat.answer is not None and not self.session.chat.answer.running

    def idle(self, milliseconds: int) -> Callable[[], bool]:
        """Return what becomes true after so many milliseconds."""
        passed = [False]
        QTimer.singleShot(milliseconds, lambda: passed.__setitem__(0, True))
        return lambda: passed[0]

    def _walk(self) -> Iterator[Callable[[], bool]]:
        page, session, window = self.window.playground, self.session, self.window
        for beginning, walk in (
            ("schemas", self._walk_schemas),
            ("interface", self._walk_interface),
            ("extract", self._walk_extract),
            ("models", partial(picture_models.walk, self)),
            ("settings", lambda: walk_settings(self)),
        ):
            if self.only.startswith(beginning):
                session.start()
                yield lambda: session.model is not None and session.model.phase == "ready"
                yield from walk()
                return
        yield self.idle(300)
        yield from self.picture("playground-starting")
        session.start()
        yield lambda: session.model is not None and session.model.phase == "ready"
        yield lambda: session.desk.preview is not None
        yield self.idle(2200)
        yield from self.picture("playground-first")
        page.composer.write("")
        yield self.idle(100)
        yield from self.picture("playground-empty")
        for number, (size, theme) in enumerate(itertools.product(SIZES, THEMES)):
            yield self._begin(EXAMPLE, "Invoice NB-2024-1047" if not number else f"The same, once more ({number})")
            self.theme.choose(theme)
            self.window.resize(*size)
            yield self.idle(600)
            writing = self._writing(92)
            page.run()
            yield writing
            self._save("playground-streaming", size, theme)
            yield self._ended
        yield self.idle(900)
        for name in ("Read", "JSON", "Receipt"):
            page.answer.choose(name)
            yield from self.picture(f"playground-{'done' if name == 'Read' else name.lower()}")
        page.answer.choose("Tokens")
        yield self.idle(300)
        page.answer.tokens.text.setFocus()
        yield from self.picture("playground-tokens")
        page.answer.choose("Read")
        yield from self._walk_threads()
        window.open_palette()
        window.palette_view.field.setText("re")
        yield from self.picture("palette")
        window.palette_view.close_palette()
        page.show_exact_prompt()
        dialog = page._dialog  # noqa: SLF001 -- the dialog is part of what is pictured
        assert dialog is not None
        for theme in THEMES:
            self.theme.choose(theme)
            dialog.grab().save(str(self.folder / f"prompt-{theme}.png"))
        dialog.close()

        for limit, name in ((101, "closed"), (70, "failed")):
            yield self._begin(replace(EXAMPLE, max_tokens=limit), f"Invoice, at most {limit} tokens")
            yield self.idle(500)
            yield self._run()
            yield self.idle(600)
            yield from self.picture(f"playground-{name}")

        yield self._begin(replace(EXAMPLE, max_tokens=511), "Invoice, host killed")
        yield self.idle(500)
        writing = self._writing(40)
        page.run()
        yield writing
        assert session.host_pid is not None
        os.kill(session.host_pid, signal.SIGKILL)
        yield self._ended
        yield self.idle(300)
        yield from self.picture("playground-crashed")
        window.show_page("Models")
        yield from self.picture("models-crashed")
        window.show_page("Playground")
        session.restart_model()
        yield lambda: session.model is not None and session.model.phase == "ready"

        yield self._begin(replace(EXAMPLE, prompt=REVIEW, schema=REASONED), "Rate a review, with its reasons")
        yield self.idle(500)
        yield self._run()
        yield self.idle(600)
        page.answer.stem.setFocus()
        yield from self.picture("playground-reasoning")

        yield self._begin(replace(EXAMPLE, schema=BROKEN), "A schema with a slip")
        yield lambda: bool(page.inspector.response.schema.problems)
        page.run()
        yield self.idle(500)
        yield from self.picture("playground-invalid")
        yield self._begin(replace(EXAMPLE, format="text", prompt="What is an espalier?", max_tokens=80))
        yield self.idle(500)
        yield self._run()
        yield self.idle(600)
        yield from self.picture("playground-text")
        yield from self._walk_schemas()
        yield from self._walk_interface()
        yield from self._walk_extract()
        yield from picture_models.walk(self)
        window.show_page("Settings")
        yield from self.picture("settings")

    def _walk_threads(self) -> Iterator[Callable[[], bool]]:
        """Walk through a conversation with branches, the search, the bin and a comparison."""
        page, chat, session = self.window.playground, self.session.chat, self.session
        talk = replace(EXAMPLE, format="text", max_tokens=60, temperature=0.7, seed=3)
        yield self._begin(replace(talk, prompt=QUESTIONS[0]), "Plain talk about espaliers")
        for question in QUESTIONS:
            page.composer.write(question)
            yield self.idle(400)
            yield self._run()
        page.inspector.sampling.seed.set_value(8)
        page.run_again()
        yield self._ended
        yield self.idle(500)
        bar = page.conversation.verticalScrollBar()
        bar.setValue(bar.value() - 330)
        yield from self.picture("playground-conversation")
        page.edit_message()
        yield lambda: session.desk.editing is not None
        yield from self.picture("playground-editing")
        page.leave_editing()
        page.threads.search.setText("espalier")
        yield lambda: page.threads.results_model.rowCount() > 0
        yield from self.picture("playground-search")
        page.threads.search.setText("")
        session.library.delete([row.id for row in session.library.threads if "once more" in row.title])
        yield self.idle(300)
        yield from self.picture("playground-undo")
        page.threads.show_bin()
        yield from self.picture("playground-bin")
        page.threads.show_current(chat.id)
        page.threads._leave_bin()  # noqa: SLF001 -- as the button does
        yield self._begin(EXAMPLE, "Invoice, two temperatures")
        yield self._run()
        page._fill(replace(EXAMPLE, prompt="", temperature=0.8, seed=5))  # noqa: SLF001
        page.run_again()
        yield self._ended
        yield self.idle(400)
        session.comparison.compare_answers()
        yield self.idle(900)
        yield from self.picture("playground-compare")
        session.comparison.close()
        yield self.idle(200)

    def _walk_schemas(self) -> Iterator[Callable[[], bool]]:
        """Walk through the editor: an example, a schema with problems, one whose text is broken, its dialogs."""
        self.window.show_page("Schemas")
        page = cast("SchemasPage", self.window.page("Schemas"))
        editing = page.editing

        def sampled() -> bool:
            return bool(editing.trial.samples) and not editing.trial.running and not editing.trial.stale

        yield lambda: bool(page.library.examples) and page.library.known
        editing.show_example(next(each for each in page.library.examples if each.key == "schemas/org_chart"))
        yield sampled
        for row in ("/properties/leader", "/$defs"):
            page.tree.view.reveal(row)
            page.tree.view.expand(page.tree.view.currentIndex())
        yield self.idle(300)
        yield from self.picture("schemas-example")
        editing.make("invoice", DRAWN)
        yield lambda: editing.document.text == DRAWN and editing.editable
        yield sampled
        quantity = "/properties/line_items/items/properties/qty"
        editing.apply(Set(f"{quantity}/minimum", 9), Set(f"{quantity}/maximum", 1), label="Bounds")
        yield lambda: editing.examination is not None and editing.examination.planned
        page.tree.view.expandRecursively(page.tree_model.index_of(""), 2)
        page.tree.view.select(["/properties/issued"])
        page.tree.view.setFocus()
        yield self.idle(500)
        yield from self.picture("schemas")
        page.library.desk.save_version("with line items")
        yield self.idle(300)
        place = page.text.view.schema.text.index('"number"')
        page.text.view.setFocus()
        editing.document.type(place, place + 1, "")
        yield self.idle(600)
        yield from self.picture("schemas-stale")
        editing.undo()
        yield self.idle(600)
        page.describe()
        page.describe_bar.sentence.setText("Add the buyer, with a name and a VAT number")
        yield self.idle(200)
        yield from self.picture("schemas-describe")
        page.describe_bar.close_bar()
        for name, show in (("strict", lambda: page.rewrite("strict")), ("versions", page.show_versions)):
            show()
            yield lambda: QApplication.activeModalWidget() is not None
            dialog = QApplication.activeModalWidget()
            yield self.idle(800)
            for theme in THEMES:
                self.theme.choose(theme)
                yield self.idle(50)
                dialog.grab().save(str(self.folder / f"schemas-{name}-{theme}.png"))
            dialog.close()
            yield self.idle(200)

    def _walk_interface(self) -> Iterator[Callable[[], bool]]:
        """Walk through generated interfaces: the gallery, worked examples, one that the model writes, variants."""
        self.window.show_page("Interface")
        page = cast("InterfacePage", self.window.page("Interface"))
        session = page.session

        def pictured() -> bool:
            return page.gallery.model.rowCount() > 0 and page.pictures.idle

        def shown(title: str) -> Callable[[], bool]:
            return lambda: session.title == title and session.tree is not None

        yield pictured
        for theme in THEMES:
            self.theme.choose(theme)
            yield self.idle(100)
            yield pictured
        yield self.idle(200)
        yield from self.picture("interface-gallery")

        page.open_example("dashboard")
        yield shown("Sales this year")
        yield self.idle(300)
        page.choose(next(row.path for row in page.tree.model.rows() if row.type == "metric"))
        yield from self.picture("interface-example")
        page.tree.part.choose_tab("Properties")
        page.choose(next(row.path for row in page.tree.model.rows() if row.type == "button"))
        yield from self.picture("interface-properties")
        page.tree.part.choose_tab("JSON")
        page.preview.scrubber.go(180)
        yield self.idle(200)
        yield from self.picture("interface-scrubbed")
        page.showing.come_back()

        for key, title, device in (
            ("wizard", "Book an appointment", "phone"),
            ("survey", "How was your stay?", "tablet"),
            ("settings", "Settings", "desktop"),
        ):
            page.open_example(key)
            yield shown(title)
            page.show_device(cast("Device", device))
            yield self.idle(300)
            yield from self.picture(f"interface-{key}")
        page.show_device("desktop")
        page.open_example("login")
        yield shown("Welcome back")
        yield self.idle(200)
        page.showing.sent.emit(Send("submit", "login", {"email": "mina@example.org", "stay": True}))
        yield from self.picture("interface-send")
        page.preview.send_bar.withdraw()

        for number, (size, theme) in enumerate(itertools.product(SIZES, THEMES)):
            page.new()
            yield lambda: not session.turns
            page.composer.write(SCREENS[number % len(SCREENS)])
            self.theme.choose(theme)
            self.window.resize(*size)
            yield self.idle(300)
            page.run()
            yield lambda: _is_under_way(session)
            self._save("interface-streaming", size, theme)
            yield lambda: session.running is None and bool(session.alternatives)
        yield self.idle(300)
        yield from self.picture("interface-done")
        first = next((row.path for row in page.tree.model.rows() if row.parent is not None), None)
        if first is not None:
            page.choose(first)
            page.asking.redo_part("In other words, please")
            yield lambda: session.running is None and session.alternatives[-1].kind == "redo"
            yield self.idle(300)
            yield from self.picture("interface-redone")
        page.composer.write("Ask for the phone number too")
        page.asking.run_variants(3)
        yield lambda: session.running is None and len(session.alternatives) == 3
        yield self.idle(300)
        yield from self.picture("interface-variants")
        page.escape()
        page.toggle_gallery()
        yield pictured
        yield from self.picture("interface-own")
        page.new()
        yield lambda: not session.turns
        page.composer.write(SCREENS[1])
        page.run()
        yield lambda: _is_under_way(session)
        assert self.session.host_pid is not None
        os.kill(self.session.host_pid, signal.SIGKILL)
        yield lambda: session.running is None
        yield self.idle(300)
        yield from self.picture("interface-failed")
        self.session.restart_model()
        yield lambda: self.session.model is not None and self.session.model.phase == "ready"

    def _walk_extract(self) -> Iterator[Callable[[], bool]]:
        """Walk through an extraction: the worked example, a folder while it is read, its review, what goes wrong."""
        self.window.show_page("Extract")
        page = cast("ExtractPage", self.window.page("Extract"))
        session = page.session

        def ended() -> bool:
            return session.state == "done" and not session.loading

        yield lambda: session.sources_found.count > 0 and bool(session.columns)
        yield from self.picture("extract-empty")

        # A home of its own, so that the folder's path reads as somebody's.
        home = self.session.profile / "home"
        folder = home / "Invoices" / "2024-03"
        make_folder(folder)
        os.environ["HOME"] = str(home)
        self.session.schemas.make("invoice v4", INVOICE, lambda row: session.set_schema(INVOICE, "invoice v4", row.id))
        session.set_sources([folder])
        session.set_instructions(INSTRUCTIONS)
        yield lambda: session.sources_found.count > 10 and len(session.columns) == 6
        page.run()
        yield lambda: session.id is not None
        page.ways.rename_open("March invoices")
        yield lambda: session.coverage.done + session.coverage.incomplete >= 6
        page.table.cells.setFocus()
        yield from self.picture("extract-running")
        yield ended
        session.set_share_right(0.98)
        review(session, truth(), leaving={"hargreaves-0311.pdf", "kestrel-24-032.pdf", "pemberton-q1.pdf"})
        yield self.idle(4_000)
        yield lambda: bool(session.to_review)
        page.next_to_review()
        shown = session.to_review[0].document
        yield lambda: page.document.document is not None and page.document.document.name == shown
        yield self.idle(1_800)
        yield from self.picture("extract-review", 700)
        page.reviewing.choose("hargreaves-0311.pdf", "/total")
        page.review.begin_edit()
        page.review.value.setText("twelve hundred")
        page.reviewing.edit("twelve hundred", page.review.refuse)
        yield self.idle(200)
        yield from self.picture("extract-editing", 700)
        page.review.end_edit()
        known = folder.parent / "march truth.jsonl"
        known.write_text(truth_lines(), "utf-8")
        session.set_truth(known)
        page.show_accuracy(shown=True)
        yield lambda: session.accuracy is not None
        yield self.idle(300)
        yield from self.picture("extract-accuracy", 700)
        page.show_accuracy(shown=False)
        yield from self._picture_popovers(page)
        session.set_instructions("Quote names as printed.")
        yield self.idle(200)
        yield from self.picture("extract-changed", 700)
        session.revert_setup()
        page.reviewing.choose("scan_0017.pdf", "")
        folder.rename(folder.with_name("2024-04"))
        session.run_failed()
        yield lambda: page.trouble.error is not None
        yield self.idle(300)
        yield from self.picture("extract-failed", 700)

    def _picture_popovers(self, page: ExtractPage) -> Iterator[Callable[[], bool]]:
        """Paint what opens below the buttons of the page."""
        for name, popover, show in (
            ("export", page.ways.export, page.ways.offer_export),
            ("options", page.setting_up.options, page.setting_up.offer_options),
            ("jobs", page.ways.jobs, page.ways.show_jobs),
        ):
            if self.only not in f"extract-{name}":
                continue
            for theme in THEMES:
                self.theme.choose(theme)
                show()
                yield self.idle(200)
                popover.grab().save(str(self.folder / f"extract-{name}-{theme}.png"))
                popover.hide()
                yield self.idle(50)


def review(session: Extractions, known: dict[str, dict[str, Any]], leaving: set[str]) -> None:
    """Say of the values of all documents but some whether they are right, as a person would who knows them."""
    for document, record in known.items():
        row = session.row(document)
        if row is None or document in leaving:
            continue
        for key, value in record.items():
            cell = row.cells.get(f"/{key}")
            if cell is not None and cell.value == value:
                session.accept(document, f"/{key}")
            elif value is None:
                session.set_absent(document, f"/{key}")
            else:
                session.edit(document, f"/{key}", "yes" if value is True else "no" if value is False else str(value))


def _is_under_way(session: Interfaces) -> bool:
    """Tell whether an interface is half written, or has ended before that could be seen."""
    running = session.running
    return running.tokens > 150 if running is not None else bool(session.alternatives)


def furnish(profile: Path) -> None:
    """Put some threads into a profile, so that its list looks like somebody's."""
    with Store(profile) as store:
        folder = store.threads.make_folder("Invoices")
        sketches = store.threads.make_folder("Interface sketches")
        day = datetime.now(UTC)
        for number, (title, kind, place, pinned, days) in enumerate(SHOWN):
            at = (day - timedelta(days=days, minutes=7 * number)).isoformat()
            held = {"invoices": folder.id, "sketches": sketches.id}.get(place)
            row = store.threads.create({"format": kind}, kind=kind, title=title, folder=held, created=at)
            store.messages.add(row.id, None, "user", f"{title}: what of the espalier?", created=at)
            store.threads.pin([row.id], pinned=pinned)


def reduce_for_readme(folder: Path) -> None:
    """Write the README's pictures, with few colours, so that they stay small."""
    from PIL import Image

    target = ROOT / "resources" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    for name in README:
        if not (folder / f"{name}.png").exists():
            continue  # not among those that were asked for with --only
        image = Image.open(folder / f"{name}.png").convert("RGB")
        path = target / f"{name.split('-1')[0]}-{name.rsplit('-', 1)[1]}.png"
        # Half the palette is the most frequent colours as they are, since whole grounds would be tinted otherwise;
        # the other half reaches to the rare ones, such as the few words that are plum.
        frequent = sorted(image.getcolors(image.width * image.height), reverse=True)[:128]
        rare = image.quantize(128, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
        chosen = Image.new("P", (1, 1))
        chosen.putpalette([channel for _, colour in frequent for channel in colour] + rare)
        few = image.quantize(palette=chosen, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="where the pictures go; default: a new temporary folder")
    parser.add_argument("--cache", type=Path, help="the model's cache; default: the profile's, so that it is shared")
    parser.add_argument("--only", default="", metavar="TEXT", help="only pictures whose name contains TEXT")
    sizes = "show everything in another size, as the settings can"
    parser.add_argument("--size", choices=tuple(SCALES), default="normal", help=sizes)
    parser.add_argument("--readme", action="store_true", help="also write resources/pictures")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="espalier-pictures-"))
    folder.mkdir(parents=True, exist_ok=True)
    cache = options.cache or default_profile() / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    with scaled(options.size):
        app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        (Path(profile) / "cache").symlink_to(cache.resolve(), target_is_directory=True)
        studio = Studio(app, folder, Path(profile), options.only, options.size)
        QTimer.singleShot(PATIENCE_MS, app.quit)
        app.exec()
        del studio
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    if options.readme:
        reduce_for_readme(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
