"""The Read view: an answer growing on its stem, against the fields of its schema.

A green stem runs down to the write head. A filled node is done, a ring is being written, a hollow node on a grey
line is still to come; a failure ends the stem in a cross. It is a tree view, so keyboard, screen readers, folding
and scrolling are Qt's own; the rows are measured and painted here.
"""

from app.widgets.stem.view import StemView

__all__ = ["StemView"]
