"""A2UI's icons, and those that Material calls otherwise, as glyphs of ours."""

from __future__ import annotations

from typing import Final

from engine.interface.dialects.imported import words

FALLBACK: Final = "question"


def glyph_of(name: str) -> str | None:
    """Return the glyph for an icon's name, however it is spelled (`arrowUpward`, `arrow_upward`); None for none."""
    spelled = "".join(words(name)).lower()
    return _GLYPHS.get(spelled)


_GLYPHS: Final = {
    "accountcircle": "user-circle",
    "add": "plus",
    "arrowback": "arrow-left",
    "arrowdownward": "arrow-down",
    "arrowforward": "arrow-right",
    "arrowupward": "arrow-up",
    "attachfile": "paperclip",
    "book": "book",
    "calendartoday": "calendar",
    "call": "phone",
    "camera": "camera",
    "check": "check",
    "checkcircle": "check-circle",
    "close": "x",
    "cloud": "cloud",
    "creditcard": "credit-card",
    "delete": "trash",
    "directionsrun": "person-simple-run",
    "download": "download",
    "edit": "pencil-simple",
    "email": "envelope",
    "error": "x-circle",
    "event": "calendar",
    "fastforward": "fast-forward",
    "favorite": "heart",
    "favoriteoff": "heart",
    "folder": "folder",
    "help": "question",
    "home": "house",
    "image": "image",
    "info": "info",
    "lightbulb": "lightbulb",
    "link": "link",
    "localshipping": "truck",
    "locationon": "map-pin",
    "lock": "lock",
    "lockopen": "lock-open",
    "mail": "envelope",
    "menu": "list",
    "morehoriz": "dots-three",
    "morevert": "dots-three-vertical",
    "musicnote": "music-note",
    "notifications": "bell",
    "notificationsoff": "bell-slash",
    "pause": "pause",
    "payment": "credit-card",
    "person": "user",
    "phone": "phone",
    "photo": "image",
    "play": "play",
    "playarrow": "play",
    "print": "printer",
    "priorityhigh": "warning",
    "refresh": "arrows-clockwise",
    "rewind": "rewind",
    "schedule": "clock",
    "search": "magnifying-glass",
    "send": "paper-plane-tilt",
    "settings": "gear",
    "share": "share",
    "shoppingcart": "shopping-cart",
    "skipnext": "skip-forward",
    "skipprevious": "skip-back",
    "star": "star",
    "starhalf": "star-half",
    "staroff": "star",
    "stop": "stop",
    "sunny": "sun",
    "trendingdown": "trend-down",
    "trendingup": "trend-up",
    "upload": "upload",
    "visibility": "eye",
    "visibilityoff": "eye-slash",
    "volumedown": "speaker-low",
    "volumemute": "speaker-none",
    "volumeoff": "speaker-slash",
    "volumeup": "speaker-high",
    "warning": "warning",
}
