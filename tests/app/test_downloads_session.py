"""Downloads as the window drives them: a hub on loopback, real files, restarts in the middle."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import pytest

from engine.errors import DownloadDamaged, DownloadRefused, NetworkOff
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.hub.loopback import LoopbackHub
from tests.engine.keyrings import MemoryKeyring, using_keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.session.models import Downloads, Item
    from engine.errors import EngineError
    from engine.hub import HubFile

REPOSITORY = "owner/some-model-GGUF"
NAME = "some-model-Q4_K_M.gguf"
OTHER = "other-Q8_0.gguf"
TOKEN = "hf_secret_of_the_test"
SIZE = 600_000


def model(seed: int) -> bytes:
    head = gguf(LLAMA | {"general.name": f"Model {seed}"}, TENSORS)
    return head + random.Random(seed).randbytes(SIZE - len(head))


@pytest.fixture(autouse=True)
def keyring() -> Iterator[MemoryKeyring]:
    made = MemoryKeyring()
    with using_keyring(made):
        yield made


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with LoopbackHub() as served:
        served.add(REPOSITORY, {NAME: model(1), OTHER: model(2), "README.md": b"# A model"}, licence="apache-2.0")
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


@pytest.fixture
def session(start_session: Callable[..., Session]) -> Session:
    return start_session()


def ask(downloads: Downloads, address: str, qtbot: QtBot) -> list[tuple[HubFile, ...]]:
    """Return what an address names; fails the test where the hub refuses."""
    found: list[list[tuple[HubFile, ...]]] = []
    failed: list[EngineError] = []
    downloads.ask(address, found.append, failed.append)
    qtbot.waitUntil(lambda: bool(found or failed))
    assert not failed, failed
    return found[0]


def begin(session: Session, qtbot: QtBot, name: str = NAME) -> str:
    """Start a download of the hub's model; returns its id."""
    ((*files,),) = ask(session.downloads, f"{REPOSITORY}:{name}", qtbot)
    known = {item.id for item in session.downloads.items}
    session.downloads.start(files)
    qtbot.waitUntil(lambda: any(item.id not in known for item in session.downloads.items))
    return next(item.id for item in session.downloads.items if item.id not in known)


def item(session: Session, name: str) -> Item:
    found = session.downloads.item(name)
    assert found is not None
    return found


def arrived(session: Session, name: str) -> int:
    """Return how many bytes of a download are on the disk."""
    return sum(path.stat().st_size for path in item(session, name).folder.glob("*.part"))


def wait_for(session: Session, name: str, state: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: (found := session.downloads.item(name)) is not None and found.state == state)


def test_a_model_is_downloaded_checked_listed_and_can_be_removed_and_put_back(
    session: Session, hub: LoopbackHub, qtbot: QtBot
) -> None:
    models, downloads = session.models, session.downloads
    assert hub.asked == []
    ended: list[tuple[str, object]] = []
    downloads.ended.connect(lambda name, error: ended.append((name, error)))
    name = begin(session, qtbot)
    wait_for(session, name, "done", qtbot)
    qtbot.waitUntil(lambda: ended == [(name, None)])
    key = item(session, name).key
    assert key is not None
    qtbot.waitUntil(lambda: models.entry(key) is not None)
    entry = models.entry(key)
    assert entry is not None
    assert (entry.origin, entry.name, entry.loadable) == ("downloaded", "some-model", True)
    assert entry.sha256 == hashlib.sha256(model(1)).hexdigest()
    assert entry.source is not None
    assert (entry.source["repository"], entry.source["licence"]) == (REPOSITORY, "apache-2.0")
    undo: list[Callable[[], None]] = []
    models.told.connect(lambda _words, back: undo.append(back))
    models.remove(key)
    qtbot.waitUntil(lambda: models.entry(key) is None)
    assert not entry.file.path.exists()
    downloads.read_bin()
    qtbot.waitUntil(lambda: [removed.size for removed in downloads.removed] == [SIZE])
    undo.pop()()
    qtbot.waitUntil(lambda: models.entry(key) is not None)
    assert entry.file.path.read_bytes() == model(1)


def test_emptying_the_bin_frees_the_disk(session: Session, hub: LoopbackHub, profile: Path, qtbot: QtBot) -> None:
    name = begin(session, qtbot)
    wait_for(session, name, "done", qtbot)
    qtbot.waitUntil(lambda: session.models.entry(name) is not None)
    session.models.remove(name)
    qtbot.waitUntil(lambda: session.models.entry(name) is None)
    session.downloads.read_bin()
    qtbot.waitUntil(lambda: len(session.downloads.removed) == 1)
    session.downloads.empty_bin()
    qtbot.waitUntil(lambda: session.downloads.removed == ())
    assert not list((profile / "models").rglob("*.gguf"))


def test_a_download_is_paused_and_goes_on_where_it_was(session: Session, hub: LoopbackHub, qtbot: QtBot) -> None:
    hub.hold_after = SIZE // 2
    name = begin(session, qtbot)
    qtbot.waitUntil(lambda: arrived(session, name) > 0)
    session.downloads.pause(name)
    wait_for(session, name, "paused", qtbot)
    assert item(session, name).done == arrived(session, name) > 0
    hub.hold_after = None
    hub.gate.set()
    session.downloads.resume(name)
    wait_for(session, name, "done", qtbot)
    assert hub.files_asked()[-1].headers["range"].startswith("bytes=")


def test_a_download_that_a_restart_cut_off_waits_to_be_resumed(
    start_session: Callable[..., Session], hub: LoopbackHub, qtbot: QtBot
) -> None:
    hub.hold_after = SIZE // 2
    session = start_session()
    name = begin(session, qtbot)
    qtbot.waitUntil(lambda: arrived(session, name) > 0)
    session = start_session()
    hub.hold_after = None
    hub.gate.set()
    wait_for(session, name, "paused", qtbot)
    waiting = item(session, name)
    assert 0 < waiting.done < waiting.total == SIZE
    asked = len(hub.asked)
    qtbot.wait(50)
    assert len(hub.asked) == asked
    session.downloads.resume(name)
    wait_for(session, name, "done", qtbot)
    assert item(session, name).id == name


def test_what_has_arrived_of_a_download_can_be_thrown_away(
    session: Session, hub: LoopbackHub, profile: Path, qtbot: QtBot
) -> None:
    hub.hold_after = SIZE // 2
    name = begin(session, qtbot)
    qtbot.waitUntil(hub.held.is_set)
    session.downloads.throw_away(name)
    qtbot.waitUntil(lambda: session.downloads.items == [])
    hub.gate.set()
    qtbot.waitUntil(lambda: not [path for path in (profile / "models").rglob("*.part*") if path.is_file()])


def test_a_third_download_waits_for_one_of_two(session: Session, hub: LoopbackHub, qtbot: QtBot) -> None:
    hub.add("owner/third-GGUF", {"third-Q4_0.gguf": model(3)})
    hub.gate.clear()
    names = [begin(session, qtbot, NAME), begin(session, qtbot, OTHER)]
    (files,) = ask(session.downloads, "owner/third-GGUF", qtbot)
    session.downloads.start(files)
    qtbot.waitUntil(lambda: len(session.downloads.items) == 3)
    third = session.downloads.items[2]
    assert third.state == "waiting"
    hub.gate.set()
    for name in (*names, third.id):
        wait_for(session, name, "done", qtbot)


def test_a_file_that_is_not_what_the_hub_promised_is_said_and_can_be_tried_again(
    session: Session, hub: LoopbackHub, qtbot: QtBot
) -> None:
    hub.wrong_hash = True
    ended: list[EngineError] = []
    session.downloads.ended.connect(lambda _name, error: ended.append(error))
    name = begin(session, qtbot)
    wait_for(session, name, "failed", qtbot)
    assert isinstance(item(session, name).error, DownloadDamaged)
    assert len(ended) == 1
    hub.wrong_hash = False
    session.downloads.resume(name)
    wait_for(session, name, "done", qtbot)
    assert item(session, name).error is None


def test_a_token_is_kept_in_the_keyring_and_shown_to_the_hub(
    session: Session, hub: LoopbackHub, keyring: MemoryKeyring, qtbot: QtBot
) -> None:
    hub.token = TOKEN
    failed: list[EngineError] = []
    session.downloads.ask(REPOSITORY, lambda _: None, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], DownloadRefused)
    session.downloads.put_token(TOKEN)
    qtbot.waitUntil(lambda: session.downloads.token_state == "kept")
    assert list(keyring.kept.values()) == [TOKEN]
    assert len(ask(session.downloads, REPOSITORY, qtbot)) == 2
    session.downloads.forget_token()
    qtbot.waitUntil(lambda: session.downloads.token_state == "none")
    assert keyring.kept == {}


def test_nothing_is_asked_where_the_network_is_off(session: Session, hub: LoopbackHub, qtbot: QtBot) -> None:
    session.preferences.put("network", use="never")
    failed: list[EngineError] = []
    session.downloads.ask(REPOSITORY, lambda _: None, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], NetworkOff)
    assert hub.asked == []


def test_recommended_models_are_known_without_asking_and_exact_once_asked(
    session: Session, hub: LoopbackHub, qtbot: QtBot
) -> None:
    downloads = session.downloads
    qtbot.waitUntil(lambda: bool(downloads.rows))
    first = downloads.rows[0]
    assert first.files is None
    assert first.size == first.recommended.size_hint
    assert first.fit is not None
    assert hub.asked == []
    hub.add(first.recommended.repository, {first.recommended.pattern.replace("*", "x"): model(4)})
    downloads.ask_recommended(0)
    assert downloads.rows[0].asking
    qtbot.waitUntil(lambda: downloads.rows[0].files is not None)
    assert (downloads.rows[0].size, downloads.rows[0].asking) == (SIZE, False)
    downloads.ask_recommended(1)
    qtbot.waitUntil(lambda: downloads.rows[1].error is not None)
    downloads.start_recommended(0)
    qtbot.waitUntil(lambda: downloads.rows[0].item is not None)
    wait_for(session, downloads.rows[0].item or "", "done", qtbot)


def test_what_the_network_is_used_for_is_told_while_it_is(session: Session, hub: LoopbackHub, qtbot: QtBot) -> None:
    hub.hold_after = SIZE // 2
    name = begin(session, qtbot)
    qtbot.waitUntil(hub.held.is_set)
    qtbot.waitUntil(lambda: session.network_uses == ("Downloading some-model-Q4_K_M",))
    hub.hold_after = None
    hub.gate.set()
    wait_for(session, name, "done", qtbot)
    qtbot.waitUntil(lambda: session.network_uses == ())
