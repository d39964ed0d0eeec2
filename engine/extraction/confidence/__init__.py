"""How likely a cell's value is to be right, learnt from what a person corrects, and which cells to look at."""

from engine.extraction.confidence.calibration import Calibration
from engine.extraction.confidence.measures import auroc, ece, to_review
from engine.extraction.review import Judged
from engine.extraction.signals import fold

__all__ = ["Calibration", "Judged", "auroc", "ece", "fold", "to_review"]
