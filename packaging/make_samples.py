"""Draw the sample PDFs under resources/samples: the same bytes on every run.

Run from the repository root: `python packaging/make_samples.py`. The contents, all invented, stand below as
data; a test draws them again and compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4, A5, LETTER
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAMPLES = Path(__file__).resolve().parents[1] / "resources" / "samples"
REGULAR, BOLD, MONO = "Helvetica", "Helvetica-Bold", "Courier"


@dataclass(frozen=True)
class Text:
    """One line of text, in points from the top left: `y` of its baseline, `x` of its left or `right` end."""

    x: float
    y: float
    words: str
    size: float = 10
    font: str = REGULAR
    right: bool = False


@dataclass(frozen=True)
class Rule:
    """A horizontal line."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Sheet:
    """A page: its size in points and what stands on it."""

    size: tuple[float, float]
    parts: Sequence[Text | Rule]


def block(x: float, y: float, *lines: str, size: float = 10, leading: float = 14, font: str = REGULAR) -> list[Text]:
    """Return lines one below the other."""
    return [Text(x, y + leading * place, line, size, font) for place, line in enumerate(lines)]


def pairs(x: float, value_x: float, y: float, *rows: tuple[str, str], leading: float = 15) -> list[Text]:
    """Return labels with their values beside them."""
    parts = []
    for place, (label, value) in enumerate(rows):
        height = y + leading * place
        parts += [Text(x, height, label, font=BOLD), Text(value_x, height, value)]
    return parts


def table(y: float, columns: Sequence[tuple[float, bool]], *rows: Sequence[str], leading: float = 18) -> list[Text]:
    """Return rows of cells under a heading row; a column is its x and whether it is set flush right."""
    return [
        Text(x, y + leading * place, cell, font=REGULAR if place else BOLD, right=right)
        for place, row in enumerate(rows)
        for (x, right), cell in zip(columns, row, strict=True)
        if cell
    ]


def lindenhof() -> Sheet:
    """Return a German invoice with decimal commas."""
    return Sheet(
        A4,
        [
            Text(56, 70, "Lindenhof Werkzeuge GmbH", 16, BOLD),
            *block(56, 88, "Mühlgasse 11 · 97070 Würzburg · USt-IdNr. DE 298 114 507", size=8),
            *block(56, 140, "Tischlerei Anselm Voss", "Am Bahnhof 3", "97084 Würzburg"),
            Text(56, 220, "Rechnung", 18, BOLD),
            *pairs(
                350,
                450,
                140,
                ("Rechnungsnr.", "RE-2025-0914"),
                ("Datum", "04.09.2025"),
                ("Kundennr.", "20771"),
            ),
            *table(
                260,
                [(56, False), (330, True), (430, True), (540, True)],
                ["Bezeichnung", "Menge", "Einzelpreis", "Betrag"],
                ["Handhobel, Nr. 4", "2", "129,00 €", "258,00 €"],
                ["Stechbeitel-Satz, 6-teilig", "1", "98,00 €", "98,00 €"],
                ["Schleifpapier, Korn 120", "50", "1,30 €", "65,00 €"],
            ),
            Rule(56, 325, 484),
            *table(
                345,
                [(330, False), (540, True)],
                ["Nettobetrag", "421,00 €"],
                ["zzgl. 19 % MwSt.", "79,99 €"],
                ["Gesamtbetrag", "500,99 €"],
            ),
            *block(
                56,
                430,
                "Zahlbar ohne Abzug bis zum 18.09.2025.",
                "Bankverbindung: Main-Sparbank, IBAN DE00 7905 0000 0012 3456 78",
                "Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum.",
            ),
        ],
    )


def osprey() -> Sheet:
    """Return an American invoice that names a second currency."""
    return Sheet(
        LETTER,
        [
            Text(556, 60, "INVOICE", 22, BOLD, right=True),
            Text(50, 60, "Osprey Charter LLC", 14, BOLD),
            *block(50, 78, "77 Pier Road, Beaufort, SC 29902", "Phone 843 555 0164", size=9, leading=12),
            *pairs(
                380,
                470,
                100,
                ("Invoice no.", "OC-5521"),
                ("Date", "August 21, 2025"),
                ("Due", "September 20, 2025"),
            ),
            *block(50, 140, "Billed to", font=BOLD),
            *block(50, 155, "Tidewater Film Works", "210 Marsh Avenue", "Savannah, GA 31401"),
            *table(
                230,
                [(50, False), (340, True), (440, True), (556, True)],
                ["Service", "Units", "Rate (USD)", "Amount (USD)"],
                ["Skipper and boat, per day", "3", "980.00", "2,940.00"],
                ["Drone deck permit", "1", "150.00", "150.00"],
                ["Fuel", "1", "390.00", "390.00"],
            ),
            Rule(50, 295, 506),
            Text(340, 318, "Total due", 12, BOLD),
            Text(556, 318, "$3,480.00", 12, BOLD, right=True),
            *block(
                50,
                360,
                "The quote of May 2 was given in euros (EUR 3,190.00). As agreed, we bill in US dollars,",
                "and the dollar amount above is the one to pay. No sales tax applies to charter services.",
                "Wire transfer to Lowcountry Bank, account 0044 7781 20.",
            ),
        ],
    )


def brightwell() -> Sheet:
    """Return a British invoice whose sender stands beside the customer, on other baselines."""
    return Sheet(
        A4,
        [
            *block(340, 66, "Brightwell Electrical Ltd", font=BOLD, size=13),
            *block(
                340,
                83,
                "Unit 7, Canal Works",
                "Stroud GL5 3AB",
                "VAT registration GB 277 9031 44",
                "office@brightwell.example",
                size=9,
                leading=13,
            ),
            *block(56, 75, "Ashgrove Dental Practice", "Dr P. Whitlock", "1 Ashgrove Terrace", "Stroud GL5 1QW"),
            Text(56, 175, "Invoice 10482", 17, BOLD),
            *pairs(56, 160, 200, ("Tax point", "6 November 2025"), ("Payment due", "20 November 2025")),
            *table(
                260,
                [(56, False), (350, True), (440, True), (540, True)],
                ["Work", "Qty", "Unit price", "Line total"],
                ["Replace consumer unit", "1", "385.00", "385.00"],
                ["LED panel, surgery 2", "4", "62.00", "248.00"],
                ["Safety certificate", "1", "110.00", "110.00"],
            ),
            Rule(56, 325, 484),
            *table(
                345,
                [(350, False), (540, True)],
                ["Net", "£743.00"],
                ["VAT at 20%", "£148.60"],
                ["Total to pay", "£891.60"],
            ),
            *block(
                56,
                430,
                "The work was carried out on 3 and 4 November. All fittings carry a two-year guarantee;",
                "please keep the certificate with this invoice.",
            ),
        ],
    )


def trattoria() -> Sheet:
    """Return a restaurant's receipt, narrow, in typewriter type."""
    lines = [
        "     Trattoria Nespola",
        "  Via dei Tigli 9, Bologna",
        "   P. IVA 03391720375",
        "",
        "Receipt 0231      Table 6",
        "26/04/2025        21:08",
        "",
        "2 Cover             5.00",
        "1 Tagliatelle      13.50",
        "1 Lasagne          14.00",
        "2 Panna cotta      13.00",
        "1 House red, 0.5 l 11.00",
        "1 Water             3.00",
        "2 Coffee            5.00",
        "",
        "TOTAL EUR          64.50",
        "Cash               70.00",
        "Change              5.50",
        "",
        "  Grazie e arrivederci!",
    ]
    return Sheet((226, 340), block(24, 34, *lines, size=9, leading=14, font=MONO))


def saltmarsh() -> Sheet:
    """Return a delivery note that nobody has signed yet."""
    return Sheet(
        A4,
        [
            Text(56, 70, "Saltmarsh Nursery", 16, BOLD),
            *block(56, 86, "Dyke Lane, Wells-next-the-Sea NR23 1AT", size=9),
            Text(540, 70, "DELIVERY NOTE", 14, BOLD, right=True),
            *pairs(
                56,
                170,
                125,
                ("Note number", "L-0936"),
                ("Delivery date", "19 March 2025"),
                ("Your order", "B-2207"),
                ("Driver", "T. Abara"),
            ),
            Text(340, 125, "Deliver to", font=BOLD),
            *block(340, 140, "Fenwick Parish Council", "The Green", "Fenwick NR22 6QP", leading=15),
            *table(
                225,
                [(56, False), (150, False), (540, True)],
                ["Article", "Plant", "Trays"],
                ["101", "Sea thrift, 9 cm pots", "3"],
                ["118", "Sea holly, 9 cm pots", "2"],
                ["240", "Marram grass, plugs", "2"],
            ),
            Rule(56, 290, 484),
            Text(56, 310, "Total number of trays", font=BOLD),
            Text(540, 310, "7", font=BOLD, right=True),
            *block(
                56,
                350,
                "Please water within a day of arrival and return the empty trays at the next delivery.",
            ),
            *block(56, 400, "Received by (name and signature):"),
            Rule(230, 402, 180),
        ],
    )


def calloway() -> Sheet:
    """Return a curriculum vitae with a narrow column of facts beside the main one."""
    return Sheet(
        A4,
        [
            Text(200, 72, "Ines Calloway", 22, BOLD),
            Text(200, 92, "Senior Hydrologist", 12),
            Text(50, 130, "Contact", 11, BOLD),
            *block(
                50,
                147,
                "Galway, Ireland",
                "+353 91 555 0148",
                "ines.calloway@mail.example",
                size=8.5,
                leading=13,
            ),
            Text(50, 205, "Languages", 11, BOLD),
            *block(50, 222, "English", "Irish", "Portuguese", size=9, leading=13),
            Text(200, 126, "Experience", 13, BOLD),
            *block(200, 146, "Senior Hydrologist, Corrib River Trust", font=BOLD),
            *block(
                200,
                160,
                "2019 to present, Galway",
                "Leads a team of four that models floods on the Corrib and its lakes.",
                "Built the warning service that 31 parishes now use.",
                size=9.5,
            ),
            *block(200, 214, "Hydrologist, Estuary Survey Office", font=BOLD),
            *block(
                200,
                228,
                "2013 to 2019, Limerick",
                "Measured tides and silt from a boat in all weathers; wrote the yearly report.",
                size=9.5,
            ),
            Text(200, 276, "Education", 13, BOLD),
            *block(
                200,
                295,
                "MSc Water Science, University of Porto, 2012",
                "BSc Geography, Maynooth University, 2010",
                size=9.5,
            ),
            Text(200, 345, "Otherwise", 13, BOLD),
            *block(200, 363, "Rows in a quad, keeps bees, teaches rowing to beginners on Saturdays.", size=9.5),
        ],
    )


def vantage() -> Sheet:
    """Return a credit note on a small page."""
    return Sheet(
        A5,
        [
            Text(40, 52, "Vantage Optics B.V.", 14, BOLD),
            *block(40, 67, "Lensstraat 40, 2312 BK Leiden, The Netherlands", size=8),
            Text(40, 105, "CREDIT NOTE", 15, BOLD),
            *pairs(
                40,
                150,
                128,
                ("Credit note", "CN-0047"),
                ("Date", "11 February 2025"),
                ("For invoice", "INV-8830"),
                ("Customer", "Polder Birding Society"),
            ),
            *table(
                215,
                [(40, False), (290, True), (380, True)],
                ["Article", "Qty", "Credit (EUR)"],
                ["Binoculars 8 x 32, damaged in transit", "1", "200.00"],
            ),
            Rule(40, 243, 340),
            *table(
                262,
                [(200, False), (380, True)],
                ["Net", "200.00"],
                ["VAT 21%", "42.00"],
                ["Total credit", "242.00"],
            ),
            *block(
                40,
                335,
                "One pair arrived with a cracked lens. We are sorry. The amount will be",
                "paid to your account within ten days; you need not send the pair back.",
                size=9,
            ),
        ],
    )


DOCUMENTS: dict[str, Callable[[], Sheet]] = {
    "invoices/documents/lindenhof-werkzeuge.pdf": lindenhof,
    "invoices/documents/osprey-charter.pdf": osprey,
    "invoices/documents/brightwell-electrical.pdf": brightwell,
    "receipts/documents/trattoria-nespola.pdf": trattoria,
    "delivery_notes/documents/saltmarsh-nursery.pdf": saltmarsh,
    "cvs/documents/ines-calloway.pdf": calloway,
    "credit_notes/documents/vantage-optics.pdf": vantage,
}


def draw(sheet: Sheet, path: Path) -> None:
    """Write one page as a PDF without a date, an identifier or anything else that changes from run to run."""
    width, height = sheet.size
    canvas = Canvas(str(path), pagesize=(width, height), invariant=1, pageCompression=0)
    for part in sheet.parts:
        if isinstance(part, Rule):
            canvas.setLineWidth(0.6)
            canvas.line(part.x, height - part.y, part.x + part.width, height - part.y)
        else:
            canvas.setFont(part.font, part.size)
            write = canvas.drawRightString if part.right else canvas.drawString
            write(part.x, height - part.y, part.words)
    canvas.save()


def make(samples: Path = SAMPLES) -> list[Path]:
    """Draw every sample PDF below `samples`, and return their paths."""
    paths = []
    for name, sheet in DOCUMENTS.items():
        path = samples / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(sheet(), path)
        paths.append(path)
    return paths


if __name__ == "__main__":
    for made in make():
        print(made.relative_to(SAMPLES))
