"""Model files fetched from a hub: recommended or named, downloaded, resumed and checked.

`Hub` lists what a repository has, with sizes and hashes; `models_of` puts the parts of a model together; a `Download`
fetches one model, and whatever interrupts it, another `Download` of the same files goes on where it was. `waiting`
finds those that were interrupted.
"""

from engine.hub.download import Download
from engine.hub.file import HubFile, folder_of, models_of, name_of
from engine.hub.hub import Hub
from engine.hub.paused import Paused, waiting
from engine.hub.progress import DownloadProgress
from engine.hub.recommended import Recommended, recommended

__all__ = [
    "Download",
    "DownloadProgress",
    "Hub",
    "HubFile",
    "Paused",
    "Recommended",
    "folder_of",
    "models_of",
    "name_of",
    "recommended",
    "waiting",
]
