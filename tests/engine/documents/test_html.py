"""HTML: what a person would see, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.documents import read_document
from engine.documents.markup import visible_text
from engine.encoding import plain, tidy

if TYPE_CHECKING:
    from pathlib import Path


def seen(markup: str) -> str:
    return tidy(plain(visible_text(markup)))


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>alert('no')</script>",
        "<style>p { color: no }</style>",
        "<noscript>no</noscript>",
        "<template><p>no</p></template>",
        "<!-- no -->",
        "<div hidden>no</div>",
        "<p style='color: red; display: none'>no</p>",
        "<span style='VISIBILITY:hidden'>no</span>",
        "<input type=hidden value=no>",
        "<input type=password value=no>",
        "<iframe srcdoc='no'>no</iframe>",
        "<dialog>no</dialog>",
        "<svg><title>no</title></svg>",
    ],
)
def test_what_is_not_shown_is_not_read(hidden: str) -> None:
    assert seen(f"<title>no</title><body><p>yes</p>{hidden}</body>") == "yes"


def test_blocks_stand_on_lines_and_inline_elements_do_not_break_words() -> None:
    assert seen("<h1>Title</h1><div>in<b>vis</b>ible</div><div>next</div>a<br>b") == "Title\n\ninvisible\nnext\na\nb"


def test_entities_are_decoded_once() -> None:
    assert seen("<p>&pound;5 &amp;amp; &lt;b&gt; &nbsp;&#x20AC;</p>") == "£5 &amp; <b>  €"


def test_a_table_row_is_one_line() -> None:
    markup = "<table><tr><th>Item<th>Price</tr><tr><td>Tea<br><small>green</small></td><td>3.50</td></tr></table>"
    assert seen(markup) == "Item | Price\nTea green | 3.50"


def test_a_row_of_several_tall_cells_is_a_layout() -> None:
    markup = "<table><tr><td>Acme<br>1 Road</td><td>Invoice 7<br>3 May</td></tr></table>"
    assert seen(markup) == "Acme\n1 Road\nInvoice 7\n3 May"


def test_a_table_within_a_table_keeps_its_rows() -> None:
    markup = "<table><tr><td><table><tr><td>Net<td>5</tr><tr><td>Tax<td>1</tr></table></td></tr></table>"
    assert seen(markup) == "Net | 5\nTax | 1"


def test_lists_preformatted_text_and_filled_fields_are_kept() -> None:
    markup = "<ul><li>one<li>two</ul><pre>a   b\n  c</pre>"
    markup += "<input value=typed><select><option>x<option selected>y</select>"
    assert seen(markup) == "- one\n- two\n\na   b\n  c\n\ntyped\ny"


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252"])
def test_a_page_is_believed_about_its_encoding(tmp_path: Path, label: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(f"<meta charset={label}><p>Größe “5” €".encode("cp1252"))
    document = read_document(path)
    assert document.text == "Größe “5” €"
    assert document.notes == ()


def test_a_japanese_mail_in_seven_bits_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "mail.htm"
    path.write_bytes('<meta http-equiv=x content="text/html; charset=iso-2022-jp"><p>合計'.encode("iso-2022-jp"))
    assert read_document(path).text == "合計"


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    assert seen("<div>" * 5000 + "bottom") == "bottom"


def test_broken_markup_is_read_as_a_browser_would() -> None:
    assert seen("<p>one<p>two</b></table><td>three") == "one\n\ntwothree"
