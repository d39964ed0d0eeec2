"""The table in the middle of the Extract page."""

from app.pages.extract.table.view import ExtractTableView

__all__ = ["ExtractTableView"]
