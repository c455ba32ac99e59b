"""Files in the cloud, and files on a printer as its agent lists them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from ..parsing import (
    JsonObject,
    integer,
    number,
    rows,
    section,
    text,
    timestamp,
    to_id,
    to_object,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFolder:
    """A folder of files in the cloud."""

    id: int
    name: str | None
    parent_id: int | None
    """None for a folder that is in no other."""

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a folder; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "Folder")
        return cls(
            id=to_id(data.get("id"), "Folder"),
            name=text(data.get("name")),
            parent_id=_id_of(data.get("parent_folder")),
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
    """None for a file that is in no folder."""
    filament_total: float | None
    """Millimetres."""
    estimated_time: float | None
    """Seconds."""

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
        )


def _id_of(value: object) -> int | None:
    """Return the id of a folder, which stands in lists as an object, elsewhere as its id."""
    return integer(section(value).get("id", value))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterFile:
    """A file on a printer."""

    name: str
    path: str
    """From the top of the printer's storage: what starts its print."""
    size: int | None
    """Bytes."""
    modified_at: datetime | None
    filament_total: float | None
    """Millimetres."""
    estimated_time: float | None
    """Seconds."""


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
        """Parse what OctoPrint lists, by their names, of the storage that the agent prints from."""
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
                    )
                )
        return cls(folders=tuple(folders), files=tuple(files))

    @classmethod
    def from_moonraker(cls, value: object, folder: str) -> Self:
        """Parse what Moonraker lists, without what it hides: names that begin with a dot."""
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
                size=integer(section(row).get("size")),
                modified_at=_moment(section(row).get("modified")),
                filament_total=number(section(row).get("filament_total")),
                estimated_time=number(section(row).get("estimated_time")),
            )
            for row in rows(data.get("files"))
            if (name := _shown(section(row).get("filename")))
        ]
        return cls(folders=tuple(folders), files=tuple(files))


def _shown(value: object) -> str | None:
    """Take a name, unless it is hidden."""
    name = text(value)
    return None if name is None or name.startswith(".") else name


def _moment(value: object) -> datetime | None:
    """Take seconds since 1970."""
    if (seconds := number(value)) is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except OSError, OverflowError, ValueError:
        return None


def _filament_of_all_tools(analysis: JsonObject) -> float | None:
    """Add up the tools' filament."""
    lengths = [
        length
        for tool in section(analysis.get("filament")).values()
        if (length := number(section(tool).get("length"))) is not None
    ]
    return sum(lengths) if lengths else None
