"""A GGUF file's header, read in milliseconds and refused with the place where it goes wrong.

What is kept of a list is its length, and its items where they are numbers and few: a vocabulary is walked over.
Everything that a file claims is bounded before it is believed, so a file of any bytes costs no more than its header's
length in time and memory.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import ModelFileInvalid
from engine.gguf.plain_file import open_plain_file
from engine.gguf.types import TENSOR_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import FileIO
    from pathlib import Path

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_FIRST_READ = 1 << 20
_LARGEST_HEADER = 256 << 20
_MOST_PAIRS = 1 << 16
_MOST_TENSORS = 1 << 18
_LONGEST_KEY = 1 << 16
_MOST_KEPT = 4096
"""Items of a list of numbers that are kept: there are lists with one for each layer."""
_MOST_DIMENSIONS = 4
_ALIGNMENT = "general.alignment"
_DEFAULT_ALIGNMENT = 32

_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_FORMATS = {kind: struct.Struct(form) for kind, form in _NUMBERS.items()}
_LENGTH = struct.Struct("<Q")

_ADVICE = "Download or copy the file again, or choose another one."

Value = str | int | float | bool


@dataclass(frozen=True)
class Items:
    """A list in a header: how many items it has, and which, where they are numbers and few enough to be kept."""

    count: int
    kept: tuple[int | float | bool, ...] | None


class Tensor(NamedTuple):
    """One tensor: `type` is a number of `TENSOR_TYPES`, `offset` counts bytes from the beginning of the data."""

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return TENSOR_TYPES[self.type].size_of(self.elements)


@dataclass(frozen=True)
class Header:
    """What a file says of itself. `values` and `items` are by key; the tensors' data begin at byte `data`."""

    path: Path
    version: int
    values: Mapping[str, Value]
    items: Mapping[str, Items]
    tensors: tuple[Tensor, ...]
    data: int
    file_size: int

    @property
    def needed_size(self) -> int:
        """Bytes that the file has to have so that no tensor is cut."""
        return self.data + max((tensor.offset + tensor.size for tensor in self.tensors), default=0)


def read_header(path: Path) -> Header:
    """Read a file's header; its tensors have known types and lie within the file.

    Raises `ModelFileInvalid` where the file cannot be opened, is no GGUF, contradicts itself or is cut short; the
    sentence names the key, the tensor or the byte.
    """
    try:
        with open_plain_file(path) as file:
            header = _Reader(file, path).read()
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        reason = getattr(error, "strerror", None) or "it cannot be read"
        raise ModelFileInvalid(
            f"The model cannot be opened: {reason}.", where=str(path), advice="Choose a GGUF file."
        ) from None
    if header.needed_size > header.file_size:
        raise ModelFileInvalid(
            f"The file is cut short: it has {_spell(header.file_size)} of {_spell(header.needed_size)}.",
            where=str(path),
            advice=_ADVICE,
        )
    return header


class _Reader:
    """Walks over a header's bytes, of which it holds what it has come by so far."""

    def __init__(self, file: FileIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._size = os.fstat(file.fileno()).st_size
        self._bytes = bytearray()
        self._at = 0

    def read(self) -> Header:
        magic = self._take(4)
        if magic != MAGIC:
            raise self._refuse("This file is no GGUF model.", "Choose a GGUF file.")
        version = self._number(4)
        if version not in _VERSIONS:
            swapped = int.from_bytes(struct.pack("<I", int(version)), "big") in _VERSIONS
            what = "is written for machines of the other byte order" if swapped else f"is GGUF version {version}"
            raise self._refuse(f"The file {what}, which cannot be read here.", "Choose a file of version 2 or 3.")
        tensors = self._count(_MOST_TENSORS, "tensors")
        pairs = self._count(_MOST_PAIRS, "entries")
        values: dict[str, Value] = {}
        items: dict[str, Items] = {}
        for _ in range(pairs):
            key = self._string(_LONGEST_KEY, "a key")
            if key in values or key in items:
                raise self._refuse(f"The entry {key!r} stands in the header twice.")
            kind = int(self._number(4))
            if kind == _ARRAY:
                items[key] = self._items(key)
            else:
                values[key] = self._value(kind, key)
        found = tuple(self._tensor() for _ in range(tensors))
        alignment = values.get(_ALIGNMENT, _DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or isinstance(alignment, bool) or alignment < 1 or alignment % 8:
            raise self._refuse(f"The header's {_ALIGNMENT!r} is no multiple of eight.")
        data = -(-self._at // alignment) * alignment
        return Header(self._path, int(version), values, items, found, data, self._size)

    def _tensor(self) -> Tensor:
        name = self._string(_LONGEST_KEY, "a tensor's name")
        dimensions = int(self._number(4))
        if not 1 <= dimensions <= _MOST_DIMENSIONS:
            raise self._refuse(f"The tensor {name!r} has {dimensions} dimensions.")
        shape = tuple(int(self._number(10)) for _ in range(dimensions))
        kind = int(self._number(4))
        offset = int(self._number(10))
        if kind not in TENSOR_TYPES:
            raise self._refuse(
                f"The tensor {name!r} is of a type ({kind}) that is not known here.",
                "Choose a file with another quantization, or a newer version of this program.",
            )
        # Each side first: the product of four of any size is a number that takes time by itself.
        if any(side > self._size * 8 for side in shape) or shape[0] % TENSOR_TYPES[kind].elements:
            raise self._refuse(f"The tensor {name!r} has an impossible shape: {' x '.join(map(str, shape))}.")
        return Tensor(name, shape, kind, offset)

    def _value(self, kind: int, key: str) -> Value:
        if kind == _STRING:
            return self._string(self._size, f"the entry {key!r}")
        if kind not in _FORMATS:
            raise self._refuse(f"The entry {key!r} is of a type ({kind}) that does not exist.")
        return self._number(kind)

    def _items(self, key: str) -> Items:
        kind = int(self._number(4))
        count = int(self._number(10))
        if kind == _STRING:
            self._skip_strings(count, key)
            return Items(count, None)
        if kind not in _FORMATS:
            raise self._refuse(f"The list {key!r} is of a type ({kind}) that is not known here.")
        form = _FORMATS[kind]
        if count * form.size > self._size:
            raise self._refuse(f"The list {key!r} claims {count:,} items, more than the file can hold.")
        if count > _MOST_KEPT:
            self._skip(count * form.size)
            return Items(count, None)
        raw = self._take(count * form.size)
        return Items(count, tuple(item for (item,) in form.iter_unpack(raw)))

    def _skip_strings(self, count: int, key: str) -> None:
        """Walk over strings; this is where the time goes, as a vocabulary has hundred thousands of them."""
        if count * _LENGTH.size > self._size:
            raise self._refuse(f"The list {key!r} claims {count:,} items, more than the file can hold.")
        length_of, step = _LENGTH.unpack_from, _LENGTH.size
        held, at, end = self._bytes, self._at, len(self._bytes) - step
        while count:
            if at > end:
                self._at = at
                self._need(step)
                end = len(self._bytes) - step
            at += step + length_of(held, at)[0]
            count -= 1
        self._at = at
        self._need(0)

    def _string(self, longest: int, what: str) -> str:
        length = int(self._number(10))
        if length > longest:
            raise self._refuse(f"The length of {what} is {length:,}, which is too much.")
        return self._take(length).decode("utf-8", "replace")

    def _count(self, most: int, what: str) -> int:
        count = int(self._number(10))
        if count > most:
            raise self._refuse(f"The header claims {count:,} {what}; {most:,} are the most.")
        return count

    def _number(self, kind: int) -> int | float | bool:
        form = _FORMATS[kind]
        self._need(form.size)
        number: int | float | bool = form.unpack_from(self._bytes, self._at)[0]
        self._at += form.size
        return number

    def _take(self, length: int) -> bytes:
        self._need(length)
        taken = bytes(self._bytes[self._at : self._at + length])
        self._at += length
        return taken

    def _skip(self, length: int) -> None:
        self._at += length
        self._need(0)

    def _need(self, length: int) -> None:
        """Have at least so many bytes from here on, and all those before."""
        wanted = self._at + length
        if wanted > self._size:
            raise self._refuse(f"The file is cut short: it ends within its header, after {self._size:,} bytes.")
        if wanted > _LARGEST_HEADER:
            raise self._refuse(f"The header is larger than {_spell(_LARGEST_HEADER)}, which is too much.")
        while len(self._bytes) < wanted:
            more = self._file.read(max(_FIRST_READ, len(self._bytes), wanted - len(self._bytes)))
            if not more:
                raise self._refuse("The file is cut short: it became smaller while it was read.")
            self._bytes += more

    def _refuse(self, message: str, advice: str = _ADVICE) -> ModelFileInvalid:
        where = f"{self._path}, byte {self._at:,}" if self._at > len(MAGIC) else str(self._path)
        return ModelFileInvalid(message, where=where, advice=advice)


def _spell(size: int) -> str:
    if size >= 1e12:
        return f"{size / 1e12:,.2f} TB"
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size:,} bytes"
