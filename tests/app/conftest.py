"""A real window on a fresh profile; the model is started only by tests that ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.window import Window
    from engine.model.protocol import ModelInfo


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test of this folder."""


@pytest.fixture
def window(open_window: Callable[[Path], Window], tmp_path: Path) -> Window:
    return open_window(tmp_path / "profile")


@pytest.fixture
def start_session(profile: Path, qtbot: QtBot) -> Iterator[Callable[..., Session]]:
    """Start a session on the profile, as often as the program would be started; its model only where asked for."""
    from app.exchange import Draft
    from app.session import Session

    made: list[Session] = []

    def begin(*, model: bool = False) -> Session:
        if made:
            made[-1].close()
        session = Session(profile)
        made.append(session)
        session.restore(Draft(format="text"))
        session.show_restored()
        if model:
            session.start()
        return session

    yield begin
    if made:
        made[-1].close()
    for each in made:
        each.deleteLater()


@pytest.fixture
def model_info() -> ModelInfo:
    """Return what a host would tell of a small model."""
    from engine.model.protocol import ModelInfo

    return ModelInfo(
        name="Some-Model",
        path="/models/" + "deep/" * 40 + "Some-Model.Q4_1.gguf",
        size_bytes=98_000_000,
        sha256="ab" * 32,
        parameters=135_000_000,
        quantization="Q4_1",
        layout="F16",
        lossless=True,
        trained_context=8192,
        context=4096,
        lanes=4,
        threads=2,
        template="file",
        vocabulary=49152,
    )
