"""What slicers write into G-code files."""

from dataclasses import dataclass
from typing import Self

from ..parsing import JsonObject, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMetadata:
    """What a slicer wrote into a file, as Moonraker and the server extract it.

    Each is None where the slicer did not write it.
    """

    slicer: str | None
    slicer_version: str | None
    layer_height: float | None
    """Millimetres."""
    first_layer_height: float | None
    """Millimetres."""
    object_height: float | None
    """Millimetres."""
    nozzle_diameter: float | None
    """Millimetres."""
    filament_type: str | None
    """Such as PLA; several are separated by the slicer's own character."""
    filament_weight: float | None
    """Grams."""
    first_layer_nozzle_temperature: float | None
    """°C."""
    first_layer_bed_temperature: float | None
    """°C."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse a file of `server/files/directory`, or the server's `metadata_json`."""
        get = data.get
        return cls(
            slicer=text(get("slicer")),
            slicer_version=text(get("slicer_version")),
            layer_height=number(get("layer_height")),
            first_layer_height=number(get("first_layer_height")),
            object_height=number(get("object_height")),
            nozzle_diameter=number(get("nozzle_diameter")),
            filament_type=text(get("filament_type")),
            filament_weight=number(get("filament_weight_total")),
            first_layer_nozzle_temperature=number(get("first_layer_extr_temp")),
            first_layer_bed_temperature=number(get("first_layer_bed_temp")),
        )
