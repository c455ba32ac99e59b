"""The pages of one server, as a browser without a screen visits them."""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass, field

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .exceptions import (
    ObicoRateLimitError,
    ObicoResponseError,
    ObicoServerError,
    ObicoSignInPageError,
)
from .forms import Document, Form, parse_document
from .transport import error_of, open_response, read_bounded, redirect_target
from .urls import parse_sent_url

# The pages that matter are 10 to 50 kB.
_MAX_PAGE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a server showed; `target` is where it sends to instead, not yet followed."""

    url: URL = field(repr=False)
    status: int
    target: URL | None = field(repr=False)
    document: Document = field(repr=False)

    def form(self, names: AbstractSet[str]) -> Form:
        """Return the form that has these fields; ObicoSignInPageError if there is none."""
        form = self.document.find(names) if self.status == 200 else None
        if form is None:
            raise self.not_understood()
        return form

    def not_understood(self) -> ObicoSignInPageError:
        """Return the error for a page that is another one than expected."""
        return ObicoSignInPageError(
            f"{self.url.path} of {self.url.host} is not understood ({self.status})"
        )


class Visit:
    """A visit to one server, with the cookies that it hands out on the way.

    They are kept here and nowhere else, whatever jar the session has: also those of
    servers without a name, which aiohttp's jars refuse by default. Nothing is sent to
    any other origin, no redirect is followed.
    """

    def __init__(
        self, session: aiohttp.ClientSession, origin: URL, *, timeout: float
    ) -> None:
        """Begin without cookies; `timeout` in seconds is for each page."""
        self.session = session
        self.origin = origin.origin()
        self.timeout = timeout
        self._jar = aiohttp.CookieJar(unsafe=True)

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie."""
        morsel = self._jar.filter_cookies(self.origin).get(name)
        return None if morsel is None else morsel.value

    async def get(self, url: URL) -> Page:
        """Look at a page."""
        return await self._request(hdrs.METH_GET, url)

    async def submit(
        self, page: Page, form: Form, filled_in: Mapping[str, str]
    ) -> Page:
        """Send a form of a page, and return what comes of it.

        Raises ObicoSignInPageError for a form that would go to another server.
        """
        url = parse_sent_url(form.action, page.url) if form.action else page.url
        if url is None or url.origin() != self.origin:
            raise page.not_understood()
        return await self._request(
            hdrs.METH_POST,
            url,
            form={**form.fields, **filled_in},
            # Without it a server that speaks TLS takes no form.
            headers={hdrs.REFERER: str(page.url.with_query(None))},
        )

    async def _request(
        self,
        method: str,
        url: URL,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Ask for a page, with the cookies so far and those that come."""
        identity = dict(headers or {})
        if cookies := self._jar.filter_cookies(url):
            identity[hdrs.COOKIE] = "; ".join(
                f"{morsel.key}={morsel.coded_value}" for morsel in cookies.values()
            )
        async with open_response(
            self.session,
            method,
            url,
            timeout=self.timeout,
            identity=identity,
            form=form,
        ) as response:
            error = error_of(response.status, response.headers, url)
            if isinstance(error, ObicoRateLimitError | ObicoServerError):
                raise error
            self._jar.update_cookies(response.cookies, url)
            try:
                body = await read_bounded(response, _MAX_PAGE_BYTES)
            except ObicoResponseError as err:
                raise ObicoSignInPageError(str(err)) from None
        return Page(
            url=url,
            status=response.status,
            target=redirect_target(response.status, response.headers, url),
            document=parse_document(body.decode(errors="replace")),
        )
