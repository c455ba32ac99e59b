"""The webcams that printers report, with keys that stay the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from ..aioobico import AgentKind, Printer, Webcam
from .keys import free_key
from .state_text import MAX_NAME_BYTES, is_blank, shorten
from .stored_data import StoredData

PRIMARY: Final = "webcam"

# More than any printer has. Without a limit, a faulty agent could create any number of
# entities with its free-text names.
_MAX_WEBCAMS: Final = 16
# Names that are remembered of a printer, also of webcams that it no longer has.
_MAX_KEYS: Final = 64
# In bytes. Labels become a part of entity ids, together with the name of the printer.
_MAX_LABEL_BYTES: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class PrinterWebcam:
    """A webcam of a printer.

    `key` ends the unique id of its camera. `settings` says how it is mounted and streamed,
    None for a printer whose agent says nothing about its webcam.
    """

    key: str
    settings: Webcam | None

    @property
    def is_primary(self) -> bool:
        """Return whether this is the webcam of the server's picture."""
        return self.key == PRIMARY

    @property
    def name(self) -> str | None:
        """Return the name that the agent gives it, None if it has none."""
        return self.settings.name if self.settings else None

    @property
    def label(self) -> str:
        """Return the name for people, which is never empty."""
        name = " ".join((self.name or "").split())
        if is_blank(name):
            name = self.key.removeprefix(f"{PRIMARY}_").replace("_", " ")
        return shorten(name, _MAX_LABEL_BYTES)


@dataclass(frozen=True, kw_only=True, slots=True)
class _KnownKey:
    """The key of the webcam that was the n-th of its name when it was first seen."""

    name: str
    number: int
    key: str

    @classmethod
    def from_stored(cls, row: dict[str, object], stored: StoredData) -> Self | None:
        """Return what was stored, None where it cannot be read."""
        name = stored.check(row.get("name"), str)
        number = stored.check(row.get("number"), int)
        key = stored.check(row.get("key"), str)
        if name is None or number is None or key is None:
            return None
        return cls(name=name, number=number, key=key)


class Webcams:
    """The webcams of an account's printers.

    The keys of all but the primary ones are stored, so that webcams whose names result in the
    same key keep different keys, in whatever order and company they are reported.
    """

    def __init__(self, save_soon: Callable[[], None]) -> None:
        """Start with no webcams; `save_soon` is called when there is another key to store."""
        self._save_soon = save_soon
        self._by_printer: dict[int, tuple[PrinterWebcam, ...]] = {}
        # What each printer's webcams were last taken from: nearly all reports repeat it.
        self._sources: dict[int, tuple[object, ...]] = {}
        self._keys: dict[int, list[_KnownKey]] = {}

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers that anything is remembered of."""
        return self._by_printer.keys() | self._keys.keys()

    def forget(self, printer_id: int) -> None:
        """Forget the webcams of a printer."""
        self._by_printer.pop(printer_id, None)
        self._sources.pop(printer_id, None)
        self._keys.pop(printer_id, None)

    def of(self, printer_id: int) -> tuple[PrinterWebcam, ...]:
        """Return the webcams of a printer, the primary one first."""
        return self._by_printer.get(printer_id, (_UNKNOWN,))

    def find(self, printer_id: int, key: str) -> PrinterWebcam | None:
        """Return the webcam of a key, None if the printer has it no longer."""
        for webcam in self.of(printer_id):
            if webcam.key == key:
                return webcam
        return None

    def gone_keys(self, printer: Printer) -> Iterator[str]:
        """Yield the keys of webcams that a printer has no longer."""
        # One that has said nothing since the start may still have all.
        if printer.id not in self._by_printer:
            return
        there = {webcam.key for webcam in self.of(printer.id)}
        for known in self._keys.get(printer.id, ()):
            if known.key not in there:
                yield known.key

    def update(self, printer: Printer) -> bool:
        """Take the webcams that a printer reports, and return whether they have changed.

        An agent that is offline is not asked: what it has reported last stays.
        """
        settings = printer.settings
        if settings is None or (
            printer.status is None and printer.id in self._by_printer
        ):
            return False
        source = settings.webcams, settings.flat_webcam, printer.agent_name
        if self._sources.get(printer.id) == source:
            return False
        self._sources[printer.id] = source
        primary = settings.primary_webcam
        webcams = [PrinterWebcam(key=PRIMARY, settings=primary)]
        numbers: Counter[str] = Counter()
        for webcam in settings.webcams[:_MAX_WEBCAMS]:
            if webcam is primary or not _can_be_seen(printer, webcam):
                continue
            name = shorten((webcam.name or "").strip(), MAX_NAME_BYTES)
            numbers[name] += 1
            key = self._key_of(printer.id, name, numbers[name])
            webcams.append(PrinterWebcam(key=key, settings=webcam))
        if self._by_printer.get(printer.id) == tuple(webcams):
            return False
        self._by_printer[printer.id] = tuple(webcams)
        return True

    def _key_of(self, printer_id: int, name: str, number: int) -> str:
        """Return the key of a printer's n-th webcam of a name."""
        keys = self._keys.setdefault(printer_id, [])
        for at, known in enumerate(keys):
            if (known.name, known.number) == (name, number):
                # The last ones are those that are still reported.
                keys.append(keys.pop(at))
                return known.key
        key = f"{PRIMARY}_" + free_key(
            name,
            {known.key.removeprefix(f"{PRIMARY}_") for known in keys},
            otherwise="2",
        )
        keys.append(_KnownKey(name=name, number=number, key=key))
        del keys[:-_MAX_KEYS]
        self._save_soon()
        return key

    def restore(self, stored: StoredData) -> None:
        """Restore what `as_stored` has returned."""
        self._keys = {
            printer_id: [
                known
                for row in stored.rows(rows, dict)
                if (known := _KnownKey.from_stored(row, stored)) is not None
            ]
            for printer_id, rows in stored.by_printer("webcams", list).items()
        }

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {
            "webcams": {
                str(printer_id): [
                    {"name": known.name, "number": known.number, "key": known.key}
                    for known in keys
                ]
                for printer_id, keys in self._keys.items()
            }
        }


_UNKNOWN: Final = PrinterWebcam(key=PRIMARY, settings=None)


def _can_be_seen(printer: Printer, webcam: Webcam) -> bool:
    """Return whether there is a way to see a webcam that is not the primary one.

    OctoPrint's agent takes pictures of the primary one only, and streams the others.
    """
    return printer.agent_name == AgentKind.KLIPPER or webcam.stream_mode is not None
