"""How far the nozzle may be moved nearer to the bed, or away from it."""

from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ...const import DOMAIN

# In mm, to each side. More is more likely a mistake than intended.
MAX_OFFSET: Final = 2.0
# In mm, for one call. A nozzle that moves further during a print can hit it.
MAX_STEP: Final = 0.1
# Sums of hundredths are not exact.
_TOLERANCE: Final = 1e-6


def ensure_offset(offset: float, before: float | None, *, is_printing: bool) -> None:
    """Raise ServiceValidationError for an offset that is too far from zero, or from before."""
    if abs(offset) > MAX_OFFSET + _TOLERANCE:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="offset_too_large",
            translation_placeholders={"maximum": str(round(MAX_OFFSET))},
        )
    if is_printing and (before is None or abs(offset - before) > MAX_STEP + _TOLERANCE):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="offset_step_too_large",
            translation_placeholders={"maximum": str(MAX_STEP)},
        )
