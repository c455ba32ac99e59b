"""A world in which things happen, and go wrong, by chance."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from random import Random

from custom_components.obico.printer.status import printer_status
from dev import CUBE, MEDIUM, SHORT, Fault, Phase, Printer
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import CONF_ACCESS_TOKEN
from tests.integration.push.support import (
    EVENTS,
    PRINTERS,
    USER,
    obico_tasks,
    parse_printer,
)
from tests.integration.support import API, Obico
from tests.timelapse import Timelapse

from .support import Ledger
from .test_answers import BREAKS

EVENT_TYPES = (
    *("STARTED", "ENDED", "PAUSED", "RESUMED", "FAILURE_ALERTED"),
    *("ALERT_MUTED", "ALERT_UNMUTED", "FILAMENT_CHANGE", "PRINTER_ERROR"),
)
PATHS = (f"{API}*", PRINTERS, f"{PRINTERS}*", EVENTS, USER, f"{API}prints/*", "/ws/*")
MAX_PRINTERS = 4
KEPT_EVENTS = 300
# The slowest way back: a push that hesitates most, a look that nothing hinted at.
RECOVERY_SECONDS = 1500.0

type Act = Callable[[], object]


class World:
    """An account whose printers, server, network and users all have bad days.

    A `lasting` printer stays, and with it its account stays set up: what grows with
    either of them is given the time to grow.
    """

    def __init__(
        self,
        obico: Obico,
        timelapse: Timelapse,
        ledger: Ledger,
        random: Random,
        lasting: Printer | None = None,
    ) -> None:
        """Begin with a world in order."""
        self.obico = obico
        self.server = obico.server
        self.account = obico.account
        self.hass = obico.hass
        self.timelapse = timelapse
        self.ledger = ledger
        self.random = random
        self.lasting = lasting
        self.log: list[str] = []
        self.archived: set[int] = set()
        # Events that need not fire: their printer was gone before they could.
        self.excused: set[int] = set()
        # Events of printers that no poll has brought yet: they fire a little later.
        self.late: set[int] = set()
        # Events of earlier rounds, which fired.
        self.settled: set[int] = set()
        self.added = 0
        self.deleted = 0
        self._hanging: list[asyncio.Event] = []
        self._down_for = 0.0
        self._task: asyncio.Task[object] | None = None
        add_event = self.server.add_event

        def add(*args: object, **kwargs: object) -> object:
            event = add_event(*args, **kwargs)  # type: ignore[arg-type]
            if event.printer.id in self.archived:
                self.excused.add(event.id)
            elif not obico.find_entity_id(
                self.server.printers[event.printer.id], "event.printer_event"
            ):
                self.late.add(event.id)
            return event

        self.server.add_event = add  # type: ignore[assignment, method-assign]

    # What is true

    @property
    def printers(self) -> list[Printer]:
        """The printers that the account shows."""
        return [
            printer for printer in self.server.printers.values() if not printer.archived
        ]

    @property
    def missing(self) -> set[int]:
        """The events that must still fire."""
        return set(self.ledger.created) - set(self.ledger.fired) - self.excused

    def assert_sound(self) -> None:
        """See that nothing fired twice, or out of order, or out of nothing."""
        fired = self.ledger.fired
        assert len(set(fired)) == len(fired), "an event fired twice"
        assert self.settled.isdisjoint(fired), "an event fired again"
        assert set(fired) <= set(self.ledger.created), "an event out of nothing"
        for printer_id in set(self.ledger.printer_of.values()):
            own = [e for e in fired if self.ledger.printer_of[e] == printer_id]
            assert own == sorted(own), "a printer's events out of order"
        # Those of a printer that comes, or comes back, may wait for it.
        known = [event for event in fired if event not in self.late | self.excused]
        assert known == sorted(known), "events out of order"

    def is_well(self) -> bool:
        """Return whether everything is as it should be when nothing is wrong."""
        return (
            self.obico.entry.state is ConfigEntryState.LOADED
            and not self.missing
            and len(self.server.sockets) == len(self.printers)
            and all(self._shows(printer) for printer in self.printers)
        )

    @contextmanager
    def explained(self, seed: int) -> Generator[None]:
        """Tell what happened, and how to see it again, where something fails."""
        try:
            yield
        except BaseException as err:
            err.add_note(f"Repeat with --drill-seed {seed}; the last steps were:")
            for line in self.log[-40:]:
                err.add_note(line)
            err.add_note(self._describe())
            raise

    def _describe(self) -> str:
        return (
            f"entry {self.obico.entry.state}, missing "
            f"{[(e, self.ledger.printer_of[e]) for e in sorted(self.missing)[:20]]}, "
            f"last fired {self.ledger.fired[-5:]}, {len(self.server.sockets)} sockets, "
            f"printers {[(p.id, self._shows(p)) for p in self.printers]}, "
            f"tasks {obico_tasks()}"
        )

    def _shows(self, printer: Printer) -> bool:
        entity_id = self.obico.find_entity_id(printer, "sensor.status")
        state = self.hass.states.get(entity_id) if entity_id else None
        return state is not None and state.state == printer_status(
            parse_printer(printer)
        )

    # What happens

    async def step(self) -> None:
        """Let something happen, and some time pass."""
        acts: list[tuple[int, Callable[[], Act | None]]] = [
            (40, self._agent_acts),
            (12, self._server_records),
            (14, self._answers_fail),
            (8, self._sockets_fail),
            (3, self._server_stops),
            (4, self._things_are_mended),
            (2, self._clock_is_set),
            (3, self._printers_change),
            (0 if self.lasting else 3, self._users_act),
        ]
        weights, choices = zip(*acts, strict=True)
        [choose] = self.random.choices(choices, weights)
        act = choose()
        if act is not None:
            result = act()
            if asyncio.iscoroutine(result):
                await result
        await self.pass_time(self.random.choice((0, 0.5, 1, 2, 5, 10, 20)))
        self.assert_sound()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass; a server that is down comes back when its time has come."""
        patience = 0.02 if self._hanging else 2.0
        await self.timelapse.pass_time(seconds, patience=patience)
        await self.timelapse.settle(patience)
        if self._down_for:
            self._down_for = max(0.0, self._down_for - max(seconds, 0.5))
            if not self._down_for:
                await self.server.accept_connections()

    async def recover(self) -> None:
        """Mend everything, and see that all comes back."""
        self.log.append("recover")
        self._mend()
        if (task := self._task) is not None:
            await self.timelapse.pass_until(task.done, within=120)
            await task
        self._down_for = 0.0
        await self.server.accept_connections()
        if not self.account.tokens or self._is_locked_out():
            await self._renew_token()
        if self.obico.entry.state is ConfigEntryState.NOT_LOADED:
            await self.hass.config_entries.async_setup(self.obico.entry.entry_id)
        for printer in self.printers:
            if printer.agent.frozen:
                printer.agent.thaw()
            if not printer.agent.online:
                printer.agent.come_online()
        await self.timelapse.settle()
        await self.timelapse.pass_until(self.is_well, within=RECOVERY_SECONDS)
        self.assert_sound()
        self._close_round()

    async def come_to_rest(self) -> None:
        """Leave nothing but the lasting printer, idle after the same events as ever."""
        printer = self.lasting
        assert printer is not None
        self.log.append("come to rest")
        # Whether one that is put away was deleted is asked but once a day.
        for other in [p for p in self.server.printers.values() if p.archived]:
            self._unarchive(other)
        await self.timelapse.pass_until(self.is_well, within=RECOVERY_SECONDS)
        for other in [p for p in self.server.printers.values() if p is not printer]:
            self._away(other, "delete")
        agent = printer.agent

        def is_idle() -> bool:
            agent.connect()
            agent.cancel()
            return agent.phase is Phase.IDLE

        agent.recover()
        await self.timelapse.pass_until(is_idle, within=300)
        # What is reported of a file tells of each time that it was printed.
        agent.runs.clear()
        agent.start_print(CUBE)
        await self.timelapse.pass_time(30)
        for event_type in EVENT_TYPES:
            self.server.add_event(printer, event_type)
        await self.timelapse.pass_until(is_idle, within=60)
        # An agent's event is looked for during a minute.
        await self.timelapse.pass_time(70, step=10)
        # Each entity holds the printer as it was when it last looked: a poll that fails
        # and one that does not have all of them look.
        self.server.faults.html(PRINTERS, 502, times=1)
        await self.timelapse.pass_until(lambda: not self._shows(printer), within=120)
        await self.timelapse.pass_until(self.is_well, within=RECOVERY_SECONDS)
        self.assert_sound()
        self._close_round()

    def _close_round(self) -> None:
        """Take the books of a round that is settled off the table."""
        fired = set(self.ledger.fired)
        # The server's own numbers: those that fired are memory of the integration.
        self.settled.update(e for e in self.ledger.created if e in fired)
        self.ledger.created[:] = [e for e in self.ledger.created if e not in fired]
        self.ledger.fired.clear()
        events = self.server.events
        for event in sorted(events)[:-KEPT_EVENTS]:
            # Somebody tidies up now and then.
            del events[event]

    def _note(self, what: str, act: Act) -> Act:
        self.log.append(what)
        return act

    def _agent_acts(self) -> Act | None:
        printer = self.random.choice(self.printers)
        agent = printer.agent
        job = self.random.choice((SHORT, MEDIUM, CUBE))
        delay = self.random.choice((None, 0, 1, 5, 30))
        name = self.random.choice(
            (
                *("start_print", "start_print", "pause", "pause", "resume", "resume"),
                *("cancel", "change_filament", "filament_changed", "fail", "recover"),
                *("error", "connect", "connect", "disconnect", "go_offline"),
                *("come_online", "come_online", "freeze", "thaw", "thaw", "kill"),
                "alert",
            )
        )

        def act() -> None:
            if name == "start_print":
                # A busy machine refuses.
                if agent.phase is Phase.IDLE:
                    agent.start_print(job)
            elif name == "alert":
                title = f"Trouble {self.random.random()}"
                agent.alert(title, "See there", delay=delay)
            elif name == "error":
                agent.error("Something broke")
            elif name == "kill":
                if agent.online:
                    agent.kill()
            else:
                getattr(agent, name)()

        return self._note(f"{printer.id}: {name}", act)

    def _server_records(self) -> Act | None:
        printer = self.random.choice(self.printers)
        number = self.random.choice((1, 1, 1, 2, 5, 60, 120))
        if self.random.random() < 0.2:
            gap = self.random.choice((1, 50, 10_000))
            return self._note(
                f"skip {gap} ids", lambda: self.server.skip_event_ids(gap)
            )
        if self.random.random() < 0.2:
            return self._note("event list opened", self.account.open_event_list)

        def act() -> None:
            for _ in range(number):
                self.server.add_event(printer, self.random.choice(EVENT_TYPES))

        return self._note(f"{printer.id}: {number} events", act)

    def _answers_fail(self) -> Act | None:
        path = self.random.choice(PATHS)
        times = self.random.choice((1, 1, 2, 5, 20, None))
        name = self.random.choice((*BREAKS, "late", "late"))
        if path == "/ws/*" and name in {
            "a truncated answer",
            "a connection reset in mid-body",
        }:
            # There is no body.
            name = "502 with a page"

        def act() -> Fault:
            if name == "late":
                until = asyncio.Event()
                self._hanging.append(until)
                return self.server.faults.delay(
                    path, until, after=path != "/ws/*", times=times or 5
                )
            fault = BREAKS[name](self.server.faults, path)
            fault.times = times
            return fault

        return self._note(f"{path}: {name} {times}", act)

    def _sockets_fail(self) -> Act | None:
        sockets = self.server.sockets
        name = self.random.choice(
            ("blocked", "silent", "deaf", "close_at_once", "close", "close", "nonsense")
        )
        if name == "close":
            return self._note("close all sockets", sockets.close_all)
        if name == "nonsense":
            printer = self.random.choice(self.printers)
            text = self.random.choice(("", "{}", "null", '{"id": 5', '{"passthru": 1}'))
            return self._note(
                f"nonsense {text}", lambda: sockets.send(printer.id, text)
            )
        return self._note(f"sockets {name}", lambda: setattr(sockets, name, True))

    def _server_stops(self) -> Act | None:
        self._down_for = self.random.choice((0.5, 5, 30, 100))
        return self._note(
            f"server down for {self._down_for}", self.server.refuse_connections
        )

    def _things_are_mended(self) -> Act | None:
        return self._note("mended", self._mend)

    def _mend(self) -> None:
        self.server.faults.clear()
        for until in self._hanging:
            until.set()
        self._hanging.clear()
        sockets = self.server.sockets
        sockets.blocked = sockets.silent = sockets.deaf = sockets.close_at_once = False

    def _clock_is_set(self) -> Act | None:
        offset = self.random.choice((0.0, 3600.0, -3600.0))
        return self._note(
            f"clock {offset:+}", lambda: setattr(self.server.clock, "offset", offset)
        )

    def _printers_change(self) -> Act | None:
        printer = self.random.choice(self.printers)
        name = self.random.choice(("add", "delete", "archive", "unarchive", "token"))
        away = [p for p in self.server.printers.values() if p.archived]
        if name == "token":
            return self._note(f"{printer.id}: new token", printer.reset_token)
        if name == "unarchive" and away:
            return self._note(
                f"{away[0].id}: unarchived", lambda: self._unarchive(away[0])
            )
        if name == "add" and len(self.server.printers) < MAX_PRINTERS:
            return self._note("printer added", self._add_printer)
        if (
            name in {"delete", "archive"}
            and len(self.printers) > 1
            and printer is not self.lasting
        ):
            return self._note(
                f"{printer.id}: {name}", lambda: self._away(printer, name)
            )
        return None

    def fill(self) -> None:
        """Add as many printers as there can be."""
        while len(self.server.printers) < MAX_PRINTERS:
            self._add_printer()

    def _add_printer(self) -> None:
        self.added += 1
        agent = self.random.choice(("octoprint", "klipper"))
        self.account.add_printer(f"Printer {self.added}", agent=agent)  # type: ignore[arg-type]

    def _away(self, printer: Printer, how: str) -> None:
        self.archived.add(printer.id)
        self.excused |= {
            event
            for event in self.ledger.created
            if self.ledger.printer_of[event] == printer.id
        }
        if how == "delete":
            self.deleted += 1
            printer.delete()
        else:
            printer.archive()

    def _unarchive(self, printer: Printer) -> None:
        self.archived.discard(printer.id)
        printer.unarchive()

    def _users_act(self) -> Act | None:
        entry = self.obico.entry
        if self._task is not None and not self._task.done():
            return None
        name = self.random.choice(("reload", "unload", "set up", "revoke", "renew"))
        entries = self.hass.config_entries
        acts: dict[str, Callable[[str], Coroutine[None, None, object]]] = {}
        if entry.state is ConfigEntryState.LOADED:
            acts = {"reload": entries.async_reload, "unload": entries.async_unload}
        elif entry.state is ConfigEntryState.NOT_LOADED:
            acts = {"set up": entries.async_setup}
        if name in acts:
            return self._note(name, lambda: self._begin(acts[name](entry.entry_id)))
        if name == "revoke" and self.account.tokens:
            return self._note(name, self.account.revoke_token)
        if name == "renew" and not self.account.tokens:
            return self._note(name, lambda: self._begin(self._renew_token()))
        return None

    def _begin(self, act: Coroutine[None, None, object]) -> None:
        """Let somebody do something that may take until time has passed."""
        self._task = self.hass.async_create_task(act)

    def _is_locked_out(self) -> bool:
        return bool(self._reauth_flows()) or (
            self.obico.entry.data[CONF_ACCESS_TOKEN] not in self.account.tokens
        )

    def _reauth_flows(self) -> list[str]:
        return [
            flow["flow_id"]
            for flow in self.hass.config_entries.flow.async_progress_by_handler("obico")
            if flow["context"]["source"] == SOURCE_REAUTH
        ]

    async def _renew_token(self) -> None:
        """Do what the flow for a new token does in the end."""
        entry = self.obico.entry
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_ACCESS_TOKEN: self.account.issue_token()}
        )
        for flow_id in self._reauth_flows():
            self.hass.config_entries.flow.async_abort(flow_id)
        await self.hass.config_entries.async_reload(entry.entry_id)
