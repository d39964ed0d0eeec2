"""Models elsewhere on the page: what is asked, what is said of it, and that nothing leaves before it was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.models.benchmark_words import BenchmarkShown, text_of
from app.models.endpoint_words import capability_lines, endpoint_lines, leaves_words
from app.pages.models.benchmark_section import BenchmarkSection
from app.pages.models.endpoint_dialog import EndpointDialog
from app.pages.models.page import ModelsPage
from app.pages.models.template_dialog import TemplateDialog
from engine.errors import EndpointUnreachable, InvalidRequest
from engine.model.bundled import bundled_model
from engine.remote.endpoint import Capabilities, Endpoint
from tests.engine.keyrings import MemoryKeyring, using_keyring
from tests.engine.remote.scripted import ScriptedServer, says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.models.model_list import ModelLine
    from app.style.theme import Theme
    from app.window import Window
    from engine.errors import EngineError
    from tests.engine.remote.scripted import Asked

FAR = Endpoint(id="far", name="The cluster", url="https://gpu.example.org:8000/v1", model="big")


@pytest.fixture(autouse=True)
def keyring() -> Iterator[MemoryKeyring]:
    made = MemoryKeyring()
    with using_keyring(made):
        yield made


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    def models(asked: Asked) -> None:
        asked.json({"object": "list", "data": [{"id": "big"}, {"id": "small"}]})

    with ScriptedServer([says("{}")], {"/v1/models": models}) as made:
        yield made


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> ModelsPage:
    window.show_page("Models")
    made = window.page("Models")
    assert isinstance(made, ModelsPage)
    qtbot.waitUntil(lambda: made.session.models.known and made.session.endpoints.known)
    return made


def line(page: ModelsPage, key: str) -> ModelLine | None:
    page.listing.show()
    return page.listing.rows.row_of(page.listing.rows.index_of_key(key))


def test_an_endpoint_is_added_checked_and_removed_with_a_way_back(
    page: ModelsPage, server: ScriptedServer, keyring: MemoryKeyring, qtbot: QtBot
) -> None:
    page.deeds.do("head:Elsewhere")
    dialog = page.elsewhere.dialog
    assert dialog is not None
    assert not dialog.check.isEnabled()
    QTest.keyClicks(dialog.form.name, "Cellar")
    QTest.keyClicks(dialog.form.url, server.url)
    QTest.keyClicks(dialog.form.key, "sk-secret")
    assert not dialog.keep.isEnabled(), "no model was chosen yet"
    assert server.asked == []
    dialog.check.click()
    qtbot.waitUntil(lambda: dialog.form.model.count() == 2)
    assert dialog.form.model.currentText() == "big"
    assert any("models there" in words for words in dialog.found.words)
    dialog.keep.click()
    (endpoint,) = page.session.endpoints.items
    assert (endpoint.name, endpoint.model, endpoint.url) == ("Cellar", "big", server.url)
    assert "sk-secret" not in endpoint.model_dump_json()
    qtbot.waitUntil(lambda: "sk-secret" in keyring.kept.values())
    key = f"endpoint:{endpoint.id}"
    row = line(page, key)
    assert row is not None
    assert (row.name, row.aside) == ("Cellar", "big")
    page.list.choose(key)
    assert "runs on this machine" in page.side.endpoint.leaves.text()
    page.deeds.remove(key)
    assert line(page, key) is None
    page.undo()
    assert line(page, key) is not None


def test_a_server_that_is_not_there_is_said_in_its_row(page: ModelsPage, qtbot: QtBot) -> None:
    page.session.endpoints.put(FAR.model_copy(update={"url": "http://127.0.0.1:9/v1"}), None)
    assert line(page, "endpoint:far") is not None
    page.deeds.do("endpoint:far")
    qtbot.waitUntil(lambda: "far" in page.listing.refused)
    row = line(page, "endpoint:far")
    assert row is not None
    assert row.said is not None
    assert row.said.shape == "cross"


def test_what_leaves_the_machine_is_said_with_the_host() -> None:
    (_, row) = endpoint_lines([FAR.model_copy(update={"capabilities": Capabilities(server="vllm")})])
    assert row.said is not None
    assert row.said.words == "gpu.example.org:8000, vLLM. Text leaves this machine."
    assert "gpu.example.org:8000" in leaves_words(FAR)
    (head, note) = endpoint_lines([])
    assert head.deed == "add_endpoint"
    assert note.kind == "note"


@pytest.mark.parametrize(
    ("structured", "shape", "words"),
    [
        ("json_schema", "check", "held by the server"),
        ("json_object", "triangle", "JSON only"),
        ("none", "triangle", "only checked here"),
    ],
)
def test_how_a_schema_is_held_is_one_plain_line(structured: str, shape: str, words: str) -> None:
    found = Capabilities.model_validate({"structured": structured})
    assert any(words in said and mark == shape for mark, _, said in capability_lines(found))


def test_a_changed_address_forgets_what_another_server_understood(theme: Theme, window: Window) -> None:
    known = FAR.model_copy(update={"capabilities": Capabilities(models=("big",))})
    dialog = EndpointDialog(theme, window, known, lambda *_: None, new=False, has_key=True)
    assert dialog.found.words
    dialog.form.url.setText("https://other.example.org/v1")
    dialog.form.url.textEdited.emit("")
    assert dialog.found.words == []
    kept: list[Endpoint] = []
    dialog.kept.connect(lambda endpoint, _: kept.append(endpoint))
    dialog.keep.click()
    assert kept[0].capabilities is None
    assert dialog.form.typed_key is None


def test_an_address_that_is_none_is_said_below_it(theme: Theme, window: Window) -> None:
    dialog = EndpointDialog(theme, window, FAR, lambda *_: None, new=False, has_key=False)
    dialog.form.url.setText("ftp://nowhere")
    dialog.form.url.editingFinished.emit()
    dialog.form.url.textEdited.emit("")
    assert dialog.form.wrong.text()
    assert not dialog.keep.isEnabled()
    dialog.reject()


def test_a_template_is_previewed_as_it_is_typed_and_a_broken_one_cannot_be_used(theme: Theme, window: Window) -> None:
    def preview(template: str | None, done: Callable[[str], None], failed: Callable[[EngineError], None]) -> None:
        if template is not None and "{%" in template:
            failed(InvalidRequest("It does not end.", where="line 1"))
        else:
            done(f"rendered {template or 'own'}")

    dialog = TemplateDialog(theme, window, "Tall-Tree", None, "own one", [("ChatML", "ml")], preview)
    assert dialog.rendered.whole == "rendered own"
    kept: list[str | None] = []
    dialog.kept.connect(kept.append)
    dialog.text.write("{% for")
    dialog._render()
    assert not dialog.keep.isEnabled()
    assert dialog.says.text() == "Line 1: It does not end."
    assert dialog.text.problems[0].line == 1
    dialog.text.write("mine")
    dialog._render()
    assert dialog.source.currentText() == "Edited"
    dialog.keep.click()
    assert kept == ["mine"]


def test_the_template_of_the_file_is_rendered_for_real(page: ModelsPage, qtbot: QtBot) -> None:
    assert line(page, str(bundled_model())) is not None
    page.list.choose(str(bundled_model()))
    page.showing.side.edit_template()
    dialog = page.showing.side.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "<|im_start|>assistant" in dialog.rendered.whole)
    dialog.reject()


def test_a_benchmark_shows_its_bars_its_history_and_copies_as_text(theme: Theme) -> None:
    section = BenchmarkSection(theme)
    assert not section.none.isHidden()
    first = BenchmarkShown("2026-03-18T09:02:00+00:00", {"unconstrained": 81.0, "masked": 88.0, "forced": 122.0})
    second = BenchmarkShown("2026-03-17T09:02:00+00:00", {"unconstrained": 80.0, "prefill": 612.0, "lanes": 8.0})
    section.show_history("Tall-Tree", [first, second])
    assert section.bars["forced"].accessibleName() == "Mask, forced tokens: 122 tok/s"
    assert section.earlier.count() == 2
    section.earlier.setCurrentIndex(1)
    section.earlier.picked.emit()
    assert section.rows.rows == [("Prefill", "612 tok/s")]
    assert text_of("Tall-Tree", first).splitlines()[1:] == [
        "Unconstrained          81 tok/s",
        "Mask                   88 tok/s",
        "Mask, forced tokens   122 tok/s",
    ]
    asked: list[str] = []
    section.stop_asked.connect(lambda: asked.append("stop"))
    section.show_running(BenchmarkShown("", {"prefill": 600.0}), 0.25)
    assert section.when.text() == "measuring, 25%"
    section.run.click()
    assert asked == ["stop"]
    section.show_running(None, None)
    assert section.bars["forced"].accessibleName() == "Mask, forced tokens: 122 tok/s"


def test_an_unreachable_server_says_so_in_the_dialog(theme: Theme, window: Window) -> None:
    def probe(*asked: object) -> None:
        refuse = asked[3]
        assert callable(refuse)
        refuse(EndpointUnreachable("Nobody answers there.", advice="Start the server."))

    dialog = EndpointDialog(theme, window, FAR, probe, new=False, has_key=False)
    dialog.check.click()
    assert dialog.found.words == ["Nobody answers there.", "Start the server."]
    assert dialog.check.isEnabled()
    dialog.form.url.selectAll()
    QTest.keyClicks(dialog.form.url, "https://other.example.org/v1")
    assert dialog.found.words == [], "that was said of another address"
    dialog.reject()


def test_asking_a_server_leaves_the_focus_where_it_is(theme: Theme, window: Window, qtbot: QtBot) -> None:
    asked: list[object] = []
    dialog = EndpointDialog(theme, window, FAR, lambda *all_of_it: asked.append(all_of_it), new=False, has_key=False)
    dialog.show()
    dialog.check.setFocus()
    QTest.keyClick(dialog.check, Qt.Key.Key_Space)
    assert len(asked) == 1
    assert dialog.focusWidget() is dialog.check
    QTest.keyClick(dialog.check, Qt.Key.Key_Space)
    assert len(asked) == 1, "it is being asked already"
    dialog.reject()


def test_a_new_endpoint_promises_nothing_before_there_is_an_address(page: ModelsPage) -> None:
    page.deeds.do("head:Elsewhere")
    dialog = page.elsewhere.dialog
    assert dialog is not None
    assert dialog.note.isHidden()
    QTest.keyClicks(dialog.form.url, "http://localhost:9/v1")
    assert "nothing leaves it" in dialog.leaves.text()
    assert dialog.note.property("ground") == "canvas"
    edit = dialog.form.model.lineEdit()
    assert edit is not None
    assert edit.accessibleName() == "Model"
    dialog.reject()


def test_the_dialog_grows_with_what_it_says(theme: Theme, window: Window) -> None:
    dialog = EndpointDialog(theme, window, FAR, lambda *_: None, new=False, has_key=False)
    dialog.show()
    QApplication.processEvents()
    layout = dialog.layout()
    assert layout is not None
    assert dialog.height() >= layout.totalHeightForWidth(dialog.width())
    dialog._take(dialog._asked, FAR.url, Capabilities(server="unknown", structured="none", models=("a",)))
    QApplication.processEvents()
    assert dialog.height() >= layout.totalHeightForWidth(dialog.width())
    dialog.reject()


def test_a_model_elsewhere_is_put_to_use_from_its_panel(window: Window, page: ModelsPage) -> None:
    page.elsewhere._keep(FAR, None)
    assert page.list.key == "endpoint:far", "what was added is chosen"
    panel = page.side.endpoint
    assert "Playground" in panel.how.text()
    panel.use.click()
    assert window.pages.currentWidget() is window.playground
    assert window.playground.draft.model == "endpoint:far"
    assert window.playground.leaving.host is not None


def test_what_is_said_of_a_server_is_plain() -> None:
    found = Capabilities(server="unknown", version="0.9.1", structured="none", assumed=("structured", "logprobs"))
    words = [said for _, _, said in capability_lines(found)]
    assert words[0] == "A server 0.9.1 answers"
    assert words[-1] == "Not asked, or not answered: how schemas are held, probabilities"
    (_, row) = endpoint_lines([FAR.model_copy(update={"url": "http://127.0.0.1:33557/v1", "capabilities": found})])
    assert row.said is not None
    assert row.said.words == "127.0.0.1:33557"


def test_a_template_that_was_written_is_not_lost_with_its_dialog(page: ModelsPage, qtbot: QtBot) -> None:
    page.listing.show()
    page.list.choose(str(bundled_model()))
    page.showing.side.edit_template()
    dialog = page.showing.side.dialog
    assert dialog is not None
    dialog.reject()
    assert not page.can_undo, "nothing was written"
    page.showing.side.edit_template()
    dialog = page.showing.side.dialog
    assert dialog is not None
    dialog.text.write("mine")
    dialog.reject()
    assert page.can_undo
    page.undo()
    again = page.showing.side.dialog
    assert again is not None
    assert again.text.whole == "mine"
    again.reject()
