"""Which rows of a growing answer are folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.models.answer_node import MISSING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTreeView

    from app.models.answer_node import Node
    from app.models.answer_tree import AnswerTree


class Folds:
    """The folds of one view: the rows below a row, which Qt hides, and long text, which shrinks to one line.

    What a person has folded is remembered by its pointer, so that it stays folded when its row is made anew.
    """

    def __init__(self, answer: AnswerTree, view: QTreeView) -> None:
        self._answer = answer
        self._view = view
        self._toggled: set[str] = set()

    def forget(self) -> None:
        """Forget what was folded: another answer begins."""
        self._toggled.clear()

    def toggle(self, node: Node) -> None:
        """Note that a person has folded or unfolded a row."""
        self._toggled ^= {node.pointer}

    def toggled(self, node: Node) -> bool:
        """Whether a row is otherwise than it would be by itself."""
        return node.pointer in self._toggled

    def foldable(self, node: Node) -> bool:
        """Whether there is something to fold."""
        return bool(node.children) or (node.reasoning and node.value is not MISSING)

    def expanded(self, node: Node) -> bool:
        """Whether the rows below a row are shown."""
        return self._view.isExpanded(self._answer.index_of(node))

    def shortened(self, node: Node) -> bool:
        """Whether long text is shown as one line: trains of thought are, once they are done."""
        by_itself = node.reasoning and node.state == "done"
        return by_itself != self.toggled(node)
