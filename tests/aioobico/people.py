"""People who sign in, and what they come across."""

import traceback

import aiohttp
from aiohttp import web
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    AccessToken,
    MintedToken,
    ObicoClient,
    ObicoError,
    SessionCookie,
    mint_token,
    sign_in,
)
from dev.server.faults import Handler

EMAIL = "someone+printers@example.com"
APP_NAME = "Home Assistant (1a2b3c4d)"
PASSWORD = "s3cret & Pässwörd=%41;"

LOGIN = "/accounts/login/"
REGISTER = "/o/applications/register/"
AUTHORIZE = "/o/authorize/"
TOKEN = "/o/token/"
# From being signed in to a token.
STEPS = [
    (REGISTER, "GET"),
    (REGISTER, "POST"),
    (AUTHORIZE, "GET"),
    (AUTHORIZE, "POST"),
    (TOKEN, "POST"),
]


class Person:
    """Somebody who signs in at a server."""

    def __init__(self, session: aiohttp.ClientSession, origin: URL) -> None:
        self.session = session
        self.origin = origin

    async def sign_in(
        self, password: str = PASSWORD, *, app_name: str = APP_NAME
    ) -> MintedToken | SessionCookie:
        """Sign in, and get what lasts longest."""
        signed_in = await sign_in(self.session, self.origin, EMAIL, password)
        return await mint_token(signed_in, app_name=app_name)

    async def fail(self, password: str = PASSWORD) -> ObicoError:
        """Return what signing in raises, after a look for secrets in it."""
        with pytest.raises(ObicoError) as caught:
            await self.sign_in(password)
        shown = "".join(traceback.format_exception(caught.value, chain=True))
        assert PASSWORD not in shown
        assert EMAIL not in shown
        return caught.value

    def client(self, credential: AccessToken | SessionCookie) -> ObicoClient:
        return ObicoClient(self.session, self.origin, credential)

    async def is_in(self) -> bool:
        """Return whether signing in works now, with a token."""
        minted = await self.sign_in()
        assert isinstance(minted, MintedToken)
        return (await self.client(minted.access_token).get_user()).id == 1


async def hang_up(request: web.Request, _: Handler) -> web.StreamResponse:
    """Close the connection instead of answering."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()
