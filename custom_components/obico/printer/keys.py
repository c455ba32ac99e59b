"""Keys of entities whose names are free texts of agents."""

from collections.abc import Container
from typing import Final

from homeassistant.util import slugify

# In characters, for a key as a part of unique ids.
_MAX_KEY_LENGTH: Final = 100


def free_key(name: str, taken: Container[str], *, otherwise: str) -> str:
    """Return a key from a name that is not taken; `otherwise` where the name is empty."""
    base = key = slugify(name)[:_MAX_KEY_LENGTH] or otherwise
    number = 2
    while key in taken:
        key = f"{base}_{number}"
        number += 1
    return key
