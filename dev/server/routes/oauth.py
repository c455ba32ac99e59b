"""The pages where users register applications and let them act for them, and the tokens."""

from collections.abc import Mapping
from html import escape

from aiohttp import web
from yarl import URL

from ..account import Account
from ..answers import html_error
from ..oauth import Application
from .browser import form_of, signed_in
from .context import STATE
from .html import form_page, from_own_pages, page, redirect

APPLICATIONS = "/o/applications/"
REGISTER = f"{APPLICATIONS}register/"
APPLICATION = APPLICATIONS + r"{id:\d+}/"
AUTHORIZE = "/o/authorize/"
# A hundred years.
TOKEN_SECONDS = 3153600000
# The parameters that the page of the question passes on to the answer.
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
AUTHORIZE_FORM = """
<form method="post">
  {hidden}
  <p>{name} wants to read and change everything of yours.</p>
  <input type="submit" value="Cancel">
  <input type="submit" name="allow" value="Authorize">
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
<p>{name}</p>
<form method="post">
  {hidden}
  <a href="/o/applications/">Cancel</a>
  <input type="submit" name="allow" value="Delete">
</form>
"""


async def show_registration(request: web.Request, _account: Account) -> web.Response:
    """Show the form to register an application."""
    state = request.app[STATE]
    if not state.sign_in.registration_open:
        return html_error(404)
    return _registration_page(request, state.applications.new_client())


@from_own_pages
@signed_in
async def register(request: web.Request, account: Account) -> web.Response:
    """Register an application, or show the form again if it is invalid."""
    state = request.app[STATE]
    if not state.sign_in.registration_open:
        return html_error(404)
    fields = await form_of(request)
    try:
        application = state.applications.register(account, fields)
    except ValueError:
        return _registration_page(
            request, fields | {"error": "Some fields are invalid."}
        )
    return redirect(f"{APPLICATIONS}{application.id}/")


def find_application(request: web.Request, account: Account) -> Application | None:
    """Return the user's application that the path names."""
    wanted = int(request.match_info["id"])
    return next(
        (
            application
            for application in request.app[STATE].applications.of(account)
            if application.id == wanted
        ),
        None,
    )


async def list_applications(request: web.Request, account: Account) -> web.Response:
    """List the user's applications: their names, with links to their pages."""
    if not request.app[STATE].sign_in.registration_open:
        return html_error(404)
    rows = "".join(
        f'<li><a href="{APPLICATIONS}{application.id}/">{escape(application.name)}</a></li>'
        for application in request.app[STATE].applications.of(account)
    )
    return page("Your applications", f"<ul>{rows}</ul>")


async def show_application(request: web.Request, account: Account) -> web.Response:
    """Show an application of the user's."""
    if (application := find_application(request, account)) is None:
        return html_error(404)
    return page(
        application.name,
        f'<input type="text" value="{escape(application.client_id)}" readonly>'
        f'<a href="{APPLICATIONS}{application.id}/delete/">Delete</a>',
    )


async def show_update(request: web.Request, account: Account) -> web.Response:
    """Show the form that changes an application of the user's."""
    if (application := find_application(request, account)) is None:
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
    """Ask whether an application is to be deleted."""
    if (application := find_application(request, account)) is None:
        return html_error(404)
    return form_page(
        request, "Delete the application?", DELETE_FORM, {"name": application.name}
    )


@from_own_pages
@signed_in
async def delete_application(request: web.Request, account: Account) -> web.Response:
    """Delete an application of the user's."""
    if (application := find_application(request, account)) is None:
        return html_error(404)
    request.app[STATE].applications.delete(application)
    return redirect(APPLICATIONS)


async def show_authorization(request: web.Request, _account: Account) -> web.Response:
    """Ask the user whether an application may act for them."""
    asked = _asked(request.query)
    application = _asking(request, asked)
    if isinstance(application, web.Response):
        return application
    return form_page(
        request, "Authorize?", AUTHORIZE_FORM, {"name": application.name}, asked
    )


@from_own_pages
@signed_in
async def authorize(request: web.Request, account: Account) -> web.Response:
    """Redirect the browser to the application, with a code if the user has allowed it."""
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
    """Revoke an access token of an application; an unknown one is no error."""
    fields = await form_of(request)
    state = request.app[STATE]
    application = state.applications.find(fields.get("client_id", ""))
    if application is None or not application.lets_in(fields.get("client_secret", "")):
        return web.json_response({"error": "invalid_client"}, status=401)
    token = fields.get("token", "")
    if token in application.tokens and (account := state.account_with(token)):
        account.revoke_token(token)
    return web.Response()


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
    """Return the application that asks, or the answer to an invalid request."""
    application = request.app[STATE].applications.find(asked["client_id"])
    if application is None or asked["redirect_uri"] not in application.redirect_uris:
        return page("Error", "<p>The request is invalid.</p>", status=400)
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
    web.get(APPLICATION, signed_in(show_application)),
    web.get(f"{APPLICATION}update/", signed_in(show_update)),
    web.get(f"{APPLICATION}delete/", signed_in(show_deletion)),
    web.post(f"{APPLICATION}delete/", delete_application),
    web.get(AUTHORIZE, signed_in(show_authorization)),
    web.post(AUTHORIZE, authorize),
    web.post("/o/token/", give_token),
    web.post("/o/revoke_token/", revoke_token),
]
