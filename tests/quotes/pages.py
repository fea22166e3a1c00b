"""Pages of the web as browsers save them."""

from email.message import EmailMessage


def saved(*pages: str, encoding: str = "quoted-printable", charset: str = "utf-8", start: str = "") -> bytes:
    """Pages as a browser saves one of them with what it shows; ``start`` is the number of that one."""
    message = EmailMessage()
    message["Subject"] = "System card"
    message["MIME-Version"] = "1.0"
    message.add_related(b"GIF89a", maintype="image", subtype="gif", cid="<picture>")
    for number, page in enumerate(pages):
        message.add_related(page, subtype="html", charset=charset, cte=encoding, cid=f"<{number}>")
    if start:
        message.set_param("start", f"<{start}>")
    return bytes(message)
