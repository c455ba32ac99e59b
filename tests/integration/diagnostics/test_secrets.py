"""The marker test: every secret bears a mark, and the mark is looked for wherever people look."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
import json
import logging
import traceback
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.obico.const import DOMAIN
from dev import Account, ObicoServer, Printer
from homeassistant.components.camera import async_get_image
from homeassistant.components.image import async_get_image as async_get_picture
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.integration.flows import (
    Break,
    fill_in,
    give_password,
    give_token,
    name_server,
)
from tests.integration.support import (
    API,
    Json,
    Obico,
    client_of,
    coordinator_of,
    finish,
    have_a_life,
)

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

MARK = "SECRET"
PASSWORD = f"{MARK}password"
# What stands before the @ names the account.
EMAIL = f"maker@{MARK}mail.example.com"
# A user may call a printer as he likes, and sees it then.
NAME = f"Prusa of {EMAIL}"
WAYS = ["password", "session", "access_token"]

# What the server in the same process logs, and the test's own browser, is their affair.
NOT_OURS = ("aiohttp.", "dev.", "asyncio")


def mark_all(
    server: ObicoServer, monkeypatch: pytest.MonkeyPatch
) -> tuple[Account, Printer]:
    """Return an account with a printer, all whose secrets bear the mark."""
    real = server._new_token

    def marked(length: int = 30) -> str:
        # The letters of a real one, and as long.
        return (MARK + real(length))[:length]

    monkeypatch.setattr(server.sign_in, "_new_token", marked)
    monkeypatch.setattr(server.applications, "_new_token", marked)
    monkeypatch.setattr(server.media, "digest", lambda path: f"{MARK}{len(path)}")
    account = server.add_account(email=EMAIL, password=PASSWORD)
    account.new_token = marked
    account.tokens = [marked()]
    account.unsub_token = f"{MARK}unsub"
    printer = account.add_printer("Prusa MK4", agent="octoprint")
    printer.columns["auth_token"] = f"{MARK}printertoken"

    def add(row: Json) -> Json:
        """Add what other versions may send, wherever they may send it."""
        row["share_token"] = f"{MARK}share"
        row["name"] = NAME
        row["shared_resources"] = [{"share_token": f"{MARK}share", "id": 1}]
        if row["settings"]:
            row["settings"]["installed_plugins"] = json.dumps(
                ["obico", f'{{"auth_token": "{MARK}plugin"}}', f'["{MARK}plug']
            )
            row["settings"]["printer_metadata"] = json.dumps(
                {
                    "FIRMWARE_NAME": "Marlin",
                    "MACHINE_TYPE": "MK4",
                    "api_key": f"{MARK}key",
                    "NOTE": f"{printer.auth_token}, http://127.0.0.1/?key={MARK}",
                    "EXTRA": json.dumps({"deep": [{"auth_token": f"{MARK}deep"}]}),
                }
            )
        return row

    def add_to_all(rows: Json) -> Json:
        return [add(row) for row in rows]

    server.faults.change(f"{API}printers/", add_to_all)
    return account, printer


@dataclass(frozen=True, kw_only=True)
class Marked:
    """An account with a printer, all whose secrets bear the mark."""

    hass: HomeAssistant
    server: ObicoServer
    account: Account
    printer: Printer

    async def sign_in(self, way: str) -> Obico:
        """Sign in, with a slip on the way."""
        hass, server, account = self.hass, self.server, self.account
        menu = await name_server(hass, server.url)
        if way == "access_token":
            form = await give_token(hass, menu, f"{MARK}mistyped")
            result = await give_token(hass, form, account.token)
        else:
            server.sign_in.registration_open = way == "password"
            form = await give_password(hass, menu, account, f"{MARK}mistyped")
            result = await give_password(hass, form, account)
            if way == "session":
                result = await fill_in(hass, result, {})
        entry = result["result"]
        assert MARK in str(entry.data)
        self._become_an_agent(entry)
        return Obico(hass=hass, server=server, account=account, entry=entry)

    def _become_an_agent(self, entry: ConfigEntry) -> None:
        """Have the account be the agent of one more printer, with that printer's token."""
        watched = self.account.add_printer("P1S")
        watched.columns["auth_token"] = f"{MARK}agenttoken"
        self.hass.states.async_set("sensor.p1s", "running")
        self.hass.config_entries.async_add_subentry(
            entry,
            ConfigSubentry(
                data=MappingProxyType(
                    {
                        "status": "sensor.p1s",
                        "states_printing": ["running"],
                        "printer_id": watched.id,
                        "auth_token": watched.auth_token,
                    }
                ),
                subentry_type="printer",
                title="P1S",
                unique_id=str(watched.id),
            ),
        )


class Onlooker:
    """Sees what people see: log, bus, states, registries, diagnostics, what actions raise."""

    def __init__(self, hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        """Look from now on."""
        self._hass = hass
        self._caplog = caplog
        caplog.set_level(logging.DEBUG)
        self.seen: list[str] = []

        @callback
        def note(event: Event[Any]) -> None:
            self.seen.append(f"event {event.event_type}: {event.data}")

        hass.bus.async_listen(MATCH_ALL, note)

    async def act(self, *actions: Callable[[], Any]) -> None:
        """Do things, and see what they raise."""
        for action in actions:
            try:
                await finish(self._hass, action())
            except HomeAssistantError, AssertionError:
                self.seen.append(f"raised: {traceback.format_exc()}")

    def leaks(self) -> list[str]:
        """Return where the mark was seen."""
        hass = self._hass
        self.seen += [
            f"log {record.name}: {record.getMessage()} {record.exc_text}"
            for record in self._caplog.records
            if not record.name.startswith(NOT_OURS)
        ]
        self.seen += [
            f"state {state.entity_id}: {state.state} {state.attributes}"
            for state in hass.states.async_all()
        ]
        self.seen += [f"repair {issue}" for issue in ir.async_get(hass).issues.values()]
        self.seen += [
            f"device {device.dict_repr}" for device in dr.async_get(hass).devices
        ]
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            data = coordinator_of(entry).data
            self.seen += [
                f"repr {thing!r} {thing}"
                for thing in (
                    entry,
                    entry.title,
                    entry.reason,
                    data.user,
                    data.printers,
                    data.last_prints,
                    client_of(entry),
                    coordinator_of(entry).last_exception,
                )
            ]
        return [line for line in self.seen if MARK in line.replace(NAME, "")]


@pytest.fixture
def marked(
    hass: HomeAssistant, server: ObicoServer, monkeypatch: pytest.MonkeyPatch
) -> Marked:
    account, printer = mark_all(server, monkeypatch)
    return Marked(hass=hass, server=server, account=account, printer=printer)


@pytest.fixture
def onlooker(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> Onlooker:
    return Onlooker(hass, caplog)


@pytest.fixture
async def live(
    server: ObicoServer,
) -> AsyncGenerator[None]:
    """Let pushes come, whose addresses hold a token."""
    server.sockets.blocked = False
    yield
    server.sockets.blocked = True
    await server.sockets.close_all()


async def download(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, path: str
) -> str:
    """Return diagnostics as a user downloads them."""
    client = await hass_client()
    response = await client.get(f"/api/diagnostics/{path}")
    assert response.status == 200
    text: str = await response.text()
    return text


@pytest.mark.parametrize("way", WAYS)
async def test_diagnostics_hold_no_secret(
    marked: Marked, hass_client: ClientSessionGenerator, way: str
) -> None:
    hass, printer = marked.hass, marked.printer
    assert await async_setup_component(hass, "diagnostics", {})
    obico = await marked.sign_in(way)
    await have_a_life(obico, printer)
    entry_path = f"config_entry/{obico.entry.entry_id}"
    device = obico.device(printer)
    assert device is not None
    told = [
        await download(hass, hass_client, entry_path),
        await download(hass, hass_client, f"{entry_path}/device/{device.id}"),
    ]
    for text in told:
        assert MARK not in text
        assert "127.0.0.1" not in text
        # And useful.
        assert "octoprint_obico" in text
        assert "Marlin" in text
        assert "**REDACTED**" in text
    kind = "session" if way == "session" else "token"
    assert json.loads(told[0])["data"]["signed_in_with"] == kind
    assert json.loads(told[0])["data"]["state"] == "loaded"

    # The more when something is wrong.
    await obico.server.refuse_connections()
    await obico.poll()
    assert MARK not in await download(hass, hass_client, entry_path)
    await hass.config_entries.async_reload(obico.entry.entry_id)
    text = await download(hass, hass_client, entry_path)
    assert MARK not in text
    assert "127.0.0.1" not in text
    assert json.loads(text)["data"]["state"] == "setup_retry"
    text = await download(hass, hass_client, f"{entry_path}/device/{device.id}")
    assert MARK not in text


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("way", WAYS)
async def test_nobody_sees_a_secret_in_daily_life(
    marked: Marked, onlooker: Onlooker, hass_storage: dict[str, Any], way: str
) -> None:
    hass, printer = marked.hass, marked.printer
    obico = await marked.sign_in(way)
    await have_a_life(obico, printer)
    switch = {"entity_id": obico.entity_id(printer, "switch.watching_enabled")}
    webcam = obico.entity_id(printer, "camera.webcam")
    picture = obico.entity_id(printer, "image.failure_snapshot")
    await onlooker.act(
        lambda: async_get_image(hass, webcam),
        lambda: async_get_picture(hass, picture),
        lambda: hass.services.async_call("switch", "turn_off", switch, blocking=True),
        obico.reload,
    )
    assert onlooker.leaks() == []
    # What is to be seen was seen, or else that would prove nothing.
    for kind in ("event state_changed", "log custom_components.obico", "state", "repr"):
        assert [line for line in onlooker.seen if line.startswith(kind)]
    assert [line for line in onlooker.seen if NAME in line]
    stored = {key: text for key, text in hass_storage.items() if key.startswith(DOMAIN)}
    assert stored
    assert MARK not in str(stored)
    await hass.config_entries._store.async_save(hass.config_entries._data_to_save())
    assert PASSWORD not in str(hass_storage)
    await obico.unload()


BREAKS: list[Break] = [
    lambda s: s.faults.html("/*", 500),
    lambda s: s.faults.html("/*", 200),
    lambda s: s.faults.answer("/*", 403, {}),
    lambda s: s.faults.answer("/*", 404, {"detail": f"{MARK}detail"}),
    lambda s: s.faults.answer("/*", 200, f"{MARK} is no JSON".encode()),
    lambda s: s.faults.answer("/*", 200, {"auth_token": MARK, "expires_in": MARK}),
    lambda s: s.faults.redirect("/*", f"http://{MARK}@127.0.0.1:1/?token={MARK}"),
    lambda s: s.faults.redirect("/*", f"http://[{MARK}"),
    lambda s: s.faults.truncate("/api/*"),
    lambda s: s.faults.reset("/api/*"),
    lambda s: setattr(s.sockets, "blocked", True),
    lambda s: setattr(s.sockets, "close_at_once", True),
]


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("break_it", BREAKS)
async def test_nobody_sees_a_secret_when_things_go_wrong(
    marked: Marked, onlooker: Onlooker, break_it: Break
) -> None:
    hass, server, printer = marked.hass, marked.server, marked.printer
    obico = await marked.sign_in("password")
    await have_a_life(obico, printer)
    break_it(server)
    await server.sockets.close_all()
    server.add_event(printer, "PAUSED")
    entities = {
        key: {"entity_id": obico.entity_id(printer, key)}
        for key in (
            "switch.watching_enabled",
            "button.pause",
            "button.refresh_snapshot",
        )
    }
    webcam = obico.entity_id(printer, "camera.webcam")
    picture = obico.entity_id(printer, "image.failure_snapshot")
    await onlooker.act(
        lambda: async_get_image(hass, webcam),
        lambda: async_get_picture(hass, picture),
        *(
            lambda key=key, target=target: hass.services.async_call(
                key.partition(".")[0],
                "press" if key.startswith("button") else "turn_off",
                target,
                blocking=True,
            )
            for key, target in entities.items()
        ),
        obico.poll,
        obico.reload,
    )
    assert onlooker.leaks() == []


SIGN_IN_BREAKS: list[Break] = [
    lambda s: s.faults.answer(
        "/accounts/login/",
        302,
        b"",
        headers={"Location": f"/2fa/?t={MARK}"},
        method="POST",
    ),
    lambda s: s.faults.redirect("/accounts/login/", f"https://x.example/?t={MARK}"),
    lambda s: s.faults.redirect("/o/*", f"https://{MARK}@x.example/?code={MARK}"),
    lambda s: s.faults.html("/o/*", 500),
    lambda s: s.faults.html("/o/*", 200),
    lambda s: s.faults.answer("/o/token/", 400, {"error": MARK}),
    lambda s: s.faults.answer("/o/token/", 200, {"access_token": f"{MARK}ü"}),
    lambda s: s.faults.answer("/o/token/", 200, {"access_token": [MARK]}),
    lambda s: s.faults.answer("/o/token/", 200, f"{MARK} is no JSON".encode()),
    lambda s: s.faults.reset("/o/token/"),
    lambda s: s.faults.answer("/o/revoke_token/", 400, {"error": MARK}),
    lambda s: s.faults.html(f"{API}users/me/", 200),
]


@pytest.mark.parametrize("break_it", SIGN_IN_BREAKS)
async def test_nobody_sees_a_secret_when_signing_in_goes_wrong(
    marked: Marked, onlooker: Onlooker, break_it: Break
) -> None:
    hass, server = marked.hass, marked.server
    menu = await name_server(hass, server.url)
    fault = break_it(server)
    assert fault is not None
    form = await give_password(hass, menu, marked.account)
    onlooker.seen.append(f"form {form}")
    for entry in hass.config_entries.async_entries(DOMAIN):
        onlooker.seen.pop()
        await hass.config_entries.async_remove(entry.entry_id)
    assert onlooker.leaks() == []
