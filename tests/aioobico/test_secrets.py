"""Nothing secret is ever shown."""

from collections.abc import Callable
import logging
import traceback

from aiohttp import web
import pytest

from custom_components.obico.aioobico import (
    MintedToken,
    ObicoError,
    mint_token,
    revoke_token,
    sign_in,
)
from dev import Account, ObicoServer
from dev.server.faults import Fault, Handler

from .people import APP_NAME, EMAIL, LOGIN, PASSWORD, STEPS, Person, hang_up


async def test_no_secret_is_ever_shown(
    person: Person,
    obico: ObicoServer,
    account: Account,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {PASSWORD, EMAIL}
    shown: list[str] = []

    async def listen(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "POST":
            fields = await request.post()
            secrets.update(
                str(fields[name])
                for name in ("csrfmiddlewaretoken", "code", "code_verifier", "token")
                if name in fields
            )
        secrets.update(request.cookies.values())
        secrets.update(
            request.query[name]
            for name in ("state", "code_challenge")
            if name in request.query
        )
        return await handler(request)

    async def show(password: str = PASSWORD) -> None:
        try:
            signed_in = await sign_in(person.session, person.origin, EMAIL, password)
            shown.append(f"{signed_in!r} {signed_in.visit!r} {signed_in}")
            minted = await mint_token(signed_in, app_name=APP_NAME)
            shown.append(f"{minted!r} {minted}")
            if isinstance(minted, MintedToken):
                secrets.add(minted.access_token.value)
                await revoke_token(
                    person.session,
                    person.origin,
                    minted.client_id,
                    minted.access_token,
                )
                minted = signed_in.session_cookie
            secrets.add(minted.value)
            client = person.client(minted)
            shown.append(f"{client!r} {vars(client)}")
            await client.set_notification_enabled(enabled=True)
            obico.sign_in.end_sessions()
            await client.get_user()
        except ObicoError as err:
            shown.append("".join(traceback.format_exception(err)))

    faults: list[Callable[[str, str], Fault]] = [
        lambda path, method: obico.faults.html(path, 500, method=method),
        lambda path, method: obico.faults.html(path, 403, method=method),
        lambda path, method: obico.faults.redirect(path, "/?s3cret=1", method=method),
        lambda path, method: obico.faults.add(path, hang_up, method=method),
    ]
    for step in ((LOGIN, "GET"), (LOGIN, "POST"), *STEPS):
        for lay in faults:
            lay(*step)
            obico.faults.add("*", listen)
            await show()
            obico.faults.clear()
    obico.faults.add("*", listen)
    await show()
    await show("wrong")
    obico.sign_in.two_step = True
    await show()

    everything = "\n".join([caplog.text, *shown])
    assert "No token was made" in caplog.text
    assert len(secrets) > 30
    assert [secret for secret in secrets if secret in everything] == []
    assert "s3cret" not in everything
