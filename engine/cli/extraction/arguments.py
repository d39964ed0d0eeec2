"""What `espalier extract` and `espalier jobs` take. Nothing heavy is imported: --help does not wait for it."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.arguments import describe_profile, describe_run, names, positive, share


def describe_extract(parser: argparse.ArgumentParser) -> None:
    """Describe `espalier extract`."""
    parser.usage = (
        "espalier extract SOURCE [SOURCE ...] --schema FILE [--out FILE] [options]\n"
        "       espalier extract --resume [ID] [--out FILE] [options]\n"
        "       espalier extract --after ID --schema FILE [--out FILE] [options]"
    )
    parser.description = (
        "Turn documents into rows, one a document or an item of a list. A document that fails is a row that says why. "
        "Run the same command again to go on where it stopped: what is done and unchanged stays done, what failed is "
        "tried again. What was corrected in the window counts in everything that is written."
    )
    parser.epilog = (
        "Exit code: 0, all documents read; 3, some failed, are empty or lack what the schema asks for; 1, nothing "
        "could be done; 2, the command line was wrong; 130, stopped by Ctrl+C (the rows so far are written). In CSV, "
        "text that a spreadsheet would take for a formula (it begins with = + - @) gets an apostrophe in front; in "
        "XLSX it is text."
    )
    parser.add_argument("sources", type=Path, nargs="*", metavar="SOURCE", help="folders of documents, or documents")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="the JSON Schema of a record")
    parser.add_argument("--instructions", metavar="TEXT", help="what the model is told before the document")
    parser.add_argument(
        "--grounding",
        choices=("on", "off"),
        help="on, the default: values are quotes of the document or read from them; off: what the model writes",
    )
    parser.add_argument(
        "--second-look", action="store_true", help="read each document twice, and trust less what differs"
    )
    parser.add_argument(
        "--resume",
        type=positive,
        nargs="?",
        const=0,
        metavar="ID",
        help="go on with a job as it was begun; with no ID, the newest that is not finished",
    )
    parser.add_argument(
        "--after", type=positive, metavar="ID", help="take over from a job what still applies, e.g. to another schema"
    )
    parser.add_argument("--again", action="store_true", help="do all documents again, as a new job")
    parser.add_argument(
        "--fields", type=names, metavar="A,B", help="read only these fields anew, of all documents that were read"
    )
    parser.add_argument("--lanes", type=positive, metavar="N", help="documents with the model at once (default 4)")
    _describe_output(parser)
    parser.add_argument(
        "--truth",
        type=Path,
        metavar="FILE",
        help="tell how many values are right: a .json, .jsonl, .csv or .xlsx file of known ones, or a folder of .json",
    )
    describe_run(parser)


def describe_jobs(parser: argparse.ArgumentParser) -> None:
    """Describe `espalier jobs`."""
    parser.description = "List what was extracted in the terminal and in the window, or write it to files."
    describe_profile(parser)
    actions = parser.add_subparsers(dest="action", metavar="action")
    listed = actions.add_parser("list", help="list the jobs, newest first (the default)")
    exported = actions.add_parser("export", help="write the rows of a job, with what was corrected")
    exported.add_argument("id", type=positive, metavar="ID", help="the job, as `list` numbers it")
    _describe_output(exported)
    exported.add_argument(
        "--evaluation",
        type=Path,
        metavar="FILE",
        help="write what was accepted or corrected as known values, which `extract --truth` reads",
    )
    for action in (listed, exported):
        # Suppressed, so that it does not undo a --profile that stands before the action.
        describe_profile(action, default=argparse.SUPPRESS)


def _describe_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        "--export",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="where the rows go: .csv, .jsonl or .xlsx; folders that are not there are made; may be repeated",
    )
    parser.add_argument(
        "--unit",
        metavar="NAME",
        help="what a row is: documents, or the name of a list whose items are rows; by default documents, or items "
        "where the schema is a list",
    )
    parser.add_argument("--provenance", action="store_true", help="write of each value where it stands in its document")
    parser.add_argument("--confidence", action="store_true", help="write of each value how sure it is")
    parser.add_argument(
        "--review-below",
        type=share,
        metavar="N",
        help="list the values that are less sure than this, worst first, and name them in what is written",
    )
