"""Files on their way to a message: each goes where it was meant to, and Run waits for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.bridge import Bridge
from app.pages.playground.composer import Composer
from app.session.attachments import Attachments
from app.widgets.attachment_chips import AttachmentChips
from engine.store import Attachment, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

PNG = b"\x89PNG\r\n"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return a profile of one thread, whose id is 1."""
    folder = tmp_path / "profile"
    with Store(folder) as store:
        store.threads.create()
    return folder


@pytest.fixture
def bridge(profile: Path, qapp: object) -> Iterator[Bridge]:
    made = Bridge(profile, None)
    yield made
    made.close()


@pytest.fixture
def attachments(bridge: Bridge) -> Attachments:
    made = Attachments(bridge)
    made.show(1, ())
    return made


@pytest.fixture
def gate(bridge: Bridge) -> Iterator[threading.Event]:
    """Hold back the reading of documents until this is set."""
    opened = threading.Event()
    bridge._document_lane.submit(opened.wait)
    yield opened
    opened.set()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text("Pears.", "utf-8")
    return path


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "pear.png"
    path.write_bytes(PNG)
    return path


def names(attachments: Attachments) -> list[str]:
    return [file.name for file in attachments.files]


def of_draft(bridge: Bridge) -> list[str]:
    found = bridge.wait_for_store(lambda store: store.messages.attachments(1))
    assert found is not None
    return [file.name for file in found]


def test_run_waits_for_a_file_that_is_being_read(
    attachments: Attachments, gate: threading.Event, text: Path, theme: Theme, qtbot: QtBot
) -> None:
    composer = Composer(theme)
    qtbot.addWidget(composer)
    attachments.changed.connect(composer.show_attachments)
    composer.write("What does it say?")
    attachments.add([text])
    assert (attachments.reading, attachments.ready, composer.can_run) == (1, False, False)
    assert not composer._run.isEnabled()
    assert "Run waits for notes.txt to be read." in composer._run.toolTip()
    assert not composer.files.isHidden()
    assert "notes.txt…" in [shown.text() for shown in composer.files.findChildren(QLabel)]
    composer.show_running(running=True)
    assert composer._run.isEnabled()  # to stop what is written
    composer.show_running(running=False)
    gate.set()
    qtbot.waitUntil(lambda: attachments.ready)
    assert names(attachments) == ["notes.txt"]
    assert composer.can_run
    assert composer._run.toolTip() == ""
    chips = [chip.accessibleName() for chip in composer.files.findChildren(QFrame) if chip.isVisibleTo(composer)]
    assert "Reading notes.txt…" not in chips


def test_a_file_added_before_a_message_is_edited_belongs_to_the_draft(
    attachments: Attachments, bridge: Bridge, gate: threading.Event, text: Path, qtbot: QtBot
) -> None:
    attachments.add([text])
    attachments.hold([Attachment("old.txt", "text/plain", "old", id=7)])
    assert attachments.ready
    gate.set()
    qtbot.waitUntil(lambda: of_draft(bridge) == ["notes.txt"])
    assert names(attachments) == ["old.txt"]
    attachments.let_go()
    qtbot.waitUntil(lambda: names(attachments) == ["notes.txt"])


def test_a_file_added_while_a_message_is_edited_belongs_to_its_wording(
    attachments: Attachments, bridge: Bridge, gate: threading.Event, text: Path, qtbot: QtBot
) -> None:
    attachments.hold([Attachment("old.txt", "text/plain", "old", id=7)])
    attachments.add([text])
    assert not attachments.ready
    gate.set()
    qtbot.waitUntil(lambda: attachments.ready)
    assert names(attachments) == ["old.txt", "notes.txt"]
    assert of_draft(bridge) == []


def test_a_file_of_a_wording_that_was_left_goes_nowhere(
    attachments: Attachments, bridge: Bridge, gate: threading.Event, text: Path, image: Path, qtbot: QtBot
) -> None:
    attachments.hold([])
    attachments.add([text])
    attachments.let_go()
    attachments.hold([])
    gate.set()
    attachments.add([text])
    qtbot.waitUntil(lambda: attachments.ready)
    assert names(attachments) == ["notes.txt"]
    assert of_draft(bridge) == []


def test_files_of_a_wording_are_taken_off_one_by_one(attachments: Attachments, image: Path, qtbot: QtBot) -> None:
    attachments.hold([])
    attachments.add([image, image])
    qtbot.waitUntil(lambda: attachments.ready)
    attachments.remove(attachments.files[0].id)
    attachments.add([image])
    qtbot.waitUntil(lambda: attachments.ready)
    assert len({file.id for file in attachments.files}) == 2
    attachments.remove(attachments.files[1].id)
    assert names(attachments) == ["pear.png"]


def test_a_file_can_be_taken_off_while_it_is_being_read(
    attachments: Attachments, bridge: Bridge, gate: threading.Event, text: Path, image: Path, qtbot: QtBot
) -> None:
    attachments.add([text, text])
    attachments.remove(attachments.readings[0].id)
    assert attachments.reading == 1
    gate.set()
    qtbot.waitUntil(lambda: attachments.ready)
    assert names(attachments) == ["notes.txt"]
    assert of_draft(bridge) == ["notes.txt"]


def test_a_file_that_cannot_be_read_is_not_waited_for(
    attachments: Attachments, bridge: Bridge, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("gone.txt", "gone.png"):
        with qtbot.waitSignal(bridge.failed):
            attachments.add([tmp_path / name])
        assert attachments.ready
    assert names(attachments) == []


def test_a_file_goes_to_the_thread_that_was_open_when_it_was_added(
    attachments: Attachments, bridge: Bridge, gate: threading.Event, text: Path, qtbot: QtBot
) -> None:
    other = bridge.wait_for_store(lambda store: store.threads.create().id)
    assert other is not None
    attachments.add([text])
    attachments.show(other, ())
    assert attachments.ready
    gate.set()
    qtbot.waitUntil(lambda: of_draft(bridge) == ["notes.txt"])
    assert names(attachments) == []


def test_files_without_room_are_counted_and_those_with_room_are_shown_whole(theme: Theme, qtbot: QtBot) -> None:
    chips = AttachmentChips(theme)
    qtbot.addWidget(chips)
    files = [
        Attachment(f"a file with <b>a name</b> {number}.txt", "text/plain", "text", id=number) for number in range(4)
    ]
    chips.show_attachments(files)
    chips.resize(420, 32)
    chips.show()

    def shown() -> list[str]:
        return [text.text() for text in chips.findChildren(QLabel) if text.isVisible()]

    assert shown() == ["and 3 more", "a file with <b>a name</b> 0.txt", "4 B"]
    assert "name&lt;/b&gt; 3.txt" in chips._more.toolTip()
    chips.resize(1200, 32)
    assert "a file with <b>a name</b> 3.txt" in shown()
    assert not any("more" in words for words in shown())


def test_a_file_name_is_no_html_in_any_tooltip(theme: Theme, qtbot: QtBot) -> None:
    chips = AttachmentChips(theme, removable=True)
    qtbot.addWidget(chips)
    chips.show_attachments([Attachment("<img src='http://x/y.png'>.txt", "text/plain", "text")])
    tips = [widget.toolTip() for widget in chips.findChildren(QWidget)]
    assert any(tips)
    assert not any("<img" in tip for tip in tips)
