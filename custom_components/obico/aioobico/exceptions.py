"""What can go wrong between a client and an Obico server.

No message of these ever holds a token, a query string or a body.

401 and 403 are an ObicoAuthenticationError only with Obico's own reason in JSON. Every
other refusal, and a page where JSON is wanted, is an ObicoProxyError: something in front
of the server answered. A refused upgrade to a websocket does not tell why.
"""

from yarl import URL


class ObicoError(Exception):
    """Anything that went wrong with an Obico server."""


class ObicoConnectionError(ObicoError):
    """The server cannot be reached, took too long or hung up before its answer was complete."""


class ObicoCertificateError(ObicoConnectionError):
    """The server's certificate is not trusted."""


class ObicoNoTlsError(ObicoConnectionError):
    """A server answers at an address with https, but does not speak TLS there."""


class ObicoProxyError(ObicoConnectionError):
    """Something in front of the server answered instead of it.

    A reverse proxy that wants its own sign-in, a firewall's challenge, or the page of a
    captive portal. Such an answer says nothing about the credential or the request.
    """


class ObicoPushError(ObicoConnectionError):
    """There is no push connection, over which agents are commanded, or it was lost."""


class ObicoUpgradeRefusedError(ObicoPushError):
    """The upgrade to a websocket was refused (401 or 403), for a reason that is not told.

    The token in the address may be wrong, or something in front of the server refuses
    websockets: a call of the REST API tells which.
    """


class ObicoAuthenticationError(ObicoError):
    """The server itself says that the credential is missing, wrong or revoked (401 or 403)."""


class ObicoTwoStepError(ObicoAuthenticationError):
    """E-mail and password are not enough: the server asks for a second step."""


class ObicoSocialSignInError(ObicoAuthenticationError):
    """The server has no passwords of its own: one signs in through somebody else."""


class ObicoRefusedError(ObicoError):
    """The server understands, and does not do it; `detail` are its own words, if any."""

    def __init__(self, message: str, *, detail: str | None = None) -> None:
        """Keep the server's words."""
        super().__init__(message)
        self.detail = detail


class ObicoAgentReplacedError(ObicoError):
    """Another agent has connected with the token of the same printer."""


class ObicoNotFoundError(ObicoError):
    """The object does not exist, belongs to someone else, or there is no print to act on (404)."""


class ObicoUnknownPathError(ObicoNotFoundError):
    """The path itself is unknown (404 without a reason in JSON).

    The server is too old for the call, or something else answered.
    """


class ObicoRateLimitError(ObicoError):
    """The server wants to be asked less often (429).

    `retry_after` is the wait in seconds, None when the server does not tell.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Keep the wait."""
        super().__init__(message)
        self.retry_after = retry_after


class ObicoServerError(ObicoError):
    """The server, or a proxy in front of it, failed (5xx, its number in `status`)."""

    def __init__(self, message: str, *, status: int) -> None:
        """Keep the status."""
        super().__init__(message)
        self.status = status


class ObicoUnknownSiteError(ObicoServerError):
    """The sign-in page fails for everybody, though the API answers at the same address.

    That is how a server behaves under a host name that is none of its sites.
    """


class ObicoResponseError(ObicoError):
    """The answer is not what an Obico server sends: no JSON, another structure or status."""


class ObicoTooLargeError(ObicoResponseError):
    """The answer, or the reply of an agent, is larger than what is read."""


class ObicoFileTooLargeError(ObicoResponseError):
    """A file is larger than the account's plan, or the server, allows."""


class ObicoNoPictureError(ObicoResponseError):
    """What came is no complete picture of a known type, or has too many pixels."""


class ObicoRedirectError(ObicoResponseError):
    """The server sends elsewhere, to `origin`; None when that is no http(s) address.

    `is_same_server` if that is another page of the server that was asked.
    """

    def __init__(
        self, message: str, *, origin: URL | None = None, is_same_server: bool = False
    ) -> None:
        """Keep where the redirect points to."""
        super().__init__(message)
        self.origin = origin
        self.is_same_server = is_same_server


class ObicoSignInPageError(ObicoResponseError):
    """A page of the way in is not understood: it changed, is missing, or leads elsewhere."""


class ObicoAgentError(ObicoError):
    """The server answers, the printer's agent does not do what it was asked for."""


class ObicoAgentSilentError(ObicoAgentError):
    """The agent did not reply: it is offline, busy, or does not know the command."""


class ObicoAgentRefusedError(ObicoAgentError):
    """The agent did not do it.

    `detail` is what it says itself, in its own language and without addresses, None if it
    says nothing. `str()` is the same, or a plain sentence where more is known.
    """

    def __init__(self, message: str, *, detail: str | None = None) -> None:
        """Keep the agent's own words."""
        super().__init__(message)
        self.detail = detail


class ObicoAgentNotFoundError(ObicoAgentRefusedError):
    """The printer has no such file or folder."""


class ObicoAgentBusyError(ObicoAgentRefusedError):
    """The printer prints, or is at something else that this cannot be done beside."""


class ObicoAgentUnsupportedError(ObicoAgentRefusedError):
    """The agent does not know the command, mostly because it is too old."""


class ObicoAgentUnexplainedError(ObicoAgentRefusedError):
    """Moonraker refused or did not answer its agent, which does not pass on why."""
