"""The models of this machine: where they lie, and what their headers say."""

from engine.library.finding import ModelFile, find_models, parts_of, read_model
from engine.library.places import Place, usual_places

__all__ = ["ModelFile", "Place", "find_models", "parts_of", "read_model", "usual_places"]
