"""A past print is printed again, from where its file still is."""

from datetime import timedelta

from dev import SHORT, Account, Phase
from dev.agent.jobs import Job
from homeassistant.helpers import entity_registry as er
from tests.integration.control.support import octoprint, refused
from tests.integration.prints.past import printed

from .support import Actions

DEEP = Job(
    path="parts/ä part 100%.gcode", seconds=45, layers=5, size=1792, filament=16.0
)


async def test_the_last_print_is_printed_again(actions: Actions) -> None:
    await actions.become_printed()
    (job,) = actions.obico.server.prints.values()
    await actions.do("print_again")
    assert actions.agent.phase is not Phase.IDLE
    await actions.pass_time(10)
    running = actions.printer.current_print
    assert running is not None
    assert running.filename == job.filename


@octoprint
async def test_an_earlier_print_is_printed_again_from_the_cloud(
    actions: Actions, account: Account
) -> None:
    await actions.become(Phase.IDLE)
    now = actions.obico.server.clock.now()
    job = printed(actions.printer, now - timedelta(days=3))
    job.g_code_file = account.add_cloud_file("vase.gcode")
    printed(actions.printer, now - timedelta(days=1))
    await actions.do("print_again", print_id=job.id)
    assert actions.agent.phase is not Phase.IDLE


@octoprint
async def test_a_file_in_a_folder_is_found_by_its_quoted_path(actions: Actions) -> None:
    await actions.become(Phase.IDLE)
    actions.agent.files[DEEP.path] = DEEP
    now = actions.obico.server.clock.now()
    job = printed(actions.printer, now - timedelta(days=1))
    job.g_code_file = actions.obico.server.g_code_file(
        actions.printer,
        path="parts/%C3%A4%20part%20100%25.gcode",
        size=1,
        signature="md5:x",
    )
    await actions.do("print_again", print_id=job.id)
    assert actions.agent.phase is not Phase.IDLE


@octoprint
async def test_a_file_that_is_gone_is_not_printed(
    actions: Actions, account: Account
) -> None:
    await actions.become(Phase.IDLE)
    now = actions.obico.server.clock.now()
    job = printed(actions.printer, now - timedelta(days=1), filename="gone.gcode")
    await refused(actions.do("print_again", print_id=job.id), "print_file_gone")
    file = account.add_cloud_file("gone.gcode")
    job.g_code_file = file
    account.library.delete_file(file)
    await refused(actions.do("print_again", print_id=job.id), "print_file_gone")
    assert actions.agent.phase is Phase.IDLE


@octoprint
async def test_what_was_never_printed_is_not_printed_again(actions: Actions) -> None:
    await actions.become(Phase.IDLE)
    await refused(actions.do("print_again"), "no_last_print")
    await refused(actions.do("print_again", print_id=99), "print_not_found")


@octoprint
async def test_a_printer_at_work_prints_nothing_again(actions: Actions) -> None:
    await actions.become_printed()
    actions.agent.start_print(SHORT)
    await actions.pass_time(15)
    await refused(actions.do("print_again"), "print_is_running")


@octoprint
async def test_the_button_is_disabled_until_somebody_wants_it(actions: Actions) -> None:
    entity_id = actions.obico.entity_id(actions.printer, "button.print_again")
    registry = er.async_get(actions.hass)
    entry = registry.async_get(entity_id)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    await actions.become_printed()
    registry.async_update_entity(entity_id, disabled_by=None)
    await actions.hass.config_entries.async_reload(actions.obico.entry.entry_id)
    await actions.settle()
    await actions.pass_time(5)

    async def press() -> None:
        await actions.hass.services.async_call(
            "button", "press", {"entity_id": entity_id}, blocking=True
        )

    await actions.finish(actions.hass.async_create_task(press()))
    assert actions.agent.phase is not Phase.IDLE
