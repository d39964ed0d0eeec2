"""The models of this machine: where they lie, what their headers say, and what they are known by."""

from engine.library.finding import ModelFile, find_models, identity_of, parts_of, read_model
from engine.library.hashing import ModelHash, hash_of, joined_hash, sha256_of, stamp_of
from engine.library.listing import Listed, Wanted, list_models
from engine.library.places import Place, usual_places

__all__ = [
    "Listed",
    "ModelFile",
    "ModelHash",
    "Place",
    "Wanted",
    "find_models",
    "hash_of",
    "identity_of",
    "joined_hash",
    "list_models",
    "parts_of",
    "read_model",
    "sha256_of",
    "stamp_of",
    "usual_places",
]
