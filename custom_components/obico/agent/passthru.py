"""Answer what viewers ask through the server."""

from base64 import b64encode
from collections import deque
import logging
from typing import Final

from homeassistant.components.climate.const import SERVICE_SET_TEMPERATURE
from homeassistant.components.number.const import ATTR_VALUE, SERVICE_SET_VALUE
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_TEMPERATURE,
    ATTR_UNIT_OF_MEASUREMENT,
    Platform,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.util.unit_conversion import TemperatureConverter

from ..aioobico.acting import PassthruRequest, passthru_error, passthru_reply
from .config import HEATERS, AgentConfig
from .pictures import AgentPictures

_LOGGER = logging.getLogger(__name__)

# A question that is delivered twice is answered once.
_REMEMBERED_REFS: Final = 100
# In °C; no printer heats anything beyond it.
_MAX_CELSIUS: Final = 500.0

# Other agents' words are English, too; the web app shows them as they are.
# Both have the same service.
_NUMBERS: Final = frozenset({Platform.NUMBER, "input_number"})

_UNSUPPORTED: Final = "Home Assistant cannot do this for this printer."
_PRIVATE: Final = "Private: Home Assistant sends no pictures now."
_NO_PICTURE: Final = "The camera gives no picture."
_NO_NUMBER: Final = "This is no temperature."
_FAILED: Final = "Home Assistant could not do it; its log says why."


class PassthruError(Exception):
    """A question cannot be answered; the text is what the viewer is told."""


class Passthru:
    """Answers the questions of the viewers of one printer."""

    def __init__(
        self, hass: HomeAssistant, config: AgentConfig, pictures: AgentPictures
    ) -> None:
        """Initialize for a printer."""
        self._hass = hass
        self._config = config
        self._pictures = pictures
        self._refs: deque[str | float] = deque(maxlen=_REMEMBERED_REFS)

    async def async_answer(self, request: PassthruRequest) -> bytes | None:
        """Return the answer to a question, None if it is answered or nobody waits for it."""
        ref = request.ref
        if ref is None or ref in self._refs:
            return None
        self._refs.append(ref)
        try:
            return passthru_reply(ref, await self._async_run(request))
        except PassthruError as err:
            return passthru_error(ref, str(err))
        except Exception:
            # Of another integration.
            _LOGGER.exception("A viewer's request failed")
            return passthru_error(ref, _FAILED)

    async def _async_run(self, request: PassthruRequest) -> object:
        match (request.target, request.function, request.arguments):
            case ("_printer", "set_temperature", (str() as heater, celsius)):
                await self._async_set_temperature(heater, celsius)
                return None
            case ("jpeg_poster", "web_snapshot_request", _):
                return {"pic": await self._async_picture()}
            case _:
                raise PassthruError(_UNSUPPORTED)

    async def _async_picture(self) -> str:
        # Which camera is asked for is not up to the viewer.
        if self._pictures.is_private:
            raise PassthruError(_PRIVATE)
        picture = await self._pictures.async_take()
        if picture is None:
            raise PassthruError(_NO_PICTURE)
        return b64encode(picture).decode()

    async def _async_set_temperature(self, heater: str, celsius: object) -> None:
        """Set the target of a heater, where that is a number or climate entity."""
        _, key = HEATERS.get(heater, ("", ""))
        entity_id = self._config.entities.get(key)
        if entity_id is None:
            raise PassthruError(_UNSUPPORTED)
        if (
            isinstance(celsius, bool)
            or not isinstance(celsius, int | float)
            or not 0 <= celsius <= _MAX_CELSIUS
        ):
            raise PassthruError(_NO_NUMBER)
        domain = split_entity_id(entity_id)[0]
        if domain == Platform.CLIMATE:
            service, field = SERVICE_SET_TEMPERATURE, ATTR_TEMPERATURE
            unit = self._hass.config.units.temperature_unit
        elif domain in _NUMBERS:
            service, field = SERVICE_SET_VALUE, ATTR_VALUE
            state = self._hass.states.get(entity_id)
            unit = (state.attributes if state else {}).get(
                ATTR_UNIT_OF_MEASUREMENT, UnitOfTemperature.CELSIUS
            )
        else:
            raise PassthruError(_UNSUPPORTED)
        value = TemperatureConverter.convert(celsius, UnitOfTemperature.CELSIUS, unit)
        await self._hass.services.async_call(
            domain, service, {ATTR_ENTITY_ID: entity_id, field: value}, blocking=True
        )
