"""The names of printers: of the device, aliases, the name in Obico, areas, and parts of names.

A name is looked for among these in this order; the first kind that finds any printer
decides.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
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

from ..account.names import area_name, tell_apart
from ..account.registry import entity_id_of, name_of_device, printer_device
from ..aioobico import Printer
from ..const import DOMAIN
from ..data import ObicoData

_NO_LETTER_OR_DIGIT: Final = re.compile(r"[\W_]+")
# Speech recognition writes "MK4" as "MK 4".
_LETTERS_AND_DIGITS: Final = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
# The syntax of templates, which must not stand in the name of a printer.
_TEMPLATE_SIGNS: Final = re.compile(r"[()\[\]{}<>|;:\\]+")
# What Assist removes from the start and the end of words before it compares a sentence.
_PUNCTUATION: Final = ".。,，?¿？؟!¡！;；:：'’…‐‑‒–—―-"
# Assist keeps the last dot of "2.4.", which looks like initials.
_INITIALS: Final = re.compile(r"\b\w\.\w$")
# Of a name, whose parts are names, too: a word, or several in a row.
_MAX_WORDS: Final = 6
# Of each part: as it is, and the likeliest other spelling.
_PART_SPELLINGS: Final = 2
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_WRITTEN_OUT: Final = str.maketrans(_UMLAUTS)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A printer that requests can be for, and its name in answers."""

    account: ObicoData
    printer: Printer
    name: str
    device: dr.DeviceEntry

    @property
    def key(self) -> tuple[str, int]:
        """Return what identifies the printer among all accounts, also after a reload."""
        return (self.account.account_id, self.printer.id)

    @property
    def is_reachable(self) -> bool:
        """Return whether the status is current, not that of before an outage."""
        return (
            self.account.coordinator.last_update_success
            or self.account.connections.is_connected(self.printer.id)
        )

    def entity_id(self, platform: Platform, key: str) -> str | None:
        """Return the id of one of the printer's entities."""
        return entity_id_of(
            self.account.hass,
            self.account.account_id,
            self.printer.id,
            platform,
            key,
        )

    def own_names(self, hass: HomeAssistant) -> Iterator[str]:
        """Yield the name in answers, that of the device, and the aliases of the status sensor."""
        yield self.name
        if (own := name_of_device(self.device)) and own != self.name:
            yield own
        entity_id = self.entity_id(Platform.SENSOR, "status")
        if entity_id and (entry := er.async_get(hass).async_get(entity_id)):
            for alias in entry.aliases:
                if isinstance(alias, str):
                    yield alias

    def obico_names(self, _hass: HomeAssistant) -> Iterator[str]:
        """Yield the name in Obico."""
        if self.printer.name:
            yield self.printer.name

    def partial_names(self, hass: HomeAssistant) -> Iterator[str]:
        """Yield the words of its names, and what several of them make in a row."""
        for name in (*self.own_names(hass), *self.obico_names(hass)):
            words = name.split()[:_MAX_WORDS]
            for start, end in combinations(range(len(words) + 1), 2):
                yield " ".join(words[start:end])

    def area_names(self, hass: HomeAssistant) -> Iterator[str]:
        """Yield the name and the aliases of the printer's area."""
        area_id = dr.async_get_effective_area_id(hass, self.device)
        if area_id and (area := ar.async_get(hass).async_get_area(area_id)):
            yield area.name
            yield from area.aliases


# By priority.
_KINDS_OF_NAMES: Final[tuple[Callable[[Target, HomeAssistant], Iterator[str]], ...]] = (
    Target.own_names,
    Target.obico_names,
    Target.area_names,
    Target.partial_names,
)


@callback
def async_get_targets(
    hass: HomeAssistant, accounts: Iterable[ObicoData]
) -> list[Target]:
    """Return the printers of accounts, as they are now."""
    registry = dr.async_get(hass)
    targets = [
        Target(
            account=account,
            printer=printer,
            device=device,
            name=name_of_device(device) or DOMAIN,
        )
        for account in accounts
        for printer in map(
            account.agents.shown, account.coordinator.data.printers.values()
        )
        if (device := printer_device(registry, account.entry, printer.id))
    ]
    return _told_apart(hass, targets)


def _told_apart(hass: HomeAssistant, targets: list[Target]) -> list[Target]:
    """Add to equal names the owner, the area, or the printer's id.

    Otherwise nobody could answer the question which of them is meant.
    """
    by_key = {target.key: target for target in targets}
    owners = account_names(target.account for target in targets)
    names = tell_apart(
        {key: target.name for key, target in by_key.items()},
        lambda key: owners[key[0]],
        lambda key: area_name(hass, by_key[key].device),
        lambda key: str(by_key[key].printer.id),
        separator=" ",
    )
    return [replace(target, name=names[target.key]) for target in targets]


def account_names(accounts: Iterable[ObicoData]) -> dict[str, str]:
    """Return what accounts are called when it is spoken, by their ids.

    That is the owner; of one person's accounts the servers tell, without signs that nobody
    says.
    """
    titles = {account.account_id: account.entry.title for account in accounts}
    owners = Counter(map(_owner, titles.values()))
    return {
        account_id: _collapsed(_TEMPLATE_SIGNS.sub(" ", title))
        if owners[_owner(title)] > 1
        else _owner(title)
        for account_id, title in titles.items()
    }


def _owner(title: str) -> str:
    """Return the name of an account without its server, which nobody would say."""
    return title.partition(" (")[0]


@callback
def async_find_by_name(
    hass: HomeAssistant, name: str, targets: Iterable[Target]
) -> list[Target]:
    """Return the printers that have a name, of the first kind of names that any has.

    A printer that the user named "Left" is found, and another one of that name in Obico
    is not.
    """
    wanted = _normalized(name)
    candidates = list(targets)
    for names_of in _KINDS_OF_NAMES:
        if found := [
            target
            for target in candidates
            if any(
                not wanted.isdisjoint(_normalized(each))
                for each in names_of(target, hass)
            )
        ]:
            return found
    return []


def is_same_name(one: str, other: str) -> bool:
    """Return whether two texts are ways to write the same name."""
    return not _normalized(one).isdisjoint(_normalized(other))


def _normalized(name: str) -> set[str]:
    """Return forms of a name, of which any two ways to write it have one in common.

    They consist of lower case letters without accents, and digits.
    """
    text = name.casefold()
    return {
        form
        for each in (text, _written_out(text))
        if (form := _NO_LETTER_OR_DIGIT.sub("", _without_accents(each)))
    }


def _without_accents(text: str) -> str:
    """Return a text without accents."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(sign)
    )


def spellings(name: str) -> list[str]:
    """Return how speech recognition may write a name, the likeliest first.

    They can stand in a template. There are none for a name without letters and digits.
    """
    text = unicodedata.normalize("NFC", name.casefold())
    text = _collapsed(_TEMPLATE_SIGNS.sub(" ", text))
    if not _normalized(text):
        return []
    words = _collapsed(_NO_LETTER_OR_DIGIT.sub(" ", text))
    found = [text]
    if _INITIALS.search(text):
        found.append(f"{text}.")
    found += [words]
    found += [_collapsed(_LETTERS_AND_DIGITS.sub(" ", each)) for each in found]
    for vary in (_written_out, _with_umlauts, _without_accents):
        found += [vary(each) for each in found]
    return list(dict.fromkeys(found))


def _written_out(text: str) -> str:
    return text.translate(_WRITTEN_OUT)


def _with_umlauts(text: str) -> str:
    for umlaut, written_out in _UMLAUTS.items():
        text = text.replace(written_out, umlaut)
    return text


def _collapsed(text: str) -> str:
    """Return a text with single spaces, and without punctuation around words."""
    words = (word.strip(_PUNCTUATION) for word in text.split())
    return " ".join(filter(None, words))


@dataclass(frozen=True)
class Vocabulary:
    """The names of all printers, in all spellings."""

    names: frozenset[str]
    places: frozenset[str]
    """The names, and those of areas with a printer."""
    powered: frozenset[str] = frozenset()
    """The names of printers whose power can be switched."""
    macros: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    """Parts of the names of those printers that somebody is asked to choose from."""

    @property
    def size(self) -> int:
        """Return the number of words in all lists."""
        return sum(map(len, (self.names, self.places, self.powered, self.macros)))

    @classmethod
    def of(
        cls,
        hass: HomeAssistant,
        accounts: Iterable[ObicoData],
        max_spellings: int | None = None,
        *,
        is_powered: Callable[[Target], bool] = lambda _: False,
        macros_of: Callable[[list[Target]], Iterable[str]] = lambda _: (),
        choices: Iterable[Target] = (),
    ) -> Self:
        """Return the words for the printers of accounts, with a limit for each name.

        `is_powered` tells whose power can be switched, `macros_of` the names of macros.
        `choices` are the printers that somebody is asked to choose from.
        """
        targets = async_get_targets(hass, accounts)

        def names_of_all(targets: Iterable[Target]) -> set[str]:
            return {
                name
                for target in targets
                for names_of in (target.own_names, target.obico_names)
                for name in names_of(hass)
            }

        names = names_of_all(targets)
        places = {name for target in targets for name in target.area_names(hass)}

        def spell(names: set[str]) -> frozenset[str]:
            return frozenset(
                spelling
                for name in names
                for spelling in spellings(name)[:max_spellings]
            )

        return cls(
            names=spell(names),
            places=spell(names | places),
            powered=spell(names_of_all(filter(is_powered, targets))),
            macros=spell(set(macros_of(targets))),
            parts=frozenset(
                spelling
                for target in choices
                for part in target.partial_names(hass)
                for spelling in spellings(part)[:_PART_SPELLINGS]
            ),
        )
