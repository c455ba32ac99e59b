"""Addresses: of servers as people type them, of pictures as servers send them."""

from ipaddress import IPv6Address, ip_address
import re

from yarl import URL

CLOUD_URL = URL("https://app.obico.io")

_SCHEMES = frozenset({"http", "https"})

_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)

# What a resolver takes: it fails in its own way over an empty or overlong label.
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.IGNORECASE
)

# Signatures are over the address as it was sent: it must not be quoted anew, unless it
# could not be sent otherwise.
_QUOTED = re.compile(r"[!-~]+")


def parse_server_url(text: str) -> list[URL]:
    """Return the origins worth trying for what a person typed, best first.

    Without a scheme that is https, then http; for what stands at home (IP addresses,
    `.local`, `localhost`) the other way round. Path, query and user info are dropped.
    Raises ValueError when nothing can be made of it.
    """
    text = text.strip()
    if _WITH_SCHEME.match(text):
        return [_server_origin(text)]
    host = f"[{text}]" if _is_ipv6(text) else text
    secure = _server_origin(f"https://{host}")
    plain = _server_origin(f"http://{host}")
    return [plain, secure] if _is_at_home(secure) else [secure, plain]


def picture_url(address: str, base_url: URL) -> URL | None:
    """Return where a picture can be fetched, None when its address is of no use.

    The server names its media with the host of its own settings, by default localhost:
    such an address moves to `base_url`. Its signature covers the path only. Pictures on
    other hosts, as the cloud has them, stay.
    """
    url = parse_sent_url(address)
    if url is None or not (url.host == base_url.host or is_local_host(url)):
        return url
    if url.raw_path.startswith("/media/"):
        return (
            url.with_scheme(base_url.scheme)
            .with_host(base_url.host or "")
            .with_port(base_url.explicit_port)
        )
    # Whatever else runs on that host, or on this machine, is none of ours.
    return url if url.origin() == base_url.origin() else None


def parse_sent_url(address: str, base: URL | None = None) -> URL | None:
    """Parse an address as a server sent it, relative to `base` if there is one.

    None unless it leads to an http(s) server. User info and fragment are dropped.
    """
    try:
        url = _to_url(address, encoded=_QUOTED.fullmatch(address) is not None)
        if base is not None:
            url = base.join(url)
        if url.scheme not in _SCHEMES or not _has_usable_host(url) or not url.port:
            return None
    except ValueError:
        return None
    return url.with_user(None).with_fragment(None).with_host(url.host or "")


def is_local_host(url: URL) -> bool:
    """Return whether this address means the very machine that asks."""
    host = (url.host or "").lower().removesuffix(".")
    if _is_ip(host):
        address = ip_address(host)
        return address.is_loopback or address.is_unspecified
    return host == "localhost" or host.endswith(".localhost")


def _has_usable_host(url: URL) -> bool:
    """Return whether a resolver can be asked for this host."""
    host = url.raw_host or ""
    return _is_ip(host) or _HOST_NAME.fullmatch(host.removesuffix(".")) is not None


def _to_url(text: str, *, encoded: bool = False) -> URL:
    """Take an address; ValueError for any other text, also where yarl stumbles over it."""
    try:
        return URL(text, encoded=encoded)
    except IndexError:
        raise ValueError("This is no address") from None


def _server_origin(address: str) -> URL:
    """Return scheme, host and port of an address."""
    if any(character.isspace() for character in address):
        raise ValueError("An address has no spaces")
    url = _to_url(address)
    if url.scheme not in _SCHEMES or not _has_usable_host(url):
        raise ValueError("This is no address of a server")
    return url.origin().with_port(None if url.is_default_port() else url.explicit_port)


def _is_at_home(url: URL) -> bool:
    """Return whether a server there most likely has no certificate."""
    host = (url.host or "").removesuffix(".")
    return _is_ip(host) or host == "localhost" or host.endswith(".local")


def _is_ip(host: str) -> bool:
    """Return whether this is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    """Return whether this is an IPv6 address that misses its brackets."""
    return _is_ip(host) and isinstance(ip_address(host), IPv6Address)
