"""Logs: files in the profile that rotate."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from engine.errors import StoreError
from engine.log import configure_logging


@pytest.fixture(autouse=True)
def leave_the_root_logger_alone() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    for handler in [known for known in root.handlers if known.get_name() == "espalier"]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_logs_land_in_the_profile_and_rotate(tmp_path: Path) -> None:
    path = configure_logging(tmp_path, "terminal")
    assert path == tmp_path / "logs" / "terminal.log"
    for number in range(7):
        logging.getLogger("engine.test").info("line %d %s", number, "x" * 400_000)
    files = sorted(file.name for file in path.parent.iterdir())
    assert files == ["terminal.log", "terminal.log.1", "terminal.log.2", "terminal.log.3"]
    assert all(file.stat().st_size <= 1_000_000 for file in path.parent.iterdir())
    assert " INFO " in path.read_text("utf-8")


def test_configuring_twice_does_not_write_lines_twice(tmp_path: Path) -> None:
    configure_logging(tmp_path / "one", "app")
    path = configure_logging(tmp_path / "two", "app")
    logging.getLogger("engine.test").warning("once")
    assert path.read_text("utf-8").count("once") == 1
    assert "once" not in (tmp_path / "one" / "logs" / "app.log").read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(StoreError, match="logs cannot be written"):
        configure_logging(tmp_path, "app")


def test_addresses_that_are_asked_are_not_logged(tmp_path: Path) -> None:
    """Those of files that were signed for one download have their key in them."""
    path = configure_logging(tmp_path, "terminal")
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200))
    with httpx2.Client(transport=transport) as client:
        client.get("https://store.example/model.gguf?signature=geheim")
    logging.getLogger("engine.test").info("said")
    logged = path.read_text()
    assert "said" in logged
    assert "geheim" not in logged
