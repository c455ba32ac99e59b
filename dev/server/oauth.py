"""OAuth 2: applications that users register, and the tokens that they let these have."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from itertools import count
from typing import TYPE_CHECKING

from aiohttp import web
from yarl import URL

from .answers import STATE, html_error
from .clock import Clock
from .html import form_page, from_own_pages, page, redirect, signed_in
from .sessions import form_of

if TYPE_CHECKING:
    from .model import Account

APPLICATIONS = "/o/applications/"
REGISTER = f"{APPLICATIONS}register/"
AUTHORIZE = "/o/authorize/"

CODE_SECONDS = 60
# A hundred years.
TOKEN_SECONDS = 3153600000
CLIENT_TYPES = frozenset({"public", "confidential"})
# What goes from the page that asks the user to the answer that he gives.
ASKED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)

REGISTER_FORM = """
<p>{error}</p>
<form method="post" action="/o/applications/register/">
  {hidden}
  <input type="text" name="name" value="{name}">
  <input type="text" name="client_id" value="{client_id}" required>
  <input type="text" name="client_secret" value="{client_secret}">
  <select name="client_type" required>
    <option value="" selected>-</option>
    <option value="confidential">Keeps a secret</option>
    <option value="public">Keeps none</option>
  </select>
  <select name="authorization_grant_type" required>
    <option value="" selected>-</option>
    <option value="authorization-code">With a code</option>
    <option value="implicit">Without a code</option>
  </select>
  <textarea name="redirect_uris">{redirect_uris}</textarea>
  <select name="algorithm"><option value="" selected>None</option></select>
  <button type="submit">Register</button>
</form>
"""
UPDATE_FORM = """
<form method="post" action="/o/applications/{id}/update/">
  {hidden}
  <input type="text" name="name" value="{name}">
  <input type="text" name="client_id" value="{client_id}" required>
  <input type="text" name="client_secret" value="{client_secret}">
  <select name="client_type" required>
    <option value="">-</option>
    <option value="{client_type}" selected>The present one</option>
  </select>
  <select name="authorization_grant_type" required>
    <option value="">-</option>
    <option value="authorization-code" selected>With a code</option>
  </select>
  <textarea name="redirect_uris">{redirect_uris}</textarea>
  <select name="algorithm"><option value="" selected>None</option></select>
  <a href="/o/applications/{id}/">Go back</a>
  <button type="submit">Save</button>
</form>
"""
DELETE_FORM = """
<form method="post" action="/o/applications/{id}/delete/">
  {hidden}
  <p>Delete {name}?</p>
  <a href="/o/applications/">Cancel</a>
  <input type="submit" name="allow" value="Delete">
</form>
"""
AUTHORIZE_FORM = """
<form method="post">
  {hidden}
  <p>{name} wants to read and change everything of yours.</p>
  <input type="submit" value="Cancel">
  <input type="submit" name="allow" value="Authorize">
</form>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a user registered; attributes are named as in the form."""

    id: int
    account: Account
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    client_type: str
    redirect_uris: tuple[str, ...]
    tokens: list[str] = field(default_factory=list, repr=False)

    def lets_in(self, client_secret: str) -> bool:
        """Tell whether somebody who says that he is this application may be."""
        return self.client_type == "public" or client_secret == self.client_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a code stands for."""

    application: Application
    account: Account
    redirect_uri: str
    scope: str
    challenge: str
    method: str
    ends_at: float

    def verifies(self, verifier: str) -> bool:
        """Tell whether whoever has the code is also he who asked for it."""
        if not self.challenge:
            return True
        if self.method == "S256":
            digest = sha256(verifier.encode()).digest()
            verifier = urlsafe_b64encode(digest).decode().rstrip("=")
        return verifier == self.challenge


class Applications:
    """All applications, and the codes under way."""

    def __init__(self, clock: Clock, new_token: Callable[[int], str]) -> None:
        """Start without any."""
        self._clock = clock
        self._new_token = new_token
        self._applications: dict[str, Application] = {}
        self._grants: dict[str, Grant] = {}
        self._ids = count(1)

    def new_client(self) -> dict[str, str]:
        """Make up what a new application may be called by."""
        return {
            "client_id": self._new_token(40),
            "client_secret": self._new_token(128),
        }

    def register(self, account: Account, fields: Mapping[str, str]) -> Application:
        """Keep an application; ValueError if the form is not filled in well."""
        uris = tuple(fields.get("redirect_uris", "").split())
        client_id = fields.get("client_id", "")
        if (
            not client_id
            or client_id in self._applications
            or fields.get("client_type") not in CLIENT_TYPES
            or fields.get("authorization_grant_type") != "authorization-code"
            or fields.get("algorithm", "") != ""
            or not uris
            or any(URL(uri).scheme not in {"http", "https"} for uri in uris)
        ):
            raise ValueError("some fields are not filled in well")
        application = Application(
            id=next(self._ids),
            account=account,
            name=fields.get("name", ""),
            client_id=client_id,
            client_secret=fields.get("client_secret", ""),
            client_type=fields["client_type"],
            redirect_uris=uris,
        )
        self._applications[client_id] = application
        return application

    def of(self, account: Account) -> list[Application]:
        """Return the applications that a user registered."""
        return [
            application
            for application in self._applications.values()
            if application.account is account
        ]

    def remove(self, application: Application) -> None:
        """Forget an application, and the codes that were given to it."""
        del self._applications[application.client_id]
        self._grants = {
            code: grant
            for code, grant in self._grants.items()
            if grant.application is not application
        }

    def find(self, client_id: str) -> Application | None:
        """Return the application of this id."""
        return self._applications.get(client_id)

    def grant(
        self, application: Application, account: Account, asked: Mapping[str, str]
    ) -> str:
        """Let an application act for a user; return the code that it fetches its token with."""
        code = self._new_token(30)
        self._grants[code] = Grant(
            application=application,
            account=account,
            redirect_uri=asked["redirect_uri"],
            scope=asked["scope"],
            challenge=asked["code_challenge"],
            method=asked["code_challenge_method"] or "plain",
            ends_at=self._clock.elapsed + CODE_SECONDS,
        )
        return code

    def take_grant(self, code: str) -> Grant | None:
        """Return what a code stands for, once and only for a minute."""
        grant = self._grants.pop(code, None)
        if grant is None or self._clock.elapsed >= grant.ends_at:
            return None
        return grant

    def new_refresh_token(self) -> str:
        """Make what nobody needs within a hundred years."""
        return self._new_token(30)


async def show_registration(request: web.Request, _account: Account) -> web.Response:
    """Show the form to register an application."""
    state = request.app[STATE]
    if not state.sign_in.registration_open:
        return html_error(404)
    return _registration_page(request, state.applications.new_client())


@from_own_pages
@signed_in
async def register(request: web.Request, account: Account) -> web.Response:
    """Register an application, or show the form again."""
    state = request.app[STATE]
    if not state.sign_in.registration_open:
        return html_error(404)
    fields = await form_of(request)
    try:
        application = state.applications.register(account, fields)
    except ValueError:
        return _registration_page(
            request, fields | {"error": "Please look at it again."}
        )
    return redirect(f"{APPLICATIONS}{application.id}/")


async def list_applications(request: web.Request, account: Account) -> web.Response:
    """Show the applications of the user, and no one else's."""
    state = request.app[STATE]
    if not state.sign_in.registration_open:
        return html_error(404)
    links = (
        f'<li><a href="{APPLICATIONS}{application.id}/">{escape(application.name)}</a></li>'
        for application in state.applications.of(account)
    )
    return page(
        "Your applications",
        f'<ul>{"".join(links)}</ul><a href="{REGISTER}">New application</a>',
    )


async def show_application(request: web.Request, account: Account) -> web.Response:
    """Show an application of the user's."""
    application = _application_of(request, account)
    if application is None:
        return html_error(404)
    return page(application.name, f"<p>{escape(application.client_id)}</p>")


async def show_update(request: web.Request, account: Account) -> web.Response:
    """Show the form that changes an application of the user's."""
    application = _application_of(request, account)
    if application is None:
        return html_error(404)
    return form_page(
        request,
        "Change the application",
        UPDATE_FORM,
        {
            "id": str(application.id),
            "name": application.name,
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "client_type": application.client_type,
            "redirect_uris": " ".join(application.redirect_uris),
        },
    )


async def show_deletion(request: web.Request, account: Account) -> web.Response:
    """Ask whether an application of the user's is to be deleted."""
    application = _application_of(request, account)
    if application is None:
        return html_error(404)
    return form_page(
        request,
        "Delete the application",
        DELETE_FORM,
        {"id": str(application.id), "name": application.name},
    )


@from_own_pages
@signed_in
async def delete_application(request: web.Request, account: Account) -> web.Response:
    """Delete an application of the user's, and the tokens of all users for it."""
    state = request.app[STATE]
    application = _application_of(request, account)
    if application is None:
        return html_error(404)
    state.applications.remove(application)
    for token in application.tokens:
        if (owner := state.account_with(token)) is not None:
            owner.revoke_token(token)
    return redirect(APPLICATIONS)


async def show_authorization(request: web.Request, _account: Account) -> web.Response:
    """Ask the user whether an application may act for him."""
    asked = _asked(request.query)
    application = _asking(request, asked)
    if isinstance(application, web.Response):
        return application
    return form_page(
        request, "May it?", AUTHORIZE_FORM, {"name": application.name}, asked
    )


@from_own_pages
@signed_in
async def authorize(request: web.Request, account: Account) -> web.Response:
    """Send the user's browser back to the application, with a code if he allowed it."""
    fields = await form_of(request)
    asked = _asked(fields)
    application = _asking(request, asked)
    if isinstance(application, web.Response):
        return application
    if "allow" not in fields:
        return _send_back(asked, error="access_denied")
    applications = request.app[STATE].applications
    return _send_back(asked, code=applications.grant(application, account, asked))


async def give_token(request: web.Request) -> web.Response:
    """Exchange a code for an access token."""
    fields = await form_of(request)
    applications = request.app[STATE].applications
    application = applications.find(fields.get("client_id", ""))
    if application is None or not application.lets_in(fields.get("client_secret", "")):
        return web.json_response({"error": "invalid_client"}, status=401)
    if fields.get("grant_type") != "authorization_code":
        return web.json_response({"error": "unsupported_grant_type"}, status=400)
    grant = applications.take_grant(fields.get("code", ""))
    if (
        grant is None
        or grant.application is not application
        or grant.redirect_uri != fields.get("redirect_uri")
        or not grant.verifies(fields.get("code_verifier", ""))
    ):
        return web.json_response({"error": "invalid_grant"}, status=400)
    token = grant.account.issue_token()
    application.tokens.append(token)
    return web.json_response(
        {
            "access_token": token,
            "expires_in": TOKEN_SECONDS,
            "token_type": "Bearer",
            "scope": grant.scope,
            "refresh_token": applications.new_refresh_token(),
        }
    )


async def revoke_token(request: web.Request) -> web.Response:
    """Revoke an access token of an application; one that is none is no error."""
    fields = await form_of(request)
    state = request.app[STATE]
    application = state.applications.find(fields.get("client_id", ""))
    if application is None or not application.lets_in(fields.get("client_secret", "")):
        return web.json_response({"error": "invalid_client"}, status=401)
    token = fields.get("token", "")
    if token in application.tokens and (account := state.account_with(token)):
        account.revoke_token(token)
    return web.Response()


def _application_of(request: web.Request, account: Account) -> Application | None:
    """Return the user's application that a page is about."""
    wanted = int(request.match_info["id"])
    for application in request.app[STATE].applications.of(account):
        if application.id == wanted:
            return application
    return None


def _registration_page(request: web.Request, values: Mapping[str, str]) -> web.Response:
    return form_page(
        request,
        "Register an application",
        REGISTER_FORM,
        {
            name: values.get(name, "")
            for name in ("name", "client_id", "client_secret", "redirect_uris", "error")
        },
    )


def _asked(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values.get(name, "") for name in ASKED}


def _asking(
    request: web.Request, asked: Mapping[str, str]
) -> Application | web.Response:
    """Return which application asks, or the answer to one that asks in a wrong way."""
    application = request.app[STATE].applications.find(asked["client_id"])
    if application is None or asked["redirect_uri"] not in application.redirect_uris:
        return page("Error", "<p>No application asks like this.</p>", status=400)
    if asked["response_type"] != "code":
        return _send_back(asked, error="unsupported_response_type")
    return application


def _send_back(asked: Mapping[str, str], **answer: str) -> web.Response:
    if asked["state"]:
        answer["state"] = asked["state"]
    return redirect(str(URL(asked["redirect_uri"]).update_query(answer)))


ROUTES = [
    web.get(REGISTER, signed_in(show_registration)),
    web.post(REGISTER, register),
    web.get(APPLICATIONS, signed_in(list_applications)),
    web.get(APPLICATIONS + r"{id:\d+}/", signed_in(show_application)),
    web.get(APPLICATIONS + r"{id:\d+}/update/", signed_in(show_update)),
    web.get(APPLICATIONS + r"{id:\d+}/delete/", signed_in(show_deletion)),
    web.post(APPLICATIONS + r"{id:\d+}/delete/", delete_application),
    web.get(AUTHORIZE, signed_in(show_authorization)),
    web.post(AUTHORIZE, authorize),
    web.post("/o/token/", give_token),
    web.post("/o/revoke_token/", revoke_token),
]
