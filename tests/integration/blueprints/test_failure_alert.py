"""The failure alert on the phone."""

from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import LONG, SHORT, Account, Phase, Printer, Webcam
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity import Entity
from tests.timelapse import wait_until

from .alerts import REPEAT, Alert, answer_elsewhere, asked, fail, has_open_alert
from .support import (
    Home,
    HomeTime,
    Phone,
    device_id_of,
    is_in,
    notifications,
    rename_all,
)

FIRST_PAGE = ["Not a failure", "Cancel the print", "More…"]


async def test_the_phones_show_the_failure_with_its_picture_and_buttons(
    home: Home,
    alerted: Printer,
    iphone: Phone,
    pixel: Phone,
    hass_client: ClientSessionGenerator,
) -> None:
    for phone in (iphone, pixel):
        (told,) = phone.received
        assert told["title"] == "Prusa MK4: possible failure"
        assert told["message"].startswith("long.gcode, ")
        # Nobody is to believe that an alert stops the print.
        assert told["message"].endswith(" % done. The print goes on.")
    assert iphone.buttons == [
        "Not a failure",
        "Cancel the print",
        "Pause",
        "Mute for this print",
    ]
    # Android shows no more than three.
    assert pixel.buttons == FIRST_PAGE
    assert not {
        action["action"]
        for action in iphone.notification["data"]["actions"]
        if device_id_of(home.obico, alerted)[0] not in action["action"]
    }
    picture = iphone.notification["data"]["image"]
    assert picture.endswith(home.obico.entity_id(alerted, "image.failure_snapshot"))
    response = await (await hass_client()).get(picture)
    assert response.status == 200
    assert (await response.read()).startswith(b"\xff\xd8")


async def test_on_android_more_brings_the_other_buttons(
    alerted: Printer, pixel: Phone, timelapse: HomeTime
) -> None:
    pixel.press("More…")
    await timelapse.pass_time(1)
    assert pixel.buttons == ["Pause", "Mute for this print"]
    assert len(pixel.rang) == 1
    pixel.press("Mute for this print")
    await timelapse.pass_time(10)
    assert alerted.current_print is not None
    assert alerted.current_print.alert_muted_at is not None
    assert pixel.shown == {}


async def test_it_is_repeated_in_place_until_it_is_answered(
    alerted: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await timelapse.pass_time(2 * REPEAT + 30)
    assert len(iphone.rang) == 3
    assert len(iphone.shown) == 1
    iphone.press("Not a failure")
    await timelapse.pass_time(10)
    assert not has_open_alert(alerted)
    assert is_in(alerted, Phase.PRINTING)
    assert iphone.shown == {}
    alerted.agent.recover()
    iphone.forget()
    await timelapse.pass_time(REPEAT + 30)
    assert iphone.received == []


async def test_it_is_not_repeated_for_ever(
    alert: Alert, printer: Printer, timelapse: HomeTime, iphone: Phone
) -> None:
    await alert(interval=1, repeats=2)
    await fail(printer, timelapse)
    await timelapse.pass_time(400)
    assert len(iphone.rang) == 3
    assert has_open_alert(printer)
    # Its buttons work nevertheless.
    iphone.press("Pause")
    await timelapse.pass_time(10)
    assert is_in(printer, Phase.PAUSED)


async def test_pause_pauses_and_leaves_what_can_be_done_then(
    home: Home, alerted: Printer, iphone: Phone, pixel: Phone, timelapse: HomeTime
) -> None:
    iphone.press("Pause")
    await timelapse.pass_time(20)
    assert is_in(alerted, Phase.PAUSED)
    assert asked(home.obico) == ["pause_print"]
    for phone in (iphone, pixel):
        assert phone.buttons[0] == "Resume"
        assert phone.notification["message"].endswith("The print is paused.")
    # Who paused it knows.
    await timelapse.pass_time(REPEAT + 30)
    assert len(pixel.rang) == 1

    pixel.press("Resume")
    await timelapse.pass_time(20)
    assert is_in(alerted, Phase.PRINTING)
    assert not has_open_alert(alerted)
    assert iphone.shown == pixel.shown == {}


async def test_cancel_cancels_and_takes_an_unlocked_phone(
    home: Home, alerted: Printer, iphone: Phone, pixel: Phone, timelapse: HomeTime
) -> None:
    (cancel,) = [
        action
        for action in iphone.notification["data"]["actions"]
        if action["title"] == "Cancel the print"
    ]
    assert cancel["destructive"] is True
    assert cancel["authenticationRequired"] is True
    iphone.press("Cancel the print")
    await timelapse.pass_time(30)
    assert is_in(alerted, Phase.IDLE)
    assert asked(home.obico) == ["cancel_print"]
    assert iphone.shown == pixel.shown == {}


async def test_an_answer_from_elsewhere_clears_the_phones(
    alerted: Printer, iphone: Phone, pixel: Phone, timelapse: HomeTime
) -> None:
    answer_elsewhere(alerted)
    await timelapse.pass_time(70)
    assert iphone.shown == pixel.shown == {}
    await timelapse.pass_time(REPEAT)
    assert len(iphone.rang) == 1


async def test_nothing_is_pressed_by_itself(
    home: Home, alerted: Printer, timelapse: HomeTime
) -> None:
    """Buttons of other automations, and what looks like one of these, do nothing."""
    for action in (
        "PAUSE",
        "obico|cancel",
        "obico|cancel|x|1|automation.failure_alert",
    ):
        home.hass.bus.async_fire("mobile_app_notification_action", {"action": action})
    home.hass.bus.async_fire("mobile_app_notification_action", {})
    await timelapse.pass_time(30)
    assert asked(home.obico) == []
    assert is_in(alerted, Phase.PRINTING)


async def test_a_button_of_an_earlier_print_does_nothing_to_this_one(
    home: Home, alerted: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    old = iphone.notification
    alerted.agent.cancel()
    await timelapse.pass_time(30)
    alerted.agent.recover()
    alerted.agent.start_print(LONG)
    await timelapse.pass_time(60)
    home.obico.server.requests.clear()
    for title in ("Cancel the print", "Pause", "Mute for this print"):
        iphone.press(title, old)
        await timelapse.pass_time(10)
    assert asked(home.obico) == []
    assert is_in(alerted, Phase.PRINTING)
    assert "That did not work" in iphone.notification["message"]
    assert "printing" in iphone.notification["message"]


async def test_what_could_not_be_done_is_said(
    alerted: Printer, iphone: Phone, timelapse: HomeTime, home: Home
) -> None:
    home.complaints.append("is offline")
    alerted.agent.go_offline()
    await timelapse.pass_time(20)
    iphone.press("Pause")
    await timelapse.pass_time(10)
    assert iphone.notification["message"].startswith(
        "That did not work: the printer's status is offline."
    )
    assert iphone.buttons[0] == "Not a failure"


async def test_two_printers_that_fail_at_once_are_both_told_and_told_apart(
    voron: Printer, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert(printer, voron)
    voron.update({"action_on_failure": "NONE"})
    voron.agent.start_print(LONG)
    await timelapse.pass_time(30)
    voron.agent.fail(rise=0, score=0.5)
    await fail(printer, timelapse)
    shown = {told["title"]: told for told in iphone.shown.values()}
    assert set(shown) == {"Prusa MK4: possible failure", "Voron: possible failure"}

    iphone.press("Pause", shown["Voron: possible failure"])
    await timelapse.pass_time(20)
    assert is_in(voron, Phase.PAUSED)
    assert is_in(printer, Phase.PRINTING)
    # The other one is still waited for.
    iphone.forget()
    await timelapse.pass_time(REPEAT)
    assert [told["title"] for told in iphone.received] == [
        "Prusa MK4: possible failure"
    ]


async def test_a_printer_that_was_not_chosen_is_not_told(
    voron: Printer, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert(voron)
    await fail(printer, timelapse)
    assert iphone.received == []


async def test_critical_alerts_ring_on_silenced_phones(
    alert: Alert, printer: Printer, iphone: Phone, pixel: Phone, timelapse: HomeTime
) -> None:
    await alert(critical=True)
    await fail(printer, timelapse)
    assert iphone.notification["data"]["push"] == {
        "interruption-level": "critical",
        "sound": {"name": "default", "critical": 1, "volume": 1.0},
    }
    assert pixel.notification["data"]["channel"] == "alarm_stream"
    assert pixel.notification["data"]["priority"] == "high"


async def test_groups_and_home_assistant_itself_are_told_in_the_words_of_the_user(
    home: Home, alert: Alert, printer: Printer, timelapse: HomeTime
) -> None:
    family = Phone(home.hass, "unused", "Google")
    await alert(
        phones=[],
        notify_actions=["mobile_app_unused"],
        in_home_assistant=True,
        title="Fehler bei {{ printer }}?",
        message="Bei {{ progress }} % von „{{ file }}“.",
        message_printing="Er druckt weiter.",
        message_open="Antworten:",
        button_fine="Kein Fehldruck",
    )
    await fail(printer, timelapse)
    assert family.notification["title"] == "Fehler bei Prusa MK4?"
    assert family.buttons[0] == "Kein Fehldruck"
    (shown,) = notifications(home.hass)
    assert shown["title"] == "Fehler bei Prusa MK4?"
    assert shown["message"].startswith("Bei ")
    assert (
        " % von „long.gcode“. Er druckt weiter.\n\nAntworten: [Kein Fehldruck]("
        in shown["message"]
    )
    family.press("Kein Fehldruck")
    await timelapse.pass_time(10)
    assert notifications(home.hass) == []


async def test_with_nobody_chosen_home_assistant_itself_tells_it_until_it_is_answered(
    home: Home, alert: Alert, printer: Printer, timelapse: HomeTime
) -> None:
    await alert(phones=[])
    await fail(printer, timelapse)
    (shown,) = notifications(home.hass)
    assert shown["title"] == "Prusa MK4: possible failure"
    # It has no buttons of its own, and only administrators see the page of a device.
    dialogs = {
        text: f"[{text}](/?more-info-entity-id={home.obico.entity_id(printer, key)})"
        for text, key in (
            ("Not a failure", "button.not_a_failure"),
            ("Cancel the print", "button.cancel"),
        )
    }
    assert shown["message"].endswith(
        f"The print goes on.\n\nAnswer it: {' · '.join(dialogs.values())}"
    )
    answer_elsewhere(printer)
    await timelapse.pass_time(70)
    assert notifications(home.hass) == []


@pytest.mark.parametrize("gone", ["gone", "notify.gone", "no name of an action"])
async def test_an_action_that_is_gone_keeps_nobody_else_from_being_told(
    home: Home,
    alert: Alert,
    printer: Printer,
    timelapse: HomeTime,
    complaints: list[str],
    gone: str,
) -> None:
    complaints += ["notify.gone", "rendered invalid service"]
    family = Phone(home.hass, "unused", "Google")
    await alert(phones=[], notify_actions=[gone, "mobile_app_unused"])
    await fail(printer, timelapse)
    assert len(family.received) == 1
    await timelapse.pass_time(REPEAT)
    assert len(family.received) == 2
    assert notifications(home.hass) == []
    family.press("Not a failure")
    await timelapse.pass_time(30)
    assert family.shown == {}


async def test_where_no_action_is_there_any_more_home_assistant_itself_tells_it(
    home: Home,
    alert: Alert,
    printer: Printer,
    timelapse: HomeTime,
    complaints: list[str],
) -> None:
    complaints.append("notify.gone")
    await alert(phones=[], notify_actions=["gone"])
    await fail(printer, timelapse)
    (shown,) = notifications(home.hass)
    assert shown["title"] == "Prusa MK4: possible failure"
    answer_elsewhere(printer)
    await timelapse.pass_time(70)
    assert notifications(home.hass) == []


async def test_phones_that_are_told_leave_home_assistants_notifications_alone(
    home: Home, alerted: Printer
) -> None:
    assert notifications(home.hass) == []


@pytest.mark.parametrize("error", ["Heater bed not heating", "2.10"])
async def test_the_error_of_the_printer_is_told_with_its_failure(
    home: Home, alerted: Printer, iphone: Phone, timelapse: HomeTime, error: str
) -> None:
    problem = home.obico.entity_id(alerted, "binary_sensor.problem")
    home.hass.states.async_set(problem, "on", {"error": error})
    iphone.press("Pause")
    await timelapse.pass_time(20)
    assert iphone.notification["message"].endswith(
        f"The print is paused. The printer says: {error}"
    )


async def test_renamed_entities_and_devices_change_nothing_but_the_name(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    (device_id,) = device_id_of(home.obico, printer)
    dr.async_get(home.hass).async_update_device(device_id, name_by_user="Der Drucker")
    await rename_all(home.obico, printer, timelapse)
    await alert()
    await fail(printer, timelapse)
    assert iphone.notification["title"] == "Der Drucker: possible failure"
    iphone.press("Not a failure")
    await timelapse.pass_time(10)
    assert not has_open_alert(printer)
    assert iphone.shown == {}


async def test_run_by_hand_it_shows_how_it_looks(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    entity_id = await alert()
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(20)
    await home.run(entity_id)
    await timelapse.pass_time(1)
    assert iphone.buttons[0] == "Not a failure"
    await timelapse.pass_time(REPEAT + 30)
    assert len(iphone.rang) == 1


async def test_who_disabled_most_entities_is_told_nevertheless(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    registry = er.async_get(home.hass)
    device = home.obico.device(printer)
    assert device is not None
    for entry in er.async_entries_for_device(registry, device.id):
        if entry.domain != "event":
            registry.async_update_entity(
                entry.entity_id, disabled_by=er.RegistryEntryDisabler.USER
            )
    await home.obico.reload()
    await timelapse.settle()
    await alert()
    await fail(printer, timelapse)
    assert iphone.notification["message"] == "long.gcode."
    iphone.press("Pause")
    await timelapse.pass_time(10)
    assert is_in(printer, Phase.PAUSED)


async def test_a_picture_of_every_webcam_is_kept_if_wanted(
    home: Home,
    account: Account,
    alert: Alert,
    timelapse: HomeTime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    nozzle = Webcam(
        name="Nozzle", is_primary=False, path="/webcam2/?action=snapshot", rotation=90
    )
    printer = account.add_printer("Voron", agent="klipper", webcams=[Webcam(), nozzle])
    await timelapse.pass_time(65)
    home.obico.hass.config.allowlist_external_dirs = {str(tmp_path)}
    await alert(printer, snapshot_folder=f" {tmp_path}/failures/ ")
    await fail(printer, timelapse)

    def kept() -> dict[str, bytes]:
        """Return the pictures that are in the folder, by what follows the printer's name."""
        return {
            path.name.partition("_voron_")[2]: path.read_bytes()
            for path in tmp_path.glob("failures/*.jpg")
        }

    await wait_until(lambda: len(kept()) == 2)
    pictures = kept()
    assert pictures.keys() == {"webcam.jpg", "webcam_nozzle.jpg"}
    assert all(picture.startswith(b"\xff\xd8") for picture in pictures.values())
    assert set(printer.agent.fetched) == {
        "http://127.0.0.1/webcam/?action=snapshot",
        "http://127.0.0.1/webcam2/?action=snapshot",
    }
    # Not again with each reminder.
    asked_for = len(printer.agent.fetched)
    await timelapse.pass_time(REPEAT + 30)
    assert len(printer.agent.fetched) == asked_for
