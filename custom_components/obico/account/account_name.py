"""The name of an account, which is the title of its entry."""

from yarl import URL

from homeassistant.core import HomeAssistant

from ..aioobico import User
from ..const import DOMAIN
from ..printer.state_text import is_blank, shorten
from .find_server import title_of

# In bytes. The name becomes a part of the entity ids of the account.
_MAX_NAME_BYTES = 60


def suggested_title(hass: HomeAssistant, user: User, base_url: URL) -> str:
    """Return the user's first name, or what stands before the @, with the server's host.

    The whole e-mail address is not used, because titles are logged. A number is added to a
    title that another account has.
    """
    host = title_of(base_url)
    taken = {
        entry.title.casefold() for entry in hass.config_entries.async_entries(DOMAIN)
    }
    names = [name for name in _names(user) if not is_blank(name)]
    titles = [f"{shorten(name, _MAX_NAME_BYTES)} ({host})" for name in names] or [host]
    for title in titles:
        if title.casefold() not in taken:
            return title
    number = 2
    while (title := f"{titles[0]} {number}").casefold() in taken:
        number += 1
    return title


def _names(user: User) -> list[str]:
    """Return the names of a user, the best one first."""
    mailbox = (user.email or user.username or "").partition("@")[0]
    return [(user.first_name or "").partition("@")[0].strip(), mailbox.strip()]
