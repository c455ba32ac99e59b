"""The pages where people sign in: their fields are those of the real ones."""

from aiohttp import web

from .answers import STATE, html_error
from .html import LOGIN, form_page, from_own_pages, page, redirect
from .sessions import SESSION_COOKIE, form_of, sign_in_browser

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
# As a browser reads it, the same form.
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


async def show_login(request: web.Request) -> web.Response:
    """Show the form to sign in."""
    if request.app[STATE].sign_in.account_of(request):
        return redirect(_next(request.query.get("next", "")))
    return _login_page(request, {"next": request.query.get("next", "")})


@from_own_pages
async def log_in(request: web.Request) -> web.Response:
    """Sign in, or show the form again."""
    state = request.app[STATE]
    if not state.sign_in.knows_host(request):
        return html_error(500)
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
    if request.app[STATE].sign_in.asks_before_sign_out:
        return form_page(request, "Sign out", LOGOUT_FORM, {})
    return _log_out(request)


@from_own_pages
async def log_out(request: web.Request) -> web.Response:
    """Sign out."""
    return _log_out(request)


def _log_out(request: web.Request) -> web.Response:
    request.app[STATE].sign_in.end_session(request)
    answer = redirect("/")
    answer.del_cookie(SESSION_COOKIE)
    return answer


async def show_second_step(request: web.Request) -> web.Response:
    """Ask for a code; nobody here ever gets one."""
    return form_page(request, "One more step", SECOND_STEP_FORM, {})


def _login_page(request: web.Request, values: dict[str, str]) -> web.Response:
    """Show the form to sign in as the switches say."""
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
    """Return where to go after signing in: never to another server."""
    return path if path.startswith("/") and not path.startswith("//") else "/"


ROUTES = [
    web.get(LOGIN, show_login),
    web.post(LOGIN, log_in),
    web.get(LOGOUT, show_logout),
    web.post(LOGOUT, log_out),
    web.get(SECOND_STEP, show_second_step),
]
