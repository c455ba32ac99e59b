"""Files in the cloud, and files on a printer as its agent lists them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from ..parsing import (
    JsonObject,
    embedded_json,
    integer,
    number,
    optional,
    rows,
    section,
    text,
    texts,
    timestamp,
    to_id,
    to_object,
)
from .metadata import FileMetadata


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFolder:
    """A folder of files in the cloud."""

    id: int
    name: str | None
    parent_id: int | None
    """None for a folder at the top."""
    folder_count: int | None
    """How many folders are directly in it."""
    file_count: int | None
    """How many files are directly in it."""
    created_at: datetime | None

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a folder; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "Folder")
        return cls(
            id=to_id(data.get("id"), "Folder"),
            name=text(data.get("name")),
            parent_id=_id_of(data.get("parent_folder")),
            folder_count=integer(data.get("g_code_folder_count")),
            file_count=integer(data.get("g_code_file_count")),
            created_at=timestamp(data.get("created_at")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFile:
    """A G-code file in the cloud."""

    id: int
    filename: str | None
    safe_filename: str | None
    url: str | None = field(repr=False)
    """Where an agent downloads it; signed, hence secret."""
    size: int | None
    """Bytes."""
    created_at: datetime | None
    folder_id: int | None
    """None for a file at the top."""
    filament_total: float | None
    """Millimetres."""
    estimated_time: float | None
    """Seconds."""
    thumbnail_urls: tuple[str, ...] = field(repr=False)
    """Pictures of the model in up to three sizes; signed, hence secret."""
    metadata: FileMetadata | None
    resident_printer_id: int | None
    """The printer that has the file, None for one in the cloud."""

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a file; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "File")
        get = data.get
        return cls(
            id=to_id(get("id"), "File"),
            filename=text(get("filename")),
            safe_filename=text(get("safe_filename")),
            url=text(get("url")),
            size=integer(get("num_bytes")),
            created_at=timestamp(get("created_at")),
            folder_id=_id_of(get("parent_folder")),
            filament_total=number(get("filament_total")),
            estimated_time=number(get("estimated_time")),
            thumbnail_urls=texts(
                [get("thumbnail1_url"), get("thumbnail2_url"), get("thumbnail3_url")]
            ),
            metadata=optional(
                FileMetadata.from_dict, embedded_json(get("metadata_json"))
            ),
            resident_printer_id=integer(get("resident_printer")),
        )


def _id_of(value: object) -> int | None:
    """Return the id of a folder, which is an object in lists, and its id elsewhere."""
    return integer(section(value).get("id", value))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterFile:
    """A file on a printer."""

    name: str
    path: str
    """Its path from the top of the printer's storage, which PrinterAgent.print_file() takes."""
    size: int | None
    """Bytes."""
    modified_at: datetime | None
    filament_total: float | None
    """Millimetres."""
    estimated_time: float | None
    """Seconds."""
    last_printed_at: datetime | None
    """When its last print began (Klipper) or ended (OctoPrint); None if it was never printed."""
    last_print_time: float | None
    """Seconds that its last finished print took; None with Klipper."""
    metadata: FileMetadata | None
    """None with OctoPrint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterFolder:
    """A folder on a printer."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterListing:
    """What is in one folder of a printer."""

    folders: tuple[PrinterFolder, ...]
    files: tuple[PrinterFile, ...]

    @classmethod
    def from_octoprint(cls, value: object) -> Self:
        """Parse OctoPrint's list of the storage that the agent prints from (`local`)."""
        folders, files = [], []
        for entry in section(section(value).get("local")).values():
            row = section(entry)
            name, path = text(row.get("name")), text(row.get("path"))
            if name is None or path is None:
                continue
            if row.get("type") == "folder":
                folders.append(PrinterFolder(name=name, path=path))
            else:
                analysis = section(row.get("analysis"))
                files.append(
                    PrinterFile(
                        name=name,
                        path=path,
                        size=integer(row.get("size")),
                        modified_at=_moment(row.get("date")),
                        filament_total=_filament_of_all_tools(analysis),
                        estimated_time=number(analysis.get("estimatedPrintTime")),
                        last_printed_at=_last_of(row.get("history")),
                        last_print_time=_any_of(
                            section(row.get("statistics")).get("lastPrintTime")
                        ),
                        metadata=None,
                    )
                )
        return cls(folders=tuple(folders), files=tuple(files))

    @classmethod
    def from_moonraker(cls, value: object, folder: str) -> Self:
        """Parse Moonraker's list of a folder, without hidden names (those with a dot in front)."""
        prefix = f"{folder}/" if folder else ""
        data = section(value)
        folders = [
            PrinterFolder(name=name, path=prefix + name)
            for row in rows(data.get("dirs"))
            if (name := _shown(section(row).get("dirname")))
        ]
        files = [
            PrinterFile(
                name=name,
                path=prefix + name,
                size=integer(row.get("size")),
                modified_at=_moment(row.get("modified")),
                filament_total=number(row.get("filament_total")),
                estimated_time=number(row.get("estimated_time")),
                last_printed_at=_moment(row.get("print_start_time")),
                last_print_time=None,
                metadata=FileMetadata.from_dict(row),
            )
            for row in map(section, rows(data.get("files")))
            if (name := _shown(row.get("filename")))
        ]
        return cls(folders=tuple(folders), files=tuple(files))


def _shown(value: object) -> str | None:
    """Take a name that is not hidden."""
    name = text(value)
    return None if name is None or name.startswith(".") else name


def _moment(value: object) -> datetime | None:
    """Take seconds since 1970 as a date and time."""
    if (seconds := number(value)) is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except OSError, OverflowError, ValueError:
        return None


def _last_of(history: object) -> datetime | None:
    """Return when the last print of OctoPrint's `history` ended."""
    moments = [_moment(section(row).get("timestamp")) for row in rows(history)]
    return max(filter(None, moments), default=None)


def _any_of(times: object) -> float | None:
    """Return the first of OctoPrint's times by printer profile; mostly there is one profile."""
    return next(iter(map(number, section(times).values())), None)


def _filament_of_all_tools(analysis: JsonObject) -> float | None:
    """Return the length of all tools' filament together in mm, None if none is known."""
    lengths = [
        length
        for tool in section(analysis.get("filament")).values()
        if (length := number(section(tool).get("length"))) is not None
    ]
    return sum(lengths) if lengths else None
