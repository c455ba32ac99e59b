"""The progress on the speakers."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from dev import Job, Printer
from homeassistant.core import HomeAssistant, ServiceCall
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, device_id_of

HOOK = Job(
    path="parts/coat_hook.gcode", seconds=400, layers=40, size=10**6, filament=900
)

type Announce = Callable[..., Awaitable[str]]


@pytest.fixture
def said(hass: HomeAssistant) -> list[ServiceCall]:
    """Give what voice assistants are to announce."""
    announced: list[ServiceCall] = async_mock_service(
        hass, "assist_satellite", "announce"
    )
    return announced


@pytest.fixture
async def announce(
    obico: Obico, home: Home, printer: Printer, timelapse: HomeTime, clock: None
) -> Announce:
    """Give what makes the automation, by day, for the printer and a voice assistant."""
    await timelapse.set_clock("12:00:00")

    async def automate(**inputs: Json) -> str:
        return await home.automate(
            "progress_announcement",
            {
                "printers": device_id_of(obico, printer),
                "satellites": ["assist_satellite.kitchen"],
            }
            | inputs,
        )

    return automate


async def finish(printer: Printer, time: HomeTime) -> None:
    """Print something to its end."""
    printer.agent.start_print(HOOK)
    await time.pass_time(20)
    await time.pass_until(lambda: printer.current_print is None, within=1000)
    await time.pass_time(20)


def sentences(said: list[ServiceCall]) -> list[str]:
    """Return what was said."""
    return [call.data["message"] for call in said]


async def test_every_quarter_is_said_and_the_end(
    announce: Announce, said: list[ServiceCall], printer: Printer, timelapse: HomeTime
) -> None:
    await announce()
    await finish(printer, timelapse)
    assert all(call.data["entity_id"] == ["assist_satellite.kitchen"] for call in said)
    quarters = sentences(said)
    assert len(quarters) == 4
    for sentence, percent in zip(quarters, (25, 50, 75), strict=False):
        start, _, rest = sentence.partition(" percent of coat hook are done")
        assert percent <= int(start.removeprefix("Prusa MK4: ")) < percent + 10
        assert rest.startswith(", ")
        assert rest.endswith(" minutes are left.")
    assert quarters[-1] == "Prusa MK4: coat hook is finished."


@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        ({"every": "10"}, 10),
        ({"every": "20", "at_end": False}, 4),
        ({"every": "50", "at_end": False}, 1),
        ({"every": "100"}, 1),
        ({"every": "100", "at_end": False}, 0),
    ],
)
async def test_as_often_as_wished(
    announce: Announce,
    said: list[ServiceCall],
    printer: Printer,
    timelapse: HomeTime,
    inputs: dict[str, Json],
    count: int,
) -> None:
    await announce(**inputs)
    await finish(printer, timelapse)
    assert len(said) == count


async def test_what_is_passed_at_once_is_said_once(
    announce: Announce, said: list[ServiceCall], printer: Printer, timelapse: HomeTime
) -> None:
    await announce(every="10")
    printer.agent.start_print(HOOK)
    await timelapse.pass_time(60)
    said.clear()
    printer.agent.go_offline()
    await timelapse.pass_time(200)
    printer.agent.come_online()
    await timelapse.pass_time(15)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("inputs", "time", "is_quiet"),
    [
        ({}, "23:00:00", True),
        ({}, "05:00:00", True),
        ({}, "21:00:00", False),
        ({"quiet_from": "13:00:00", "quiet_to": "15:00:00"}, "14:00:00", True),
        ({"quiet_from": "13:00:00", "quiet_to": "15:00:00"}, "23:00:00", False),
        ({"quiet_from": "00:00:00", "quiet_to": "00:00:00"}, "02:00:00", False),
    ],
)
async def test_the_quiet_hours_are_quiet(
    announce: Announce,
    said: list[ServiceCall],
    printer: Printer,
    timelapse: HomeTime,
    inputs: dict[str, Json],
    time: str,
    is_quiet: bool,
) -> None:
    await announce(**inputs)
    await timelapse.set_clock(time)
    await finish(printer, timelapse)
    assert bool(said) is not is_quiet


async def test_media_players_speak_with_an_engine(
    home: Home,
    announce: Announce,
    said: list[ServiceCall],
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    spoken = async_mock_service(home.hass, "tts", "speak")
    await announce(
        every="100",
        satellites=[],
        speakers=["media_player.kitchen", "media_player.hall"],
        engine="tts.piper",
        message_end="{{ file }} ist fertig",
    )
    await finish(printer, timelapse)
    assert said == []
    (call,) = spoken
    assert call.data["entity_id"] == ["tts.piper"]
    assert call.data["media_player_entity_id"] == [
        "media_player.kitchen",
        "media_player.hall",
    ]
    assert call.data["message"] == "coat hook ist fertig"


async def test_a_printer_that_was_not_chosen_is_not_spoken_of(
    voron: Printer, announce: Announce, said: list[ServiceCall], timelapse: HomeTime
) -> None:
    await announce()
    await finish(voron, timelapse)
    assert said == []
