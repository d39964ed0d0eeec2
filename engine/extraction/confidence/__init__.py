"""How likely a cell's value is to be right, learnt from what a person corrects, and which cells to look at."""

from engine.extraction.confidence.calibration import Calibration, fold
from engine.extraction.confidence.measures import auroc, ece, to_review
from engine.extraction.review import Judged

__all__ = ["Calibration", "Judged", "auroc", "ece", "fold", "to_review"]
