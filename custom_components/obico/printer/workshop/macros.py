"""Write the G-code that runs a macro with parameters."""

from collections.abc import Mapping
import re
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ...const import DOMAIN

# Seconds that are waited for a macro, below the 30 s after which the agent gives up.
WITHIN_SECONDS: Final = 25.0

# Longer lines are more likely a mistake than intended.
_MAX_LENGTH: Final = 256

# Klipper reads the parameters of such commands as letters with a value, `G29 X10`.
_TRADITIONAL: Final = re.compile(r"[A-Za-z]\d+(?:\.\d+)?", re.ASCII)
_PARAMETER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LETTER: Final = re.compile(r"[A-Za-z]", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_PLAIN_VALUE: Final = re.compile(r"[A-Za-z0-9_.+,:/-]+", re.ASCII)


def macro_line(name: str, parameters: Mapping[str, str]) -> str:
    """Return the line that runs a macro.

    Raises ServiceValidationError where Klipper could not read a parameter as it is meant.
    """
    write = _letter if _TRADITIONAL.fullmatch(name) else _assignment
    line = " ".join((name, *(write(*each) for each in parameters.items())))
    if len(line) > _MAX_LENGTH:
        raise _unusable(name)
    return line


def _letter(parameter: str, value: str) -> str:
    if not _LETTER.fullmatch(parameter) or not _NUMBER.fullmatch(value):
        raise _unusable(parameter)
    return f"{parameter.upper()}{value}"


def _assignment(parameter: str, value: str) -> str:
    # A semicolon begins a comment, also within quotes.
    if (
        not _PARAMETER.fullmatch(parameter)
        or not value
        or not value.isprintable()
        or ";" in value
    ):
        raise _unusable(parameter)
    if _PLAIN_VALUE.fullmatch(value):
        return f"{parameter.upper()}={value}"
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{parameter.upper()}="{quoted}"'


def _unusable(parameter: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="parameter_unusable",
        translation_placeholders={"parameter": parameter},
    )
