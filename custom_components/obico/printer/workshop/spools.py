"""Name spools."""

from collections.abc import Iterable
import re
from typing import Final

from ...aioobico import Spool
from ..state_text import MAX_NAME_BYTES, shorten

# The option for no active spool.
NO_SPOOL: Final = "none"
# A state has at most 255 characters, and attributes at most 16 kB in the recorder.
MAX_SPOOLS: Final = 100

_COLOR: Final = re.compile(r"[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?")


def label_of(spool: Spool) -> str:
    """Return the option of a spool: name, material and colour, and its number at the end.

    What is left on it is no part of the option, which must stay the same while it is used.
    """
    name = " ".join(filter(None, (spool.vendor, spool.name)))
    words = [shorten(name, MAX_NAME_BYTES) or f"#{spool.id}"]
    if spool.material:
        words.append(shorten(spool.material, MAX_NAME_BYTES))
    if spool.color and _COLOR.fullmatch(spool.color):
        words.append(f"#{spool.color.upper()}")
    return f"{', '.join(words)} ({spool.id})"


def by_label(spools: Iterable[Spool]) -> dict[str, Spool]:
    """Return spools by their options, in the order of their numbers."""
    ordered = sorted(spools, key=lambda spool: spool.id)[:MAX_SPOOLS]
    return {label_of(spool): spool for spool in ordered}


def row_of(spool: Spool) -> dict[str, str | int | float | None]:
    """Return a spool for an attribute or an answer."""
    left = spool.remaining_weight
    return {
        "spool_id": spool.id,
        "name": spool.name,
        "vendor": spool.vendor,
        "material": spool.material,
        "color": spool.color,
        "remaining_weight": None if left is None else round(left, 1),
    }
