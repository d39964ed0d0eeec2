"""The pool: what one file does to its reader is no other file's business, and nothing outlives the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from pathlib import Path

import psutil
import pytest
from reportlab.pdfgen.canvas import Canvas

from engine.documents import DocumentPool, read_document
from engine.errors import DocumentError

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "resources" / "samples" / "invoices" / "documents" / "osprey-charter.pdf"


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Return a page that takes minutes: the time to parse it grows with the square of its depth."""
    path = tmp_path / "slow.html"
    path.write_text("<div>" * 400_000 + "end")
    return path


def worker_of(parent: psutil.Process, deadline: float = 10.0) -> psutil.Process:
    """Return the first worker process that `parent` has started, once there is one."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        for child in parent.children():
            if "engine.documents.worker" in child.cmdline():
                return child
        time.sleep(0.02)
    raise AssertionError("no worker was started")


def test_documents_come_back_as_if_read_here() -> None:
    with DocumentPool(workers=1) as pool:
        document = pool.submit(SAMPLE).result(timeout=30)
    here = read_document(SAMPLE)
    assert document == here
    assert document.rectangles(0, 40) == here.rectangles(0, 40)


def test_an_error_keeps_its_sentence_place_and_advice(tmp_path: Path) -> None:
    with DocumentPool(workers=1) as pool, pytest.raises(DocumentError) as caught:
        pool.submit(tmp_path / "gone.pdf").result(timeout=30)
    assert caught.value.message == "The file is not there."
    assert caught.value.where == str(tmp_path / "gone.pdf")
    assert caught.value.advice


def test_a_hanging_file_fails_and_the_pool_goes_on(slow: Path) -> None:
    with DocumentPool(workers=1, timeout=1.5) as pool:
        hanging, after = pool.submit(slow), pool.submit(SAMPLE)
        with pytest.raises(DocumentError, match=r"stopped after 1\.5 seconds") as caught:
            hanging.result(timeout=30)
        assert caught.value.where == str(slow)
        assert after.result(timeout=30).kind == "pdf"


def test_a_crash_costs_only_its_own_file(slow: Path) -> None:
    with DocumentPool(workers=1) as pool:
        crashing, after = pool.submit(slow), pool.submit(SAMPLE)
        worker_of(psutil.Process()).send_signal(signal.SIGSEGV)
        with pytest.raises(DocumentError, match="The reader crashed on this file") as caught:
            crashing.result(timeout=30)
        assert caught.value.where == str(slow)
        assert after.result(timeout=30).kind == "pdf"


def test_a_worker_that_dies_idle_is_not_blamed_on_the_next_file() -> None:
    with DocumentPool(workers=1) as pool:
        pool.submit(SAMPLE).result(timeout=30)
        worker = worker_of(psutil.Process())
        worker.kill()
        worker.wait(timeout=10)
        assert pool.submit(SAMPLE).result(timeout=30).kind == "pdf"


@pytest.fixture
def thick(tmp_path: Path) -> Path:
    """Return a PDF of 300 pages: about two seconds."""
    path = tmp_path / "thick.pdf"
    canvas = Canvas(str(path), invariant=1)
    for page in range(300):
        for line in range(40):
            canvas.drawString(50, 800 - 18 * line, f"Line {line} of page {page}, long enough to take a little while")
        canvas.showPage()
    canvas.save()
    return path


def test_a_thick_document_tells_how_far_it_is_and_is_not_late_while_it_goes_on(thick: Path) -> None:
    told: list[tuple[int, int]] = []
    with DocumentPool(workers=1, timeout=2.5) as pool:
        document = pool.submit(thick, lambda done, pages: told.append((done, pages))).result(timeout=60)
    assert len(document.pages) == 300
    assert len(told) >= 2
    assert told == sorted(told)
    assert all(pages == 300 for _, pages in told)


def test_a_bug_in_the_listener_does_not_mix_up_the_next_document(thick: Path) -> None:
    def listen(done: int, pages: int) -> None:
        raise ZeroDivisionError

    with DocumentPool(workers=1) as pool:
        with pytest.raises(ZeroDivisionError):
            pool.submit(thick, listen).result(timeout=60)
        assert pool.submit(SAMPLE).result(timeout=30).path == SAMPLE


def test_closing_stops_at_once_and_leaves_no_process(slow: Path) -> None:
    pool = DocumentPool(workers=1)
    running, waiting = pool.submit(slow), pool.submit(SAMPLE)
    worker = worker_of(psutil.Process())
    begun = time.monotonic()
    pool.close()
    pool.close()
    assert time.monotonic() - begun < 2
    assert waiting.cancelled()
    with pytest.raises(CancelledError):
        running.result(timeout=1)
    assert not worker.is_running()
    with pytest.raises(RuntimeError):
        pool.submit(SAMPLE)


def test_a_waiting_file_can_be_cancelled(slow: Path) -> None:
    with DocumentPool(workers=1, timeout=1.0) as pool:
        pool.submit(slow)
        waiting, after = pool.submit(SAMPLE), pool.submit(SAMPLE)
        assert waiting.cancel()
        assert after.result(timeout=30).kind == "pdf"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("busy", [True, False])
def test_no_worker_outlives_a_killed_parent(slow: Path, *, busy: bool) -> None:
    program = (
        "import sys, time; from pathlib import Path; from engine.documents import DocumentPool\n"
        "pool = DocumentPool(1); pool.submit(Path(sys.argv[1])); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", program, str(slow if busy else SAMPLE)], env=environment) as parent:
        worker = worker_of(psutil.Process(parent.pid))
        time.sleep(0.5)
        parent.kill()
    psutil.wait_procs([worker], timeout=10)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


def test_nothing_is_imported_from_the_folder_of_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pypdfium2.py").write_text("raise SystemExit('run from a folder of documents')")
    (tmp_path / "paper.txt").write_text("text")
    monkeypatch.chdir(tmp_path)
    with DocumentPool(workers=1) as pool:
        assert pool.submit(SAMPLE).result(timeout=30).kind == "pdf"
        assert pool.submit(Path("paper.txt")).result(timeout=30).path == Path("paper.txt")
