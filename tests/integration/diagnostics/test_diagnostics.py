"""Diagnostics tell much, and neither they nor anything else tells a secret."""

from collections.abc import Callable
import json
import logging
import traceback

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import Account, ObicoServer, Printer
from homeassistant.components.camera import async_get_image
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from tests.integration.flows import accept_name
from tests.integration.support import (
    API,
    Json,
    Obico,
    have_a_life,
    load_capture,
    set_up,
)

MARK = "SECRET"

type Break = Callable[[ObicoServer], object]


@pytest.fixture
async def marked(
    hass: HomeAssistant, server: ObicoServer, monkeypatch: pytest.MonkeyPatch
) -> tuple[Obico, Printer]:
    """Give an account all whose secrets bear a mark."""
    monkeypatch.setattr(server.media, "digest", lambda path: f"{MARK}digest{len(path)}")
    account: Account = server.add_account(email=f"{MARK}mail@example.com")
    account.tokens = [f"{MARK}accesstoken"]
    account.unsub_token = f"{MARK}unsub"
    printer = account.add_printer("Prusa MK4", agent="octoprint")
    printer.columns["auth_token"] = f"{MARK}printertoken"
    obico = await set_up(hass, server, account)
    await have_a_life(obico, printer)
    return obico, printer


async def diagnostics(
    obico: Obico, printer: Printer | None, hass_client: ClientSessionGenerator
) -> dict[str, Json]:
    """Return the diagnostics of the account, or of a printer's device."""
    assert await async_setup_component(obico.hass, "diagnostics", {})
    told: dict[str, Json]
    if printer is None:
        told = await get_diagnostics_for_config_entry(
            obico.hass, hass_client, obico.entry
        )
    else:
        device = obico.device(printer)
        assert device is not None
        told = await get_diagnostics_for_device(
            obico.hass, hass_client, obico.entry, device
        )
    return told


async def test_the_mark_is_in_what_the_server_sends(
    marked: tuple[Obico, Printer],
) -> None:
    """Or else nothing of the following would prove anything."""
    obico, printer = marked
    seen = obico.server.requests.matching(f"{API}printers/")
    assert MARK in seen[0].headers["Authorization"]
    assert MARK in printer.auth_token
    assert MARK in str(printer.picture_url)
    assert MARK in obico.account.username


async def test_diagnostics_of_the_account_tell_much_and_no_secret(
    marked: tuple[Obico, Printer], hass_client: ClientSessionGenerator
) -> None:
    obico, printer = marked
    told = await diagnostics(obico, None, hass_client)
    text = json.dumps(told)
    assert MARK not in text
    assert "127.0.0.1" not in text
    assert told["last_update_success"] is True
    assert told["event_mark"] == max(obico.server.events)
    assert told["user"]["id"] == obico.account.id
    (shown,) = told["printers"]
    assert shown["printer"]["name"] == printer.name
    assert shown["printer"]["status"]["text"] == "Printing"
    assert shown["printer"]["current_print"]["filename"] == "short.gcode"
    assert shown["last_print"]["filename"] == "short.gcode"


async def test_diagnostics_of_a_printer_tell_much_and_no_secret(
    marked: tuple[Obico, Printer], hass_client: ClientSessionGenerator
) -> None:
    obico, printer = marked
    obico.account.add_printer("Voron", agent="klipper")
    await obico.poll()
    told = await diagnostics(obico, printer, hass_client)
    text = json.dumps(told)
    assert MARK not in text
    assert "127.0.0.1" not in text
    assert told["printer"]["name"] == printer.name
    assert "Voron" not in text
    assert told["last_print"]["filename"] == "short.gcode"
    assert {heater["name"] for heater in told["heaters"]} >= {"tool0", "bed"}


async def test_the_device_of_the_account_stands_for_all(
    marked: tuple[Obico, Printer], hass_client: ClientSessionGenerator
) -> None:
    obico, _ = marked
    assert await async_setup_component(obico.hass, "diagnostics", {})
    device = obico.device()
    assert device is not None
    told: dict[str, Json] = await get_diagnostics_for_device(
        obico.hass, hass_client, obico.entry, device
    )
    assert told.keys() == (await diagnostics(obico, None, hass_client)).keys()
    assert MARK not in json.dumps(told)


async def test_diagnostics_tell_what_went_wrong_last(
    obico: Obico, printer: Printer, hass_client: ClientSessionGenerator
) -> None:
    await obico.server.refuse_connections()
    await obico.poll()
    told = await diagnostics(obico, None, hass_client)
    assert told["last_update_success"] is False
    assert told["last_error"].startswith("The Obico server does not answer")
    assert "127.0.0.1" not in json.dumps(told)


@pytest.mark.parametrize(
    "capture", ["printer_klipper_printing", "printer_offline", "printer_idle_webcams"]
)
async def test_diagnostics_can_be_told_of_every_kind_of_printer(
    obico: Obico, printer: Printer, hass_client: ClientSessionGenerator, capture: str
) -> None:
    printer.load_state(load_capture(capture))
    await obico.poll()
    told = await diagnostics(obico, printer, hass_client)
    text = json.dumps(told)
    assert "digest" not in text
    assert printer.auth_token not in text


async def tell_plugins(obico: Obico, *plugins: str) -> None:
    """Let all agents tell of plugins, in texts of any kind."""

    def change(rows: Json) -> Json:
        for row in rows:
            row["settings"]["installed_plugins"] = json.dumps(plugins)
        return rows

    obico.server.faults.change(f"{API}printers/", change)
    await obico.poll()


@pytest.mark.parametrize(
    "secret",
    [
        {"password": 27182818},
        {"pin_passwd": 27182818.5},
        {"api_keys": ["27182818", "x"]},
        {"session": {"id": "27182818"}},
        {"access_tokens": [{"of": "me", "is": 27182818}]},
        {"thumbnail_urls": ["files.example/a.jpg?digest=27182818"]},
    ],
)
async def test_what_has_a_secret_name_is_redacted_whatever_its_type(
    obico: Obico, printer: Printer, hass_client: ClientSessionGenerator, secret: Json
) -> None:
    await tell_plugins(obico, json.dumps(secret | {"Obico": "2.5.0"}))
    told = await diagnostics(obico, printer, hass_client)
    (plugin,) = told["printer"]["settings"]["installed_plugins"]
    assert plugin == {**dict.fromkeys(secret, "**REDACTED**"), "Obico": "2.5.0"}
    assert "27182818" not in json.dumps(told)


async def test_whether_there_is_a_secret_is_told(
    obico: Obico, printer: Printer, hass_client: ClientSessionGenerator
) -> None:
    missing: Json = {"token": "", "urls": [], "session": None, "cookie": 0}
    known: Json = {"has_password": True, "mail_verified": False}
    await tell_plugins(obico, json.dumps(missing | known))
    told = await diagnostics(obico, printer, hass_client)
    assert told["printer"]["settings"]["installed_plugins"] == [missing | known]


@pytest.mark.parametrize("depth", [100, 400, 900, 980, 1100, 4000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
async def test_json_that_is_nested_too_deep_stops_no_download(
    obico: Obico,
    printer: Printer,
    hass_client: ClientSessionGenerator,
    depth: int,
    begin: str,
    end: str,
) -> None:
    await tell_plugins(obico, f'{begin * depth}"SECRET"{end * depth}', "Obico")
    told = await diagnostics(obico, printer, hass_client)
    deep, other = told["printer"]["settings"]["installed_plugins"]
    assert "**REDACTED**" in json.dumps(deep)
    assert "SECRET" not in json.dumps(deep)
    assert other == "Obico"


BREAKS: list[Break] = [
    lambda s: s.faults.html("/api/*", 500),
    lambda s: s.faults.html("/api/*", 200),
    lambda s: s.faults.answer("/api/*", 403, {}),
    lambda s: s.faults.answer("/api/*", 429, {}),
    lambda s: s.faults.answer("/api/*", 200, {"auth_token": f"{MARK}in the body"}),
    lambda s: s.faults.answer("/api/*", 200, f"{MARK} is no JSON".encode()),
    lambda s: s.faults.redirect("/api/*", f"https://x.example/?token={MARK}"),
    lambda s: s.faults.redirect("/api/*", f"https://{MARK}@x.example/"),
    lambda s: s.faults.truncate("/*"),
    lambda s: s.faults.reset("/*"),
    lambda s: s.faults.html("/media/*", 403),
    lambda s: s.faults.html("/media/*", 404),
]


@pytest.mark.parametrize("break_it", BREAKS)
async def test_no_secret_is_logged_shown_or_raised_whatever_happens(
    marked: tuple[Obico, Printer], caplog: pytest.LogCaptureFixture, break_it: Break
) -> None:
    caplog.set_level(logging.DEBUG)
    obico, printer = marked
    camera = obico.entity_id(printer, "camera.webcam")
    break_it(obico.server)
    obico.server.add_event(printer, "PAUSED")
    raised = []
    for act in (
        lambda: async_get_image(obico.hass, camera),
        lambda: obico.hass.services.async_call(
            "switch",
            "turn_off",
            {"entity_id": obico.entity_id(printer, "switch.watching_enabled")},
            blocking=True,
        ),
        obico.poll,
        obico.reload,
    ):
        try:
            await act()
        except HomeAssistantError, AssertionError:
            raised.append(traceback.format_exc())
    assert MARK not in "".join(raised)
    shown = [
        f"{state.entity_id} {state.state} {state.attributes}"
        for state in obico.hass.states.async_all()
    ]
    assert MARK not in "".join(shown)
    logged = [
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        # What the server in the same process logs is its own affair.
        if not record.name.startswith(("aiohttp.", "dev."))
    ]
    assert logged
    assert [line for line in logged if MARK in line] == []


async def test_no_secret_is_logged_when_signing_in(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    account.tokens = [f"{MARK}accesstoken"]
    flow = await hass.config_entries.flow.async_init(
        "obico", context={"source": "user"}
    )
    for answers in (
        {"next_step_id": "own_server"},
        {"url": server.url, "verify_ssl": True},
        {"next_step_id": "access_token"},
        {CONF_ACCESS_TOKEN: f"{MARK}wrong"},
        {CONF_ACCESS_TOKEN: account.token},
    ):
        flow = await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    flow = await accept_name(hass, flow)
    assert flow["type"] == "create_entry"
    assert [
        record.getMessage()
        for record in caplog.records
        if MARK in record.getMessage() and not record.name.startswith("aiohttp.")
    ] == []
