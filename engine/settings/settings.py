"""The settings: sections of typed values, each with a default that is right for most.

Plain dataclasses: the window reads them before it is drawn, and pydantic alone takes 0.2 s to import.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION: Final = 1
"""Of the form in which settings are kept. It grows where an older program would misread a newer form."""

SYSTEM: Final = "system"
ISO: Final = "iso"

ThemeChoice = Literal["system", "light", "dark"]
Size = Literal["small", "normal", "large", "larger", "largest"]
NetworkUse = Literal["asked", "never"]

SCALES: Final[dict[Size, float]] = {"small": 0.9, "normal": 1.0, "large": 1.15, "larger": 1.3, "largest": 1.5}
"""How many times as large as drawn everything is shown: text, rows and marks together, so that nothing is cut off."""

LANGUAGES: Final[dict[str, str]] = {
    "en-US": "English, United States",
    "en-GB": "English, United Kingdom",
    "en-IN": "English, India",
    "cs-CZ": "Čeština",
    "da-DK": "Dansk",
    "de-DE": "Deutsch, Deutschland",
    "de-CH": "Deutsch, Schweiz",
    "es-ES": "Español, España",
    "es-MX": "Español, México",
    "fr-FR": "Français, France",
    "fr-CA": "Français, Canada",
    "it-IT": "Italiano",
    "ja-JP": "日本語",
    "ko-KR": "한국어",
    "nl-NL": "Nederlands",
    "nb-NO": "Norsk bokmål",
    "pl-PL": "Polski",
    "pt-BR": "Português, Brasil",
    "pt-PT": "Português, Portugal",
    "fi-FI": "Suomi",
    "sv-SE": "Svenska",
    "tr-TR": "Türkçe",
    "uk-UA": "Українська",
    "zh-CN": "中文, 中国",
}
"""In whose way dates and numbers can be written. All of them write with the digits 0 to 9."""


_LONGEST_PATH: Final = 4096


@dataclass(frozen=True)
class Appearance:
    """How the window looks. The size is that of everything, and takes effect at the next start."""

    theme: ThemeChoice = "system"
    size: Size = "normal"


@dataclass(frozen=True)
class Locale:
    """How dates and numbers are written where a person reads them; what is exported stays as it is."""

    language: str = SYSTEM


@dataclass(frozen=True)
class Folders:
    """Where files go unless something else is said: whole paths; "" is the usual place."""

    downloads: str = ""
    exports: str = ""


@dataclass(frozen=True)
class Network:
    """Whether anything may be fetched or sent: only what a person asks for, or never."""

    use: NetworkUse = "asked"


Section = Appearance | Locale | Folders | Network


@dataclass(frozen=True)
class AppSettings:
    """Everything that can be set.

    `shortcuts` are commands by their ids, with keys other than their usual ones; with none, they have none. `others`
    are values that this version does not know, by section ("" for those of none): they are kept as they are.
    """

    appearance: Appearance = Appearance()
    locale: Locale = Locale()
    folders: Folders = Folders()
    network: Network = Network()
    shortcuts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = VERSION
    others: dict[str, dict[str, Any]] = field(default_factory=dict)


SECTIONS: Final[dict[str, type[Section]]] = {
    "appearance": Appearance,
    "locale": Locale,
    "folders": Folders,
    "network": Network,
}


def _one_of(*choices: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in choices


def _is_folder(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > _LONGEST_PATH or "\0" in value:
        return False
    return not value or Path(value).is_absolute()


SOUND: Final[dict[tuple[str, str], Callable[[Any], bool]]] = {
    ("appearance", "theme"): _one_of(*get_args(ThemeChoice)),
    ("appearance", "size"): _one_of(*SCALES),
    ("locale", "language"): _one_of(SYSTEM, ISO, *LANGUAGES),
    ("folders", "downloads"): _is_folder,
    ("folders", "exports"): _is_folder,
    ("network", "use"): _one_of(*get_args(NetworkUse)),
}
"""What each setting may be."""
