"""Media: the time-lapse videos of all prints.

Account, printer, month, print, video. Whatever is not there is not offered: prints that were
too short, whose video is still in work, or was removed by the cloud. Identifiers consist of
ids only; addresses are requested by the views when somebody watches.
"""

from collections.abc import Iterable
from typing import Final, override

from homeassistant.components.media_player.browse_media import (
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.components.media_player.const import MediaClass
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .account.names import names_in_account
from .aioobico import ObicoError, PrintSummary
from .const import DOMAIN
from .data import ObicoConfigEntry, ObicoData, loaded_accounts
from .prints.paths import PrintMedia, print_path
from .prints.texts import SEPARATOR, describe, text_of

MAX_RESULTS: Final = 100

_MIME_TYPE: Final = "video/mp4"
_MONTH: Final = "%Y-%m"
_TITLES: Final = {
    PrintMedia.VIDEO: "time_lapse",
    PrintMedia.TAGGED_VIDEO: "time_lapse_tagged",
}


async def async_get_media_source(hass: HomeAssistant) -> ObicoMediaSource:
    """Return the source of all accounts, with its name in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    return ObicoMediaSource(
        hass, texts.get(f"component.{DOMAIN}.common.media_source", "Obico")
    )


class ObicoMediaSource(MediaSource):
    """The tree of videos."""

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Initialize the source."""
        super().__init__(DOMAIN)
        self._hass = hass
        self.name = name

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return the path of a video; that of a print is its time-lapse."""
        try:
            account, parts = self._parse(item.identifier)
            print_id, wanted = (
                int(parts[2]),
                PrintMedia(parts[3] if parts[3:] else "video"),
            )
            addresses = await account.addresses.async_request(print_id)
        except (BrowseError, IndexError, ValueError, ObicoError) as err:
            raise self._unresolvable() from err
        if wanted not in _TITLES or wanted not in addresses.media:
            raise self._unresolvable()
        path = print_path(account.entry.entry_id, print_id, wanted)
        return PlayMedia(path, _MIME_TYPE)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return a folder with what is in it."""
        if not item.identifier:
            return self._root()
        account, parts = self._parse(item.identifier)
        if not parts:
            return self._account(account)
        printer_id = self._printer_id(account, parts[0])
        prints = await self._async_prints(account, printer_id)
        match parts:
            case [_]:
                return self._printer(account, printer_id, prints)
            case [_, month]:
                return self._month(account, printer_id, month, prints)
            case [_, _, print_id]:
                for job in prints:
                    if str(job.id) == print_id:
                        return self._print(account, job, with_children=True)
        raise self._not_found()

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        """Return the prints below an item whose file's name has the query in it."""
        classes = query.media_filter_classes
        if classes and MediaClass.VIDEO not in classes:
            return SearchMedia(result=[])
        wanted = query.search_query.casefold()
        accounts = loaded_accounts(self._hass)
        parts: list[str] = []
        if item.identifier:
            account, parts = self._parse(item.identifier)
            accounts = [account]
        found: list[BrowseMediaSource] = []
        for account in accounts:
            printers = (
                [self._printer_id(account, parts[0])]
                if parts
                else list(account.coordinator.data.printers)
            )
            prints = await self._async_prints(account, *printers)
            found += [
                self._print(account, job, with_children=False)
                for job in prints
                if wanted in (job.filename or "").casefold()
                and (len(parts) < 2 or _month_of(job) == parts[1])
            ][:MAX_RESULTS]
        return SearchMedia(result=found[:MAX_RESULTS])

    def _parse(self, identifier: str) -> tuple[ObicoData, list[str]]:
        """Return the account of an identifier, and the ids below it."""
        entry_id, *parts = identifier.split("/")
        entry: ObicoConfigEntry | None = self._hass.config_entries.async_get_entry(
            entry_id
        )
        if (
            entry is None
            or entry.domain != DOMAIN
            or entry.state is not ConfigEntryState.LOADED
        ):
            raise self._not_found()
        return entry.runtime_data, parts

    def _printer_id(self, account: ObicoData, part: str) -> int:
        """Return the id of a printer that the account shows."""
        for printer_id in account.coordinator.data.printers:
            if str(printer_id) == part:
                return printer_id
        raise self._not_found()

    async def _async_prints(
        self, account: ObicoData, *printer_ids: int
    ) -> list[PrintSummary]:
        """Return the prints of printers that have a video, newest first."""
        try:
            prints = await account.archive.async_prints()
        except ObicoError as err:
            raise BrowseError(
                translation_domain=DOMAIN, translation_key="prints_unavailable"
            ) from err
        return [
            job
            for job in prints
            if job.printer_id in printer_ids
            and (job.has_video or job.has_tagged_video)
            and job.started_at is not None
        ]

    def _root(self) -> BrowseMediaSource:
        return _folder(
            None,
            self.name or DOMAIN,
            [
                self._account(account, is_child=True)
                for account in loaded_accounts(self._hass)
            ],
        )

    def _account(
        self, account: ObicoData, *, is_child: bool = False
    ) -> BrowseMediaSource:
        entry = account.entry
        children = None
        if not is_child:
            names = names_in_account(self._hass, entry)
            children = [
                _folder(
                    f"{entry.entry_id}/{printer_id}",
                    names.get(printer_id, str(printer_id)),
                )
                for printer_id in account.coordinator.data.printers
            ]
            children.sort(key=lambda child: child.title.casefold())
        return _folder(entry.entry_id, entry.title, children)

    def _printer(
        self, account: ObicoData, printer_id: int, prints: list[PrintSummary]
    ) -> BrowseMediaSource:
        identifier = f"{account.entry.entry_id}/{printer_id}"
        return _folder(
            identifier,
            self._name(account, printer_id),
            [
                _folder(f"{identifier}/{month}", month)
                for month in dict.fromkeys(map(_month_of, prints))
            ],
        )

    def _month(
        self,
        account: ObicoData,
        printer_id: int,
        month: str,
        prints: Iterable[PrintSummary],
    ) -> BrowseMediaSource:
        return _folder(
            f"{account.entry.entry_id}/{printer_id}/{month}",
            SEPARATOR.join((self._name(account, printer_id), month)),
            [
                self._print(account, job, with_children=False)
                for job in prints
                if _month_of(job) == month
            ],
            children_class=MediaClass.VIDEO,
        )

    def _print(
        self, account: ObicoData, job: PrintSummary, *, with_children: bool
    ) -> BrowseMediaSource:
        """Return a print, which plays its time-lapse and has all videos in it."""
        entry_id = account.entry.entry_id
        identifier = f"{entry_id}/{job.printer_id}/{_month_of(job)}/{job.id}"
        thumbnail = (
            print_path(entry_id, job.id, PrintMedia.POSTER) if job.has_poster else None
        )
        videos = {
            PrintMedia.VIDEO: job.has_video,
            PrintMedia.TAGGED_VIDEO: job.has_tagged_video,
        }
        item = BrowseMediaSource(
            domain=DOMAIN,
            identifier=identifier,
            media_class=MediaClass.VIDEO,
            media_content_type=_MIME_TYPE,
            title=SEPARATOR.join(
                filter(None, (job.filename or str(job.id), describe(self._hass, job)))
            ),
            can_play=job.has_video,
            can_expand=True,
            thumbnail=thumbnail,
            children_media_class=MediaClass.VIDEO,
        )
        if with_children:
            item.children = [
                BrowseMediaSource(
                    domain=DOMAIN,
                    identifier=f"{identifier}/{media}",
                    media_class=MediaClass.VIDEO,
                    media_content_type=_MIME_TYPE,
                    title=text_of(self._hass, "common", _TITLES[media]),
                    can_play=True,
                    can_expand=False,
                    thumbnail=thumbnail,
                )
                for media, is_there in videos.items()
                if is_there
            ]
        return item

    def _name(self, account: ObicoData, printer_id: int) -> str:
        """Return the name of a printer as the user sees it."""
        names = names_in_account(self._hass, account.entry)
        return names.get(printer_id, str(printer_id))

    @staticmethod
    def _not_found() -> BrowseError:
        return BrowseError(translation_domain=DOMAIN, translation_key="media_not_found")

    @staticmethod
    def _unresolvable() -> Unresolvable:
        return Unresolvable(
            translation_domain=DOMAIN, translation_key="media_not_found"
        )


def _folder(
    identifier: str | None,
    title: str,
    children: list[BrowseMediaSource] | None = None,
    *,
    children_class: MediaClass = MediaClass.DIRECTORY,
) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type="",
        title=title,
        can_play=False,
        can_expand=True,
        children=children,
        children_media_class=children_class,
    )


def _month_of(job: PrintSummary) -> str:
    """Return the month in which a print began, in Home Assistant's time zone."""
    return dt_util.as_local(job.started_at).strftime(_MONTH) if job.started_at else ""
