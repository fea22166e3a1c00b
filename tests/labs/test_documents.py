"""The text of uploaded files: what is read, and the sentences for what cannot be."""

import io
import zlib

import pytest
from pypdf import PdfReader, PdfWriter

from labs.actions import documents
from labs.actions.documents import BadDocument, read_document
from tests.quotes.pages import saved


def stream(content: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def pdf(*contents: bytes, entries: str = "") -> bytes:
    """A PDF file with one page for each content stream."""
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for place, content in enumerate(contents):
        page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects += [f"{page} /Contents {5 + 2 * place} 0 R >>".encode(), stream(content, entries)]
    return written(objects)


def written(objects: list[bytes]) -> bytes:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010} 00000 n \n".encode() for place in places))
    out.write(f"trailer << /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def lines(*texts: str) -> bytes:
    """The content stream of a page with these lines."""
    shown = " T* ".join(f"({text}) Tj" for text in texts)
    return f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET".encode("cp1252")


def encrypted(content: bytes, *, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(BadDocument) as refused:
        read_document(name=name, content=content)
    (sentence,) = refused.value.messages
    return sentence


@pytest.mark.parametrize(
    "content",
    [
        "Tëst “it”.".encode(),
        b"\xef\xbb\xbf" + "Tëst “it”.".encode(),
        "Tëst “it”.".encode("utf-16"),
        b"\xfe\xff" + "Tëst “it”.".encode("utf-16-be"),
        "Tëst “it”.".encode("utf-32"),
        "Tëst “it”.".encode("cp1252"),
        b"\nT\0" + "ëst “it”.\n".encode(),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 big", "utf-32", "windows-1252", "with a NUL"],
)
def test_a_text_is_read_whatever_its_character_set(content):
    assert read_document(name="Card.TXT", content=content) == "Tëst “it”."


@pytest.mark.parametrize("name", ["card.html", "card.htm", "a.b.HTML"])
def test_a_page_is_read_in_blocks_without_scripts_styles_and_head(name):
    page = b"""<!doctype html><html><head><title>Title</title><style>p {color: red}</style>
        <script>var text = "<p>No.</p>";</script></head>
        <body><h1>Sys<b>tem</b> card</h1><p>METR
        tested&nbsp;it &amp; <em>more</em>.<br>Twice.</p><!-- No. --><template>No.</template>
        <table><tr><td>One</td><td>two</td></tr></table><script>document.write("No.")</script></body></html>"""

    text = read_document(name=name, content=page)

    assert text == "System card\nMETR tested\xa0it & more.\nTwice.\nOne two"


def test_a_page_whose_head_has_no_end_is_read():
    page = b"<head><title>Title<body><p>METR tested it."

    assert read_document(name="card.html", content=page) == "METR tested it."


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251"),
        ("<meta charset=shift_jis>", "shift_jis"),
        ('<meta charset="utf-8">', "cp1252"),
        ('<meta charset="nonsense">', "utf-8"),
        ('<meta charset="zlib">', "utf-8"),
        ('<meta charset="unicode_escape">', "utf-8"),
        ("", "utf-8"),
        ("", "cp1252"),
    ],
)
def test_a_page_is_read_by_the_character_set_that_it_names_if_that_can_be(declared, encoding):
    word = {"cp1251": "Тест", "shift_jis": "テスト"}.get(encoding, "Tëst")

    text = read_document(name="card.html", content=f"{declared}<p>{word}".encode(encoding))

    assert text == word


def test_a_pdf_is_read_page_by_page():
    content = pdf(lines("METR evalu-", "ated it \\(twice\\)."), lines("The end."))

    assert " ".join(read_document(name="card.pdf", content=content).split()) == "METR evalu- ated it (twice). The end."


def test_the_lines_of_a_pdf_stay_lines():
    assert read_document(name="card.pdf", content=pdf(lines("One", "two"), lines("three"))) == "One\ntwo\n\fthree"


def test_a_pdf_that_anybody_may_open_is_read_though_it_is_encrypted():
    content = encrypted(pdf(lines("METR tested it.")), password="")

    assert read_document(name="card.pdf", content=content) == "METR tested it."


def drawn(*operations: str) -> bytes:
    return f"BT /F1 10 Tf 72 720 Td {' '.join(operations)} ET".encode("cp1252")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (drawn("(weights) Tj /F1 7 Tf 35 3.6 Td (3) Tj /F1 10 Tf 5 -3.6 Td (were) Tj"), "weights ³ were"),
        (drawn("(weights) Tj /F1 7 Tf 4 Ts (3) Tj /F1 10 Tf 0 Ts ( were) Tj"), "weights³ were"),
        (drawn("(weights) Tj 4 Ts /F1 7 Tf (3) Tj 0 Ts /F1 10 Tf ( were) Tj"), "weights³ were"),
        (drawn("(weights) Tj /F1 7 Tf 35 6.5 Td (3) Tj /F1 10 Tf 5 -6.5 Td (were) Tj"), "weights³ were"),
        (drawn("(10) Tj /F1 7 Tf 11 3.6 Td (4) Tj /F1 10 Tf 4 -3.6 Td (, then) Tj"), "10⁴, then"),
        (drawn("(CO) Tj /F1 7 Tf 15 -2 Td (2) Tj /F1 10 Tf 4 2 Td ( was) Tj"), "CO2 was"),
        (drawn("(weights) Tj /F1 10 Tf 35 3.6 Td (3) Tj"), "weights3"),
        (drawn("(weights) Tj /F1 7 Tf 35 0 Td (3) Tj"), "weights 3"),
        (drawn("(19) Tj /F1 7 Tf 11 3.6 Td (th) Tj"), "19th"),
        (drawn("(One) Tj 0 -14 Td /F1 7 Tf (3) Tj"), "One\n3"),
    ],
    ids=[
        *("raised", "by a rise", "rise first", "raised to another line", "exponent"),
        *("lowered", "as large", "on the line", "letters", "next line"),
    ],
)
def test_the_digits_of_a_small_raised_mark_are_raised(content, text):
    assert read_document(name="card.pdf", content=pdf(content)).replace("  ", " ") == text


def test_the_ligatures_of_a_tex_font_end_no_page_and_no_line():
    content = pdf(drawn(r"(of\014ces \015eet) Tj"))

    assert read_document(name="card.pdf", content=content) == "of\x1cces \x1deet"


@pytest.mark.parametrize("name", ["card.mhtml", "card.MHT"])
def test_a_page_saved_as_one_file_is_read(name):
    content = saved("<p>The café’s <del>old</del> card.", "<p>An advertisement.")

    assert read_document(name=name, content=content) == "The café’s card."


def test_of_several_pages_saved_as_one_file_the_one_that_it_names_is_read():
    content = saved("<p>An advertisement.", "<p>The card.", start="1")

    assert read_document(name="card.mhtml", content=content) == "The card."


@pytest.mark.parametrize(
    "content",
    [
        b"<p>METR tested it.",
        b"Content-Type: text/plain\n\nMETR tested it.",
        b"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/gif\n\nGIF89a\n--b--",
        b'Content-Type: multipart/related; a="' + b";" * 1_000_000 + b'"\n\nx',
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (each, each) for each in range(2_000)),
        b"Content-Type: message/rfc822\n\n" * 5_000,
        b"\1" * 1_000,
    ],
    ids=["html", "text", "a picture", "a long header", "many boundaries", "deeply nested", "nonsense"],
)
def test_what_holds_no_page_is_refused_in_little_time(content):
    assert "holds no page of HTML" in refusal("card.mhtml", content)


def test_a_deeply_nested_page_with_ends_that_fit_nothing_is_read():
    page = b"<b>" * 50_000 + b"<div></i>" * 50_000 + b"One"
    assert read_document(name="card.html", content=page) == "One"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("card.docx", b"PK", "A file of this kind (.docx) cannot be read. Upload a .txt, .html, .mhtml or .pdf file"),
        ("card", b"Text", "A file of this kind (no ending) cannot be read"),
        ("card.txt", b"", "The file is empty"),
        ("card.txt", b" \n ", "The file is empty"),
        ("card.txt", b"\0\0", "cannot be read as text"),
        ("card.txt", b"...", "It has no text"),
        ("card.txt", b"\x81\x8d\x8f" * 50, "cannot be read as text"),
        ("card.txt", bytes(range(256)), "cannot be read as text"),
        ("card.txt", "Text without a mark".encode("utf-16-le"), "cannot be read as text"),
        ("card.html", b"<p> </p><script>One</script>", "It has no text"),
        ("card.html", b"%PDF-1.7", "It is a PDF file with another ending"),
        ("card.txt", b"\n" + pdf(lines("One")), "It is a PDF file with another ending"),
        ("card.pdf", b"<p>One</p>", "It is no PDF file"),
        ("card.pdf", b"%PDF-1.7\nnonsense", "The PDF file is damaged"),
        ("card.pdf", b"%PDF-1.7\n" + b"1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 9, "The PDF file is damaged"),
        ("card.pdf", pdf(lines("One"))[:200], "The PDF file is damaged"),
        ("card.pdf", pdf(b""), "It has no text"),
        ("card.pdf", pdf(), "It has no text"),
        ("card.pdf", encrypted(pdf(lines("One")), password="secret"), "It is encrypted with a password"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(name, content, sentence):
    assert sentence in refusal(name, content)


def test_a_file_may_have_twenty_mebibytes_and_no_byte_more():
    largest = b"word " * (documents.MOST_BYTES // 5 + 1)
    assert read_document(name="card.txt", content=largest[: documents.MOST_CHARACTERS]).startswith("word")
    assert "larger than 20 MiB" in refusal("card.txt", largest[: documents.MOST_BYTES + 1])
    assert "more than 20,000,000 characters" in refusal("card.txt", largest[: documents.MOST_BYTES])


def test_a_pdf_of_too_many_pages_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "MOST_PAGES", 2)
    assert read_document(name="card.pdf", content=pdf(lines("One"), lines("two"))) == "One\n\ftwo"
    assert "It has 3 pages; at most 2" in refusal("card.pdf", pdf(lines("One"), lines("two"), lines("three")))


def test_a_pdf_that_unpacks_to_very_much_is_refused():
    bomb = zlib.compress(b" " * 80_000_000, 9)
    assert len(bomb) < 100_000
    assert "unpacks to more" in refusal("card.pdf", pdf(bomb, entries="/Filter /FlateDecode"))


def test_a_pdf_packed_several_times_over_is_refused():
    bomb = zlib.compress(zlib.compress(b" " * 80_000_000, 9), 9)
    assert len(bomb) < 10_000
    assert "unpacks to more" in refusal("card.pdf", pdf(bomb, entries="/Filter [/FlateDecode /FlateDecode]"))


def test_a_pdf_may_unpack_to_as_much_as_the_limit_and_no_byte_more(monkeypatch):
    page = lines("One")
    content = pdf(zlib.compress(page), entries="/Filter /FlateDecode")
    monkeypatch.setitem(documents._LIMITS, "zlib_maximum_output_length", len(page))
    assert read_document(name="card.pdf", content=content) == "One"
    monkeypatch.setitem(documents._LIMITS, "zlib_maximum_output_length", len(page) - 1)
    assert "unpacks to more" in refusal("card.pdf", content)


@pytest.mark.parametrize(
    "page",
    [b"BT /F1 12 Tf <" + b"41" * 30_000_000 + b"> Tj ET", b"BI /W 1 /H 1 ID " + b"E" * 60_000_000],
    ids=["a long string", "a picture without an end"],
)
def test_a_pdf_that_would_be_read_for_minutes_without_a_look_at_the_clock_is_refused(page):
    assert "unpacks to more" in refusal("card.pdf", pdf(zlib.compress(page, 1), entries="/Filter /FlateDecode"))


def test_a_pdf_whose_pages_go_round_in_a_circle_is_refused():
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]
    assert refusal("card.pdf", written(objects))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("card.pdf", pdf(lines(*["One"] * 2_000))),
        ("card.html", b"<p>One</p>" * 10_000),
        ("card.mhtml", b"Content-Type: text/html\n\n<p>One</p>"),
    ],
)
def test_what_takes_too_long_to_read_is_refused(monkeypatch, name, content):
    monkeypatch.setattr(documents, "MOST_SECONDS", -1.0)
    assert "Reading it takes longer" in refusal(name, content)


@pytest.mark.parametrize("start", [b"<!--", b"<a ", b"<![", b"<p title='"])
def test_a_page_with_a_tag_that_never_ends_is_refused_in_little_time(start):
    assert "no end" in refusal("card.html", start * (4_000_000 // len(start)))


def test_a_deeply_nested_page_is_read():
    assert read_document(name="card.html", content=b"<div>" * 50_000 + b"One") == "One"
