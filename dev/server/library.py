"""The G-code files that the server knows, in the cloud and on printers."""

from itertools import count
import json
import re

from ..json_types import JsonObject
from .clock import Clock
from .media import Media
from .model import GCodeFile, GCodeFolder

# Size, filament (in mm) and time of every file in the cloud.
BYTES = 412_380
MAX_FILE_BYTES = 500 * 1024 * 1024
FILAMENT = 3120.0
SECONDS = 4210
# What the server has read from it.
METADATA: JsonObject = {
    "slicer": "PrusaSlicer",
    "slicer_version": "2.7.1+win64",
    "gcode_start_byte": 133,
    "gcode_end_byte": BYTES - 365,
    "object_height": 13.6,
    "estimated_time": SECONDS,
    "nozzle_diameter": 0.4,
    "layer_height": 0.2,
    "first_layer_height": 0.2,
    "first_layer_extr_temp": 215.0,
    "first_layer_bed_temp": 60.0,
    "filament_type": "PLA",
    "filament_total": FILAMENT,
    "filament_weight_total": 9.3,
}

# The server replaces all other characters in safe names.
_UNSAFE = re.compile(r"[^\w.]")


class Library:
    """G-code files and folders of all accounts."""

    def __init__(self, clock: Clock, media: Media) -> None:
        """Create an empty library."""
        self._numbers = count(1)
        self._folder_numbers = count(1)
        # Bytes, as a plan of the cloud limits them; what is larger is answered with 413.
        self.max_file_bytes = MAX_FILE_BYTES
        self.files: dict[int, GCodeFile] = {}
        self.folders: dict[int, GCodeFolder] = {}
        self._clock = clock
        self._media = media

    def _next_number(self) -> int:
        """Return the id of the next file, which recorded files must not have either."""
        return next(number for number in self._numbers if number not in self.files)

    def add_folder(
        self, user: int, name: str, parent: GCodeFolder | None
    ) -> GCodeFolder:
        """Create a folder in the cloud."""
        now = self._clock.now()
        folder = GCodeFolder(
            id=next(self._folder_numbers),
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
        self,
        user: int,
        filename: str,
        folder: GCodeFolder | None,
        num_bytes: int = BYTES,
    ) -> GCodeFile:
        """Create a file in the cloud, with a signed address."""
        now, number = self._clock.now(), self._next_number()
        file = GCodeFile(
            id=number,
            filename=filename,
            safe_filename=_UNSAFE.sub("_", filename),
            url=self._media.url(f"/media/tsd-gcodes/{user}/{number}"),
            num_bytes=num_bytes,
            agent_signature=None,
            created_at=now,
            updated_at=now,
            user=user,
            metadata_json=json.dumps(METADATA),
            filament_total=FILAMENT,
            estimated_time=float(SECONDS),
            parent_folder=folder.id if folder else None,
        )
        self.files[file.id] = file
        return file

    def move_file(self, file: GCodeFile, folder: GCodeFolder | None) -> None:
        """Move a file into a folder, or to the top."""
        file.parent_folder = folder.id if folder else None
        file.updated_at = self._clock.now()

    def rename(self, item: GCodeFile | GCodeFolder, name: str) -> None:
        """Rename a file or a folder."""
        if isinstance(item, GCodeFile):
            item.filename, item.safe_filename = name, _UNSAFE.sub("_", name)
        else:
            item.name, item.safe_name = name, _UNSAFE.sub("_", name)
        item.updated_at = self._clock.now()

    def delete_file(self, file: GCodeFile) -> None:
        """Delete a file; prints keep what they know of it, and that it is deleted."""
        file.deleted = self._clock.now()
        del self.files[file.id]

    def delete_folder(self, folder: GCodeFolder) -> None:
        """Delete a folder with what is in it."""
        for file in [
            file for file in self.files.values() if file.parent_folder == folder.id
        ]:
            self.delete_file(file)
            file.deleted_by_cascade = True
        for inner in [
            inner for inner in self.folders.values() if inner.parent_folder == folder.id
        ]:
            self.delete_folder(inner)
        del self.folders[folder.id]

    def resident_file(
        self, user: int, printer: int, *, path: str, size: int | None, signature: str
    ) -> GCodeFile:
        """Return the record of a file on a printer; its first print creates it."""
        for file in self.files.values():
            if file.resident_printer == printer and file.url == path:
                return file
        now, name = self._clock.now(), path.rpartition("/")[2]
        file = GCodeFile(
            id=self._next_number(),
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
