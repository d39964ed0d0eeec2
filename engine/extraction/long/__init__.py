"""Documents longer than the context: chunks, the search that tells which of them matter, and what is made of answers.

`blocks` and `chunks` part a document where nothing is torn, `fields` and `division` tell what is looked for, `search`
where it is likely to stand, `choosing` what is read, `merging` what the answers come to, `coverage` what is said about
it; `reading` has the whole of it for a job.
"""

from engine.extraction.long.reading import Answer, Reader, Reading

__all__ = ["Answer", "Reader", "Reading"]
