"""Where a job's documents come from, and what each is called."""

import os
import sys
from pathlib import Path

import pytest

from engine.errors import DocumentError
from engine.extraction.sources import find_sources, name_of


def write(path: Path, text: str = "text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def names(*sources: Path) -> list[str]:
    return [file.name for file in find_sources(sources)]


def test_one_folder_names_its_documents_by_their_paths_within_it(tmp_path: Path) -> None:
    write(tmp_path / "a" / "10.txt")
    write(tmp_path / "a" / "2.txt")
    write(tmp_path / "a" / "b" / "c.txt")
    assert names(tmp_path / "a") == ["2.txt", "10.txt", "b/c.txt"]
    assert find_sources([tmp_path / "a"])[0].path == tmp_path / "a" / "2.txt"


def test_of_several_each_gives_its_own_name_first_and_no_two_documents_share_one(tmp_path: Path) -> None:
    write(tmp_path / "one" / "invoices" / "a.txt")
    write(tmp_path / "two" / "invoices" / "a.txt")
    single = write(tmp_path / "three" / "note.txt")
    other = write(tmp_path / "four" / "note.txt")
    assert names(tmp_path / "one" / "invoices", tmp_path / "two" / "invoices", single, other) == [
        "invoices/a.txt",
        "invoices (2)/a.txt",
        "note.txt",
        "note (2).txt",
    ]


def test_a_single_file_is_called_as_it_is_and_its_attachments_follow_it(tmp_path: Path) -> None:
    message = write(
        tmp_path / "order.eml",
        "From: a@b.c\nSubject: x\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nSee below.\n--q\n"
        'Content-Type: text/csv\nContent-Disposition: attachment; filename="list.csv"\n\na,b\n1,2\n--q--\n',
    )
    assert names(message) == ["order.eml", "order.eml/list.csv"]
    folder = write(tmp_path / "more" / "order.eml", message.read_text("utf-8")).parent
    assert names(message, folder / "order.eml") == [
        "order.eml",
        "order.eml/list.csv",
        "order (2).eml",
        "order (2).eml/list.csv",
    ]


def test_what_is_named_twice_is_one_document(tmp_path: Path) -> None:
    inner = write(tmp_path / "a" / "b" / "c.txt")
    assert names(tmp_path / "a", tmp_path / "a" / "b", inner) == ["a/b/c.txt"]


@pytest.mark.parametrize("missing", ["gone", "gone.txt"])
def test_a_source_that_is_gone_is_named(tmp_path: Path, missing: str) -> None:
    write(tmp_path / "a.txt")
    with pytest.raises(DocumentError) as caught:
        find_sources([tmp_path / "a.txt", tmp_path / missing])
    assert caught.value.where == str(tmp_path / missing)


def test_no_source_at_all_is_a_sentence() -> None:
    with pytest.raises(DocumentError, match="No documents were chosen"):
        find_sources([])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_is_shown_as_far_as_it_is(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("text", "utf-8")
    (file,) = find_sources([tmp_path])
    assert file.name == "caf�.txt"
    assert file.path.read_text("utf-8") == "text"


def test_a_job_is_named_after_what_it_reads(tmp_path: Path) -> None:
    assert name_of([tmp_path / "Invoices"]) == "Invoices"
    assert name_of([tmp_path / "Invoices" / "documents"]) == "Invoices"
    assert name_of([tmp_path / "Invoices", tmp_path / "b", tmp_path / "c"]) == "Invoices and 2 more"
