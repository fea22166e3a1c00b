"""Texts of our own, with quotes that they contain and quotes that they do not contain.

The PDFs in this folder were made from `SENTENCES` by four programs, each with wide lines and with narrow, hyphenated
ones. The other documents are made here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.labs.test_documents import stream, written
from tests.quotes.pages import saved

SENTENCES = (  # ^1 is a footnote mark, ^^4 an exponent, =...= small capitals, || a cell of a table
    "The institute tested an early version of Nova 9.5 for ten working days before it was released.",
    "The outside group received the final weights^1 and a written summary of the findings.",
    "The well-known red-teaming exercise used long-running, tool-assisted and human-led attempts at self-exfiltration.",
    "The official staff offered sufficient flexibility to find first efforts and difficult affine reflections.",
    "The testers — three of them — worked from May 10–12 on the non-public build.",
    "Helpful-only access was not offered to the second institute, although it had asked for it twice.",
    "=Small capitals are used where the authors want to look old fashioned.=",
    "A search over 10^^4 prompts gave up to 10,000 answers, of which the fifth part was read by hand.",
    "Both evaluators could publish without approval,^2 but they saw the draft of this card first.",
    "The café’s guests weren’t told that “Nova” wrote the menu.",
    "Pre- and post-training snapshots were kept for re-evaluation by non-US partners.",
    "||Third-party testing||twelve days||fine-tuning offered||",
    "The classification of offensive workflows was refined after the first affidavit was filed.^3",
    "Access to the chain of thought was given to one of the two evaluators, under an agreement of confidentiality.",
    "In the counterfactual configuration the countermeasures were unconditionally disabled throughout.",
    "The lab states that the evaluators were paid for their time and that no result was withheld.",
)

NOT_IN_SENTENCES = (
    "The institute tested an early version of Nova 9",
    "tested an early version of Nova for ten working days",
    "ten working day",
    "The outside group received the final weight",
    "The outside group received the weights and a written summary",
    "worked from May 10",
    "12 on the non-public build",
    "Helpful-only access was offered to the second institute",
    "Helpful-only access was … offered to the second institute",
    "A search over 104 prompts gave up",
    "A search over 10 prompts gave up",
    "gave up to 10",
    "000 answers, of which the fifth part",
    "Both evaluators could publish … they saw the draft",
    "The café’s guests were told that Nova wrote the menu",
    "The institute tested an early version … the evaluators were paid",
    "one of the two evaluators, under an agreement of confidence",
    "the countermeasures were conditionally disabled throughout",
    "that any result was withheld",
    "the evaluators were paid for their time and … result was withheld",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A quote of a document, and whether the document says it."""

    group: str
    name: str  # of the file; its ending says the format
    content: bytes
    quote: str
    is_said: bool
    has_mark: bool = False  # a footnote mark inside the quoted words


def cases() -> Iterator[Case]:
    """All cases, the PDFs first."""
    yield from _of_programs()
    yield from _of_tex()
    yield from _of_html()
    yield from _of_mhtml()
    yield from _of_texts()


def _of_programs() -> Iterator[Case]:
    for path in sorted(Path(__file__).parent.glob("*.pdf")):
        yield from _of_sentences(f"PDF by {path.stem.split('-')[0]}", path.name, path.read_bytes())


def _of_sentences(group: str, name: str, content: bytes) -> Iterator[Case]:
    for sentence in SENTENCES:
        quote = re.sub(r"(?<!\^)\^\d", "", sentence).replace("^^4", "⁴").replace("=", "").strip("|").replace("||", " ")
        has_mark = re.search(r"[^^]\^\d.*\w", sentence) is not None
        yield Case(group, name, content, quote, is_said=True, has_mark=has_mark)
    for quote in NOT_IN_SENTENCES:
        yield Case(group, name, content, quote, is_said=False)


# --- TeX, as a PDF of its fonts that says no names of characters ---------------------------------------------------

LIGATURES = ("ffi", "ffl", "ff", "fi", "fl")
ENCODINGS = {
    "T1": {"ffi": 30, "ffl": 31, "ff": 27, "fi": 28, "fl": 29, "–": 21, "—": 22, "“": 16, "”": 17},
    "OT1": {"ffi": 14, "ffl": 15, "ff": 11, "fi": 12, "fl": 13, "–": 45, "—": 45, "“": 34, "”": 34},
}


def _of_tex() -> Iterator[Case]:
    for name, codes in ENCODINGS.items():
        yield from _of_sentences("PDF as by TeX", f"tex-{name}.pdf", _tex(codes))


def _tex(codes: dict[str, int]) -> bytes:
    """Three pages with a running line, in lines of 60 characters."""
    lines = [
        line for sentence in SENTENCES for line in _broken(sentence.replace("=", "").strip("|").replace("||", " "))
    ]
    third = len(lines) // 3
    pages = (lines[:third], lines[third : 2 * third], lines[2 * third :])
    contents = [
        b"\n".join(_drawn(line, 700 - 14 * place, codes) for place, line in enumerate([f"Card, page {number}", *page]))
        for number, page in enumerate(pages, start=1)
    ]
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+SFRM1000 /FirstChar 0 /LastChar 255 "
        b"/Widths [" + b"500 " * 256 + b"] >>",
    ]
    for place, content in enumerate(contents):
        page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects += [f"{page} /Contents {5 + 2 * place} 0 R >>".encode(), stream(content)]
    return written(objects)


def _broken(sentence: str) -> Iterator[str]:
    """Lines of at most 60 characters; a long word is parted by a hyphen."""
    line = ""
    for word in sentence.split():
        if len(line) + len(word) > 60 and len(word) > 9 and word.isalpha():
            yield f"{line} {word[:4]}-"
            line = word[4:]
        elif len(line) + len(word) > 60:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def _drawn(line: str, height: int, codes: dict[str, int]) -> bytes:
    """A line in which marks and exponents are small and raised."""
    parts = [f"BT /F1 10 Tf 72 {height} Td".encode()]
    right = 0.0
    for place, piece in enumerate(re.split(r"\^+(\d)", line)):
        is_mark = place % 2
        if place:
            parts.append(f"/F1 {7 if is_mark else 10} Tf {right:g} {3.6 if is_mark else -3.6} Td".encode())
        parts.append(b"(" + _encoded(piece, codes) + b") Tj")
        right = len(piece) * (3.5 if is_mark else 5)
    return b" ".join([*parts, b"ET"])


def _encoded(text: str, codes: dict[str, int]) -> bytes:
    for ligature in LIGATURES:
        text = text.replace(ligature, chr(0xE000 + codes[ligature]))
    for each in "–—“”":
        text = text.replace(each, chr(0xE000 + codes[each]))
    coded = bytes(ord(each) - 0xE000 if ord(each) >= 0xE000 else ord(each.replace("’", "'")) for each in text)
    return b"".join(b"\\%03o" % each if each < 32 or each in b"()\\" else bytes([each]) for each in coded)


# --- HTML ----------------------------------------------------------------------------------------------------------

HTML = (  # what the page says, what it does not say (or nothing), the page
    ("Access was offered", "Access was not offered", "Access was <del>not</del> offered"),
    ("Access was offered", "Access was not offered", "Access was <s>not</s> offered"),
    ("Access was offered", "Access was not offered", "Access was <strike>not</strike> offered"),
    ("Access was offered", "Access was not offered", "Access was <span hidden>not</span> offered"),
    ("Access was offered", "Access was not offered", "Access was <b hidden=''><i>not</i></b> offered"),
    ("Access was offered", "Access was not offered", "Access was <b style='display:none'>not</b> offered"),
    (
        "Access was offered",
        "Access was not offered",
        "Access was <b style='color:red; DISPLAY : none!important'>not</b> offered",
    ),
    ("Access was offered", "Access was not offered", "Access was <b style='visibility:hidden'>not</b> offered"),
    ("Access was offered", "Access was not offered", "Access was <noscript>not</noscript> offered"),
    ("Access was offered", "Access was not offered", "Access was <template>not</template> offered"),
    ("Access was offered", "Access was not offered", "Access was <!-- not --> offered"),
    ("Access was offered", "not offered", "<dialog>not</dialog><p>Access was offered"),
    ("Access was offered", "Your browser is old", "<iframe>Your browser is old</iframe><p>Access was offered"),
    ("It was offered", "not so", "<p hidden>not so<p>It was offered"),
    ("It was offered", "not so", "<div hidden><p>not so<div>not so either</div></div>It was offered"),
    ("It was offered", "not so", "<ul><li hidden>not so<li>It was offered</ul>"),
    ("It was offered", "not so", "<table><tr hidden><td>not so<tr><td>It was offered</table>"),
    ("It was offered", "not so", "<table><tr><td hidden>not so<td>It was offered</table>"),
    ("It was offered", "not so", "<dl><dt hidden>not so<dd>It was offered</dl>"),
    ("It was offered", "not so", "<section style='display:none'><h2>Old</h2>not so</section><p>It was offered"),
    ("It was offered", "not so", "<noscript><img src=x><p>not so</noscript>It was offered"),
    ("It was offered", "", "<del>No.</p></del><p>It was offered"),
    ("It was offered", "", "<p hidden>No.<br></b><p>It was offered"),
    ("It was offered", "", "<body style='visibility:hidden'>It was offered"),
    ("It was offered", "", "<p hidden=until-found>It was offered"),
    ("It was offered", "", "<details><summary>More</summary>It was offered</details>"),
    ("It was offered", "", "<p aria-hidden=true>It was offered"),
    ("It was offered", "", "It <ins>was</ins> offered"),
    ("It was offered", "", "It was <span style='display:none-such'>offered</span>"),
    ("It was offered", "", "<dialog open>It was offered</dialog>"),
    ("It was offered", "", "<x-card><template shadowrootmode=open>It was offered</template></x-card>"),
    ("the final weights and", "", "the final weights<sup>1</sup> and"),
    ("the final weights and", "", "the final weights<sup><a href='#n1'>12</a></sup> and"),
    (
        "the final weights and",
        "",
        "the final weights<sup class=reference><a href='#n1'><span>[</span>3<span>]</span></a></sup> and",
    ),
    ("the final weights, and", "", "the final weights,<sup>1, 2</sup> and"),
    ("the final weights and", "", "the final weights<sup>†</sup> and"),
    ("the final weights and", "", "the final weights<a role=doc-noteref href='#n1'>4</a> and"),
    ("the final weights and", "", "the final weights<span style='font-size:70%; vertical-align: super'>4</span> and"),
    ("the final 4 weights", "", "the final <span style='vertical-align:baseline'>4</span> weights"),
    ("over 10⁴ prompts", "over 104 prompts", "over 10<sup>4</sup> prompts"),
    ("about 10⁻⁴ of", "about 10-4 of", "about 10<sup>−4</sup> of"),
    ("CO2 was counted", "", "CO<sub>2</sub> was counted"),
    ("the 19th test", "", "the 19<sup>th</sup> test"),
    ("漢字で書く", "", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>で書く"),
    ("System card of Nova", "", "Sys<b>tem</b> card&nbsp;of<br>No&shy;va"),
    ("Third-party testing twelve days", "", "<table><tr><td>Third-party testing<td>twelve days</table>"),
)


def _of_html() -> Iterator[Case]:
    for said, not_said, page in HTML:
        content = f"<!doctype html><meta charset=utf-8><title>Not said</title>{page}".encode()
        yield Case("HTML", "page.html", content, said, is_said=True, has_mark="final weights" in said)
        if not_said:
            yield Case("HTML", "page.html", content, not_said, is_said=False)


# --- MHTML ---------------------------------------------------------------------------------------------------------


def _of_mhtml() -> Iterator[Case]:
    long = (
        f"<p>{'A long line of words. ' * 20}The café’s access was <del>not</del> offered to the second institute.</p>"
    )
    files = (
        saved(long),
        saved(long, encoding="base64"),
        saved(long, charset="windows-1252"),
        saved("<p>Access was not offered, says an advertisement.", long, start="1"),
    )
    for content in files:
        yield Case("MHTML", "page.mhtml", content, "The café’s access was offered to the second", is_said=True)
        yield Case("MHTML", "page.mhtml", content, "access was not offered", is_said=False)
        yield Case("MHTML", "page.mhtml", content, "says an advertisement", is_said=False)


# --- plain texts ---------------------------------------------------------------------------------------------------

TEXTS = (  # a text, quotes that it contains, quotes that it does not contain
    ("It gave up to 10,000 answers.", ("up to 10,000",), ("up to 10", "up to 10,0", "000 answers")),
    ("It gave up to 10 000 answers.", ("up to 10 000",), ("up to 10", "000 answers")),
    ("It gave up to 10\N{NARROW NO-BREAK SPACE}000 answers.", ("up to 10 000",), ("up to 10",)),
    ("It gave up to 10’000 answers.", ("up to 10'000",), ("up to 10",)),
    ("It gave up to 10 million answers.", ("up to 10 million",), ("up to 10",)),
    ("It gave up to 10k answers.", ("up to 10k",), ("up to 10",)),
    ("It gave up to 10. 000 is another.", ("It gave up to 10",), ()),
    ("In 10, 12 or 14 days.", ("In 10", "12 or 14 days"), ()),
    ("In 2024 300 people came.", ("In 2024", "300 people"), ()),
    ("We tested Nova 9.5 and Nova 8.", ("Nova 9.5", "Nova 8"), ("Nova 9", "5 and Nova 8")),
    ("We tested Nova 9½ twice.", ("Nova 9½",), ("Nova 9",)),
    ("We tested GPT-4o and GPT-4.", ("GPT-4o", "and GPT-4"), ("We tested GPT-4",)),
    ("At −5 degrees, 3–5 days, 10:30, 1/2.", ("At −5 degrees", "3–5 days"), ("5 degrees", "5 days", "At 10", "3")),
    ("A search over 10⁴ prompts.", ("over 10⁴ prompts",), ("104 prompts", "over 10", "over 10 prompts", "4 prompts")),
    ("The m² of the room and CO₂.", ("The m² of the room", "and CO2"), ("The m of the room",)),
    ("The final weights³ and ten km² were given.", ("weights and", "weights3 and"), ("km were given", "weights3 were")),
    ("Access was not offered.", ("Access was not offered",), ("Access was … offered", "Access … offered")),
    ("Access wasn’t even offered.", ("Access … even offered",) * 0, ("Access … offered", "Access … even offered")),
    ("Access could never be offered.", (), ("Access could … be offered", "Access [...] offered")),
    ("Access, without weights, was offered.", (), ("Access … was offered",)),
    ("Access was kindly offered.", ("Access was … offered", "… was kindly …"), ("was … kindly … was",)),
    (f"Access was offered. {'Then it rained. ' * 17}The lab paid.", (), ("Access was … The lab paid",)),
    (f"Access was offered. {'Then it rained. ' * 16}The lab paid.", ("Access was offered … The lab paid",), ()),
    ("A – B, C—D, E --- F, G‐H, I–J.", ("A — B", "C – D", "E – F", "G-H", "I-J"), ("A B", "A-B", "C-D", "IJ")),
    ("The card—\nsays the lab—is new, from 10–\n12 days.", ("card—says", "lab — is", "10–12 days"), ("cardsays",)),
    ("The model was tested.", ("[t]he model was", "[T]he [m]odel"), ("[A] model was", "[Thi]s", "The model[s] was")),
    (
        "It is e valuated by caf é guests, not able to go.",
        ("It is evaluated by café guests",),
        ("guests, notable to go",),
    ),
    (
        "METR IS SMALL CAPITALS IN PRINT HERE",
        ("METR is small capitals in print",),
        ("METR is small capitals", "Metr is"),
    ),
    (
        "The eval\xaduation of red\xadteaming by non\xadUS and GPT\xad4.",
        ("evaluation", "red-teaming", "non-US"),
        ("eval uation",),
    ),
    (
        "In the end the sta\x1b \x1clled all of the o\x1eces \x15 it was seen here.",
        ("the staff filled all of the offices – it was",),
        ("filed all", "office – it", "the sta filled"),
    ),
    (
        "The weights1 and approval,2 of Llama3 are",
        ("The weights and", "approval, of Llama3"),
        ("of Llama are", "weights11"),
    ),
    ("The model [12] was tested* twice.", ("The model was tested twice",), ("The model 12 was",)),
    (
        "Nova, page 1\nIt was\n\n\fNova, page 2\ntested by\n\n\fNova, page 3\nMETR.",
        ("It was tested by METR",),
        ("It tested",),
    ),
    ("It was\n\n\ftested. Not so\n\n\ftwice. Not so", ("It was tested",), ("tested. twice",)),
    ("A\nNot so.\nB\n\n\fA\nNot so.\nB\n\n\fA\nNot so.\nB", (), ("A B",)),
)


def _of_texts() -> Iterator[Case]:
    for text, said, not_said in TEXTS:
        for quote in said:
            yield Case("text", "text.txt", text.encode(), quote, is_said=True)
        for quote in not_said:
            yield Case("text", "text.txt", text.encode(), quote, is_said=False)
