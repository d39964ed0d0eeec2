"""A job over many documents: a few in flight, every row on disk before anything else happens.

`reading` is what is asked of one document, request by request; `run` keeps several of them going at once; `rows` and
`receipts` are what is kept of each; `takeover` and `changes` tell what need not be done again.
"""

from engine.extraction.job.job import ExtractionJob
from engine.extraction.job.progress import Progress

__all__ = ["ExtractionJob", "Progress"]
