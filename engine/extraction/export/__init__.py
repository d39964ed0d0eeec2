"""Reviewed rows as files: CSV and XLSX for spreadsheets, JSONL for programs. A file is replaced as a whole."""

from engine.extraction.export.contents import Contents
from engine.extraction.export.lines import to_jsonl
from engine.extraction.export.separated import to_csv
from engine.extraction.export.workbook import write_workbook
from engine.extraction.export.writing import FORMATS, check_format, write_table

__all__ = ["FORMATS", "Contents", "check_format", "to_csv", "to_jsonl", "write_table", "write_workbook"]
