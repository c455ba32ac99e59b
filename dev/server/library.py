"""The files that the server has, in the cloud and on printers."""

import re

from .clock import Clock
from .media import Media
from .model import GCodeFile, GCodeFolder

# What a new file in the cloud is like.
BYTES = 412_380
FILAMENT = 3120.0
SECONDS = 4210.0

# The server allows itself nothing else in names.
_UNSAFE = re.compile(r"[^\w.]")


class Library:
    """G-code files and folders of all accounts."""

    def __init__(self, clock: Clock, media: Media) -> None:
        """Start empty."""
        self.files: dict[int, GCodeFile] = {}
        self.folders: dict[int, GCodeFolder] = {}
        self._clock = clock
        self._media = media

    def add_folder(
        self, user: int, name: str, parent: GCodeFolder | None
    ) -> GCodeFolder:
        """Add a folder in the cloud."""
        now = self._clock.now()
        folder = GCodeFolder(
            id=len(self.folders) + 1,
            name=name,
            safe_name=_UNSAFE.sub("_", name),
            created_at=now,
            updated_at=now,
            user=user,
            parent_folder=parent.id if parent else None,
        )
        self.folders[folder.id] = folder
        return folder

    def add_file(
        self, user: int, filename: str, folder: GCodeFolder | None
    ) -> GCodeFile:
        """Add a file in the cloud, at an address that is signed."""
        now, number = self._clock.now(), len(self.files) + 1
        file = GCodeFile(
            id=number,
            filename=filename,
            safe_filename=_UNSAFE.sub("_", filename),
            url=self._media.url(f"/media/tsd-gcodes/{user}/{number}"),
            num_bytes=BYTES,
            agent_signature=None,
            created_at=now,
            updated_at=now,
            user=user,
            filament_total=FILAMENT,
            estimated_time=SECONDS,
            parent_folder=folder.id if folder else None,
        )
        self.files[file.id] = file
        return file

    def resident_file(
        self, user: int, printer: int, *, path: str, size: int | None, signature: str
    ) -> GCodeFile:
        """Return the record of a file on a printer, made at its first print."""
        for file in self.files.values():
            if file.resident_printer == printer and file.url == path:
                return file
        now, name = self._clock.now(), path.rpartition("/")[2]
        file = GCodeFile(
            id=len(self.files) + 1,
            filename=name,
            safe_filename=name,
            url=path,
            num_bytes=size,
            agent_signature=signature,
            created_at=now,
            updated_at=now,
            user=user,
            resident_printer=printer,
        )
        self.files[file.id] = file
        return file
