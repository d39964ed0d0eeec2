"""What `bench extract` reads: folders of documents of one kind, what is asked of them, and what is known of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from _ours import SAMPLES

from engine.documents import find_documents
from engine.extraction import ExtractionPlan
from engine.extraction.truth import read_truth

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Folder:
    """Documents of one kind, what is asked of them, and the true values by document."""

    name: str
    documents: Path
    schema_text: str
    truth: dict[str, dict[str, Any]]

    @property
    def plan(self) -> ExtractionPlan:
        """The job that `espalier extract` would run."""
        return ExtractionPlan(sources=(self.documents,), schema_text=self.schema_text)

    @property
    def ungrounded(self) -> ExtractionPlan:
        """The same job with grounding off, which is what the plain loop is asked too."""
        return replace(self.plan, grounding=False)


def read_folders(asked: argparse.Namespace, scratch: Path) -> list[Folder]:
    """Return what is to be extracted; a limited folder is a copy of its first documents."""
    if asked.documents:
        found = [(asked.documents.name, asked.documents, asked.schema, asked.truth)]
    else:
        found = [
            (path.parent.name, path.parent / "documents", path, path.parent / "truth.jsonl")
            for path in sorted(SAMPLES.glob("*/schema.json"))
            if asked.types is None or path.parent.name in asked.types
        ]
    folders = []
    for name, documents, schema, known in found:
        truth = read_truth(known, schema.read_text("utf-8"))
        # An attachment is a document of its own, and is named with its message.
        names = [path.relative_to(documents).as_posix() for path in find_documents(documents)]
        matching = truth.matching(names)
        values = {name: truth.records[matching[name]] for name in names if name in matching}
        folder = Folder(name, documents, schema.read_text("utf-8"), values)
        if asked.limit is not None:
            folder = part(folder, list(folder.truth)[: asked.limit], scratch / "limited" / name)
        folders.append(folder)
    return folders


def part(folder: Folder, names: Sequence[str], place: Path) -> Folder:
    """Return a folder with some of the documents only, copied to `place`."""
    place.mkdir(parents=True)
    for name in names:
        if not (folder.documents / name).is_file():
            continue  # an attachment: it comes with its message
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder.documents / name, target)
    return replace(folder, documents=place, truth={name: folder.truth[name] for name in names})
