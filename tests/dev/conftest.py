"""A server, an account, and a client without opinions."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl

from aiohttp import ClientSession, DummyCookieJar
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from dev import Account, ObicoServer

from .drive import Stage
from .support import Api


@pytest.fixture
async def server(socket_enabled: None) -> AsyncIterator[ObicoServer]:
    """A server whose time stands still."""
    server = ObicoServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def account(server: ObicoServer) -> Account:
    """An account on the server."""
    return server.add_account()


@pytest.fixture
async def api(server: ObicoServer, account: Account) -> AsyncIterator[Api]:
    """The account's way to ask the server."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield Api(session, server, account)


@pytest.fixture
async def stage(
    server: ObicoServer, account: Account, api: Api
) -> AsyncIterator[Stage]:
    """A printer to be driven into recorded states."""
    stage = Stage(server, account, api)
    async with stage.closing:
        yield stage


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody signed but its owner."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "obico")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context
