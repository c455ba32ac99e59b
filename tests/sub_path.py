"""A reverse proxy that has a server below a path."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from aiohttp import hdrs, web
from aiohttp.test_utils import TestServer
from yarl import URL

# Headers that are about one connection, and not passed on.
_OF_CONNECTION: Final = frozenset(
    {hdrs.CONNECTION, hdrs.HOST, hdrs.TRANSFER_ENCODING, hdrs.CONTENT_LENGTH}
)


@asynccontextmanager
async def below_path(server: str, path: str = "/obico") -> AsyncGenerator[str]:
    """Run a proxy for the server with this address, and give the proxy's address.

    It passes everything on as it is: the server does not know of the path, and names its
    own paths without it.
    """
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:

        async def answer(request: web.Request) -> web.StreamResponse:
            url = URL(server + request.raw_path.removeprefix(path), encoded=True)
            if request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
                return await _connect(session, request, url)
            async with session.request(
                request.method,
                url,
                headers={
                    name: value
                    for name, value in request.headers.items()
                    if name not in _OF_CONNECTION
                },
                data=await request.read(),
                allow_redirects=False,
            ) as answered:
                response = web.Response(
                    status=answered.status, body=await answered.read()
                )
                for name, value in answered.headers.items():
                    if name not in _OF_CONNECTION:
                        response.headers.add(name, value)
                return response

        app = web.Application()
        app.router.add_route("*", f"{path}/{{tail:.*}}", answer)
        async with TestServer(app, host="127.0.0.1") as proxy:
            yield str(proxy.make_url(path))


async def _connect(
    session: aiohttp.ClientSession, request: web.Request, url: URL
) -> web.StreamResponse:
    """Pass the messages of a websocket on in both directions."""
    try:
        upstream = await session.ws_connect(url)
    except aiohttp.WSServerHandshakeError as err:
        return web.Response(status=err.status)
    downstream = web.WebSocketResponse()
    await downstream.prepare(request)

    async def send_up() -> None:
        async for message in downstream:
            await upstream.send_str(message.data)
        await upstream.close()

    sending = asyncio.create_task(send_up())
    async for message in upstream:
        await downstream.send_str(message.data)
    await downstream.close()
    await sending
    return downstream
