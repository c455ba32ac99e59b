"""Servers that are none of Obico's, and certificates that nobody trusts."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dev import Clock, ObicoServer

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def other_server(handler: Handler) -> AsyncGenerator[str]:
    """Run a server that answers everything by a function, and give its origin."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/").origin())


@asynccontextmanager
async def self_signed_server(folder: Path) -> AsyncGenerator[ObicoServer]:
    """Run an Obico server with a certificate that it made itself."""
    loop = asyncio.get_running_loop()
    report = (
        loop.get_exception_handler()
        or asyncio.AbstractEventLoop.default_exception_handler
    )

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # The server runs in the test's own loop, and is sorry for every client that
        # does not take its certificate.
        if "incoming connection" not in context["message"]:
            report(loop, context)

    loop.set_exception_handler(handle)
    server = ObicoServer(clock=Clock())
    server.sockets.blocked = True
    await server.start(ssl_context=_self_signed(folder))
    try:
        yield server
    finally:
        await server.stop()


def _self_signed(folder: Path) -> ssl.SSLContext:
    """Return what a server on this machine needs that made its certificate itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "obico")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
