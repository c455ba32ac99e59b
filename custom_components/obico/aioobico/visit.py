"""Visit the pages of one server, as a browser does."""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass, field

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .credentials import SESSION_COOKIE_NAME, SessionCookie
from .exceptions import (
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoResponseError,
    ObicoServerError,
    ObicoSignInPageError,
)
from .forms import Document, Form, parse_document
from .transport import error_of, open_response, read_bounded, redirect_target
from .urls import below, parse_sent_url, server_url

# The pages of a server are 10 to 50 kB.
_MAX_PAGE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that a server answered with; `target` is where a redirect points to."""

    url: URL = field(repr=False)
    status: int
    target: URL | None = field(repr=False)
    document: Document = field(repr=False)

    def form(self, names: AbstractSet[str]) -> Form:
        """Return the form that has these fields; ObicoSignInPageError if there is none.

        ObicoRedirectError if the page has moved to another server.
        """
        if self.target is not None and self.target.origin() != self.url.origin():
            raise ObicoRedirectError(
                f"{self.url.host} sends elsewhere ({self.status})",
                origin=self.target.origin(),
            )
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
    """Visits the pages of one server, with a cookie jar of its own.

    The jar takes the cookies of servers by IP address, too, which aiohttp's jars refuse
    by default. Nothing is sent to any other origin, no redirect is followed.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: URL,
        *,
        timeout: float,
        session_cookie: SessionCookie | None = None,
    ) -> None:
        """Begin without cookies, or signed in; `timeout` in seconds is for each page."""
        self.session = session
        self.base_url = server_url(base_url)
        self.timeout = timeout
        self._jar = aiohttp.CookieJar(unsafe=True)
        if session_cookie is not None:
            self._jar.update_cookies(
                {SESSION_COOKIE_NAME: session_cookie.value}, self.base_url / ""
            )

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie."""
        morsel = self._jar.filter_cookies(self.base_url / "").get(name)
        return None if morsel is None else morsel.value

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Page:
        """Fetch a page by its path on the server, which has no leading slash."""
        return await self._request(
            hdrs.METH_GET, (self.base_url / path).with_query(query)
        )

    async def submit(
        self, page: Page, form: Form, filled_in: Mapping[str, str]
    ) -> Page:
        """Send a form of a page, and return what comes of it.

        A server that does not know of the path that a proxy has it below names paths
        without it. Raises ObicoSignInPageError for a form that leads to another server.
        """
        url = parse_sent_url(form.action, page.url) if form.action else page.url
        if url is None or url.origin() != self.base_url.origin():
            raise page.not_understood()
        url = url.with_path(
            below(self.base_url, url.raw_path), encoded=True, keep_query=True
        )
        return await self._request(
            hdrs.METH_POST,
            url,
            form={**form.fields, **filled_in},
            # Over TLS Django accepts no form without it.
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
        """Request a page, with the cookies so far, and keep those that come."""
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
