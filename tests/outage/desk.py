"""An editor's browser: signs in with a second factor, and accepts proposals, through nginx."""

import html
import re
import time
import urllib.parse
from base64 import b32decode
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import SimpleCookie

from django_otp.oath import TOTP

from tests.outage.setting import HOST, Answer

Ask = Callable[..., Answer]


class Desk:
    """The browser of one person, with its cookies."""

    def __init__(self, ask: Ask, name: str, password: str) -> None:
        self.ask, self.cookies = ask, {}
        self._sign_in(name, password)

    def get(self, path: str) -> Answer:
        """The page at a path of the site."""
        return self._noted(self.ask("GET", path, headers={"Cookie": self.cookie()}))

    def post(self, path: str, **fields: str) -> Answer:
        """What a form of that page is answered. Raises AssertionError where it is not taken."""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie(),
            "Referer": f"https://{HOST}{path}",
        }
        answer = self._noted(self.ask("POST", path, body, headers))
        assert answer.status in (HTTPStatus.OK, HTTPStatus.FOUND), (path, answer.status, answer.body[-500:])
        return answer

    def cookie(self, *names: str) -> str:
        """The cookies that the browser sends; only those that are named, if any are."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if not names or name in names)

    def accept(self, proposal: int) -> None:
        """Accept a proposal, which is then public."""
        path = f"/admin/labs/proposal/{proposal}/change/"
        seen = _value(self.get(path), "seen")
        answer = self.post(path, decision="accept", seen=seen, note="")
        assert answer.status == HTTPStatus.FOUND, answer.body[-2000:]

    def _sign_in(self, name: str, password: str) -> None:
        self.get("/admin/login/")
        self.post("/admin/login/", username=name, password=password)
        page = self.get("/admin/").body.decode()
        found = re.search(r"Key: <code>([A-Z2-7 ]+)</code>", page)
        assert found, page[-2000:]
        totp = TOTP(b32decode(found[1].replace(" ", "")))
        totp.time = time.time()
        answer = self.post("/admin/", _step="enrol", **{"step-code": f"{totp.token():06d}"})
        assert b"Write these codes down" in answer.body

    def _noted(self, answer: Answer) -> Answer:
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer


def _value(page: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.body.decode())
    assert found, page.body[-2000:]
    return html.unescape(found[1])
