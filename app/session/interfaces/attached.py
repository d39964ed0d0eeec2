"""What is attached to an interface: data sources and pictures, kept in the store with its thread."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from engine.errors import DocumentError, EngineError
from engine.store import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from engine.interface.sources import Source

_LARGEST: Final = 20_000_000
"""Bytes of the largest file that is attached."""
_WIDEST: Final = 2_000
"""Pixels of a picture's longer side as it is shown: a larger one is read smaller."""


@dataclass(frozen=True)
class Attached:
    """The data sources and pictures of an interface, read; `faults` are of what could not be.

    `files` tells of each data source the name of its file. Sources of the same name are numbered.
    """

    sources: tuple[Source, ...] = ()
    images: Mapping[str, QImage] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[EngineError, ...] = ()


def read_file(path: Path) -> Attachment:
    """Read a file that is to be attached, as it is. Raises DocumentError for one that cannot be, or is too large."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= _LARGEST else None
    except OSError as error:
        raise DocumentError(f"The file cannot be read: {error.strerror}.", where=str(path)) from error
    if content is None:
        advice = f"Attach one of up to {_LARGEST // 1_000_000} MB."
        raise DocumentError("The file is too large to be attached.", where=str(path), advice=advice)
    return Attachment(path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", "", content)


def read_attached(attachments: Iterable[Attachment]) -> Attached:
    """Read what is attached; slow, to be called on a worker. What cannot be read is left out, with its fault."""
    sources: dict[str, Source] = {}
    files: dict[str, str] = {}
    images: dict[str, QImage] = {}
    faults: list[EngineError] = []
    for attachment in attachments:
        try:
            if attachment.media.startswith("image/"):
                images[attachment.name] = picture_of(attachment)
            else:
                source = source_of(attachment)
                beside = sum(name == source.name or name.startswith(f"{source.name} ") for name in sources)
                name = source.name if not beside else f"{source.name} {beside + 1}"
                sources[name], files[name] = replace(source, name=name), attachment.name
        except EngineError as error:
            faults.append(error)
    return Attached(tuple(sources.values()), images, files, tuple(faults))


def source_of(attachment: Attachment) -> Source:
    """Return the rows of an attached CSV or JSON file. Raises DocumentError or another EngineError, with the place."""
    from engine.interface.sources import read_source

    return read_source(attachment.name, attachment.content or attachment.text.encode())


def picture_of(attachment: Attachment) -> QImage:
    """Return an attached picture, no larger than is shown. Raises DocumentError where it is none."""
    buffer = QBuffer()
    buffer.setData(QByteArray(attachment.content or b""))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _WIDEST:
        reader.setScaledSize(size.scaled(QSize(_WIDEST, _WIDEST), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise DocumentError(
            f"The picture cannot be read: {reader.errorString()}.",
            where=attachment.name,
            advice="Attach a PNG or JPEG file.",
        )
    return image
