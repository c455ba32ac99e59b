"""The entities of a printer that Home Assistant is the agent of."""

from homeassistant.helpers import entity_registry as er

from .support import Watched


def entities(watched: Watched, printer_id: int) -> dict[str, bool]:
    """Return whether the entities of a printer are enabled, by the ends of their ids."""
    prefix = f"{watched.entry.unique_id}_{printer_id}_"
    return {
        each.unique_id.removeprefix(prefix): each.disabled_by is None
        for each in er.async_entries_for_config_entry(
            er.async_get(watched.hass), watched.entry.entry_id
        )
        if each.unique_id.startswith(prefix)
    }


async def test_what_only_repeats_the_printer_is_disabled(watched: Watched) -> None:
    watched.say("idle", nozzle="21", nozzle_target="0")
    await watched.print()
    await watched.pass_time(20)
    found = entities(watched, watched.printer.id)
    assert {key for key, is_enabled in found.items() if not is_enabled} >= {
        "current_layer",
        "total_layers",
        "error",
        "tool0_temperature",
        "tool0_target",
    }
    for key in (
        "status",
        # Without these the card would show the last print during the next.
        "file",
        "progress",
        "time_remaining",
        "finish_time",
        "failure_score",
        "failure_level",
        "not_watching_reason",
        "failure_detected",
        "last_print_result",
        "watching_enabled",
        "action_on_failure",
        "printer_event",
    ):
        assert found[key], key


async def test_printers_with_an_agent_of_their_own_show_their_readings(
    watched: Watched,
) -> None:
    other = watched.account.add_printer("OctoPi", agent="octoprint")
    await watched.pass_time(310, step=10)
    found = entities(watched, other.id)
    for key in ("progress", "time_remaining", "current_layer", "file", "error"):
        assert found[key], key
