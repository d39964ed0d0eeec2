"""A profile and processes that read documents, for jobs that are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.documents import DocumentPool
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "profile") as opened:
        yield opened


@pytest.fixture(scope="module")
def pool() -> Iterator[DocumentPool]:
    with DocumentPool() as opened:
        yield opened
