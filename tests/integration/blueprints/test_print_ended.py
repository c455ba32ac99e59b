"""The notice that a print is finished, or was cancelled."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import MEDIUM, SHORT, Account, Job, Printer
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, Phone, device_id_of, notifications

type Notice = Callable[..., Awaitable[str]]
type TwoEnds = Callable[[Job, Job], Awaitable[None]]


@pytest.fixture
def notice(obico: Obico, home: Home, printer: Printer, iphone: Phone) -> Notice:
    """Give what makes the automation, by default for the printer and one phone."""

    async def automate(*printers: Printer, **inputs: Json) -> str:
        return await home.automate(
            "print_ended",
            {
                "printers": device_id_of(obico, *(printers or [printer])),
                "phones": [iphone.device_id],
            }
            | inputs,
        )

    return automate


async def finish(printer: Printer, time: HomeTime, job: Job = SHORT) -> None:
    """Print something, by default something short, to its end."""
    printer.agent.start_print(job)
    await time.pass_time(20)
    assert printer.current_print is not None
    await time.pass_until(lambda: printer.current_print is None, within=600)
    await time.pass_time(90)


async def test_a_finished_print_is_told_with_its_poster_and_duration(
    home: Home,
    notice: Notice,
    printer: Printer,
    iphone: Phone,
    timelapse: HomeTime,
    hass_client: ClientSessionGenerator,
) -> None:
    await notice()
    await finish(printer, timelapse)
    (told,) = iphone.received
    assert told["title"] == "Prusa MK4: finished"
    hours = float(home.obico.value(printer, "sensor.last_print_duration"))
    assert hours > 0.01
    assert told["message"] == f"short.gcode, 0:{round(hours * 60):02} h."
    picture = told["data"]["image"]
    assert picture.endswith(home.obico.entity_id(printer, "image.last_poster"))
    response = await (await hass_client()).get(picture)
    assert response.status == 200


async def test_a_cancelled_print_is_told_as_such(
    notice: Notice, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await notice()
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(30)
    printer.agent.cancel()
    await timelapse.pass_time(90)
    assert iphone.notification["title"] == "Prusa MK4: cancelled"


@pytest.mark.parametrize("printer", ["klipper"], indirect=True)
@pytest.mark.parametrize("error", ["Heater bed not heating", "2.10"])
async def test_an_error_that_ended_a_print_is_told(
    notice: Notice, printer: Printer, iphone: Phone, timelapse: HomeTime, error: str
) -> None:
    await notice()
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(30)
    printer.agent.error(error)
    await timelapse.pass_time(90)
    assert iphone.notification["title"] == "Prusa MK4: cancelled"
    assert iphone.notification["message"].endswith(f"The printer says: {error}")


async def test_with_nobody_chosen_home_assistant_itself_tells_it(
    home: Home, notice: Notice, printer: Printer, timelapse: HomeTime
) -> None:
    await notice(phones=[])
    await finish(printer, timelapse)
    (shown,) = notifications(home.hass)
    assert shown["title"] == "Prusa MK4: finished"


@pytest.mark.parametrize("family_is_there", [True, False])
async def test_an_action_that_is_gone_keeps_it_from_nobody(
    home: Home,
    notice: Notice,
    printer: Printer,
    timelapse: HomeTime,
    complaints: list[str],
    family_is_there: bool,
) -> None:
    complaints += ["notify.gone", "notify.mobile_app_unused"]
    family = Phone(home.hass, "unused", "Google")
    if not family_is_there:
        home.hass.services.async_remove("notify", "mobile_app_unused")
    await notice(phones=[], notify_actions=["gone", "mobile_app_unused"])
    await finish(printer, timelapse)
    shown = notifications(home.hass)
    told = [*family.received, *shown]
    assert [each["title"] for each in told] == ["Prusa MK4: finished"]
    assert bool(shown) is not family_is_there


@pytest.mark.parametrize(
    "inputs", [{"outcomes": ["cancelled"]}, {"minimum": 60}, {"outcomes": []}]
)
async def test_what_nobody_wants_to_know_is_not_told(
    notice: Notice,
    printer: Printer,
    iphone: Phone,
    timelapse: HomeTime,
    inputs: dict[str, Json],
) -> None:
    await notice(**inputs)
    await finish(printer, timelapse)
    assert iphone.received == []


async def test_without_a_poster_it_is_told_after_a_while(
    notice: Notice, account: Account, iphone: Phone, timelapse: HomeTime
) -> None:
    blind = account.add_printer("Blind", agent="octoprint", camera=False)
    await timelapse.pass_time(65)
    await notice(blind, patience=30)
    await finish(blind, timelapse)
    assert iphone.notification["title"] == "Blind: finished"
    assert iphone.notification["message"].startswith("short.gcode, 0:")
    assert "image" not in iphone.notification["data"]


async def test_two_prints_that_end_together_are_both_told(
    notice: Notice, voron: Printer, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await notice(printer, voron)
    voron.agent.start_print(SHORT)
    await finish(printer, timelapse)
    assert {told["title"] for told in iphone.shown.values()} == {
        "Prusa MK4: finished",
        "Voron: finished",
    }


@pytest.fixture
def two_ends(obico: Obico, printer: Printer, timelapse: HomeTime) -> TwoEnds:
    """Give what lets two prints end while nobody looks; how each took is known for the last."""

    async def end(first: Job, last: Job) -> None:
        config_entries = obico.hass.config_entries
        assert await config_entries.async_unload(obico.entry.entry_id)
        for job in (first, last):
            await finish(printer, timelapse, job)
        assert await config_entries.async_setup(obico.entry.entry_id)
        await timelapse.pass_time(120)

    return end


async def test_of_two_prints_that_ended_unseen_each_has_only_what_is_its_own(
    home: Home, notice: Notice, printer: Printer, iphone: Phone, two_ends: TwoEnds
) -> None:
    await notice()
    await two_ends(SHORT, MEDIUM)
    first, last = iphone.received
    assert first["message"] == "short.gcode."
    assert "image" not in first["data"]
    hours = float(home.obico.value(printer, "sensor.last_print_duration"))
    minutes = round(hours * 60)
    assert last["message"] == f"medium.gcode, 0:{minutes:02} h."
    assert last["data"]["image"].endswith(
        home.obico.entity_id(printer, "image.last_poster")
    )


async def test_a_print_is_not_kept_quiet_for_the_short_one_after_it(
    notice: Notice, iphone: Phone, two_ends: TwoEnds
) -> None:
    await notice(minimum=3)
    await two_ends(MEDIUM, SHORT)
    (told,) = iphone.received
    assert told["message"] == "medium.gcode."


async def test_home_assistant_itself_tells_it_in_the_words_of_the_user(
    home: Home, notice: Notice, printer: Printer, timelapse: HomeTime
) -> None:
    await notice(
        phones=[],
        in_home_assistant=True,
        title_finished="{{ printer }} ist fertig",
        message="{{ file }} in {{ minutes }} Minuten",
    )
    await finish(printer, timelapse)
    (shown,) = notifications(home.hass)
    assert shown["title"] == "Prusa MK4 ist fertig"
    assert shown["message"].startswith("short.gcode in ")
