"""Known values: read from a file, held against what was extracted, and made of what a person has judged."""

from engine.extraction.truth.accuracy import Accuracy, Difference, FieldAccuracy, accuracy
from engine.extraction.truth.comparing import agrees
from engine.extraction.truth.evaluation import write_evaluation
from engine.extraction.truth.known import UNKNOWN, Truth
from engine.extraction.truth.reading import read_truth

__all__ = [
    "UNKNOWN",
    "Accuracy",
    "Difference",
    "FieldAccuracy",
    "Truth",
    "accuracy",
    "agrees",
    "read_truth",
    "write_evaluation",
]
