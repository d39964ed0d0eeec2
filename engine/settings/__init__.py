"""What a person has chosen for the whole of Espalier: typed, versioned, and read so that nothing stops a start.

It is kept by the store, under one key:

    found = read(store.settings.all())
    found.settings.appearance.theme
    store.settings.put(KEY, write(found.settings))
"""

from engine.settings.reading import KEY, Found, Note, read, write
from engine.settings.settings import (
    ISO,
    LANGUAGES,
    SCALES,
    SYSTEM,
    VERSION,
    Appearance,
    AppSettings,
    Folders,
    Locale,
    Network,
    NetworkUse,
    Size,
    ThemeChoice,
)

__all__ = [
    "ISO",
    "KEY",
    "LANGUAGES",
    "SCALES",
    "SYSTEM",
    "VERSION",
    "AppSettings",
    "Appearance",
    "Folders",
    "Found",
    "Locale",
    "Network",
    "NetworkUse",
    "Note",
    "Size",
    "ThemeChoice",
    "read",
    "write",
]
