"""Documents longer than the context: chunks, the search that tells which of them matter, and what is made of answers.

`blocks` and `chunks` part a document where nothing is torn, `fields` and `division` tell what is looked for, `search`
where it is likely to stand, `choosing` what is read, `merging` what the answers come to, `coverage` what is said about
it. `arranging` puts the requests of a document together, `arrangement` the record that comes of their answers, in
which `repeats` leaves nothing that one answer says more often than the document.
"""

from engine.extraction.long.arrangement import Answered, Arrangement, PartedArrangement
from engine.extraction.long.arranging import Arranger

__all__ = ["Answered", "Arrangement", "Arranger", "PartedArrangement"]
