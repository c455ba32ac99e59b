"""Addresses: of servers as people type them, of pictures as servers send them.

A server names pictures with the host of its own settings, by default `localhost:3334`, and
signs only their path: `picture_url()` moves `/media/…` to the address that the user gave.
"""

from ipaddress import IPv6Address, ip_address
import re
from string import whitespace
from unicodedata import normalize

from yarl import URL

CLOUD_URL = URL("https://app.obico.io")

# Where a self-hosted server listens unless its owner chose another port.
SELF_HOSTED_PORT = 3334

_SCHEMES = frozenset({"http", "https"})

_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)

# What stands in place of the scheme in "http:/host", "http//host", "htp:/host", "http;//host"
# and the like, or of the host in "host:": there is no host of that name, and nobody can know
# which server is meant.
_MISTYPED = re.compile(
    r"[^/?#]*:(?=[/?#]|$)|[a-z]+[;.,]?//|https?[;.,]?/", re.IGNORECASE
)

# The names that routers and resolvers give to what stands at home.
_HOME_DOMAINS = (".lan", ".home", ".home.arpa", ".internal", ".fritz.box")

# Of what was typed, up to the last "@" in front of the path.
_USER_INFO = re.compile(r"(?<![^/\\])[^/\\?#]*@")

_EMAIL = re.compile(r"(mailto:)?[^\s/\\?#:@]+@[^\s/\\?#:@]+", re.IGNORECASE)

# What is copied along with an address from a page or a chat, and is not seen.
_UNSEEN = (
    whitespace
    + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
    + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
)

# What an IPv6 address may be in front of, where it misses its brackets.
_HOST_END = re.compile(r"(?=[/?#])")

# What a resolver takes: it fails in its own way over an empty or overlong label.
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.IGNORECASE
)

# No name ends like that: it is an IPv4 address with a mistake, of which a resolver would
# make the address of another machine.
_NUMERIC_END = re.compile(r"(^|\.)([0-9]+|0x[0-9a-f]*)\.?$", re.IGNORECASE)

# Signatures are over the address as it was sent: it must not be quoted anew, unless it
# could not be sent otherwise.
_QUOTED = re.compile(r"[!-~]+")

# Paths below which a reverse proxy has an Obico server are one or two segments long.
# Longer ones are of a page that somebody copied the address of.
_MAX_PATH_SEGMENTS = 4

_MEDIA_PATH = "/media/"


class UserInfoError(ValueError):
    """The address has a user name or password in it.

    A proxy would want them in the header `Authorization`, where the access token goes.
    """


def parse_server_url(text: str) -> list[URL]:
    """Return the base URLs worth trying for what a person typed, best first.

    - Without a scheme: https, then http. For what stands at home (IP addresses,
      `.local`, `localhost`; without a port also names without a dot, `.lan` and the like)
      http first, since it seldom has a certificate.
    - Without a port: also the port of self-hosted servers.
    - With a path: the server may be below it (a proxy that has it at `/obico/`), or the
      path is of one of its pages. The longest is tried first, so that of several servers
      on one host the one that was typed is found.

    Query and fragment are dropped. Raises UserInfoError for user or password in the
    address, ValueError when nothing can be made of it.
    """
    text = _as_meant(text)
    if _EMAIL.fullmatch(text):
        raise ValueError("This is the address of a person")
    if scheme := _WITH_SCHEME.match(text):
        rest = _with_brackets(text[scheme.end() :])
        _check_not_mistyped(rest)
        url = _parse(scheme[0] + rest)
        return [*_with_paths(url), *_at_usual_port(url)]
    rest = _with_brackets(text.removeprefix("//"))
    _check_not_mistyped(rest)
    secure, plain = _parse(f"https://{rest}"), _parse(f"http://{rest}")
    if _is_at_home(secure):
        # There the port of self-hosted servers is likelier than 80, on which many
        # devices have a page of their own.
        return [*_at_usual_port(plain), *_with_paths(plain), *_with_paths(secure)]
    return [*_with_paths(secure), *_with_paths(plain), *_at_usual_port(plain)]


def without_user_info(text: str) -> str:
    """Return an address as a person typed it, without user name and password.

    Nothing is left of an e-mail address.
    """
    text = _as_meant(text)
    return "" if _EMAIL.fullmatch(text) else _USER_INFO.sub("", text, count=1)


def server_url(url: URL) -> URL:
    """Return the base URL of a server: scheme, host, port and path without a last slash."""
    base = url.origin().with_port(None if url.is_default_port() else url.explicit_port)
    path = url.raw_path.rstrip("/")
    return base.with_path(path, encoded=True) if path else base


def below(base_url: URL, path: str) -> str:
    """Return the quoted path that a path of the server has behind its proxy.

    A server does not know the path that a proxy has it below, unless it is told. Then
    its own paths have it already.
    """
    prefix = base_url.raw_path.rstrip("/")
    return path if path.startswith(f"{prefix}/") else prefix + path


def picture_url(address: str, base_url: URL) -> URL | None:
    """Return where a picture can be fetched, None when its address is of no use.

    The server names its media with the host of its own settings, by default localhost,
    and without the path that a proxy has it below: such an address moves to `base_url`.
    Its signature covers the path only. Pictures on other hosts, as the cloud has them,
    stay.
    """
    url = parse_sent_url(address)
    if url is None or not (url.host == base_url.host or is_local_host(url)):
        return url
    path = below(base_url, url.raw_path)
    if path.startswith(below(base_url, _MEDIA_PATH)):
        return (
            url.with_scheme(base_url.scheme)
            .with_host(base_url.host or "")
            .with_port(base_url.explicit_port)
            .with_path(path, encoded=True, keep_query=True)
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


def _as_meant(text: str) -> str:
    """Return what was typed, with the characters of an address.

    Keyboards for Chinese and Japanese have wide ones of their own.
    """
    return (
        normalize("NFKC", text).replace("\N{IDEOGRAPHIC FULL STOP}", ".").strip(_UNSEEN)
    )


def _with_brackets(text: str) -> str:
    """Return an address without scheme, with brackets around a bare IPv6 address."""
    host, *rest = _HOST_END.split(text, maxsplit=1)
    return "".join([f"[{host}]", *rest]) if _is_ipv6(host) else text


def _check_not_mistyped(text: str) -> None:
    """Raise UserInfoError or ValueError where an address without scheme still begins with one."""
    if "\\" not in text and not _MISTYPED.match(text):
        return
    if "@" in text:
        raise UserInfoError("An address with a user name or password is not supported")
    raise ValueError("The scheme of the address is mistyped")


def _at_usual_port(url: URL) -> list[URL]:
    """Return where a self-hosted server listens if the address names no port."""
    if url.explicit_port is not None or url.origin() == CLOUD_URL.with_scheme(
        url.scheme
    ):
        return []
    return [url.origin().with_port(SELF_HOSTED_PORT)]


def _with_paths(url: URL) -> list[URL]:
    """Return the base URLs that an address can mean: its path, shortened bit by bit."""
    segments = [part for part in url.raw_path.split("/") if part][:_MAX_PATH_SEGMENTS]
    paths = ("/" + "/".join(segments[:count]) for count in range(len(segments), -1, -1))
    return [server_url(url.with_path(path, encoded=True)) for path in paths]


def _has_usable_host(url: URL) -> bool:
    """Return whether a resolver can be asked for this host, and the host be shown."""
    host = url.raw_host or ""
    try:
        _ = url.host
    except UnicodeError:
        # "xn--" is in front of what is no Punycode.
        return False
    return _is_ip(host) or (
        _HOST_NAME.fullmatch(host.removesuffix(".")) is not None
        and _NUMERIC_END.search(host) is None
    )


def _to_url(text: str, *, encoded: bool = False) -> URL:
    """Parse an address; ValueError for any other text, also where yarl fails over it."""
    try:
        return URL(text, encoded=encoded)
    except IndexError:
        raise ValueError("This is no address") from None


def _parse(address: str) -> URL:
    """Return what was typed as the address of a server."""
    if any(character.isspace() for character in address):
        raise ValueError("An address has no spaces")
    url = _to_url(address)
    if url.scheme not in _SCHEMES or not _has_usable_host(url) or not url.port:
        raise ValueError("This is no address of a server")
    if url.user is not None or url.password is not None:
        raise UserInfoError("An address with a user name or password is not supported")
    return url


def _is_at_home(url: URL) -> bool:
    """Return whether a server there most likely has no certificate."""
    host = (url.host or "").removesuffix(".")
    if _is_ip(host) or host == "localhost" or host.endswith(".local"):
        return True
    # A port was not typed without knowing what is there.
    is_home_name = "." not in host or host.endswith(_HOME_DOMAINS)
    return is_home_name and url.explicit_port is None


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
