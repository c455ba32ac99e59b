"""A printer, with what its owner, its viewers and the API can do to it."""

from collections.abc import Callable
from typing import Protocol

from ..agent.agent import Agent, Command
from ..agent.janus import Janus, SimulatedJanus
from ..agent.machine import PauseOptions
from ..json_types import JsonObject, JsonValue
from . import recorded
from .clock import iso
from .detection import answer_alert
from .model import AccountRecord, GCodeFile, Prediction, Print, PrinterRecord
from .serialize import printer_json
from .store import Store

# The columns that PATCH changes; any other name is an error 500.
WRITABLE = frozenset(
    {
        "name",
        "watching_enabled",
        "action_on_failure",
        "detective_sensitivity",
        "tools_off_on_pause",
        "bed_off_on_pause",
        "retract_on_pause",
        "lift_z_on_pause",
        "min_timelapse_secs_on_finish",
        "min_timelapse_secs_on_cancel",
    }
)
SETTINGS_WITHOUT_AGENT: JsonObject = {
    "webcam_flipV": False,
    "webcam_flipH": False,
    "webcam_rotate90": False,
    "webcam_rotation": 0,
    "webcam_streamRatio": "16:9",
    "ratio169": True,
}
# The server keeps the address of the last picture for half an hour, even if the picture
# itself is deleted earlier.
PICTURE_SECONDS = 1800.0


class Remote(Protocol):
    """The server's side of an agent that runs elsewhere, which may never connect."""

    def command(self, command: str, arguments: JsonObject, initiator: str) -> None:
        """Send a command."""

    def passthru(self, message: JsonObject) -> None:
        """Send a viewer's command."""

    def viewers_changed(self) -> None:
        """Tell whether anybody looks."""

    def watching_changed(self) -> None:
        """Tell whether the detection watches."""

    def tick(self, seconds: float) -> None:
        """Let time pass."""


class Printer(PrinterRecord):
    """One printer of an account."""

    def __init__(
        self,
        state: Store[Printer],
        account: AccountRecord,
        printer_id: int,
        name: str,
        create_remote: Callable[[Printer], Remote],
    ) -> None:
        """Create a printer that was never linked to an agent."""
        super().__init__(
            id=printer_id,
            account=account,
            columns={
                "name": name,
                "created_at": iso(state.clock.now()),
                "action_on_failure": "PAUSE",
                "watching_enabled": True,
                "tools_off_on_pause": True,
                "bed_off_on_pause": False,
                "retract_on_pause": 6.5,
                "lift_z_on_pause": 2.5,
                "detective_sensitivity": 1.0,
                "min_timelapse_secs_on_finish": 600,
                "min_timelapse_secs_on_cancel": 300,
                "auth_token": state.new_printer_token(),
                "archived_at": None,
                "agent_name": None,
                "agent_version": None,
            },
            settings=dict(SETTINGS_WITHOUT_AGENT),
        )
        self.state = state
        self._agent: Agent | None = None
        # What the agent relays the texts of viewers of live video to.
        self.janus: Janus | None = None
        self._tick_link: Callable[[float], None] | None = None
        self.remote = create_remote(self)

    # What the owner does

    @property
    def agent(self) -> Agent:
        """The machine and its agent."""
        if self._agent is None:
            raise LookupError(f"{self.name} was never linked to an agent")
        return self._agent

    @property
    def is_linked(self) -> bool:
        """Whether the printer was ever linked to an agent."""
        return self._agent is not None

    def link(self, agent: Agent, tick: Callable[[float], None]) -> None:
        """Link an agent; `tick` lets time pass on the server's side of the link."""
        self._agent, self._tick_link = agent, tick

    def reset_token(self) -> None:
        """Replace the printer's token; open sockets stay open."""
        self.columns["auth_token"] = self.state.new_printer_token()

    def archive(self) -> None:
        """Archive the printer, which removes it from the plain list."""
        self.columns["archived_at"] = iso(self.state.clock.now())

    def unarchive(self) -> None:
        """Return the printer to the plain list."""
        self.columns["archived_at"] = None

    def delete(self) -> None:
        """Delete the printer with its prints and events."""
        self.state.delete_printer(self)

    def load_state(self, capture: JsonObject, *, picture: bytes | None = None) -> None:
        """Become a recorded Printer object, until release()."""
        recorded.load(self.state, self, capture, picture)
        self.push()

    def release(self) -> None:
        """Let the agent report again after load_state()."""
        self.held = False
        if self._agent:
            self._agent.report()

    # How prints begin and end

    def begin_print(
        self,
        filename: str,
        file: GCodeFile | None = None,
        *,
        number: JsonValue = None,
    ) -> None:
        """Create the record of a print; `number` is that of an agent elsewhere."""
        self.current_print = Print(
            id=self.state.next_print_id(),
            printer=self,
            filename=filename,
            started_at=self.state.clock.now(),
            g_code_file=file,
            number=number,
        )
        self.state.add_print(self.current_print)
        self.state.add_event(self, "STARTED")
        self.remote.watching_changed()

    def end_print(self, *, finished: bool) -> None:
        """Close the record of the current print, and delete its tagged pictures."""
        if (job := self.current_print) is None:
            return
        job.ended_at = self.state.clock.now()
        if finished:
            job.finished_at = job.ended_at
        else:
            job.cancelled_at = job.ended_at
        job.need_alert_overwrite = (
            job.alerted_at is not None and job.alert_overwrite is None
        )
        self.current_print, self.normalized_p = None, 0.0
        lifetime = self.prediction
        self.prediction = Prediction(
            lifetime_frame_num=lifetime.lifetime_frame_num,
            rolling_mean_long=lifetime.rolling_mean_long,
        )
        event = self.state.add_event(
            self,
            "ENDED",
            job=job,
            event_class=None if finished else "WARNING",
            title=None if finished else "Print Job Canceled",
        )
        job.poster_url = event.image_url
        self.state.timelapses.begin(job)
        self.remote.watching_changed()
        self.state.media.forget(f"tagged/{self.id}/{job.id}/")

    # What the API does

    def update(self, changes: JsonObject) -> None:
        """Write columns unchecked, wrong types included; LookupError for an unknown one."""
        if unknown := changes.keys() - WRITABLE:
            raise LookupError(f"no such column: {', '.join(unknown)}")
        self.columns.update(changes)
        self.remote.watching_changed()
        self.push()

    def pause_print(self) -> bool:
        """Forward a pause; return whether the server has a record of a print."""
        return self._forward("pause", verdict=None)

    def resume_print(self) -> bool:
        """Forward a resume, which also acknowledges an alert as not a failure."""
        return self._forward("resume", verdict="NOT_FAILED")

    def cancel_print(self) -> bool:
        """Forward a cancel, which also acknowledges an alert as a failure."""
        return self._forward("cancel", verdict="FAILED")

    def _forward(self, command: str, verdict: str | None) -> bool:
        if (job := self.current_print) is None:
            return False
        if verdict:
            answer_alert(self.state, job, verdict)
        self.command(command)
        # The real server pushes before the agent has acted, so with the old state.
        self.push()
        return True

    def command(self, command: str, *, initiator: str = "api") -> None:
        """Send the agent a command, which is lost if the agent is not connected."""
        self.remote.command(command, self._arguments_of(command), initiator)
        if agent := self._listening_agent:
            lift = self.columns["lift_z_on_pause"]
            options = PauseOptions(
                tools_off=bool(self.columns["tools_off_on_pause"]),
                bed_off=bool(self.columns["bed_off_on_pause"]),
                lift_z=lift if isinstance(lift, int | float) else 0.0,
            )
            agent.inbox.append(Command(command, options))

    def _arguments_of(self, command: str) -> JsonObject:
        """Return the arguments of a command as agents elsewhere get them."""
        if command != "pause":
            return {}
        return {
            "retract": self.columns["retract_on_pause"],
            "lift_z": self.columns["lift_z_on_pause"],
            **{
                key: True
                for key in ("tools_off", "bed_off")
                if self.columns[f"{key}_on_pause"]
            },
        }

    def mute(self, job: Print, *, muted: bool) -> None:
        """Turn the detection off or on for the rest of a print."""
        job.alert_muted_at = self.state.clock.now() if muted else None
        self.state.add_event(self, "ALERT_MUTED" if muted else "ALERT_UNMUTED")
        self.remote.watching_changed()
        self.push()

    def acknowledge(self, job: Print, verdict: str) -> None:
        """Acknowledge the open alert."""
        answer_alert(self.state, job, verdict)
        self.push()

    # What the websockets do

    def push(self) -> None:
        """Send the whole Printer object to all viewers."""
        self.state.sockets.push(self.id, lambda: printer_json(self))

    def viewer_came(self) -> None:
        """Let the agent take a fresh picture for a viewer who has connected."""
        self.remote.viewers_changed()
        if agent := self._listening_agent:
            agent.viewer_came()

    def viewer_went(self) -> None:
        """Tell the agent that a viewer has closed its websocket."""
        self.remote.viewers_changed()

    def passthru(self, message: JsonObject) -> None:
        """Relay a viewer's command to the agent; it is lost if that is not connected."""
        self.remote.passthru(message)
        if agent := self._listening_agent:
            agent.passthru(message)

    def simulate_janus(self, *streams: int) -> SimulatedJanus:
        """Put a Janus with these streams beside the agent, which answers but sends no media."""
        simulated = SimulatedJanus(self.say_for_janus, frozenset(streams))
        self.janus = simulated
        return simulated

    async def say_for_janus(self, text: str) -> None:
        """Relay a text of Janus to all viewers of live video."""
        if self._listening_agent:
            await self.state.janus_sockets.say(self.id, text)

    async def hear_for_janus(self, text: str) -> None:
        """Relay a viewer's text to Janus; it is lost where there is none."""
        if self._listening_agent and self.janus and not self.state.janus_sockets.silent:
            await self.janus.hear(text)

    def tick(self, seconds: float) -> None:
        """Let time pass."""
        self.remote.tick(seconds)
        if self.held:
            return
        if self._agent and self._tick_link:
            self._agent.tick(seconds)
            self._tick_link(seconds)
        if self.picture_url:
            self.picture_age += seconds
            if self.picture_age > PICTURE_SECONDS:
                self.show_picture(None, None)

    def displace_simulated_agent(self) -> None:
        """Disconnect the simulated agent, as an agent elsewhere has connected with its token."""
        if agent := self._listening_agent:
            agent.go_offline()

    @property
    def _listening_agent(self) -> Agent | None:
        """The agent, if it is connected and not overlaid by a capture."""
        if self._agent and self._agent.online and not self.held:
            return self._agent
        return None
