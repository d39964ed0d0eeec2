"""Everything that can be set, in the order of the page: found by words, and from the palette, without the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SECTIONS: Final[dict[str, str]] = {
    "appearance": "Appearance",
    "locale": "Dates and numbers",
    "keyboard": "Keyboard",
    "folders": "Models and folders",
    "network": "Network",
    "privacy": "Privacy",
    "backup": "Backup and restore",
    "about": "About",
}


@dataclass(frozen=True)
class Entry:
    """A row of the page: its name, a hint below it, and words by which it is found too."""

    key: str
    name: str
    hint: str = ""
    words: str = ""

    @property
    def section(self) -> str:
        """The key of its section."""
        return self.key.partition(".")[0]


ENTRIES: Final[tuple[Entry, ...]] = (
    Entry("appearance.theme", "Theme", words="light dark system colours mode"),
    Entry(
        "appearance.size",
        "Size of everything",
        "Text, rows and marks grow together, so that nothing is cut off. It takes effect when Espalier starts again.",
        "font size text scale zoom large small bigger",
    ),
    Entry(
        "locale.language",
        "Written as in",
        "Where a person reads them. What is exported, copied or stands in a document stays as it is.",
        "language locale format dates numbers decimal comma iso 24 hours",
    ),
    Entry(
        "keyboard.shortcuts",
        "Shortcuts",
        "Enter on a command, then press its new keys. Del takes its keys away.",
        "keys hotkeys commands bindings keyboard",
    ),
    Entry("keyboard.reset", "All shortcuts", words="reset default keys usual"),
    Entry("folders.downloads", "Downloaded models", words="folder downloads gguf disk"),
    Entry(
        "folders.exports",
        "Exports",
        "Where dialogs that save begin. Each page remembers the folder that was used last until Espalier ends.",
        "folder save export default",
    ),
    Entry("folders.models", "Other folders of models", words="library search gguf files"),
    Entry(
        "folders.usual",
        "Models of other programs",
        "LM Studio, Ollama, GPT4All, Jan and the Hugging Face cache: looked into, never changed.",
        "usual places look lm studio ollama",
    ),
    Entry("network.use", "Use the network", words="offline internet online allow never forbid"),
    Entry("network.now", "Used just now", words="what fetching downloading asked"),
    Entry("network.places", "What you asked for", words="servers endpoints hub remote hosts"),
    Entry(
        "network.keys",
        "Keys",
        "They lie in the system's keyring, and are in no log, export or backup.",
        "token password secret api keyring hub forget",
    ),
    Entry(
        "privacy.holdings",
        "What is stored",
        "Everything lies in one folder of this machine. Nothing is sent anywhere unless a thread or an extraction "
        "is set to a model elsewhere.",
        "data folder size disk space threads schemas jobs caches logs stored where",
    ),
    Entry("privacy.folder", "The profile's folder", words="open data location path where"),
    Entry("privacy.clear", "Made again when needed", words="clear cache caches logs delete free space"),
    Entry(
        "privacy.erase",
        "Delete data",
        "Threads, schemas, extractions, settings, models: what you choose, for good.",
        "erase wipe remove all everything privacy forget",
    ),
    Entry(
        "backup.write",
        "Back up",
        "Threads, attachments, schemas, interfaces, extractions and settings in one file. Models are not in it, "
        "and keys never are.",
        "save copy export everything archive zip",
    ),
    Entry(
        "backup.restore",
        "Restore",
        "A backup takes the place of everything. What is there now is kept as a copy first.",
        "import load archive zip undo",
    ),
    Entry("backup.copies", "Daily copies", words="automatic backups database older versions"),
    Entry("about.version", "Version", words="about espalier licence"),
    Entry("about.logs", "Logs", words="log files errors diagnostics"),
)
BY_KEY: Final[dict[str, Entry]] = {entry.key: entry for entry in ENTRIES}


def finds(query: str, entry: Entry) -> bool:
    """Whether every word of a query occurs in what a row says or is found by."""
    said = f"{SECTIONS[entry.section]} {entry.name} {entry.hint} {entry.words}".casefold()
    return all(word in said for word in query.casefold().split())
