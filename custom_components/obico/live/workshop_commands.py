"""Commands to what stands around a printer, and what they show at once."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..aioobico import (
    ConsoleLine,
    ObicoAgentSilentError,
    ObicoAgentUnexplainedError,
    ObicoClient,
    ObicoPushError,
    Plate,
    Printer,
    PrinterAgent,
    Spool,
)
from ..const import DOMAIN
from ..coordinator import ObicoCoordinator
from ..printer import preconditions
from ..printer.command_runner import CommandRunner
from ..printer.status import agent_kind
from ..printer.workshop.equipment import PRINTER_DEVICE, Equipment
from ..printer.workshop.filament import (
    WantedFile,
    needed_weight,
    printed_file,
    used_length,
)
from ..printer.workshop.macros import macro_line
from ..printer.workshop.offset import ensure_offset
from ..printer.workshop.power import ensure_switchable
from ..printer.workshop.readings import (
    Kind,
    with_active_spool,
    with_klipper,
    with_spools,
    with_switched,
    with_updates,
)
from .connection_manager import ConnectionManager
from .filament import async_ensure_file, async_get_need
from .workshop import Workshop

# Seconds. A switch in the network that does not answer takes longer than one at the host.
_POWER_SECONDS: Final = 25.0
# Seconds until a printer that was switched on is connected and accepts commands.
_START_SECONDS: Final = 120.0
# Keys of requests that wait for each other.
_POWER: Final = "power"
_OFFSET: Final = "z_offset"
_SPOOL: Final = "spool"
_OBJECTS: Final = "objects"
# Seconds within which Moonraker refuses an update that it does not begin.
_REFUSAL_SECONDS: Final = 5.0
# What a macro says, in lines of the console; more is cut off.
_CONSOLE_LINES: Final = 100


@dataclass(frozen=True, kw_only=True)
class MacroRun:
    """How the run of a macro went: whether it is over, and what it said until now."""

    is_finished: bool
    lines: tuple[str, ...]


class WorkshopCommands:
    """Commands to what stands around the printers of one account."""

    def __init__(
        self,
        coordinator: ObicoCoordinator,
        client: ObicoClient,
        connections: ConnectionManager,
        workshop: Workshop,
        runner: CommandRunner,
        *,
        translated_errors: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Initialize; `translated_errors` is that of the runner."""
        self._coordinator = coordinator
        self._client = client
        self._connections = connections
        self._workshop = workshop
        self._runner = runner
        self._translated_errors = translated_errors

    def _current(self, printer: Printer) -> Printer:
        return self._coordinator.get_printer(printer.id) or printer

    def equipment_of(self, printer: Printer) -> Equipment:
        """Return what a printer has, nothing where that is unknown."""
        return self._workshop.equipment_of(printer.id) or Equipment(agent="")

    # Power

    async def async_set_power(
        self, printer: Printer, device: str, *, on: bool, force: bool = False
    ) -> None:
        """Switch a power device, and show it immediately.

        Raises ServiceValidationError where it must not be switched now, HomeAssistantError
        where that fails.
        """
        async with self._runner.in_turn(printer.id, _POWER):
            ensure_switchable(
                self._current(printer),
                self._workshop.readings_of(printer.id),
                device,
                on=on,
                force=force,
            )
            with self._translated_errors():
                is_on = await self._connections.agent_of(printer.id).set_power(
                    device, on=on, within=_POWER_SECONDS
                )
            if is_on is not None and is_on is not on:
                raise HomeAssistantError(
                    translation_domain=DOMAIN, translation_key="no_effect"
                )
            self._workshop.async_change(
                printer.id, Kind.POWER, with_switched(device, is_on=on)
            )

    def find_device(self, printer: Printer, name: str = PRINTER_DEVICE) -> str:
        """Return the name of a power device. Raises ServiceValidationError without one."""
        equipment = self.equipment_of(printer)
        if (device := equipment.device_of(name)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_power_device",
                translation_placeholders={
                    "device": name,
                    "devices": ", ".join(equipment.devices) or "–",
                },
            )
        return device

    async def async_power_up(self, printer: Printer) -> None:
        """Switch a printer on, and wait until it accepts commands.

        Nothing is done where it does. Raises as `async_set_power`, and HomeAssistantError
        where it does not come up in time.
        """
        device = self.find_device(printer)
        if preconditions.check_machine(self._current(printer)) is None:
            return
        await self.async_set_power(printer, device, on=True)
        if not await self._runner.async_wait_for(
            printer.id,
            lambda now: preconditions.check_machine(now) is None,
            _START_SECONDS,
        ):
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="no_start_after_power"
            )

    # Macros

    async def async_run_macro(
        self,
        printer: Printer,
        macro: str,
        parameters: Mapping[str, str],
        *,
        within: float,
    ) -> MacroRun:
        """Run a macro, and return what it has said `within` seconds.

        A macro that takes longer goes on. Raises ServiceValidationError where it cannot run,
        HomeAssistantError where Klipper refuses it or nobody answers.
        """
        line = macro_line(macro, parameters)
        preconditions.ensure(preconditions.check_machine(self._current(printer)))
        with self._translated_errors():
            agent = self._connections.agent_of(printer.id)
            before = {(each.time, each.text) for each in await _console(agent)}
            is_finished = True
            try:
                await agent.send_gcode(agent_kind(printer), [line], within=within)
            except ObicoAgentSilentError:
                is_finished = False
            # An agent that is gone does not answer this either, which raises.
            said = await _console(agent)
        return MacroRun(
            is_finished=is_finished,
            lines=tuple(
                each.text.removeprefix("// ")
                for each in said
                if each.is_response and (each.time, each.text) not in before
            ),
        )

    # Z offset

    async def async_set_offset(
        self, printer: Printer, change: Callable[[float], float]
    ) -> None:
        """Change the Z offset of a Klipper printer in mm, by what it is now.

        Raises ServiceValidationError where that is too far, HomeAssistantError where it
        fails.
        """
        async with self._runner.in_turn(printer.id, _OFFSET):
            now = self._current(printer)
            preconditions.ensure(preconditions.check_machine(now))
            is_printing = preconditions.is_printing(now)
            with self._translated_errors():
                agent = self._connections.agent_of(printer.id)
                klipper = await agent.get_klipper_state()
                offset = round(change(klipper.z_offset or 0.0), 3)
                ensure_offset(offset, klipper.z_offset, is_printing=is_printing)
                # Without a print the axes may not be homed, and Klipper refuses to move.
                move = " MOVE=1" if is_printing else ""
                await agent.send_gcode(
                    agent_kind(now), [f"SET_GCODE_OFFSET Z={offset:.3f}{move}"]
                )
            self._workshop.async_change(
                printer.id,
                Kind.KLIPPER,
                with_klipper(replace(klipper, z_offset=offset)),
            )

    # Spools

    async def async_set_spool(self, printer: Printer, spool_id: int | None) -> None:
        """Print from another spool from now on, or from none that is counted."""
        preconditions.ensure(preconditions.check_agent(self._current(printer)))
        async with self._runner.in_turn(printer.id, _SPOOL):
            with self._translated_errors():
                agent = self._connections.agent_of(printer.id)
                await agent.set_active_spool(spool_id)
                active = await agent.get_active_spool()
            self._workshop.async_change(
                printer.id, Kind.ACTIVE_SPOOL, with_active_spool(active)
            )
            if active != spool_id:
                raise HomeAssistantError(
                    translation_domain=DOMAIN, translation_key="no_effect"
                )

    async def async_get_spool(
        self, printer: Printer, file: WantedFile | None
    ) -> tuple[Spool, float | None]:
        """Return the active spool as it is now, and the grams that a file needs.

        Without a file it is that of the current print, of which a part is printed already.
        None where that is unknown. Raises ServiceValidationError without Spoolman or an
        active spool or for a file that there is not, HomeAssistantError where they cannot
        be asked for.
        """
        if not self.equipment_of(printer).has_spoolman:
            preconditions.ensure("no_spoolman")
        preconditions.ensure(preconditions.check_agent(self._current(printer)))
        with self._translated_errors():
            agent = self._connections.agent_of(printer.id)
            active = await agent.get_active_spool()
            spools = {spool.id: spool for spool in await agent.get_spools()}
        self._workshop.async_change(
            printer.id, Kind.ACTIVE_SPOOL, with_active_spool(active)
        )
        self._workshop.async_change(printer.id, Kind.SPOOLS, with_spools(spools))
        if active is None or (spool := spools.get(active)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_active_spool"
            )
        now = self._current(printer)
        if (wanted := file or printed_file(now)) is None:
            return spool, None
        with self._translated_errors():
            need = await async_get_need(agent, self._client, wanted)
            if need is None and file is not None:
                await async_ensure_file(agent, self._client, now, file)
        used = used_length(self._current(printer)) if file is None else 0.0
        return spool, needed_weight(need, spool, used) if need else None

    # Objects

    async def async_get_plate(self, printer: Printer) -> Plate:
        """Return the objects of the file that is printed.

        Raises ServiceValidationError where there are none, HomeAssistantError where the
        printer does not tell.
        """
        now = self._current(printer)
        preconditions.ensure(preconditions.check_machine(now))
        with self._translated_errors():
            klipper = await self._connections.agent_of(printer.id).get_klipper_state()
        self._workshop.async_change(printer.id, Kind.KLIPPER, with_klipper(klipper))
        if klipper.plate is None or not klipper.plate.objects:
            if preconditions.is_printing(self._current(printer)):
                preconditions.ensure("no_objects")
            preconditions.ensure("no_print")
        assert klipper.plate is not None
        return klipper.plate

    async def async_exclude(self, printer: Printer, name: str) -> None:
        """Leave an object out of the current print, for good.

        Raises as `async_get_plate`, and ServiceValidationError where there is no such object
        or it is the last one.
        """
        async with self._runner.in_turn(printer.id, _OBJECTS):
            if not preconditions.is_printing(self._current(printer)):
                preconditions.ensure("no_print")
            plate = await self.async_get_plate(printer)
            left = [
                each.name for each in plate.objects if each.name not in plate.excluded
            ]
            found = next(
                (each for each in left if each.casefold() == name.casefold()), None
            )
            if found is None:
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="unknown_object",
                    translation_placeholders={
                        "object": name,
                        "objects": ", ".join(left),
                    },
                )
            if len(left) == 1:
                preconditions.ensure("last_object")
            with self._translated_errors():
                agent = self._connections.agent_of(printer.id)
                await agent.send_gcode(
                    agent_kind(printer), [macro_line("EXCLUDE_OBJECT", {"NAME": found})]
                )
            excluded = replace(plate, excluded=(*plate.excluded, found))
            self._workshop.async_change(
                printer.id,
                Kind.KLIPPER,
                lambda readings: replace(
                    readings,
                    klipper=replace(readings.klipper, plate=excluded)
                    if readings.klipper
                    else None,
                ),
            )

    # Updates

    async def async_install(self, printer: Printer, component: str) -> None:
        """Begin to update a component, which goes on after this.

        Raises ServiceValidationError where it must not begin now, HomeAssistantError where
        Moonraker refuses it.
        """
        preconditions.ensure(preconditions.check_host_restart(self._current(printer)))
        with self._translated_errors():
            agent = self._connections.agent_of(printer.id)
            updates = await agent.get_update_status()
            if updates.is_busy:
                preconditions.ensure("update_running")
            # The reply comes at the end, and none where what is updated is Moonraker, through
            # which it would come. A refusal comes at once.
            with suppress(ObicoAgentSilentError, ObicoPushError):
                await agent.upgrade(component, within=_REFUSAL_SECONDS)
        self._workshop.async_change(
            printer.id, Kind.UPDATES, with_updates(replace(updates, is_busy=True))
        )


async def _console(agent: PrinterAgent) -> tuple[ConsoleLine, ...]:
    """Return the last lines of Klipper's console, none where Moonraker keeps none."""
    try:
        return await agent.get_console(_CONSOLE_LINES)
    except ObicoAgentUnexplainedError:
        return ()
