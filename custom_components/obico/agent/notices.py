"""What an agent tells the server, the user, or both, about what is wrong."""

from collections.abc import Callable, Coroutine
import logging
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant

from ..aioobico import ObicoAuthenticationError, ObicoError
from ..aioobico.acting import AgentCalls
from . import issues
from .config import CONF_ERROR, AgentConfig
from .print_tracker import PrintTracker
from .printer_errors import PrinterError, printer_errors
from .readings import Readings
from .texts import common_text

_LOGGER = logging.getLogger(__name__)

# Seconds until an entity that does not exist is told; integrations take their time to start.
_MISSING_SECONDS: Final = 600.0


class AgentNotices:
    """The repairs, notifications and events of one agent."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        config: AgentConfig,
        name: str,
        calls: AgentCalls,
        tracker: PrintTracker,
        *,
        create_task: Callable[[Coroutine[object, object, None], str], object],
        handle_refused: Callable[[], None],
        handle_blindness: Callable[[bool], None],
    ) -> None:
        """Initialize without notices.

        `handle_refused` is called for a refused token, `handle_blindness` with whether the
        AI is blind when that has changed.
        """
        self.issues = issues.AgentIssues(hass, entry_id, config.printer_id, name)
        self._hass = hass
        self._config = config
        self._name = name
        self._calls = calls
        self._tracker = tracker
        self._create_task = create_task
        self._handle_refused = handle_refused
        self._handle_blindness = handle_blindness
        self._is_blind = False
        # The number of the print whose blindness was told.
        self._blind_print: int | None = None
        self._id = f"{entry_id}_{config.printer_id}"
        self._unknown_states: set[str] = set()
        self._missing_since: float | None = None

    def handle_readings(self, readings: Readings) -> None:
        """Tell of what the entities say that is wrong."""
        self._check_entity()
        self._check_state(readings)
        if readings.is_there and CONF_ERROR in self._config.entities:
            self._post_printer_errors()

    def _check_entity(self) -> None:
        """Tell that the status entity does not exist, once it had the time to be set up."""
        if self._hass.states.get(self._config.status) is not None:
            self._missing_since = None
            self.issues.async_clear(issues.ENTITY_MISSING)
            return
        now = self._hass.loop.time()
        if self._missing_since is None:
            self._missing_since = now
        if now - self._missing_since >= _MISSING_SECONDS:
            self.issues.async_raise(issues.ENTITY_MISSING, entity=self._config.status)

    def _check_state(self, readings: Readings) -> None:
        """Log once each state that is not known."""
        state = readings.state
        if state is None or readings.phase is not None or state in self._unknown_states:
            return
        self._unknown_states.add(state)
        _LOGGER.warning(
            "%s says %s, to which no phase of a print is assigned",
            self._config.status,
            state,
        )

    def error_text(self) -> str:
        """Return the error that the printer reports, empty if it reports none."""
        found = printer_errors(self._hass, self._config)
        return found[0].text if found else ""

    def _post_printer_errors(self) -> None:
        """Post each error of the printer once, until it is gone."""
        found = {each.code: each for each in printer_errors(self._hass, self._config)}
        reported = self._tracker.reported_errors
        reported.intersection_update(found)
        for code in found.keys() - reported:
            reported.add(code)
            self._create_task(self._async_post_printer_error(found[code]), "event")

    async def _async_post_printer_error(self, error: PrinterError) -> None:
        if not await self._async_post(error.code, error.text, error.info_url):
            # It is tried again with the next change.
            self._tracker.reported_errors.discard(error.code)

    async def _async_post(
        self, title: str, text: str, info_url: str | None = None
    ) -> bool:
        try:
            await self._calls.post_error(title, text, info_url=info_url)
        except ObicoAuthenticationError:
            self._handle_refused()
            return False
        except ObicoError as err:
            _LOGGER.debug("An event was not sent: %s", err)
            return False
        return True

    async def async_tell_print_failed(self) -> None:
        """Record that the printer itself says that a print has failed."""
        await self._async_post(
            common_text(self._hass, "agent_print_failed", printer=self._name),
            self.error_text(),
        )

    async def async_tell_command_failed(self, command: str, reason: str) -> None:
        """Tell everybody that a command had no effect: a failing print may go on."""
        _LOGGER.warning(
            "%s of %s, which Obico asked for, had no effect: %s",
            command,
            self._name,
            reason,
        )
        name = common_text(self._hass, f"agent_command_{command}")
        self.issues.async_raise(
            issues.COMMAND_FAILED, command=name, reason=reason or "–"
        )
        title = common_text(
            self._hass, "agent_failed_title", command=name, printer=self._name
        )
        message = common_text(
            self._hass, "agent_failed_message", command=name, printer=self._name
        )
        persistent_notification.async_create(
            self._hass, message, title, f"obico_agent_{self._id}"
        )
        await self._async_post(title, reason or message)

    def handle_command_done(self) -> None:
        """Note that a command had its effect."""
        self.issues.async_clear(issues.COMMAND_FAILED)

    def update_blindness(self, *, is_blind: bool) -> None:
        """Tell once a print that the AI does not see it."""
        if is_blind is self._is_blind:
            return
        self._is_blind = is_blind
        self._handle_blindness(is_blind)
        job = self._tracker.current
        if not is_blind or job is None or job.number == self._blind_print:
            return
        self._blind_print = job.number
        persistent_notification.async_create(
            self._hass,
            common_text(self._hass, "agent_blind_message", printer=self._name),
            common_text(self._hass, "agent_blind_title", printer=self._name),
            f"obico_agent_blind_{self._id}",
        )

    def handle_camera(self, is_good: bool) -> None:
        """Tell that the camera gives no pictures, or does so again."""
        if is_good:
            self.issues.async_clear(issues.CAMERA_FAILS)
        else:
            self.issues.async_raise(
                issues.CAMERA_FAILS, camera=self._config.camera or ""
            )
