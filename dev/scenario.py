"""Scripts that let the printers of the demo print, fail and go offline by themselves."""

from collections.abc import Callable, Iterator

from . import (
    CUBE,
    Account,
    Agent,
    Component,
    Job,
    KlipperAgent,
    Machine,
    Macro,
    ObicoServer,
    Phase,
    Spool,
    Webcam,
    square,
)

# The real 30 would make the first alert of the demo take five minutes.
GRACE_FRAMES = 2
STEP = 0.5

BENCHY = Job(
    path="benchy.gcode",
    seconds=28,
    layers=14,
    size=412_380,
    filament=312.0,
    width=60,
    depth=31,
)
HOOK = Job(
    path="coat_hook.gcode",
    seconds=95,
    layers=45,
    size=1_204_112,
    filament=2150.0,
    width=22,
    depth=64,
)
VASE = Job(
    path="spiral_vase.gcode",
    seconds=150,
    layers=75,
    size=2_310_775,
    filament=4210.0,
    tool=215.0,
    registered=False,
)
BRACKET = Job(
    path="parts/cable_chain.gcode",
    seconds=180,
    layers=60,
    size=1_880_201,
    filament=3020.0,
    tool=245.0,
    bed=105.0,
    registered=False,
)


def until(condition: Callable[[], bool]) -> Iterator[float]:
    """Wait until a condition is true."""
    while not condition():
        yield STEP


def until_idle(agent: Machine) -> Iterator[float]:
    """Wait for the end of a print."""
    yield from until(lambda: agent.phase is Phase.IDLE)


def until_printed(agent: Machine, part: float) -> Iterator[float]:
    """Wait until a part is printed, or until the print has ended early."""
    yield from until(lambda: agent.phase is Phase.IDLE or agent.printed > part)


def print_job(agent: Machine, job: Job) -> Iterator[float]:
    """Start a print as soon as the printer is idle."""
    yield from until_idle(agent)
    agent.start_print(job)
    yield STEP


def steady(agent: Agent) -> Iterator[float]:
    """Print one job after the other; every third needs a filament change."""
    yield 5
    while True:
        yield from print_job(agent, BENCHY)
        yield from until_idle(agent)
        yield 20
        yield from print_job(agent, HOOK)
        yield from until_idle(agent)
        yield 30
        yield from print_job(agent, BENCHY)
        yield from until_printed(agent, 0.4)
        agent.change_filament()
        yield 25
        agent.filament_changed()
        yield from until_idle(agent)
        yield 20


def busy(agent: Agent) -> Iterator[float]:
    """Print long jobs, which are paused and sometimes cancelled."""
    yield 2
    while True:
        yield from print_job(agent, CUBE)
        yield 600
        agent.pause()
        yield 40
        agent.resume()
        yield 60
        agent.cancel()
        yield from until_idle(agent)
        yield 30
        yield from print_job(agent, BRACKET)
        yield from until_idle(agent)
        yield 45


def wandering(agent: Agent) -> Iterator[float]:
    """Lose the connection to the server or to the printer again and again."""
    while True:
        yield 45
        agent.go_offline()
        yield 40
        agent.come_online()
        yield 30
        agent.disconnect()
        yield 25
        agent.connect()
        yield from print_job(agent, BENCHY)
        yield from until_printed(agent, 0.5)
        agent.go_offline()
        yield 50
        agent.come_online()
        yield from until_idle(agent)


def unlucky(agent: Agent) -> Iterator[float]:
    """Fail in every print: alternately it is cancelled, and resumed as no failure."""
    yield 10
    while True:
        for ends_badly in (True, False):
            yield from print_job(agent, VASE)
            yield from until_printed(agent, 0.15)
            agent.fail(rise=0.14)
            yield from until(lambda: agent.phase is not Phase.PRINTING)
            yield 45
            agent.recover()
            if ends_badly:
                agent.cancel()
            else:
                agent.resume()
            yield from until_idle(agent)
            yield 40


def components() -> dict[str, Component]:
    """Return what is installed on a Klipper printer's computer: three have updates, one has none."""
    return {
        "klipper": Component(
            version="v0.12.0-85",
            remote_version="v0.12.0-100",
            commits=["stm32: Clear SPE flag", "bed_mesh: Adaptive meshes"],
        ),
        "moonraker": Component(
            version="v0.9.3-5", remote_version="v0.9.3-5", owner="Arksine"
        ),
        "mainsail": Component(
            kind="web",
            version="v2.9.0",
            remote_version="v2.10.1",
            owner="mainsail-crew",
        ),
        "system": Component(kind="system", packages=["libtiff5", "rpi-eeprom"]),
    }


def equip(agent: Agent) -> None:
    """Give a Klipper printer power, macros, objects, spools and updates."""
    if not isinstance(agent, KlipperAgent):
        return
    agent.power_devices = {"printer": "on", "Chamber light": "off"}
    shop = agent.workshop
    shop.unlocked_devices = {"Chamber light"}
    shop.macros = {
        "CLEAN_NOZZLE": Macro(seconds=4, says=["Wiping the nozzle", "Done"]),
        "LOAD_FILAMENT": Macro(seconds=20, says=["Push the filament in"]),
        "QUAD_GANTRY_LEVEL_ALL": Macro(seconds=120, says=["Homing", "Probing"]),
        "_PRIVATE": Macro(),
    }
    shop.objects = [
        square("CHAIN_1", 120, 120, 40),
        square("CHAIN_2", 180, 120, 40),
        square("HOOK_1", 150, 190, 60),
    ]
    shop.add_spools(
        Spool(
            id=3, name="Galaxy Black", vendor="Prusament", color="2B2B33", used=587.5
        ),
        Spool(id=7, name="Sky", material="PETG", color="3FA9F5", used=120),
        active=3,
    )
    shop.components = components()


def populate(server: ObicoServer) -> Account:
    """Add an account with printers to an empty server, and start their scripts."""
    server.grace_frames = GRACE_FRAMES
    account = server.add_account()
    prusa = account.add_printer(
        "Prusa MK4",
        agent="octoprint",
        webcams=[Webcam(stream_ratio="16:9", stream_mode="")],
    )
    voron = account.add_printer(
        "Voron 2.4",
        agent="klipper",
        webcams=[
            Webcam(
                name="Chamber cam",
                flip_horizontal=True,
                rotation=90,
                stream_mode="",
            ),
            Webcam(
                name="Nozzle cam",
                is_primary=False,
                is_nozzle=True,
                path="/webcam2/?action=snapshot",
                stream_mode="",
            ),
        ],
    )
    equip(voron.agent)
    ender = account.add_printer("Ender 3", agent="octoprint")
    sovol = account.add_printer(
        "Sovol SV08",
        agent="klipper",
        webcams=[
            Webcam(
                name="Front cam",
                flip_vertical=True,
                flip_horizontal=True,
                stream_mode="",
            )
        ],
    )
    account.add_printer("New in its box")
    server.play(steady(prusa.agent))
    server.play(busy(voron.agent))
    server.play(wandering(ender.agent))
    server.play(unlucky(sovol.agent))
    return account
