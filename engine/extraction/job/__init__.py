"""A job over many documents: a few in flight, every row on disk before anything else happens.

`preparing` is what happens to a document before the model hears of it, `reading` what is asked of it, request by
request; `run` keeps several going at once; `rows` and `receipts` are what is kept of each; `takeover` and `changes`
tell what need not be done again.
"""

from engine.extraction.job.job import ExtractionJob
from engine.extraction.job.progress import Progress

__all__ = ["ExtractionJob", "Progress"]
