"""The cache: nothing is parsed twice, nothing damaged is believed, and it does not grow without end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from engine.documents import DocumentPool, Page, read_document
from engine.documents import cache as cache_module
from engine.documents import pdf as pdf_module
from engine.documents.cache import DocumentCache

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    canvas = Canvas(str(path), invariant=1)
    canvas.drawString(50, 700, "Total 99.00")
    canvas.save()
    return path


def refuse(*_: object) -> None:
    raise AssertionError("parsed again")


def test_what_was_read_comes_back_whole_without_being_parsed_again(
    paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = DocumentCache(tmp_path / "cache")
    first = read_document(paper, cache=cache)
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(paper.read_bytes())
    monkeypatch.setattr(pdf_module, "read_pages", refuse)
    again = read_document(copy, cache=cache)
    assert again.path == copy
    assert (again.sha256, again.pages, again.notes) == (first.sha256, first.pages, first.notes)
    assert again.rectangles(6, 11) == first.rectangles(6, 11)


def test_cells_come_back_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C5"] = "here"
    book.save(tmp_path / "book.xlsx")
    cache = DocumentCache(tmp_path / "cache")
    places = [read_document(tmp_path / "book.xlsx", cache=cache).cells(0, 4)[0][1].address for _ in range(2)]
    assert places == ["Sheet!C5", "Sheet!C5"]


def test_the_pool_keeps_what_it_read(paper: Path, tmp_path: Path) -> None:
    with DocumentPool(workers=1, cache=tmp_path / "cache") as pool:
        first = pool.submit(paper).result(timeout=30)
        assert len(list((tmp_path / "cache").iterdir())) == 1
        assert pool.submit(paper).result(timeout=30) == first


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_entry_is_read_anew_and_mended(paper: Path, tmp_path: Path, damage: str) -> None:
    cache = DocumentCache(tmp_path / "cache")
    first = read_document(paper, cache=cache)
    (entry,) = (tmp_path / "cache").iterdir()
    whole = entry.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes((whole[middle] ^ 1,)) + whole[middle + 1 :]
    entry.write_bytes({"cut": whole[:-9], "flipped": flipped, "empty": b"", "foreign": b"x" * 500}[damage])
    assert read_document(paper, cache=cache) == first
    assert entry.read_bytes() == whole


def test_another_version_of_the_readers_reads_anew(
    paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = DocumentCache(tmp_path / "cache")
    read_document(paper, cache=cache)
    monkeypatch.setattr(cache_module, "VERSION", cache_module.VERSION + 1)
    monkeypatch.setattr(pdf_module, "read_pages", refuse)
    with pytest.raises(AssertionError, match="parsed again"):
        read_document(paper, cache=cache)


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    noise = np.random.default_rng(7).random((2500, 4), dtype=np.float32)
    readings = ((Page(1, "x" * 2500, noise),), ())
    folder = tmp_path / "cache"
    for place in range(6):
        DocumentCache(folder, size_limit=10**9).put(str(place), "pdf", readings)
        (entry,) = folder.glob(f"{place}-*")
        os.utime(entry, (1000 + place, 1000 + place))
    size = entry.stat().st_size
    limited = DocumentCache(folder, size_limit=4 * size)
    assert limited.get("0", "pdf") is not None  # used just now
    limited.put("new", "pdf", readings)
    left = {path.name.partition("-")[0] for path in folder.iterdir()}
    assert {"0", "new"} <= left
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 4 * size


def test_a_cache_that_cannot_be_written_to_only_costs_time(paper: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    assert read_document(paper, cache=DocumentCache(tmp_path / "cache")).text == "Total 99.00"
