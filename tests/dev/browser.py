"""A minimal browser: it keeps cookies and fills in forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import override

from aiohttp import ClientSession
from yarl import URL

from dev import ObicoServer

from .support import Answer, read_answer

PASSWORD = "demo"

LOGIN = "/accounts/login/"
REGISTER = "/o/applications/register/"
AUTHORIZE = "/o/authorize/"
TOKEN = "/o/token/"
BACK = "https://my.home-assistant.io/redirect/oauth"


class _Fields(HTMLParser):
    """Collects the fields of a page, whatever form they are in."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if name := given.get("name"):
            self.values[name] = given.get("value") or ""


def fields(answer: Answer) -> dict[str, str]:
    """Return the fields of a page."""
    reader = _Fields()
    reader.feed(answer.text)
    return reader.values


@dataclass
class Browser:
    """A browser that does not follow redirects."""

    session: ClientSession
    server: ObicoServer

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Open a page."""
        return await read_answer(
            await self.session.get(
                self.server.url + path, params=query, allow_redirects=False
            )
        )

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        return await read_answer(
            await self.session.post(
                self.server.url + path,
                data=form,
                headers={"Referer": self.server.url + path} | headers,
                allow_redirects=False,
            )
        )

    async def fill_in(self, path: str, **filled_in: str) -> Answer:
        """Open a page and send its form."""
        return await self.post(path, fields(await self.get(path)) | filled_in)

    async def sign_in(self, password: str = PASSWORD, **more: str) -> Answer:
        """Sign in with the form."""
        return await self.fill_in(
            LOGIN, login="demo@example.com", password=password, remember="on", **more
        )

    async def register(self, **changes: str) -> Answer:
        """Register an application."""
        return await self.fill_in(
            REGISTER,
            **{
                "name": "Any",
                "client_type": "public",
                "authorization_grant_type": "authorization-code",
                "redirect_uris": f"{BACK} http://obico.local:3334/",
                "algorithm": "",
            }
            | changes,
        )

    async def code(self, client_id: str, **asked: str) -> URL:
        """Allow an application to act, and return the address that it is redirected to."""
        query = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": "read write",
            "state": "st4te",
        } | asked
        shown = fields(await self.get(AUTHORIZE, query))
        answer = await self.post(AUTHORIZE, shown | {"allow": "Authorize"})
        assert answer.status == 302
        return URL(answer.headers["Location"])

    async def token(self, client_id: str, code: str, /, **changes: str) -> Answer:
        """Exchange a code."""
        return await self.post(
            TOKEN,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": BACK,
                "client_id": client_id,
            }
            | changes,
        )

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie."""
        cookies = self.session.cookie_jar.filter_cookies(URL(self.server.url))
        return cookies[name].value if name in cookies else None
