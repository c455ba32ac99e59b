"""What people meet while something is wrong: on all screens, light and dark, and with a screen reader."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from itertools import product
from math import inf
from typing import Final

from playwright.async_api import Locator, expect
import pytest

from dev import Phase
from dev.browser.accessibility import violations

from .support import CARD, STATES, House, Screen, Visitor, sticking_out

_PHONE: Final = Screen(width=390, height=844, is_touched=True)
_TABLET: Final = Screen(width=820, height=1180)
_WIDE: Final = Screen(width=1600, height=1000)
SCREENS: Final = tuple(
    pytest.param(
        replace(screen, is_dark=is_dark),
        id=f"{screen.width}-{'dark' if is_dark else 'light'}",
    )
    for screen, is_dark in product((_PHONE, _TABLET, _WIDE), (False, True))
)

# What each printer shows, by what its card says of it.
SAID: Final = {
    "Ibex": ("Failure alert", "Not a failure", "Cancel print"),
    "Jackal": ("Paused",),
    "Koala": ("Attention needed", "Filament change"),
    "Lynx": ("Problem", "Heater extruder not heating at expected rate"),
    "Marten": ("Offline", "The print may go on, and nobody watches it."),
    "Quail": ("Heating up",),
    "Raven": ("Printing",),
}

_OVERVIEW: Final = "of-states"

# Elements of the integration that stick out of the screen, in whichever shadow.

# Buttons of the integration that are smaller than a finger.
_TOO_SMALL: Final = """() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
    [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
  return all(document)
    .filter(({ localName }) => localName.startsWith("obico-"))
    .flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll("button.action, button.chip") ?? [])])
    .map((button) => button.getBoundingClientRect())
    .filter(({ width, height }) => width < 44 || height < 44).length;
}"""


@pytest.fixture(scope="module")
async def states(house: House) -> AsyncIterator[Mapping[str, str]]:
    """Bring each printer into its state; return the ids of their devices."""
    quail = house.printers["Quail"].agent
    # It never gets warm.
    quail.heaters[quail.bed_heater].heats = 0.0
    raven = house.printers["Raven"]
    raven.columns["action_on_failure"] = "NONE"
    for name in SAID:
        await house.begin(name)
    ibex, jackal, koala, lynx, marten, *_ = (
        house.printers[name].agent for name in STATES
    )
    for agent in (ibex, raven.agent):
        agent.fail(rise=0.3)
    jackal.pause()
    koala.change_filament()
    lynx.error("Heater extruder not heating at expected rate")
    marten.go_offline()
    await house.until(lambda: ibex.phase is Phase.PAUSED)
    job = raven.current_print
    assert job is not None
    await house.until(lambda: job.has_open_alert)
    raven.acknowledge(job, "NOT_FAILED")
    # The server gives no other alert of this print while the tests look at it.
    job.alert_touched = inf
    raven.push()
    ids = {name: await house.device_id(name) for name in STATES}
    await house.home.add_dashboard(
        _OVERVIEW,
        {"strategy": {"type": "custom:obico", "printers": list(ids.values())}},
    )
    yield ids
    marten.come_online()


def named(visitor: Visitor, name: str) -> Locator:
    """Return the card of a printer by its heading: names stand elsewhere, too."""
    heading = visitor.page.get_by_role("heading", name=name)
    return visitor.page.locator(CARD).filter(has=heading)


async def is_told(visitor: Visitor, name: str) -> None:
    """Wait until the card of a printer has all its words."""
    for words in SAID[name]:
        await expect(named(visitor, name)).to_contain_text(words)


@pytest.mark.parametrize("visitor", SCREENS, indirect=True)
async def test_each_state_is_told_on_every_screen(
    states: Mapping[str, str], visitor: Visitor
) -> None:
    await visitor.open(f"/{_OVERVIEW}/overview")
    for name in SAID:
        await is_told(visitor, name)
    # Answered, there is nothing to do.
    boxes = named(visitor, "Raven").get_by_role("alert").locator(".box")
    await expect(boxes).to_have_count(0)
    # Those that need somebody come first.
    first = visitor.page.locator(CARD).first
    await expect(first.get_by_role("heading")).to_have_text("Ibex")
    assert await sticking_out(visitor.page) == []
    assert await violations(visitor.page) == []


@pytest.mark.parametrize("visitor", SCREENS[::3], indirect=True)
@pytest.mark.parametrize("name", ["Ibex", "Lynx", "Marten", "Quail"])
async def test_the_view_of_a_printer_is_accessible(
    states: Mapping[str, str], visitor: Visitor, name: str
) -> None:
    await visitor.open(f"/{_OVERVIEW}/{states[name]}")
    await expect(visitor.page.locator("obico-prints-card")).to_be_visible()
    await is_told(visitor, name)
    assert await sticking_out(visitor.page) == []
    assert await violations(visitor.page) == []


@pytest.mark.parametrize(
    "visitor", [_PHONE, replace(_WIDE, is_dark=True)], indirect=True
)
async def test_the_gauge_alone_shows_what_was_answered(
    states: Mapping[str, str], visitor: Visitor
) -> None:
    await visitor.open(f"/{_OVERVIEW}/{states['Raven']}")
    card = named(visitor, "Raven")
    await expect(card.get_by_role("meter")).to_be_visible()
    await expect(card).to_contain_text("Failing")
    await expect(card.get_by_role("alert").locator(".box")).to_have_count(0)
    # Where nothing is watched there is no gauge.
    for name in ("Koala", "Lynx"):
        await visitor.open(f"/{_OVERVIEW}/{states[name]}")
        await is_told(visitor, name)
        await expect(named(visitor, name).get_by_role("meter")).to_have_count(0)


@pytest.mark.parametrize("visitor", [_PHONE], indirect=True)
async def test_buttons_on_a_phone_are_large_enough(
    states: Mapping[str, str], visitor: Visitor
) -> None:
    for path in ("overview", states["Ibex"]):
        await visitor.open(f"/{_OVERVIEW}/{path}")
        await expect(named(visitor, "Ibex").get_by_role("alert")).to_be_visible()
        assert await visitor.page.evaluate(_TOO_SMALL) == 0


async def test_a_paused_print_says_how_much_is_left_but_not_when_it_is_done(
    states: Mapping[str, str], visitor: Visitor
) -> None:
    await visitor.open(f"/{_OVERVIEW}/overview")
    card = named(visitor, "Jackal")
    await expect(card).to_contain_text("left")
    await expect(card).not_to_contain_text("Done")
    # Nobody watches it while it stands still.
    await expect(card.get_by_role("meter")).to_have_count(0)


@pytest.mark.parametrize("visitor", [replace(_WIDE, language="de")], indirect=True)
async def test_everything_is_in_the_language_of_who_looks(
    states: Mapping[str, str], visitor: Visitor
) -> None:
    await visitor.open(f"/{_OVERVIEW}/{states['Ibex']}")
    page = visitor.page
    await expect(named(visitor, "Ibex")).to_contain_text("Fehldruck-Warnung")
    # Home Assistant's own cards would name entities in the language of the system.
    await expect(page.locator("hui-history-graph-card")).to_contain_text(
        "Temperatur Düse"
    )
    await page.get_by_text("Einstellungen", exact=True).last.click()
    await expect(page.locator("hui-entities-card")).to_contain_text(
        "Aktion bei Fehldruck"
    )


@pytest.mark.parametrize("visitor", SCREENS[1:5:3], indirect=True)
async def test_a_server_that_is_down_is_told_once_and_what_was_seen_stays(
    house: House, states: Mapping[str, str], visitor: Visitor
) -> None:
    page, server = visitor.page, house.home.server
    await visitor.open(f"/{_OVERVIEW}/overview")
    card = named(visitor, "Jackal")
    await expect(card).to_contain_text("vase.gcode")
    await server.refuse_connections()
    try:
        await house.home.client.command(
            "call_service",
            domain="homeassistant",
            service="update_entity",
            service_data={"entity_id": "sensor.jackal_status"},
        )
        banner = page.locator("obico-server-banner")
        await expect(banner).to_contain_text(" since ", timeout=90_000)
        host = server.url.removeprefix("http://")
        await expect(banner).to_contain_text(host)
        await expect(card).to_contain_text("vase.gcode")
        await expect(card).to_contain_text("As of")
        await expect(card.get_by_role("button", name="Resume")).to_have_count(0)
        await expect(named(visitor, "Marten")).to_contain_text("Offline")
        assert await violations(page) == []

        # Who comes only now sees the same: the history knows.
        await page.reload()
        await expect(card).to_contain_text("vase.gcode")
        await expect(page.locator(CARD).first).to_contain_text("Ibex")
    finally:
        await server.accept_connections()
    await house.home.client.command(
        "call_service",
        domain="homeassistant",
        service="update_entity",
        service_data={"entity_id": "sensor.jackal_status"},
    )
    await expect(banner).not_to_contain_text(" since ", timeout=90_000)
    await expect(card.get_by_role("button", name="Resume")).to_be_visible()
    # Pictures that were asked for as the server went.
    visitor.problems.clear()
