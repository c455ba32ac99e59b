"""The name of an account, which is the title of its entry."""

import re
from typing import Final

from yarl import URL

from homeassistant.core import HomeAssistant

from ..aioobico import User
from ..const import DOMAIN
from ..printer.state_text import is_blank, shorten
from .find_server import title_of
from .sign_in_errors import FlowError

# In bytes. The title becomes a part of the entity ids of the account.
_MAX_NAME_BYTES: Final = 60
_MAX_TITLE_BYTES: Final = 120

_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def suggested_title(hass: HomeAssistant, user: User, base_url: URL) -> str:
    """Return the user's first name, or what stands before the @, with the server's host.

    The whole e-mail address is not used, because titles are logged. A number is added to a
    title that another account has.
    """
    host = title_of(base_url)
    taken = _taken_titles(hass)
    names = [name for name in _names(user) if not is_blank(name)]
    titles = [f"{shorten(name, _MAX_NAME_BYTES)} ({host})" for name in names] or [host]
    for title in titles:
        if title.casefold() not in taken:
            return title
    return _numbered(titles[0], taken)


def given_title(hass: HomeAssistant, name: str, suggestion: str) -> str:
    """Return the title for the name that a user gave, the suggested one for a blank name."""
    if is_blank(name):
        return suggestion
    return _numbered(shorten(name.strip(), _MAX_TITLE_BYTES), _taken_titles(hass))


def name_error(name: str) -> FlowError | None:
    """Return why a name that a user gave cannot be a title, None if it can."""
    return FlowError("email_in_name") if _EMAIL.search(name) else None


def _taken_titles(hass: HomeAssistant) -> set[str]:
    """Return the titles of all accounts, to compare with casefold()."""
    entries = hass.config_entries.async_entries(DOMAIN)
    return {entry.title.casefold() for entry in entries}


def _numbered(title: str, taken: set[str]) -> str:
    """Return a title, with a number if another account has it."""
    number, free = 1, title
    while free.casefold() in taken:
        number += 1
        free = f"{title} {number}"
    return free


def _names(user: User) -> list[str]:
    """Return the names of a user, the best one first."""
    mailbox = (user.email or user.username or "").partition("@")[0]
    return [(user.first_name or "").partition("@")[0].strip(), mailbox.strip()]
