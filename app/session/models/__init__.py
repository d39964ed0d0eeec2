"""Models: those of this machine, those that are fetched, and those elsewhere.

Made when they are first asked for (`Session.models`, `.downloads`, `.endpoints`): the window stands without them.
"""

from app.loading import LoadFailure
from app.session.models.asking import Row, TokenState
from app.session.models.benchmarks import BenchmarkRun, Benchmarks
from app.session.models.downloads import Downloads, Item, ItemState
from app.session.models.endpoints import Endpoints
from app.session.models.entry import ADDED, BUNDLED, DOWNLOADED, Entry, Origin
from app.session.models.models import Models
from engine.store.models import KeptBenchmark

__all__ = [
    "ADDED",
    "BUNDLED",
    "DOWNLOADED",
    "BenchmarkRun",
    "Benchmarks",
    "Downloads",
    "Endpoints",
    "Entry",
    "Item",
    "ItemState",
    "KeptBenchmark",
    "LoadFailure",
    "Models",
    "Origin",
    "Row",
    "TokenState",
]
