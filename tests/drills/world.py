"""A world in which things happen, and go wrong, by chance."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
import json
from random import Random
from typing import Final

from custom_components.obico.const import DOMAIN
from custom_components.obico.printer.status import printer_status
from dev import CUBE, MEDIUM, SHORT, Fault, KlipperAgent, Phase, Printer
from homeassistant.components.camera import async_get_image
from homeassistant.components.script.const import DOMAIN as SCRIPT
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    EVENT_STATE_CHANGED,
    STATE_UNAVAILABLE,
    Platform,
)
from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.integration.push.support import (
    EVENTS,
    PRINTERS,
    USER,
    obico_tasks,
    parse_printer,
)
from tests.integration.support import API, Obico, data_of
from tests.timelapse import Timelapse

from .support import Ledger, explained
from .test_answers import BREAKS

EVENT_TYPES = (
    *("STARTED", "ENDED", "PAUSED", "RESUMED", "FAILURE_ALERTED"),
    *("ALERT_MUTED", "ALERT_UNMUTED", "FILAMENT_CHANGE", "PRINTER_ERROR"),
)
PATHS = (f"{API}*", PRINTERS, f"{PRINTERS}*", EVENTS, USER, f"{API}prints/*", "/ws/*")
MAX_PRINTERS = 4
KEPT_EVENTS = 300
MEBIBYTE = 1024 * 1024
# What a proxy in front of the server refuses with a page of its own.
REFUSALS = (401, 403, 407)
# What can be known of a printer whatever its agent does, as ends of unique ids.
STEADY = ("_status", "_online", "_attention", "_printer_event", "_watching_enabled")
HALF_A_JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00C"
)
HUGE: Final = "huge"
PAUSING = "drill_pause"
PAUSING_SCRIPT = {
    PAUSING: {
        "sequence": [
            {
                "action": f"{DOMAIN}.pause_print",
                "data": {"device_id": "{{ device_id }}"},
            }
        ]
    }
}
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
        # Events that become visible after others with higher ids.
        self.displaced: set[int] = set()
        self.added = 0
        self.deleted = 0
        # Whether nothing happens that makes anything unavailable.
        self.is_calm = False
        self._unavailable: list[str] = []
        self._is_revoked = False
        self._hidden: set[int] = set()
        self._callers: list[asyncio.Task[object]] = []
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
        self.hass.bus.async_listen(EVENT_STATE_CHANGED, self._handle_state)

    # What is true

    @callback
    def _handle_state(self, event: Event[EventStateChangedData]) -> None:
        """Take notice of what becomes unavailable without a reason."""
        new, old = event.data["new_state"], event.data["old_state"]
        if (
            self.is_calm
            and new is not None
            and new.state == STATE_UNAVAILABLE
            and old is not None
            and old.state != STATE_UNAVAILABLE
            and (entry := er.async_get(self.hass).async_get(new.entity_id))
            and entry.platform == DOMAIN
            and entry.unique_id.endswith(STEADY)
        ):
            self._unavailable.append(new.entity_id)

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
            in_order = [event for event in own if event not in self.displaced]
            assert in_order == sorted(in_order), "a printer's events out of order"
        # Those of a printer that comes, or comes back, may wait for it.
        known = [
            event
            for event in fired
            if event not in self.late | self.excused | self.displaced
        ]
        assert known == sorted(known), "events out of order"
        assert not self._unavailable, "something is unavailable without a reason"
        assert self._is_revoked or not self._reauth_flows(), "a new token is asked for"

    def is_well(self) -> bool:
        """Return whether everything is as it should be when nothing is wrong."""
        return (
            self.obico.entry.state is ConfigEntryState.LOADED
            and not self.missing
            and len(self.server.sockets) == len(self.printers)
            and all(self._shows(printer) for printer in self.printers)
        )

    def explained(self, seed: int) -> AbstractContextManager[None]:
        """Tell what happened, and how to see it again, where something fails."""
        return explained(seed, self.log, lambda: [self._describe()])

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
            (0 if self.lasting else 3, self._proxies_refuse),
            (0 if self.lasting else 3, self._pictures_break),
            (0 if self.lasting else 3, self._events_are_late),
            (0 if self.lasting else 8, self._callers_act),
            (0 if self.lasting else 2, self._replies_are_huge),
            (0 if self.lasting else 2, self._set_up_fails),
        ]
        if self.is_calm:
            acts = [(weight, act) for weight, act in acts if act in self._harmless]
        weights, choices = zip(*acts, strict=True)
        [choose] = self.random.choices(choices, weights)
        act = choose()
        if act is not None:
            result = act()
            if asyncio.iscoroutine(result):
                await result
        for caller in self._callers:
            # Whoever waits for something may be stopped at any time.
            if self.random.random() < 0.3:
                caller.cancel()
        await self.pass_time(self.random.choice((0, 0.5, 1, 2, 5, 10, 20)))
        self.assert_sound()

    @property
    def _harmless(self) -> tuple[Callable[[], Act | None], ...]:
        """What happens while nothing becomes unavailable."""
        return (
            *(self._agent_acts, self._server_records, self._proxies_refuse),
            *(self._pictures_break, self._events_are_late, self._callers_act),
            *(self._replies_are_huge, self._things_are_mended),
        )

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
        await self._dismiss_callers()
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
            files = printer.agent.files
            for path in [path for path in files if path.startswith(HUGE)]:
                del files[path]
        await self.timelapse.settle()
        await self.timelapse.pass_until(self.is_well, within=RECOVERY_SECONDS)
        if not self.lasting:
            await self._let_events_be_late()
        self.assert_sound()
        self._close_round()

    async def _let_events_be_late(self) -> None:
        """See that events that become visible late fire, once, while all else is well."""
        printer = self.random.choice(self.printers)
        late = [
            self.server.add_event(printer, self.random.choice(EVENT_TYPES)).id
            for _ in range(self.random.choice((1, 3)))
        ]
        self.displaced.update(late)
        for event in late:
            self.server.hide_event(event)
        for _ in range(self.random.choice((1, 20, 60))):
            self.server.add_event(printer, "PAUSED")
        # The count of unseen events may be the same as before.
        data_of(self.obico.entry).events.async_look()
        await self.timelapse.pass_until(lambda: self.missing == set(late), within=60)
        for event in late:
            self.server.show_event(event)
        data_of(self.obico.entry).events.async_look()
        await self.timelapse.pass_until(lambda: not self.missing, within=60)

    async def _dismiss_callers(self) -> None:
        """Stop whoever waits for something, and see that nobody failed unforeseen."""
        for caller in self._callers:
            caller.cancel()
        await self.timelapse.pass_until(
            lambda: all(caller.done() for caller in self._callers), within=60
        )
        for caller in self._callers:
            error = None if caller.cancelled() else caller.exception()
            assert error is None or isinstance(error, HomeAssistantError), repr(error)
        self._callers.clear()
        if self.hass.services.has_service(SCRIPT, "turn_off"):
            await self.hass.services.async_call(
                SCRIPT, "turn_off", {"entity_id": "all"}, blocking=True
            )

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
        # and one that does not have all of them look, and no report comes after them.
        agent.freeze()
        await self.timelapse.pass_time(40)
        self.server.faults.html(PRINTERS, 502, times=1)
        await self.timelapse.pass_until(lambda: not self._shows(printer), within=400)
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
        # Klipper's agent sometimes fails to register a print.
        is_recorded = not isinstance(agent, KlipperAgent) or self.random.random() > 0.2
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
                    agent.start_print(job, recorded=is_recorded)
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
        for event in sorted(self._hidden):
            self._show_event(event)
        self._hidden.clear()
        for printer in self.printers:
            if printer.picture_url is not None and "[" in printer.picture_url:
                printer.picture_url = None
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
        """Add as many printers as there can be, and let the lasting one go on."""
        if self.lasting is not None and self.lasting.agent.frozen:
            self.lasting.agent.thaw()
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
            self._is_revoked = True
            return self._note(name, self.account.revoke_token)
        if name == "renew" and not self.account.tokens:
            return self._note(name, lambda: self._begin(self._renew_token()))
        return None

    # What real use met

    def _proxies_refuse(self) -> Act | None:
        """Let what stands in front of the server refuse with a page of its own."""
        status = self.random.choice(REFUSALS)
        method = "POST" if self.is_calm else self.random.choice(("*", "GET", "POST"))
        path = self.random.choice((*PATHS, "/media/*"))
        times = self.random.choice((1, 2, 20, None))
        return self._note(
            f"{method} {path}: {status} of a proxy {times}",
            lambda: self.server.faults.html(path, status, method=method, times=times),
        )

    def _pictures_break(self) -> Act | None:
        """Let pictures be none."""
        printer = self.random.choice(self.printers)
        name = self.random.choice(("HTML", "half", "nothing", "address"))
        if name == "address":
            address = self.random.choice(("http://[::1", "http://[", "//[x]:y/"))
            return self._note(
                f"{printer.id}: picture at {address}",
                lambda: setattr(printer, "picture_url", address),
            )
        body = {"HTML": b"<html>Sign in</html>", "half": HALF_A_JPEG, "nothing": b""}
        return self._note(
            f"pictures are {name}",
            lambda: self.server.faults.answer(
                "/media/*", 200, body[name], content_type="image/jpeg", times=5
            ),
        )

    def _events_are_late(self) -> Act | None:
        """Let events become visible after others, or be seen by nobody for now.

        Who cannot look at the list for five minutes misses them.
        """
        if self._hidden:
            event = self.random.choice(sorted(self._hidden))
            self._hidden.discard(event)
            return self._note(f"show {event}", lambda: self._show_event(event))
        printer = self.random.choice(self.printers)

        def act() -> None:
            for _ in range(self.random.choice((1, 2, 5))):
                event = self.server.add_event(printer, self.random.choice(EVENT_TYPES))
                self.server.hide_event(event.id)
                self._hidden.add(event.id)
                self.displaced.add(event.id)
                self.excused.add(event.id)

        return self._note(f"{printer.id}: late events", act)

    def _show_event(self, event: int) -> None:
        # Deleting a printer deletes its events.
        if self.ledger.printer_of[event] in self.server.printers:
            self.server.show_event(event)

    def _callers_act(self) -> Act | None:
        """Let somebody wait for something of a printer; he may be stopped meanwhile."""
        printer = self.random.choice(self.printers)
        name = self.random.choice(("pause", "resume", "camera", "files", "script"))
        act: Callable[[], Coroutine[None, None, object]]
        device = self.obico.device(printer)
        if device is None or self.obico.entry.state is not ConfigEntryState.LOADED:
            return None
        if name == "camera":
            if (entity := self.obico.find_entity_id(printer, "camera.webcam")) is None:
                return None
            act = partial(async_get_image, self.hass, entity)
        elif name == "script":
            act = partial(self._run_script, device.id)
        else:
            act = partial(
                self.hass.services.async_call,
                DOMAIN,
                "get_files" if name == "files" else f"{name}_print",
                {"device_id": device.id},
                blocking=True,
                return_response=name == "files",
            )
        return self._note(
            f"{printer.id}: somebody asks for {name}", lambda: self._call(act())
        )

    def _call(self, act: Coroutine[None, None, object]) -> None:
        self._callers.append(asyncio.get_running_loop().create_task(act))

    async def _run_script(self, device_id: str) -> None:
        """Run a script that pauses a print; it is stopped with its caller."""
        await async_setup_component(self.hass, SCRIPT, {SCRIPT: PAUSING_SCRIPT})
        script = {"entity_id": f"{SCRIPT}.{PAUSING}"}
        try:
            await self.hass.services.async_call(
                SCRIPT, PAUSING, {"device_id": device_id}, blocking=True
            )
        finally:
            await self.hass.services.async_call(
                SCRIPT, "turn_off", script, blocking=True
            )

    def _replies_are_huge(self) -> Act | None:
        """Let replies be larger than any push, asked for or not."""
        printer = self.random.choice(self.printers)
        size = self.random.choice((2, 2, 17)) * MEBIBYTE
        if self.random.random() < 0.5:
            reply = json.dumps({"passthru": {"ref": "0", "ret": "x" * size}})
            return self._note(
                f"{printer.id}: {size} bytes that nobody asked for",
                lambda: self.server.sockets.send(printer.id, reply),
            )

        def act() -> None:
            for number in range(20):
                path = f"{HUGE} {number} {'x' * (size // 20)}.gcode"
                printer.agent.files[path] = replace(SHORT, path=path)

        return self._note(f"{printer.id}: {size} bytes of files", act)

    def _set_up_fails(self) -> Act | None:
        """Let a reload fail half way, and work when it is tried again."""
        entries = self.hass.config_entries
        entry = self.obico.entry
        if entry.state is not ConfigEntryState.LOADED or (
            self._task is not None and not self._task.done()
        ):
            return None
        forward = entries.async_forward_entry_setups
        is_late = self.random.random() < 0.5

        async def fail(entry: ConfigEntry, platforms: list[Platform]) -> None:
            del vars(entries)["async_forward_entry_setups"]
            if is_late:
                await forward(entry, platforms)
            raise ConfigEntryNotReady("half way")

        def act() -> None:
            vars(entries)["async_forward_entry_setups"] = fail
            self._begin(entries.async_reload(entry.entry_id))

        return self._note(f"reload fails, late: {is_late}", act)

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
        self._is_revoked = False
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_ACCESS_TOKEN: self.account.issue_token()}
        )
        for flow_id in self._reauth_flows():
            self.hass.config_entries.flow.async_abort(flow_id)
        await self.hass.config_entries.async_reload(entry.entry_id)
