"""What is said of models: sizes, counts, times, and how a model fits, in few words."""

from __future__ import annotations

import math
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

from app import figures
from app.model_names import QUANTIZED

if TYPE_CHECKING:
    from app.style.drawing import MarkShape

NOTHING: Final = "–"  # noqa: RUF001

Verdict = Literal["fits", "tight", "too big"]
VERDICTS: Final[dict[str, tuple[MarkShape, str, str]]] = {
    "fits": ("check", "accent", "text2"),
    "tight": ("triangle", "amberMark", "amber"),
    "too big": ("cross", "brickMark", "brick"),
}
"""How a verdict looks: its mark, the colour of mark and bar, and the ink of its words."""

_LICENCES: Final = {"apache-2.0": "Apache-2.0", "mit": "MIT", "cc-by-4.0": "CC-BY-4.0", "cc-by-nc-4.0": "CC-BY-NC-4.0"}
_PART: Final = re.compile(r"-\d{5}-of-\d{5}$")
_UNITS: Final = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def size_words(size: float) -> str:
    """Return a number of bytes in three digits: 98 MB, 1.06 GB, 14.3 GB."""
    for unit, name in _UNITS:
        if size >= unit * 0.9995:
            value = size / unit
            digits = 0 if value >= 99.95 or name in {"MB", "kB"} else 1 if value >= 9.995 else 2
            return f"{figures.number(value, digits)} {name}"
    return f"{figures.number(round(size))} B"


def parameter_words(count: float) -> str:
    """Return a number of parameters: 135 million, 1.7 billion."""
    if count >= 999.5e6:
        billions = count / 1e9
        return f"{figures.number(billions, 0 if billions >= 99.5 else 1 if billions >= 9.95 else 2)} billion"
    return f"{figures.number(round(count / 1e6))} million" if count >= 1e6 else figures.number(round(count))


def licence_words(licence: str | None) -> str:
    """Return a licence as its own text spells it, as far as it is a known one."""
    return _LICENCES.get(licence.lower(), licence) if licence else ""


def rate_words(bytes_per_second: float | None) -> str:
    """Return how quick a download is: 14 MB/s."""
    return f"{size_words(bytes_per_second)}/s" if bytes_per_second else ""


def left_words(seconds: float | None) -> str:
    """Return how long something will take: about 1 min left."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 50:
        return f"about {max(10, round(seconds / 10) * 10)} s left" if seconds > 5 else "a few seconds left"
    if seconds < 3600:
        return f"about {max(1, round(seconds / 60))} min left"
    return f"about {figures.number(seconds / 3600, 1)} h left" if seconds < 86_400 * 2 else "days left"


def progress_words(done: int, total: int) -> str:
    """Return how much of a file is here, in one unit: 1.55 of 2.50 GB."""
    whole, part = size_words(total), size_words(done)
    unit = whole.rpartition(" ")[2]
    if part.endswith(f" {unit}"):
        part = part.removesuffix(f" {unit}")
    return f"{part} of {whole}"


def name_and_quantization(file: str) -> tuple[str, str]:
    """Return what the name of a GGUF file says: the model, and its quantization or ""."""
    stem = _PART.sub("", PurePosixPath(file).name.removesuffix(".gguf").replace("*", ""))
    found = QUANTIZED.search(stem)
    return (stem[: found.start()] or stem, stem[found.start() + 1 :].upper()) if found else (stem, "")


def place_words(path: Path) -> str:
    """Return a path as people write it, with ~ for their own folder."""
    home = str(Path.home())
    text = str(path)
    return "~" + text[len(home) :] if home != "/" and text.startswith(home + "/") else text


def short_hash(sha256: str) -> str:
    """Return the two ends of a hash."""
    return f"{sha256[:4]}…{sha256[-4:]}" if len(sha256) > 12 else sha256
