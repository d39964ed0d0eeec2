"""The bundled model, loaded once for the whole suite, and what tests of more than one folder need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.model.client import ModelClient


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one cache for the session, so that the layout of the weights is measured once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def model_client(cache_dir: Path) -> Iterator[ModelClient]:
    """Return the bundled model, ready."""
    from engine.model.client import ModelClient

    with ModelClient(cache_dir=cache_dir) as client:
        client.wait_until_ready(timeout=120)
        yield client


@pytest.fixture
def profile(tmp_path: Path, cache_dir: Path) -> Path:
    """Return a fresh profile that shares the session's cache."""
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / "cache").symlink_to(cache_dir, target_is_directory=True)
    return folder
