"""A printer that lives, and everything between it and Obico that goes wrong, by chance."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from random import Random
from typing import Final

from dev import Fault
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import ServiceCall, callback
from tests.integration.agent.support import (
    CAMERA,
    FILE,
    LEFT,
    PROGRESS,
    STATUS,
    Watched,
    outcome_of,
    picture,
)
from tests.timelapse import wait_until

from .support import explained

ACTIVE: Final = ("running", "pause")
# Seconds. A print that ended while nobody saw it was due by more than this.
MARGIN: Final = 60.0
# Seconds in which everything has come back: back-offs, the account's own, and the commands
# that are given up.
RECOVERY: Final = 900.0
STEP: Final = 5.0
VALUES: Final = {"status": STATUS, "file": FILE, "progress": PROGRESS, "left": LEFT}

type Act = Callable[[], Awaitable[object]]


@dataclass(kw_only=True)
class Job:
    """A print as it really was; `outcome` is what Obico must say."""

    file: str
    seconds: float
    printed: float = 0.0
    outcome: str = "open"
    # Whether the agent could see it since it began.
    was_seen: bool = False


class Machine:
    """A printer of another integration, whose entities show what it does unless it is gone."""

    def __init__(self, watched: Watched, random: Random) -> None:
        """Begin idle."""
        self.watched = watched
        self.random = random
        self.jobs: list[Job] = []
        self.status = "idle"
        self.is_gone = False
        self._number = 0
        # What the entities show of a print, which may be late.
        self._shown: dict[str, str] = {}
        self._late: float | None = None

    @property
    def job(self) -> Job | None:
        """The print that is open."""
        return self.jobs[-1] if self.jobs and self.jobs[-1].outcome == "open" else None

    @property
    def is_late(self) -> bool:
        """Whether the entities still show the values of the last print."""
        return self._late is not None

    @property
    def is_seen(self) -> bool:
        """Whether the agent sees what the printer does."""
        return (
            self.watched.entry.state is ConfigEntryState.LOADED
            and not self.is_gone
            and self.watched.hass.states.get(STATUS) is not None
        )

    def show(self) -> None:
        """Let the entities say what the printer does, in any order."""
        if self.is_gone:
            return
        if (job := self.job) is not None and self._late is None:
            left = (job.seconds - job.printed) / 60
            self._shown = {
                "file": job.file,
                "progress": str(int(100 * job.printed / job.seconds)),
                "left": f"{left:.3f}",
            }
        self._say({"status": self.status, **self._shown})
        if job is not None and self.is_seen and self._late is None:
            job.was_seen = True

    def leave(self) -> None:
        """Be gone, as if its integration had lost the printer."""
        self.is_gone = True
        self._say(dict.fromkeys(VALUES, "unavailable"))

    def _say(self, values: dict[str, str]) -> None:
        """Set the states of entities, in any order."""
        rows = list(values.items())
        self.random.shuffle(rows)
        for key, value in rows:
            self.watched.hass.states.async_set(
                VALUES[key],
                value,
                {"unit_of_measurement": "min"} if key == "left" else {},
            )

    def come_back(self) -> None:
        """Be there again."""
        self.is_gone = False
        self.show()

    def begin(self) -> None:
        """Begin a print; its values may be late, and the last print's be shown until then."""
        last = self.jobs[-1].file if self.jobs else ""
        if last and self.is_seen and self.random.random() < 0.3:
            file = last
        else:
            self._number += 1
            file = f"part_{self._number}.3mf"
        self.jobs.append(Job(file=file, seconds=self.random.uniform(60, 1500)))
        if self.is_seen and self.random.random() < 0.3:
            self._late = self.random.uniform(0.5, 4.0)
        self.status = "running"
        self.show()

    def end(self, outcome: str, status: str) -> None:
        """End the print."""
        if (job := self.job) is not None:
            if outcome == "finished":
                job.printed = job.seconds
            self._late = None
            self.status = status
            # The last values of the print stay.
            self._shown["progress"] = str(int(100 * job.printed / job.seconds))
            job.outcome = outcome
            self.show()

    def pass_time(self, seconds: float) -> None:
        """Print."""
        if self._late is not None:
            self._late = None if self._late <= seconds else self._late - seconds
        job = self.job
        if job is None or self.status != "running":
            return
        if not job.was_seen and not self.is_seen:
            # Nobody could know of it: it ends when it was seen.
            seconds = min(seconds, max(job.seconds - job.printed - 1, 0))
        job.printed += seconds
        if job.printed >= job.seconds:
            self.end("finished", "finish")
        else:
            self.show()


class AgentWorld:
    """A printer, its agent, its owner, the network and the server, all with bad days."""

    def __init__(self, watched: Watched, random: Random) -> None:
        """Begin with a world in order."""
        self.watched = watched
        self.random = random
        self.machine = Machine(watched, random)
        self.log: list[str] = []
        self.is_server_down = False
        self.settled = 0
        self._faults: list[Fault] = []
        for service in ("pause", "resume", "cancel"):
            watched.hass.services.async_register("p1s", service, self._obey)
        self.machine.show()

    @callback
    def _obey(self, call: ServiceCall) -> None:
        """Do what the agent asks for, unless the printer does not."""
        service = call.service
        machine = self.machine
        if not self.watched.obeys or machine.job is None or machine.is_gone:
            return
        if service == "pause" and machine.status == "running":
            machine.status = "pause"
            machine.show()
        elif service == "resume" and machine.status == "pause":
            machine.status = "running"
            machine.show()
        elif service == "cancel":
            machine.end("cancelled", "failed")

    def explained(self, seed: int) -> AbstractContextManager[None]:
        """Tell what happened, and how to see it again, where something fails."""
        return explained(seed, self.log, self._describe)

    def _describe(self) -> Iterator[str]:
        for job in self.machine.jobs[-6:]:
            yield f"printer: {job}"
        for row in self.watched.prints[-6:]:
            yield f"Obico: {row.filename} {outcome_of(row)} {row.number}"

    def note(self, what: str) -> None:
        """Write down what happens."""
        self.log.append(f"{self.watched.timelapse.elapsed:9.1f} {what}")

    async def pass_time(self, seconds: float, step: float = STEP) -> None:
        """Let time pass for everybody."""
        while seconds > 0:
            part = min(step, seconds, 1.0 if self.machine.is_late else step)
            await self.watched.pass_time(part, step=part)
            self.machine.pass_time(part)
            await self.watched.timelapse.settle()
            seconds = round(seconds - part, 6)

    # One step

    async def step(self) -> None:
        """Let one thing happen, and some time pass."""
        acts = self._of_printer() + self._of_network() + self._of_owner()
        act, weight = zip(*acts, strict=True)
        (chosen,) = self.random.choices(act, weight)
        self.note(getattr(chosen, "__name__", str(chosen)))
        await chosen()
        await self.pass_time(self.random.choice((0.2, 1, 3, 8, 20, 45)))
        self._assert_sound()

    def _of_printer(self) -> list[tuple[Act, int]]:
        machine = self.machine
        acts: list[tuple[Act, int]] = []
        if machine.job is None:
            # Nobody can know of a print that came and went unseen.
            acts.append((self.begin, 30))
        else:
            acts += [(self.pause, 5), (self.resume, 10), (self.hurry, 4)]
            if machine.job.was_seen or machine.is_seen:
                acts += [(self.cancel, 4), (self.finish, 4)]
        if machine.is_seen and machine.job is None:
            acts.append((self.be_idle, 3))
        if machine.is_seen:
            acts.append((self.say_something_odd, 2))
        return acts

    async def begin(self) -> None:
        """Begin a print."""
        machine = self.machine
        last = machine.jobs[-1] if machine.jobs else None
        if not machine.is_seen and (last is not None and self._is_unknown(last)):
            return
        if machine.is_seen and self.random.random() < 0.4:
            machine.status = "prepare"
            machine.show()
            await self.pass_time(self.random.choice((0.5, 10)))
        machine.begin()
        self.note(f"  {machine.jobs[-1].file}")

    def _is_unknown(self, job: Job) -> bool:
        """Whether Obico has not heard yet how a print ended."""
        return [row.filename for row in self.watched.prints].count(job.file) < [
            each.file for each in self.machine.jobs
        ].count(job.file) or "open" in self.watched.outcomes

    async def pause(self) -> None:
        """Pause at the printer, which has shown what it prints."""
        await self._name_is_shown()
        if self.machine.status == "running":
            self.machine.status = "pause"
            self.machine.show()

    async def resume(self) -> None:
        """Resume at the printer."""
        if self.machine.status == "pause":
            self.machine.status = "running"
            self.machine.show()

    async def hurry(self) -> None:
        """Let much time pass."""
        await self.pass_time(self.random.uniform(60, 600), step=20)

    async def cancel(self) -> None:
        """Cancel at the printer, which has shown what it prints."""
        await self._name_is_shown()
        self.machine.end("cancelled", "failed")

    async def _name_is_shown(self) -> None:
        """Wait until nobody can take the print for the last one any more."""
        while self.machine.is_late:
            await self.pass_time(1)

    async def finish(self) -> None:
        """Print to the end."""
        job = self.machine.job
        if job is not None and self.machine.status == "running":
            await self.pass_time(max(job.seconds - job.printed, 0) + 1, step=20)

    async def be_idle(self) -> None:
        """Forget the last print at the printer."""
        self.machine.status = "idle"
        self.machine.show()

    async def say_something_odd(self) -> None:
        """Show a state for a moment that nobody knows."""
        self.watched.hass.states.async_set(STATUS, "dancing")
        await self.pass_time(1)
        self.machine.show()

    # What is between

    def _of_network(self) -> list[tuple[Act, int]]:
        acts: list[tuple[Act, int]] = [
            (self.restart, 4),
            (self.reload, 3),
            (self.lose_connection, 3),
            (self.break_camera, 2),
            (self.add_fault, 3),
            (self.mend, 3),
        ]
        acts.append(
            (self.start_server, 12) if self.is_server_down else (self.stop_server, 3)
        )
        acts.append((self.come_back, 12) if self.machine.is_gone else (self.leave, 3))
        return acts

    async def restart(self) -> None:
        """Stop Home Assistant, and start it later."""
        await self._name_is_shown()
        await self._unload()
        await self.pass_time(self.random.choice((10, 60, 180, 1800)), step=30)
        if self.random.random() < 0.4:
            # The printer's integration starts later than the agent.
            self.watched.hass.states.async_remove(STATUS)
        await self._load()
        await self.pass_time(self.random.choice((0.2, 5, 30)))
        self.machine.show()

    async def reload(self) -> None:
        """Reload the account."""
        await self._name_is_shown()
        await self._unload()
        await self._load()

    async def _unload(self) -> None:
        entry = self.watched.entry
        if entry.state in {ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY}:
            assert await self.watched.hass.config_entries.async_unload(entry.entry_id)
        await self.watched.timelapse.settle()

    async def _load(self) -> None:
        entry = self.watched.entry
        if entry.state is ConfigEntryState.NOT_LOADED:
            await self.watched.hass.config_entries.async_setup(entry.entry_id)
        await self.watched.timelapse.settle()

    async def lose_connection(self) -> None:
        """Close the agent's connection."""
        await self.watched.remote.close()

    async def break_camera(self) -> None:
        """Let the camera fail, or work again."""
        broken = isinstance(self.watched.camera.content, Exception)
        self.watched.camera.content = picture() if broken else RuntimeError("no camera")

    async def add_fault(self) -> None:
        """Let a proxy or the server refuse something for a while."""
        faults = self.watched.server.faults
        kind = self.random.choice(("pictures", "upgrade", "events", "limit"))
        self.note(f"  {kind}")
        if kind == "pictures":
            self._faults.append(faults.html("/api/v1/octo/pic/", 502, method="POST"))
        elif kind == "upgrade":
            self._faults.append(faults.html("/ws/dev/", 403))
            await self.watched.remote.close()
        elif kind == "events":
            self._faults.append(faults.html("/api/v1/octo/printer_events/", 500))
        else:
            self._faults.append(
                faults.answer(
                    "/api/v1/octo/pic/", 429, {"detail": "slow down"}, method="POST"
                )
            )

    async def mend(self) -> None:
        """End all faults."""
        for fault in self._faults:
            fault.remove()
        self._faults.clear()

    async def stop_server(self) -> None:
        """Let the server be away."""
        self.is_server_down = True
        await self.watched.server.refuse_connections()

    async def start_server(self) -> None:
        """Let the server be back."""
        self.is_server_down = False
        await self.watched.server.accept_connections()

    async def leave(self) -> None:
        """Let the printer's integration be unavailable."""
        self.machine.leave()
        await self.pass_time(self.random.choice((1, 30, 110, 125, 400)), step=20)

    async def come_back(self) -> None:
        """Let the printer's integration be there again."""
        self.machine.come_back()

    # The owner, in Obico

    def _of_owner(self) -> list[tuple[Act, int]]:
        return [
            (self.command, 6),
            (self.disobey, 2),
            (self.detect, 3),
            (self.change_settings, 2),
            (self.say_an_event, 1),
        ]

    async def command(self) -> None:
        """Ask for something in Obico's app."""
        printer = self.watched.printer
        what = self.random.choice(("pause_print", "resume_print", "cancel_print"))
        self.note(f"  {what}")
        getattr(printer, what)()
        if self.random.random() < 0.5:
            await self.pass_time(2)

    async def disobey(self) -> None:
        """Let the printer not do what it is asked for, or do it again."""
        self.watched.obeys = not self.watched.obeys

    async def detect(self) -> None:
        """Let the AI see a failure, or none."""
        remote = self.watched.remote
        remote.score = 0.0 if remote.score else 0.9

    async def change_settings(self) -> None:
        """Change what the server tells its agents at once."""
        printer = self.watched.printer
        printer.update({"watching_enabled": not printer.columns["watching_enabled"]})

    async def say_an_event(self) -> None:
        """Record an event of somebody else."""
        self.watched.server.add_event(self.watched.printer, "PRINTER_ERROR")

    # What must be true

    def _assert_sound(self) -> None:
        """See what must hold at any time: no print too many, and no wrong outcome."""
        prints, jobs = self.watched.prints, self.machine.jobs
        assert len(prints) <= len(jobs), "a print out of nothing"
        for row, job in zip(prints, jobs, strict=False):
            assert row.filename == job.file, "another print"
            assert outcome_of(row) in {"open", job.outcome}, "a wrong outcome"
        assert sum(outcome_of(row) == "open" for row in prints) <= 1

    async def recover(self) -> None:
        """Let everything be in order again, and compare."""
        self.note("recover")
        self.watched.obeys = True
        self.watched.remote.score = 0.0
        self.watched.camera.content = picture()
        await self.mend()
        if self.is_server_down:
            await self.start_server()
        if self.machine.is_gone:
            self.machine.come_back()
        await self._load()
        # A print that goes on for as long as nobody looks ends before it is looked for.
        await self._become_well(RECOVERY)
        await self.pass_time(40)
        # Another print may have ended this very moment.
        await self._become_well(RECOVERY)
        jobs = self.machine.jobs
        assert [(row.filename, outcome_of(row)) for row in self.watched.prints] == [
            (job.file, job.outcome) for job in jobs
        ], "Obico has other prints than the printer"
        self._assert_events()
        self.settled = len(jobs)

    async def _become_well(self, within: float) -> None:
        """Let time pass until Obico has all that the printer has done, or it is too late."""
        while within > 0 and not self._is_well():
            await self.pass_time(1)
            within -= 1

    def _is_well(self) -> bool:
        outcomes = [job.outcome for job in self.machine.jobs]
        return (
            self.watched.entry.state is ConfigEntryState.LOADED
            and self.watched.remote.is_connected
            and self.watched.outcomes == outcomes
        )

    def _assert_events(self) -> None:
        """See that each print began once, and ended once."""
        for row in self.watched.prints:
            types = [
                event.event_type
                for event in self.watched.server.events.values()
                if event.print is row
            ]
            assert types.count("STARTED") == 1, "a print began twice"
            assert types.count("ENDED") == (row.ended_at is not None)
            paused, resumed = types.count("PAUSED"), types.count("RESUMED")
            assert paused - resumed in {0, 1}, "pauses that do not fit"

    async def close(self) -> None:
        """Stop Home Assistant, and see that nothing stays."""
        await self._unload()
        with suppress(AssertionError):
            await wait_until(lambda: not self.watched.server.sockets.agents)
        assert not self.watched.server.sockets.agents, "connections are left"
        assert self.watched.hass.states.get(CAMERA)
