"""How each recorded state is reached with the simulated machine."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from dev import (
    CUBE,
    MEDIUM,
    SHORT,
    Account,
    Agent,
    Job,
    ObicoServer,
    Phase,
    Printer,
    Webcam,
)

from .support import Api, Watcher

CLASSIC_WEBCAM = Webcam()
NOZZLE_CAM = Webcam(name="Nozzle cam", flip_horizontal=True, rotation=90)
REASON = (
    "Thermal Runaway, system stopped! Heater_ID: 0 - Printer halted. kill() called!"
)


class Stage:
    """A server, a viewer, and a printer that is driven into a state."""

    def __init__(self, server: ObicoServer, account: Account, api: Api) -> None:
        """Start without a printer."""
        self.server = server
        self.account = account
        self.api = api
        self.closing = AsyncExitStack()
        self.watcher: Watcher | None = None

    async def octoprint(
        self,
        *,
        watched: bool = True,
        webcams: tuple[Webcam, ...] = (),
        connected: bool = True,
    ) -> Printer:
        """Add an OctoPrint printer; with `watched`, it has a viewer and a picture."""
        printer = self.account.add_printer(
            "Prusa MK4", agent="octoprint", webcams=webcams, connected=connected
        )
        if watched:
            await self.watch(printer)
            await self.server.advance(2)
        return printer

    def klipper(self) -> Printer:
        """Add a Klipper printer without pictures, like the recorded one."""
        return self.account.add_printer(
            "Voron 2.4", agent="klipper", webcams=[NOZZLE_CAM], camera=False
        )

    async def watch(self, printer: Printer) -> Watcher:
        """Watch a printer until the end of the test."""
        self.watcher = await self.closing.enter_async_context(self.api.watch(printer))
        return self.watcher

    async def until(self, agent: Agent, phase: Phase, *, limit: float = 5000) -> None:
        """Let time pass until a machine is in some phase."""
        waited = 0.0
        while agent.phase is not phase:
            assert waited < limit, f"{phase} was not reached, but {agent.phase}"
            await self.server.advance(0.5)
            waited += 0.5

    async def print_whole(self, printer: Printer, job: Job = SHORT) -> None:
        """Print a job from start to end."""
        printer.agent.start_print(job)
        await self.server.advance(2)
        await self.until(printer.agent, Phase.IDLE)
        await self.server.advance(3)

    async def printing(
        self, printer: Printer, job: Job = MEDIUM, *, seconds: float = 60
    ) -> None:
        """Print until the first layers are done."""
        printer.agent.start_print(job)
        await self.server.advance(seconds)
        assert printer.agent.phase is Phase.PRINTING

    async def cancelled_print(self, printer: Printer, job: Job) -> None:
        """Print until the first layers are done, and cancel the print."""
        await self.printing(printer, job, seconds=45)
        await self.api.command(printer, "cancel_print/")
        await self.until(printer.agent, Phase.IDLE)
        await self.server.advance(3)

    async def printing_again(self, printer: Printer, *, seconds: float = 30) -> None:
        """Start a file from the web app that was printed before."""
        await self.print_whole(printer)
        await self.start_from_web(printer)
        await self.server.advance(seconds)

    async def start_from_web(self, printer: Printer) -> None:
        """Start a print as a viewer does."""
        printer.passthru(
            {
                "target": "_printer",
                "func": "select_file",
                "args": [SHORT.path, None],
                "kwargs": {"printAfterSelect": "true"},
                "ref": f"select {self.server.clock.elapsed}",
            }
        )

    async def failing(self, printer: Printer, level: float) -> None:
        """Print beyond the frames without alerts, until the score has reached a level."""
        await self.printing(printer, LONG_MEDIUM, seconds=320)
        printer.agent.fail(rise=0.12)
        while printer.normalized_p < level:
            await self.server.advance(0.5)


# Longer than the frames without alerts take.
LONG_MEDIUM = Job(
    path="long.gcode", seconds=3000, layers=40, size=44364, filament=480.0
)


async def idle(stage: Stage) -> Printer:
    return await stage.octoprint(watched=False)


async def idle_with_viewer(stage: Stage) -> Printer:
    return await stage.octoprint()


async def idle_webcams(stage: Stage) -> Printer:
    return await stage.octoprint(webcams=(CLASSIC_WEBCAM,))


async def connecting(stage: Stage) -> Printer:
    printer = await stage.octoprint(connected=False)
    printer.agent.connect()
    await stage.until(printer.agent, Phase.CONNECTING)
    return printer


async def disconnected(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.print_whole(printer)
    printer.agent.disconnect()
    return printer


async def starting(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.printing_again(printer, seconds=0)
    return printer


async def heating(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.printing_again(printer, seconds=2)
    return printer


async def printing(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.printing_again(printer)
    return printer


async def printing_first(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.printing(printer)
    return printer


async def pausing(stage: Stage) -> Printer:
    printer = await printing_first(stage)
    await stage.api.command(printer, "pause_print/")
    await stage.server.advance(0.5)
    return printer


async def paused(stage: Stage) -> Printer:
    printer = await pausing(stage)
    await stage.until(printer.agent, Phase.PAUSED)
    return printer


async def resuming(stage: Stage) -> Printer:
    printer = await paused(stage)
    await stage.api.command(printer, "resume_print/")
    await stage.server.advance(0.5)
    return printer


async def cancelling(stage: Stage) -> Printer:
    printer = await printing_first(stage)
    await stage.api.command(printer, "cancel_print/")
    await stage.until(printer.agent, Phase.CANCELLING)
    return printer


async def cancelling_no_current_print(stage: Stage) -> Printer:
    printer = await cancelling(stage)
    await stage.until(printer.agent, Phase.CANCELLED)
    return printer


async def finishing(stage: Stage) -> Printer:
    printer = await printing(stage)
    await stage.until(printer.agent, Phase.FINISHING)
    return printer


async def finished(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.print_whole(printer)
    return printer


async def after_print_no_viewer(stage: Stage) -> Printer:
    printer = await stage.octoprint(watched=False, webcams=(CLASSIC_WEBCAM,))
    await stage.print_whole(printer)
    return printer


async def alert_warning(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.failing(printer, 1 / 3)
    return printer


async def autopaused(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.failing(printer, 2 / 3)
    await stage.until(printer.agent, Phase.PAUSING)
    return printer


async def alert_seen(stage: Stage) -> Printer:
    """Reach a print that the server has paused, with a new viewer."""
    printer = await autopaused(stage)
    await stage.until(printer.agent, Phase.PAUSED)
    await stage.watch(printer)
    await stage.server.advance(2)
    return printer


async def alert_answered(stage: Stage) -> Printer:
    printer = await alert_seen(stage)
    await stage.api.command(printer, "acknowledge_alert/?alert_overwrite=NOT_FAILED")
    return printer


async def muted_paused(stage: Stage) -> Printer:
    printer = await alert_answered(stage)
    await stage.api.command(printer, "mute_current_print/?mute_alert=true")
    return printer


async def muted_printing(stage: Stage) -> Printer:
    printer = await muted_paused(stage)
    await stage.api.command(printer, "resume_print/")
    await stage.until(printer.agent, Phase.PRINTING)
    await stage.server.advance(11)
    return printer


async def unmuted_printing(stage: Stage) -> Printer:
    printer = await muted_printing(stage)
    await stage.api.command(printer, "mute_current_print/")
    return printer


async def offline(stage: Stage) -> Printer:
    printer = await printing_first(stage)
    printer.agent.kill()
    return printer


async def error_momentary(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    printer.agent.error(REASON)
    return printer


async def offline_after_error(stage: Stage) -> Printer:
    printer = await error_momentary(stage)
    await stage.until(printer.agent, Phase.ERROR_OFFLINE)
    return printer


async def gcode_downloading(stage: Stage) -> Printer:
    printer = await stage.octoprint(webcams=(CLASSIC_WEBCAM,))
    printer.passthru(
        {
            "target": "file_downloader",
            "func": "download",
            "args": [
                {"id": 1, "url": "x", "filename": "c.gcode", "safe_filename": "c.gcode"}
            ],
            "ref": "download",
        }
    )
    return printer


async def printing_cloud(stage: Stage) -> Printer:
    printer = await gcode_downloading(stage)
    await stage.until(printer.agent, Phase.PRINTING)
    await stage.server.advance(15)
    return printer


async def klipper_idle(stage: Stage) -> Printer:
    return stage.klipper()


async def klipper_printing(stage: Stage) -> Printer:
    printer = stage.klipper()
    await stage.printing(printer, CUBE)
    return printer


async def klipper_pausing(stage: Stage) -> Printer:
    printer = await klipper_printing(stage)
    await stage.api.command(printer, "pause_print/")
    await stage.server.advance(0.5)
    return printer


async def klipper_paused(stage: Stage) -> Printer:
    printer = await klipper_pausing(stage)
    await stage.until(printer.agent, Phase.PAUSED)
    return printer


async def klipper_resuming(stage: Stage) -> Printer:
    printer = await klipper_paused(stage)
    await stage.api.command(printer, "resume_print/")
    await stage.server.advance(0.5)
    return printer


async def klipper_complete(stage: Stage) -> Printer:
    printer = stage.klipper()
    await stage.print_whole(printer, CUBE)
    return printer


async def klipper_downloading(stage: Stage) -> Printer:
    printer = await klipper_complete(stage)
    printer.agent.download(CUBE)
    return printer


async def klipper_error(stage: Stage) -> Printer:
    printer = await klipper_printing(stage)
    printer.agent.error("Heater extruder not heating at expected rate")
    await stage.until(printer.agent, Phase.IDLE)
    return printer


async def klipper_klippy_shutdown(stage: Stage) -> Printer:
    printer = stage.klipper()
    printer.agent.emergency_stop()
    return printer


type Drive = Callable[[Stage], Awaitable[Printer]]

STATES: dict[str, Drive] = {
    f"printer_{drive.__name__}": drive
    for drive in (
        idle,
        idle_with_viewer,
        idle_webcams,
        connecting,
        disconnected,
        starting,
        heating,
        printing,
        pausing,
        paused,
        resuming,
        cancelling,
        cancelling_no_current_print,
        finishing,
        finished,
        after_print_no_viewer,
        alert_warning,
        autopaused,
        muted_printing,
        offline,
        error_momentary,
        offline_after_error,
        gcode_downloading,
        printing_cloud,
        klipper_idle,
        klipper_printing,
        klipper_pausing,
        klipper_paused,
        klipper_resuming,
        klipper_complete,
        klipper_downloading,
        klipper_error,
        klipper_klippy_shutdown,
    )
}
