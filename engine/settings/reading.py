"""Settings out of what is kept, whoever wrote it, and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from engine.settings.settings import SECTIONS, SOUND, VERSION, AppSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.settings.settings import Section

KEY: Final = "settings"
"""Under which the store keeps them, as one JSON object."""
_OLD: Final = {"window.theme": ("appearance", "theme")}
"""Keys of the store before there were settings, and where their values belong."""
_MOST_KEYS: Final = 8
_LONGEST_KEYS: Final = 60


@dataclass(frozen=True)
class Note:
    """Something kept that could not be used: where it stood, and in a sentence what is done instead."""

    where: str
    sentence: str


@dataclass(frozen=True)
class Found:
    """The settings, and what was wrong with what is kept.

    `newer` says that a later version wrote them: what this one understands is used, and nothing may be written over.
    """

    settings: AppSettings
    notes: tuple[Note, ...] = ()
    newer: bool = False


def read(kept: Mapping[str, Any]) -> Found:
    """Read the settings among everything that the store keeps (key -> JSON value). Never fails.

    Each value is judged by itself: a bad one becomes its default, with a note, and the others stay.
    """
    whole = kept.get(KEY)
    notes: list[Note] = []
    if KEY not in kept:
        whole = {}
        for key, (section, name) in _OLD.items():
            if key in kept:
                whole.setdefault(section, {})[name] = kept[key]
    elif not isinstance(whole, dict):
        notes.append(Note("/", "The settings are no JSON object; the usual ones are used."))
        whole = {}
    version = whole.get("version", VERSION)
    newer = type(version) is int and version > VERSION
    if newer:
        notes.append(
            Note("/version", "A newer Espalier wrote these settings. Changes hold until the end, and are not kept.")
        )
    others: dict[str, dict[str, Any]] = {}
    sections = {name: _section(name, kind, whole.get(name, {}), others, notes) for name, kind in SECTIONS.items()}
    known = {"version", "shortcuts", *SECTIONS}
    others[""] = {key: value for key, value in whole.items() if key not in known}
    settings = AppSettings(
        shortcuts=_shortcuts(whole.get("shortcuts", {}), notes),
        version=version if newer else VERSION,
        others={name: values for name, values in others.items() if values},
        **sections,
    )
    return Found(settings, tuple(notes), newer)


def write(settings: AppSettings) -> dict[str, Any]:
    """Return what the store is to keep: a JSON object, with all that was not understood as it was."""
    return {
        **settings.others.get("", {}),
        "version": settings.version,
        **{name: settings.others.get(name, {}) | asdict(getattr(settings, name)) for name in SECTIONS},
        "shortcuts": {action: list(keys) for action, keys in settings.shortcuts.items()},
    }


def _section(name: str, kind: type[Section], values: Any, others: dict[str, dict[str, Any]], notes: list[Note]) -> Any:
    if not isinstance(values, dict):
        notes.append(Note(f"/{name}", "It is no JSON object; the usual settings are used."))
        return kind()
    good: dict[str, Any] = {}
    known = {field.name for field in fields(kind)}
    for key, value in values.items():
        if key not in known:
            others.setdefault(name, {})[key] = value
        elif SOUND[name, key](value):
            good[key] = value
        else:
            notes.append(Note(f"/{name}/{key}", f"{_shown(value)} cannot be used; the usual setting is."))
    return kind(**good)


def _shortcuts(values: Any, notes: list[Note]) -> dict[str, tuple[str, ...]]:
    if not isinstance(values, dict):
        notes.append(Note("/shortcuts", "It is no JSON object; the usual keys are used."))
        return {}
    good: dict[str, tuple[str, ...]] = {}
    for action, keys in values.items():
        if (
            isinstance(keys, list | tuple)
            and len(keys) <= _MOST_KEYS
            and all(isinstance(each, str) and 0 < len(each) <= _LONGEST_KEYS for each in keys)
        ):
            good[action] = tuple(keys)
        else:
            notes.append(Note(f"/shortcuts/{action}", f"{_shown(keys)} cannot be used; the usual keys are."))
    return good


def _shown(value: Any) -> str:
    """Return a value as a note can say it, short and on one line."""
    words = " ".join(repr(value).split())
    return words if len(words) <= 40 else f"{words[:39]}…"
