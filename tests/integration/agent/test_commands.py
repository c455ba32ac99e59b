"""What Obico asks for is done, and seen through."""

from collections.abc import Callable
from functools import partial

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.obico.const import EVENT_AGENT_COMMAND
from custom_components.obico.logbook import Described, async_describe_events
from dev.json_types import JsonValue
from homeassistant.components.persistent_notification import DOMAIN as NOTIFICATION
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, ServiceCall, callback
from homeassistant.helpers import issue_registry as ir

from .support import ERROR, NOZZLE_TARGET, Watched


def issues(watched: Watched) -> set[str]:
    """Return the repairs about agents."""
    return {
        str(issue.translation_key)
        for issue in ir.async_get(watched.hass).issues.values()
        if str(issue.translation_key).startswith("agent_")
    }


async def test_a_whole_life(watched: Watched) -> None:
    """Print, failure, alert, pause by the AI, answer, resume, finished."""
    watched.server.grace_frames = 2
    events = async_capture_events(watched.hass, EVENT_STATE_CHANGED)
    job = await watched.print()
    await watched.pass_time(40)
    watched.remote.score = 0.4
    await watched.until(lambda: job.alerted_at)
    watched.remote.score = 0.9
    await watched.until(lambda: watched.calls)
    assert watched.calls[0].service == "pause"
    await watched.until(lambda: watched.printer.status["state"]["text"] == "Paused")  # type: ignore[index,call-overload]
    assert watched.events == [
        "STARTED",
        "FAILURE_ALERTED",
        "FAILURE_ALERTED",
        "PAUSED",
    ]
    watched.remote.score = 0.0
    watched.printer.acknowledge(job, "NOT_FAILED")
    watched.printer.resume_print()
    await watched.until(lambda: "RESUMED" in watched.events)
    watched.say("finish", progress="100")
    await watched.until(lambda: job.finished_at)
    assert watched.outcomes == ["finished"]
    assert watched.events[4:] == ["RESUMED", "ENDED"]
    # What the printer did has the context of the command.
    paused = [
        event
        for event in events
        if event.data["new_state"] is not None
        and event.data["new_state"].state == "pause"
    ]
    assert paused


async def test_the_ai_may_end_with_a_cancelled_print(watched: Watched) -> None:
    job = await watched.print()
    watched.printer.cancel_print()
    await watched.until(lambda: job.ended_at)
    assert [call.service for call in watched.calls] == ["cancel"]
    assert watched.outcomes == ["cancelled"]
    assert watched.events == ["STARTED", "ENDED"]


async def test_a_cancelled_print_that_ends_idle_is_cancelled(watched: Watched) -> None:
    await watched.print()
    watched.obeys = False
    watched.printer.cancel_print()
    await watched.until(lambda: watched.calls)
    watched.say("idle", progress="100")
    await watched.pass_time(5)
    assert watched.outcomes == ["cancelled"]


async def test_a_command_is_shown_until_it_has_its_effect(watched: Watched) -> None:
    await watched.print()
    watched.obeys = False
    watched.printer.pause_print()
    await watched.until(lambda: watched.printer.status["state"]["text"] == "Pausing")  # type: ignore[index,call-overload]
    watched.say("pause")
    await watched.until(lambda: watched.printer.status["state"]["text"] == "Paused")  # type: ignore[index,call-overload]
    assert issues(watched) == set()


@pytest.mark.parametrize("watched", [{}, {"pause": None}], indirect=True)
async def test_a_command_without_effect_is_told_everybody(watched: Watched) -> None:
    await watched.print()
    watched.obeys = False
    watched.printer.pause_print()
    await watched.until(lambda: "PRINTER_ERROR" in watched.events)
    assert issues(watched) == {"agent_command_failed"}
    assert watched.hass.data[NOTIFICATION]
    assert watched.printer.status["state"]["text"] == "Printing"  # type: ignore[index,call-overload]
    assert watched.outcomes == ["open"]
    # It goes away with the next command that works.
    watched.obeys = True
    watched.printer.cancel_print()
    await watched.until(lambda: not issues(watched))


@pytest.mark.parametrize(
    "watched", [{"pause": [{"action": "nothing.there"}]}], indirect=True
)
async def test_actions_that_fail_are_told_at_once(watched: Watched) -> None:
    await watched.print()
    watched.printer.pause_print()
    await watched.until(lambda: "PRINTER_ERROR" in watched.events, within=5)
    (event,) = [
        each
        for each in watched.server.events.values()
        if each.event_type == "PRINTER_ERROR"
    ]
    assert "nothing.there" in str(event.event_text)


async def test_what_is_so_already_needs_no_command(watched: Watched) -> None:
    await watched.print()
    watched.printer.resume_print()
    watched.printer.command("dance")
    await watched.pass_time(40)
    assert watched.calls == []
    assert issues(watched) == set()


async def test_a_printers_own_errors_are_posted_once(watched: Watched) -> None:
    await watched.print()
    attributes = {
        "1-Code": "HMS_0300_0100",
        "1-Error": "The nozzle is clogged",
        "1-Wiki": "https://wiki.example/hms/0300",
        "2-Code": "HMS_0700",
        "2-Error": "No filament",
        "2-Wiki": "javascript:alert(1)",
    }
    watched.hass.states.async_set(ERROR, "on", attributes)
    await watched.pass_time(5)
    watched.say("running", progress="20")
    await watched.pass_time(40)
    await watched.stop()
    await watched.start()
    await watched.connected()
    await watched.pass_time(5)

    def found() -> list[tuple[str | None, str | None, str | None]]:
        return sorted(
            (event.event_title, event.event_text, event.info_url)
            for event in watched.server.events.values()
            if event.event_type == "PRINTER_ERROR"
        )

    assert found() == [
        ("HMS_0300_0100", "The nozzle is clogged", "https://wiki.example/hms/0300"),
        ("HMS_0700", "No filament", None),
    ]
    watched.hass.states.async_set(ERROR, "off")
    await watched.pass_time(5)
    fault = watched.server.faults.html("/api/v1/octo/printer_events/", 502, times=1)
    watched.hass.states.async_set(ERROR, "on", {"code": "1203", "error": "Hot"})
    await watched.pass_time(5)
    assert fault.hits == 1
    watched.say("running", progress="21")
    await watched.pass_time(5)
    assert ("1203", "Hot", None) in found()


@pytest.mark.parametrize(
    "watched",
    [{"failed_is_ambiguous": False, "error": "sensor.p1s_error"}],
    indirect=True,
)
async def test_a_print_that_failed_has_an_event(watched: Watched) -> None:
    watched.hass.states.async_set("sensor.p1s_error", "none")
    await watched.print()
    watched.hass.states.async_set("sensor.p1s_error", "Thermal runaway")
    await watched.pass_time(2)
    watched.say("failed")
    await watched.pass_time(5)
    assert watched.outcomes == ["cancelled"]
    assert watched.events.count("PRINTER_ERROR") == 2


async def test_questions_are_answered_honestly(watched: Watched) -> None:
    calls: list[ServiceCall] = []

    @callback
    def set_value(call: ServiceCall) -> None:
        calls.append(call)

    watched.hass.services.async_register("number", "set_value", set_value)
    watched.hass.states.async_set(NOZZLE_TARGET, "0", {"unit_of_measurement": "°F"})

    async def ask(target: str, func: str, *args: JsonValue) -> dict[str, object]:
        heard = len(watched.remote.heard)
        for _ in range(2):
            # What is delivered twice is answered once.
            watched.printer.passthru(
                {"target": target, "func": func, "args": list(args), "ref": str(heard)}
            )
        await watched.pass_time(3)
        answers = [
            message["passthru"]
            for message in watched.remote.heard[heard:]
            if "passthru" in message
        ]
        assert len(answers) == 1
        return answers[0]  # type: ignore[return-value]

    answer = await ask("_printer", "set_temperature", "tool0", 210)
    assert answer["ret"] is None
    assert calls[0].data["value"] == 410
    for heater, value in (
        ("bed", 60),
        ("tool0", "hot"),
        ("tool0", 900),
        ("tool0", True),
    ):
        answer = await ask("_printer", "set_temperature", heater, value)
        assert answer["error"]
    answer = await ask("_printer", "home", ["x"])
    assert "cannot do this" in str(answer["error"])
    answer = await ask("jpeg_poster", "web_snapshot_request", "http://10.0.0.1/")
    assert set(answer["ret"]) == {"pic"}  # type: ignore[call-overload]
    watched.camera.content = b"nothing"
    answer = await ask("jpeg_poster", "web_snapshot_request", "x")
    assert "no picture" in str(answer["error"])
    watched.printer.passthru({"target": "x", "func": "y"})
    await watched.pass_time(2)
    assert sum("passthru" in message for message in watched.remote.heard) == 8


async def test_the_logbook_says_who_asked_for_what_the_printer_does(
    watched: Watched,
) -> None:
    fired = async_capture_events(watched.hass, EVENT_AGENT_COMMAND)
    described: dict[str, Callable[[Event], Described]] = {}

    def keep(_domain: str, kind: str, describe: Callable[[Event], Described]) -> None:
        described[kind] = describe

    async_describe_events(watched.hass, keep)

    def more_calls_than(number: int) -> bool:
        return len(watched.calls) > number

    await watched.print()
    said = []
    for command, initiator in (("pause", "system"), ("resume", "api")):
        watched.printer.command(command, initiator=initiator)
        done = len(watched.calls)
        await watched.until(partial(more_calls_than, done))
        # The actions run in its context, so that it is the cause of what they do.
        assert watched.calls[-1].context is fired[-1].context
        entry = described[EVENT_AGENT_COMMAND](fired[-1])
        said.append((entry["name"], entry["message"]))
        await watched.pass_time(2)
    assert said == [
        ("P1S", "paused by Obico: a failure is likely"),
        ("P1S", "resumed in Obico"),
    ]
