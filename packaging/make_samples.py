"""Make the sample documents under resources/samples that are no plain texts: the same bytes on every run.

Run from the repository root: `python packaging/make_samples.py`. The contents, all invented, stand below as
data; a test draws them again and compares.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.styles import Font
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


def pack(parts: dict[str, str]) -> bytes:
    """Return an archive of parts without a date, and without compression, which depends on the library."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def paragraph(words: str, style: str = "") -> str:
    """Return a paragraph of a Word document."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r></w:p>'


def grid(*rows: Sequence[str]) -> str:
    """Return a table of a Word document."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    columns = "<w:gridCol/>" * len(rows[0])
    return f"<w:tbl><w:tblGrid>{columns}</w:tblGrid>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def pettifer() -> bytes:
    """Return a letter in Word with a letterhead, a heading, a table and a footer."""
    office = "http://schemas.openxmlformats.org"
    main = f"{office}/wordprocessingml/2006/main"
    related = f"{office}/officeDocument/2006/relationships"
    package = f"{office}/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    body = "".join(
        (
            *map(paragraph, ("Quillhaven Parish Council", "The Old Forge", "Quillhaven TA4 9QP", "")),
            *map(paragraph, ("14 September 2025", "")),
            paragraph("Invitation to the apple day on 11 October", "Heading1"),
            paragraph("Dear members of the council,"),
            paragraph("The trees have never borne as much as this year. We would be glad to have you as our guests:"),
            grid(
                ("Time", "Where", "What"),
                ("10:30", "Orchard gate", "Welcome, and a walk among the old trees"),
                ("12:00", "Cider house", "Pressing, with a taste of last year's"),
                ("14:00", "Barn", "Cake, and the prize for the largest apple"),
            ),
            paragraph("Please write to marigold@pettifer.example by the end of the month if you can come."),
            *map(paragraph, ("With kind regards,", "", "Marigold Pettifer")),
            '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/>',
            '<w:footerReference w:type="default" r:id="rId2"/></w:sectPr>',
        )
    )
    styles = '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    overrides = {
        "document": "document.main", "header1": "header", "footer1": "footer", "styles": "styles",
    }  # fmt: skip
    return pack(
        {
            "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            + "".join(
                f'<Override PartName="/word/{part}.xml" ContentType="{kind}.{name}+xml"/>'
                for part, name in overrides.items()
            )
            + "</Types>",
            "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{related}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'{head}<Relationships xmlns="{package}/relationships">'
            + "".join(
                f'<Relationship Id="rId{place}" Type="{related}/{part.rstrip("1")}" Target="{part}.xml"/>'
                for place, part in enumerate(("header1", "footer1", "styles"), start=1)
            )
            + "</Relationships>",
            "word/document.xml": f'{head}<w:document xmlns:w="{main}" xmlns:r="{related}">'
            f"<w:body>{body}</w:body></w:document>",
            "word/header1.xml": f'{head}<w:hdr xmlns:w="{main}">{paragraph("Pettifer Orchards, Quillhaven")}</w:hdr>',
            "word/footer1.xml": f'{head}<w:ftr xmlns:w="{main}">{paragraph("Apples and cider since 1911")}</w:ftr>',
            "word/styles.xml": f'{head}<w:styles xmlns:w="{main}">{styles}</w:styles>',
        }
    )


def kestrel() -> bytes:
    """Return an order form as an Excel workbook: a merged title, dates, amounts in euros."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Order"
    sheet["A1"] = "Kestrel Kayaks: order form"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.merge_cells("A1:E1")
    facts = (
        ("Customer", "Lough Derg Paddlers"),
        ("Order number", "KK-20931"),
        ("Date", dt.date(2025, 4, 2)),
        ("Deliver by", dt.date(2025, 4, 25)),
    )
    lines = (
        ("K-14", "Touring kayak, blue", 2, 890.0),
        ("P-03", "Paddle, 220 cm", 4, 65.0),
        ("S-11", "Spray deck", 2, 49.5),
    )
    for row, (label, value) in enumerate(facts, start=3):
        sheet.cell(row, 1, label)
        sheet.cell(row, 2, value).number_format = "DD.MM.YYYY" if isinstance(value, dt.date) else "General"
    for column, title in enumerate(("Article", "Description", "Quantity", "Unit price", "Amount"), start=1):
        sheet.cell(8, column, title).font = Font(bold=True)
    for row, (article, description, count, price) in enumerate(lines, start=9):
        for column, value in enumerate((article, description, count, price, count * price), start=1):
            sheet.cell(row, column, value).number_format = '#,##0.00\\ "€"' if column > 3 else "General"
    sheet.cell(12, 4, "Total")
    sheet.cell(12, 5, sum(line[2] * line[3] for line in lines)).number_format = '#,##0.00\\ "€"'
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    undated = re.sub(r">\d{4}-\d\d-\d\dT[^<]*<", ">2025-04-02T08:00:00Z<", parts["docProps/core.xml"])
    return pack(parts | {"docProps/core.xml": undated})


def tolland() -> bytes:
    """Return an order by e-mail, whose articles are in an attached table with semicolons and decimal commas."""
    mail = EmailMessage()
    mail["From"] = "Tolland Tearooms <kitchen@tolland.example>"
    mail["To"] = "orders@millbrook-flour.example"
    mail["Date"] = "Mon, 12 May 2025 07:41:00 +0100"
    mail["Subject"] = "Our order TT-0412"
    mail["Message-ID"] = "<tt-0412@tolland.example>"
    mail.set_content(
        "Good morning,\n\nplease send us what is in the attached list, our order TT-0412. We need all of it by\n"
        "20 May 2025, since the summer guests come on the 21st.\n\nMany thanks,\nRosalind Tolland\nTolland Tearooms\n"
    )
    table = (
        "Order;Article;Description;Quantity;Unit price;Amount",
        "TT-0412;F-01;Wheat flour, 25 kg;3;21,40;64,20",
        "TT-0412;F-07;Spelt flour, 10 kg;2;18,90;37,80",
        "TT-0412;S-02;Rolled oats, 5 kg;4;7,25;29,00",
        "TT-0412;Y-10;Dried yeast, 500 g;6;4,80;28,80",
        ";;;;Total;159,80",
    )
    mail.add_attachment("\n".join(table) + "\n", subtype="csv", filename="order-tt-0412.csv")
    mail.set_boundary("tolland-tearooms-0412")
    return mail.as_bytes()


FILES: dict[str, Callable[[], bytes]] = {
    "letters/documents/apple-day.docx": pettifer,
    "orders/documents/kestrel-kayaks.xlsx": kestrel,
    "orders/documents/tolland-tearooms.eml": tolland,
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
    """Make every sample that is no plain text below `samples`, and return their paths."""
    paths = [samples / name for name in (*DOCUMENTS, *FILES)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    for name, sheet in DOCUMENTS.items():
        draw(sheet(), samples / name)
    for name, content in FILES.items():
        (samples / name).write_bytes(content())
    return paths


if __name__ == "__main__":
    for made in make():
        print(made.relative_to(SAMPLES))
