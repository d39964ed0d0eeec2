"""A folder of invoices, all invented, for the pictures of the Extract page: some plain, one scanned, one empty."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from make_samples import BOLD, Rule, Sheet, Text, block, draw, table
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "invoice",
  "type": "object",
  "additionalProperties": false,
  "required": ["vendor", "number", "issued", "total", "paid", "due"],
  "properties": {
    "vendor": { "type": "string", "description": "Name of the company that sends the invoice", "maxLength": 60 },
    "number": { "type": "string", "description": "Number of the invoice, as printed", "maxLength": 24 },
    "issued": { "type": "string", "format": "date", "description": "Date of the invoice" },
    "total": { "type": "number", "description": "Total due, tax included" },
    "paid": { "type": "boolean", "description": "Whether the invoice says that it has been paid" },
    "due": { "type": ["string", "null"], "format": "date", "description": "Date by which it is to be paid" }
  }
}
"""
INSTRUCTIONS = "Quote names as printed. Dates are day first unless the vendor is in the US."


@dataclass(frozen=True)
class Bill:
    """An invoice as it is printed; `foot` stands below the total, `dates` are label and words."""

    name: str
    vendor: str
    trade: str
    number: str
    dates: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str, str, str], ...]
    sums: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    foot: tuple[str, ...] = ()


BILLS = (
    Bill(
        "northwind-1047.pdf", "Northwind Botanicals GmbH", "Seeds, bulbs and young trees", "NB-2024-1047",
        (("Date", "18 March 2024"), ("Due", "17 April 2024")),
        (("Quince, two years", "6", "48.00", "288.00"), ("Rootstock, bundle", "2", "21.00", "42.00")),
        (("Net", "330.00"), ("VAT 20 %", "68.60")), ("Total", "398.60"), ("Payable within 30 days.",),
    ),
    Bill(
        "hargreaves-0311.pdf", "Hargreaves & Sons", "Joinery and garden frames", "H-0311",
        (("Date", "11th March 2024"),),
        (
            ("Oak frame, 1.8 m, three wires", "4", "186.00", "744.00"),
            ("Cedar post, 75 mm, pointed", "12", "18.50", "222.00"),
            ("Fixing, half day", "1", "180.00", "180.00"), ("Delivery to Hay", "1", "48.00", "48.00"),
        ),
        (("Goods and labour", "1,194.00"), ("Trade discount", "-124.00"), ("VAT 20 %", "214.00")),
        ("Total due", "1,284.00"),
        ("Paid on account 36.00, balance 1,248.00 if settled by the 25th.", "Bank: Ludlow Mutual 40-11-08, 3391 7720"),
    ),
    Bill(
        "loom-0093.pdf", "Orchard & Loom Ltd", "Jute, netting and ties", "OL-0093",
        (("Date", "29/02/2024"),),
        (("Jute netting, 25 m", "5", "62.00", "310.00"), ("Ties, box of 500", "3", "12.90", "38.70")),
        (("Net", "348.70"), ("VAT 20 %", "69.80")), ("Total", "418.50"), ("PAID by card on 29/02/2024. Thank you.",),
    ),
    Bill(
        "tessel-mar.pdf", "Tessel Ceramics", "Pots and glazed tiles", "TC-2203/b",
        (("Issued", "22 Mar 2024"), ("Due", "5 Apr 2024")),
        (("Terracotta pot, 40 cm", "2", "38.00", "76.00"),),
        (), ("To pay", "76.00"),
    ),
    Bill(
        "brook-lane-88.pdf", "Brook Lane Nursery", "Fruit trees since 1951", "88",
        (("Date", "05/03/2024"),),
        (("Pear, fan trained", "3", "54.00", "162.00"), ("Planting compost, 60 l", "5", "10.05", "50.25")),
        (), ("Total", "212.25"), ("Paid in cash. Next delivery: 03/05/2024.",),
    ),
    Bill(
        "kestrel-24-031.pdf", "Kestrel Freight Oy", "Road and sea, Turku", "24-031",
        (("Invoice date", "7.3.2024"), ("Due date", "6.4.2024")),
        (("Turku to Hull, 2 pallets", "2", "980.00", "1960.00"),),
        (), ("Amount due", "1960.00"),
    ),
    Bill(
        "kestrel-24-032.pdf", "Kestrel Freight Oy", "Road and sea, Turku", "24-032",
        (("Invoice date", "14.3.2024"), ("Due date", "13.4.2024")),
        (("Turku to Hull, 1 pallet", "1", "980.00", "980.00"), ("Tail lift", "1", "140.00", "140.00")),
        (), ("Amount due", "1,120.00"),
    ),
    Bill(
        "pemberton-q1.pdf", "Pemberton Glass", "Glasshouses, panes, putty", "PG/Q1/7",
        (("Date", "28 March 2024"), ("Due", "27 April 2024")),
        (("Pane, 60 by 45, toughened", "10", "58.00", "580.00"), ("Putty, 5 kg", "3", "25.00", "75.00")),
        (), ("Total", "655.00"), ("Pemberton Glass is a trade name of P. G. Holdings Ltd.",),
    ),
    Bill(
        "sunder-lines-5.pdf", "Sunder Lines", "Wire, strainers, eye bolts", "SL-5",
        (("Date", "9 March 2024"),),
        (("Galvanised wire, 100 m", "2", "31.40", "62.80"), ("Gripple, box of 20", "1", "32.00", "32.00")),
        (), ("Total", "94.80"), ("Paid with thanks.",),
    ),
    Bill(
        "vineyard-tools.pdf", "Vineyard Tool Co.", "Secateurs and saws", "VT-7781",
        (("Date", "19 March 2024"), ("Due", "18 April 2024")),
        (("Pruning saw, curved", "1", "47.00", "47.00"), ("Secateurs, left hand", "2", "48.00", "96.00")),
        (), ("Total", "143.00"),
    ),
    Bill(
        "north-quay-12.pdf", "North Quay Ltd", "Harbour store", "NQ-12",
        (("Date", "21 March 2024"), ("Due", "20 April 2024")),
        (("Rope, natural, 12 mm", "200", "12.10", "2,420.00"), ("Tar, 10 l", "8", "72.50", "580.00")),
        (("Net", "3,000.00"), ("VAT 3 %", "90.00")), ("Total due", "3,090.00"),
    ),
    Bill(
        "ridge-501.pdf", "Ridge Timber", "Sawn and planed", "RT-501",
        (("Date", "4 March 2024"), ("Due", "3 April 2024")),
        (("Larch, 50 by 100", "60", "14.50", "870.00"),),
        (), ("Total", "870.00"),
    ),
)  # fmt: skip
KNOWN = (
    ("2024-03-18", "2024-04-17", False),
    ("2024-03-11", None, False),
    ("2024-02-29", None, True),
    ("2024-03-22", "2024-04-05", False),
    ("2024-03-05", None, True),
    ("2024-03-07", "2024-04-06", False),
    ("2024-03-14", "2024-04-13", False),
    ("2024-03-28", "2024-04-27", False),
    ("2024-03-09", None, True),
    ("2024-03-19", "2024-04-18", False),
    ("2024-03-21", "2024-04-20", False),
    ("2024-03-04", "2024-04-03", False),
)
"""Issued, due and paid of each invoice."""
CUSTOMER = ("Espaliers of Wye", "The Walled Garden, Hay-on-Wye")


def sheet(bill: Bill) -> Sheet:
    """Return an invoice as a page."""
    left, right = 56, 540
    under = 250 + 18 * len(bill.lines)
    sums = under + 34
    end = sums + 17 * len(bill.sums)
    return Sheet(
        A4,
        [
            Text(left, 80, bill.vendor, 17, BOLD),
            *block(left, 100, bill.trade, "Sallow Lane, Ludlow", size=9, leading=13),
            Text(right, 80, "INVOICE", 12, BOLD, right=True),
            Text(right, 98, f"Invoice No. {bill.number}", right=True),
            *(
                Text(right, 113 + 15 * place, f"{label} {words}".strip(), right=True)
                for place, (label, words) in enumerate(bill.dates)
            ),
            Text(left, 168, "Invoice to", 9),
            *block(left, 182, *CUSTOMER),
            *table(
                236,
                [(left, False), (360, True), (450, True), (right, True)],
                ["Description", "Qty", "Each", "Amount"],
                *bill.lines,
            ),
            Rule(left, 242, right - left),
            Rule(left, under + 4, right - left),
            *table(sums - 17, [(380, False), (right, True)], ["", ""], *bill.sums, leading=17),
            Text(380, end + 6, bill.total[0], 11, BOLD),
            Text(right, end + 6, bill.total[1], 11, BOLD, right=True),
            *block(left, end + 50, *bill.foot, size=9),
        ],
    )


def scan(path: Path) -> None:
    """Write a PDF of two pages that are pictures of text."""
    picture = Image.new("L", (600, 850), 250)
    pen = ImageDraw.Draw(picture)
    for row in range(18):
        pen.line((60, 90 + 34 * row, 540 - (row * 53) % 220, 90 + 34 * row), fill=60, width=7)
    held = io.BytesIO()
    picture.save(held, "PNG")
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for _ in range(2):
        canvas.drawImage(ImageReader(io.BytesIO(held.getvalue())), 0, 0, *A4)
        canvas.showPage()
    canvas.save()


def truth() -> dict[str, dict[str, Any]]:
    """Return what the invoices say, by the names of their files."""
    known: dict[str, dict[str, Any]] = {}
    for bill, (issued, due, paid) in zip(BILLS, KNOWN, strict=True):
        total = float(bill.total[1].replace(",", ""))
        said = {"vendor": bill.vendor, "number": bill.number, "issued": issued, "total": total}
        known[bill.name] = said | {"paid": paid, "due": due}
    return known


def truth_lines() -> str:
    """Return what the invoices say, one record a line."""
    return "".join(json.dumps({"document": name} | record) + "\n" for name, record in truth().items())


def make_folder(folder: Path) -> None:
    """Write the invoices, a scan, a page without anything on it, and a file that is cut short."""
    folder.mkdir(parents=True)
    for bill in BILLS:
        draw(sheet(bill), folder / bill.name)
    scan(folder / "scan_0017.pdf")
    blank = Canvas(str(folder / "empty.pdf"), pagesize=A4, invariant=1)
    blank.showPage()
    blank.save()
    whole = (folder / "ridge-501.pdf").read_bytes()
    (folder / "ridge-502.pdf").write_bytes(whole[: len(whole) // 3])
