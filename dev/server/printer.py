"""A printer as the server knows it: its row, its print, and what its agent last said."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from ..agent.agent import Agent, Command
from ..agent.klipper import KlipperAgent
from ..agent.machine import PauseOptions
from ..agent.octoprint import OctoPrintAgent
from ..agent.webcam import Shot, Webcam
from ..json_types import JsonObject
from . import detection, recorded
from .agent_link import AgentLink
from .clock import iso
from .model import Account, GCodeFile, Print
from .serialize import printer_json

if TYPE_CHECKING:
    from .state import State

# The columns that PATCH really changes; any other name is an error 500.
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
# The server keeps the address of the last picture for so long, whether or not there
# still is a picture.
PICTURE_SECONDS = 1800.0


class NewPrinter(TypedDict, total=False):
    """How a new printer can be."""

    agent: Literal["octoprint", "klipper"] | None
    webcams: Sequence[Webcam]
    camera: bool
    connected: bool


class Printer:
    """One printer of an account."""

    def __init__(
        self,
        state: State,
        account: Account,
        printer_id: int,
        name: str,
        *,
        agent: Literal["octoprint", "klipper"] | None = None,
        webcams: Sequence[Webcam] = (),
        camera: bool = True,
        connected: bool = True,
    ) -> None:
        """Link a printer, with or without an agent; `connected` tells whether it talks to its machine."""
        self.state = state
        self.account = account
        self.id = printer_id
        self.columns: JsonObject = {
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
        }
        self.settings: JsonObject = dict(SETTINGS_WITHOUT_AGENT)
        self.status: JsonObject | None = None
        self.current_print: Print | None = None
        self.normalized_p = 0.0
        self.picture_url: str | None = None
        self.held = False
        self.shot: Shot | bytes | None = None
        self._picture_age = 0.0
        self._agent: Agent | None = None
        self._link: AgentLink | None = None
        if agent:
            kind = OctoPrintAgent if agent == "octoprint" else KlipperAgent
            self._link = AgentLink(self)
            self._agent = kind(self._link, webcams=webcams, camera=camera)
            self._agent.start(connected=connected)

    # What the owner does

    @property
    def agent(self) -> Agent:
        """The machine and its agent."""
        if self._agent is None:
            raise LookupError(f"{self.name} was never linked to an agent")
        return self._agent

    @property
    def name(self) -> str:
        """The printer's name."""
        return str(self.columns["name"])

    @property
    def auth_token(self) -> str:
        """The secret of the printer's agent, and of its websocket."""
        return str(self.columns["auth_token"])

    def reset_token(self) -> None:
        """Give the printer a new secret; sockets that are open stay open."""
        self.columns["auth_token"] = self.state.new_printer_token()

    @property
    def archived(self) -> bool:
        """Whether the printer is archived."""
        return self.columns["archived_at"] is not None

    def archive(self) -> None:
        """Take the printer off the plain list."""
        self.columns["archived_at"] = iso(self.state.clock.now())

    def unarchive(self) -> None:
        """Put the printer back on the plain list."""
        self.columns["archived_at"] = None

    def delete(self) -> None:
        """Delete the printer with its prints and events."""
        state = self.state
        del state.printers[self.id]
        state.prints = {
            key: job for key, job in state.prints.items() if job.printer is not self
        }
        state.events = {
            key: event
            for key, event in state.events.items()
            if event.printer is not self
        }

    def load_state(self, capture: JsonObject, *, picture: bytes | None = None) -> None:
        """Become what a recorded Printer object says, and stay it until released."""
        recorded.load(self, capture, picture)

    def show_picture(self, url: str | None, shot: Shot | bytes | None) -> None:
        """Take a picture as the latest."""
        self.picture_url, self.shot, self._picture_age = url, shot, 0.0

    def release(self) -> None:
        """Let the agent speak again after load_state()."""
        self.held = False
        if self._agent:
            self._agent.report()

    # How prints begin and end

    def begin_print(self, filename: str, file: GCodeFile | None = None) -> None:
        """Open the record of a print."""
        self.current_print = Print(
            id=self.state.next_print_id(),
            printer=self,
            filename=filename,
            started_at=self.state.clock.now(),
            g_code_file=file,
        )
        self.state.add_print(self.current_print)
        self.state.add_event(self, "STARTED")

    def end_print(self, *, finished: bool) -> None:
        """Close the record of the current print, and delete its tagged pictures."""
        if (job := self.current_print) is None:
            return
        job.ended_at = self.state.clock.now()
        if finished:
            job.finished_at = job.ended_at
        else:
            job.cancelled_at = job.ended_at
        job.need_print_shot_feedback = bool(job.shots)
        self.current_print, self.normalized_p = None, 0.0
        event = self.state.add_event(
            self,
            "ENDED",
            job=job,
            event_class=None if finished else "WARNING",
            title=None if finished else "Print Job Canceled",
        )
        job.poster_url = event.image_url
        self.state.media.forget(f"tagged/{self.id}/{job.id}/")

    # What the API does

    def update(self, changes: JsonObject) -> None:
        """Write columns as they come, wrong types included."""
        if unknown := changes.keys() - WRITABLE:
            raise LookupError(f"no such column: {', '.join(unknown)}")
        self.columns.update(changes)
        self.push()

    def pause_print(self) -> bool:
        """Pass on a pause; True only says that there is a print."""
        return self._pass_on("pause", verdict=None)

    def resume_print(self) -> bool:
        """Pass on a resume; whoever resumes says that nothing failed."""
        return self._pass_on("resume", verdict="NOT_FAILED")

    def cancel_print(self) -> bool:
        """Pass on a cancel; whoever cancels says that the print failed."""
        return self._pass_on("cancel", verdict="FAILED")

    def _pass_on(self, command: str, verdict: str | None) -> bool:
        if (job := self.current_print) is None:
            return False
        if verdict:
            detection.answer_alert(self, job, verdict)
        self.command(command)
        # The agent has not acted yet: everybody is told what they know already.
        self.push()
        return True

    def command(self, command: str) -> None:
        """Send the agent a command; it is lost where no agent listens."""
        if self._agent and self._agent.online and not self.held:
            lift = self.columns["lift_z_on_pause"]
            options = PauseOptions(
                tools_off=bool(self.columns["tools_off_on_pause"]),
                bed_off=bool(self.columns["bed_off_on_pause"]),
                lift_z=lift if isinstance(lift, int | float) else 0.0,
            )
            self._agent.inbox.append(Command(command, options))

    def mute(self, job: Print, *, muted: bool) -> None:
        """Turn the detection off or on for the rest of a print."""
        job.alert_muted_at = self.state.clock.now() if muted else None
        self.state.add_event(self, "ALERT_MUTED" if muted else "ALERT_UNMUTED")
        self.push()

    def acknowledge(self, job: Print, verdict: str) -> None:
        """Answer the open alert."""
        detection.answer_alert(self, job, verdict)
        self.push()

    @property
    def not_watching_reason(self) -> str | None:
        """Why the detection does not watch, as the API words it."""
        if not self.columns["watching_enabled"]:
            return "AI failure detection is disabled"
        if not self.account.is_dh_unlimited and self.account.dh_balance <= 0:
            return "You have run out of AI Detection Hours"
        if not self.is_printing:
            return "Printer is not actively printing"
        if self.current_print and self.current_print.alert_muted_at:
            return "Alerts are muted for current print"
        return None

    @property
    def is_printing(self) -> bool:
        """Whether the agent last said that the machine prints."""
        match self.status:
            case {
                "state": {"flags": {"printing": bool() as printing, "paused": paused}}
            }:
                return printing and not paused
        return False

    def push(self) -> None:
        """Send the whole object to everybody who is watching."""
        self.state.sockets.push(self.id, lambda: printer_json(self))

    def keep_snapshot(
        self, kind: str = "snapshots/{id}/{stamp}_rotated.jpg"
    ) -> str | None:
        """Keep the latest picture, turned upright, and return its address."""
        url, shot = self.picture_url, self.shot
        if url is None or shot is None or not self.state.media.exists(url):
            return None
        render = shot.upright if isinstance(shot, Shot) else (lambda: shot)
        name = kind.format(id=self.id, stamp=self.state.file_stamp())
        return self.state.media.put(name, render)

    def viewer_came(self) -> None:
        """Ask the agent for a fresh picture."""
        if self._agent and self._agent.online and not self.held:
            self._agent.viewer_came()

    def passthru(self, message: JsonObject) -> None:
        """Give a viewer's command to the agent, if there is one that listens."""
        if self._agent and self._agent.online and not self.held:
            self._agent.passthru(message)

    def tick(self, seconds: float) -> None:
        """Let a moment pass."""
        if self.held:
            return
        if self._agent and self._link:
            self._agent.tick(seconds)
            self._link.tick(seconds, frozen=self._agent.frozen)
        if self.picture_url:
            self._picture_age += seconds
            if self._picture_age > PICTURE_SECONDS:
                self.show_picture(None, None)
