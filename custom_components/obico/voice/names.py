"""The printers as people call them: by name, alias or area."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
import re
from typing import Final, Self
import unicodedata

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from ..account.devices import printer_identifier
from ..account.registry import entity_id_of, name_of_device
from ..aioobico import Printer
from ..const import DOMAIN
from ..data import ObicoData

_NO_WORD: Final = re.compile(r"[\W_]+")
# "MK4" is heard as "MK 4".
_LETTERS_AND_DIGITS: Final = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
# Between them a template says what may be said; those of names would be taken for it.
_TEMPLATE_SIGNS: Final = re.compile(r"[()\[\]{}<>|;:\\]+")
# What is taken out of a sentence before it is compared, where words begin and end.
_PUNCTUATION: Final = ".。,，?¿？؟!¡！;；:：'’…‐‑‒–—―-"
# "2.4." is taken for letters that stand for words, and keeps its last dot.
_INITIALS: Final = re.compile(r"\b\w\.\w$")
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_WRITTEN_OUT: Final = str.maketrans(_UMLAUTS)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A printer that can be spoken of, and what it is called in an answer."""

    account: ObicoData
    printer: Printer
    name: str
    device: dr.DeviceEntry

    @property
    def key(self) -> tuple[str, int]:
        """Return what tells it from all other printers, also after a reload."""
        return (self.account.account_id, self.printer.id)

    @property
    def is_reachable(self) -> bool:
        """Return whether what is known of it is of now, not of when the server last answered."""
        return (
            self.account.coordinator.last_update_success
            or self.account.connections.is_connected(self.printer.id)
        )

    def entity_id(self, platform: Platform, key: str) -> str | None:
        """Return the id of one of its entities."""
        return entity_id_of(
            self.account.hass,
            self.account.account_id,
            self.printer.id,
            platform,
            key,
        )

    def own_names(self, hass: HomeAssistant) -> Iterator[str]:
        """Yield what the user calls it: the name of its device, and the aliases of its status."""
        yield self.name
        entity_id = self.entity_id(Platform.SENSOR, "status")
        if entity_id and (entry := er.async_get(hass).async_get(entity_id)):
            for alias in entry.aliases:
                if isinstance(alias, str):
                    yield alias

    def obico_names(self, _hass: HomeAssistant) -> Iterator[str]:
        """Yield what it is called in Obico."""
        if self.printer.name:
            yield self.printer.name

    def places(self, hass: HomeAssistant) -> Iterator[str]:
        """Yield what the area is called in which it stands."""
        area_id = dr.async_get_effective_area_id(hass, self.device)
        if area_id and (area := ar.async_get(hass).async_get_area(area_id)):
            yield area.name
            yield from area.aliases


_KINDS_OF_NAMES: Final[tuple[Callable[[Target, HomeAssistant], Iterator[str]], ...]] = (
    Target.own_names,
    Target.obico_names,
    Target.places,
)


@callback
def targets(hass: HomeAssistant, accounts: Iterable[ObicoData]) -> list[Target]:
    """Return all printers of accounts, as they are now."""
    registry = dr.async_get(hass)
    return [
        Target(
            account=account,
            printer=printer,
            device=device,
            name=name_of_device(device) or DOMAIN,
        )
        for account in accounts
        for printer in account.coordinator.data.printers.values()
        if (
            device := registry.async_get_device_by_identifier(
                printer_identifier(account.entry, printer.id),
                account.entry.entry_id,
            )
        )
    ]


@callback
def called(hass: HomeAssistant, name: str, among: Iterable[Target]) -> list[Target]:
    """Return the printers of this name: the first kind of names in which any has it decides.

    What the user calls "Left" is meant, though Obico calls another one so.
    """
    wanted = _forms(name)
    known = list(among)
    for names_of in _KINDS_OF_NAMES:
        if found := [
            target
            for target in known
            if any(
                not wanted.isdisjoint(_forms(each)) for each in names_of(target, hass)
            )
        ]:
            return found
    return []


def _forms(name: str) -> set[str]:
    """Return what two ways to write a name have in common: plain, small letters and digits."""
    text = name.casefold()
    return {
        form
        for each in (text, _written_out(text))
        if (form := _NO_WORD.sub("", _plain(each)))
    }


def _plain(text: str) -> str:
    """Return a text without accents."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(sign)
    )


def spellings(name: str) -> list[str]:
    """Return how a name may stand in what was heard, the likeliest first, fit for a template."""
    text = unicodedata.normalize("NFC", name.casefold())
    text = _collapsed(_TEMPLATE_SIGNS.sub(" ", text))
    if not _forms(text):
        return []
    words = _collapsed(_NO_WORD.sub(" ", text))
    found = [text]
    if _INITIALS.search(text):
        found.append(f"{text}.")
    found += [words]
    found += [_collapsed(_LETTERS_AND_DIGITS.sub(" ", each)) for each in found]
    for vary in (_written_out, _with_umlauts, _plain):
        found += [vary(each) for each in found]
    return list(dict.fromkeys(found))


def _written_out(text: str) -> str:
    return text.translate(_WRITTEN_OUT)


def _with_umlauts(text: str) -> str:
    for umlaut, written_out in _UMLAUTS.items():
        text = text.replace(written_out, umlaut)
    return text


def _collapsed(text: str) -> str:
    """Return a text whose words are one space apart, without punctuation about them."""
    words = (word.strip(_PUNCTUATION) for word in text.split())
    return " ".join(filter(None, words))


@dataclass(frozen=True)
class Vocabulary:
    """What printers can be called now, in all spellings."""

    names: frozenset[str]
    # Names, and areas that hold a printer.
    places: frozenset[str]

    @property
    def size(self) -> int:
        """Return how many words they are."""
        return len(self.names) + len(self.places)

    @classmethod
    def of(
        cls,
        hass: HomeAssistant,
        accounts: Iterable[ObicoData],
        most: int | None = None,
    ) -> Self:
        """Return the words for all printers of accounts, at most so many of each name."""
        known = targets(hass, accounts)
        names = {
            name
            for target in known
            for names_of in (target.own_names, target.obico_names)
            for name in names_of(hass)
        }
        places = {name for target in known for name in target.places(hass)}

        def spelled(those: set[str]) -> frozenset[str]:
            return frozenset(
                spelling for name in those for spelling in spellings(name)[:most]
            )

        return cls(names=spelled(names), places=spelled(names | places))
