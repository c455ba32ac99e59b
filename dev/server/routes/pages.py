"""The pages to sign in and out, with the fields of the real ones."""

from aiohttp import web

from ..answers import html_error
from .browser import (
    LOGIN,
    SESSION_COOKIE,
    PageCall,
    form_of,
    session_key,
    sign_in_browser,
    signed_in_account,
)
from .context import STATE
from .html import form_page, from_own_pages, page, redirect

LOGOUT = "/accounts/logout/"
SECOND_STEP = "/accounts/2fa/authenticate/"

LOGIN_FORM = """
<p>{error}</p>
<form method="post" action="/accounts/login/">
  {hidden}
  <input type="hidden" name="next" value="{next}">
  <label>E-mail <input type="email" name="login" value="{login}" required></label>
  <label>Password <input type="password" name="password" required></label>
  <label><input type="checkbox" name="remember"> Stay signed in</label>
  <button type="submit">Sign in</button>
</form>
"""
# The same form for a browser, written differently.
REARRANGED_FORM = """
<!-- <form method="post" action="/nowhere/"><input name="login"><input name="password"></form> -->
<form action=/search/><input name=q type=search><button>Search</button></form>
<FORM ACTION='/newsletter/' METHOD=POST>{hidden}<input name="login"><input type=submit></FORM>
<p>{error}</p>
<form class="card" id=sign-in method=POST action="">
  <input value="{next}" name=next type=hidden>
  <input name=theme value=dark type=hidden>
  <div><input required type=password autocomplete=current-password name=password></div>
  <div><input autofocus value="{login}" name=login></div>
  <input name=remember type=checkbox><input type=submit name=go value="Go on">
  {hidden}
</form>
<form method="post" action="/accounts/signup/">{hidden}<input name="email"></form>
"""
CHANGED_FORM = """
<p>{error}</p>
<form method="post">
  {hidden}
  <input name="user_name" value="{login}"><input type="password" name="user_secret">
</form>
"""
SOCIAL = """
<p><a href="/accounts/google/login/?process=login">With Google</a></p>
<form method="post" action="/accounts/apple/login/"><button>With Apple</button></form>
"""
LOGOUT_FORM = """
<form method="post" action="/accounts/logout/">
  {hidden}
  <button type="submit">Sign out</button>
</form>
"""
SECOND_STEP_FORM = """
<form method="post">
  {hidden}
  <label>Code <input name="code" autocomplete="one-time-code" inputmode="numeric"></label>
  <button type="submit">Go on</button>
</form>
"""


def with_site(call: PageCall) -> PageCall:
    """Answer 500 under a host that the server has no site for."""

    async def handler(request: web.Request) -> web.Response:
        if not request.app[STATE].sign_in.has_site(request.host):
            return html_error(500)
        return await call(request)

    return handler


async def show_login(request: web.Request) -> web.Response:
    """Show the form to sign in."""
    if signed_in_account(request):
        return redirect(_next(request.query.get("next", "")))
    return _login_page(request, {"next": request.query.get("next", "")})


@from_own_pages
async def log_in(request: web.Request) -> web.Response:
    """Sign in, or show the form again if e-mail or password are wrong."""
    state = request.app[STATE]
    fields = await form_of(request)
    email = fields.get("login", "")
    account = state.account_with_password(email, fields.get("password", ""))
    if account is None or state.sign_in.social_only or state.sign_in.page_changed:
        return _login_page(
            request,
            {
                "next": fields.get("next", ""),
                "login": email,
                "error": "No account has this e-mail address and this password.",
            },
        )
    if state.sign_in.two_step:
        return redirect(SECOND_STEP)
    answer = redirect(_next(fields.get("next", "")))
    sign_in_browser(request, answer, account)
    return answer


async def show_logout(request: web.Request) -> web.Response:
    """Sign out at once, as the real server does, or ask first."""
    if signed_in_account(request) is None:
        return redirect("/")
    if request.app[STATE].sign_in.asks_before_sign_out:
        return form_page(request, "Sign out?", LOGOUT_FORM, {})
    return _end_session(request)


@from_own_pages
async def log_out(request: web.Request) -> web.Response:
    """End the session of the browser."""
    return _end_session(request)


def _end_session(request: web.Request) -> web.Response:
    request.app[STATE].sign_in.end_session(session_key(request))
    answer = redirect("/")
    answer.del_cookie(SESSION_COOKIE)
    return answer


async def show_second_step(request: web.Request) -> web.Response:
    """Ask for a code; this server accepts none."""
    return form_page(request, "One more step", SECOND_STEP_FORM, {})


def _login_page(request: web.Request, values: dict[str, str]) -> web.Response:
    """Return the form to sign in, as the switches have it."""
    sign_in = request.app[STATE].sign_in
    if sign_in.social_only:
        return page("Sign in", SOCIAL)
    layout = LOGIN_FORM
    if sign_in.page_changed:
        layout = CHANGED_FORM
    elif sign_in.rearranged:
        layout = REARRANGED_FORM
    return form_page(
        request, "Sign in", layout, {"next": "", "login": "", "error": ""} | values
    )


def _next(path: str) -> str:
    """Return the path to go to after signing in, which is never on another server."""
    return path if path.startswith("/") and not path.startswith("//") else "/"


ROUTES = [
    web.get(LOGIN, with_site(show_login)),
    web.post(LOGIN, with_site(log_in)),
    web.get(LOGOUT, with_site(show_logout)),
    web.post(LOGOUT, with_site(log_out)),
    web.get(SECOND_STEP, with_site(show_second_step)),
]
