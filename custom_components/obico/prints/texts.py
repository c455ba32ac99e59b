"""What is said of a print in Home Assistant's language: its outcome, duration and filament."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations

from ..aioobico import PrintSummary
from ..const import DOMAIN
from .outcome import meters

SEPARATOR: Final = " · "

# In metres: half a decimetre is rounded up, as browsers do in the dashboard.
_ROUNDED_UP: Final = 1e-6


def text_of(hass: HomeAssistant, category: str, key: str) -> str:
    """Return a text of `translations/`, its key where it is not loaded."""
    texts = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return texts.get(f"component.{DOMAIN}.{category}.{key}", key)


def duration_text(seconds: float) -> str:
    """Return a duration in hours and minutes, whose symbols are the same in all languages."""
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def describe(hass: HomeAssistant, job: PrintSummary) -> str:
    """Return outcome, duration and filament, as far as they are known, of a print that has ended."""
    outcome = "cancelled" if job.is_cancelled else "finished"
    parts = [text_of(hass, "entity", f"sensor.last_print_result.state.{outcome}")]
    if job.duration is not None:
        parts.append(duration_text(job.duration))
    if (filament := meters(job.filament_used)) is not None:
        parts.append(f"{filament + _ROUNDED_UP:.1f} m")
    return SEPARATOR.join(parts)
