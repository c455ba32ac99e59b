"""A machine with cameras, whose pictures its agent uploads or fetches for viewers."""

from collections.abc import Sequence
from typing import ClassVar

from ..json_types import JsonObject
from .link import Link
from .machine import ACTIVE, Machine
from .webcam import Scene, Shot, Webcam

# What the server assumes where no camera is configured.
DEFAULT_WEBCAM = Webcam(stream_ratio="16:9")


class Cameras(Machine):
    """A machine with cameras."""

    # The agent's own address of the machine that it runs on.
    local_url: ClassVar[str]

    def __init__(self, link: Link, *, webcams: Sequence[Webcam], camera: bool) -> None:
        """Mount cameras; without `camera` none of them works."""
        super().__init__()
        self.link = link
        self.webcams = tuple(webcams)
        self.camera = camera
        # The addresses that viewers had the agent fetch pictures of.
        self.fetched: list[str] = []
        # How much of the print the detection takes for a failure.
        self.score = 0.0

    @property
    def primary_webcam(self) -> Webcam:
        """The camera whose pictures the agent uploads."""
        return next(
            (webcam for webcam in self.webcams if webcam.is_primary),
            self.webcams[0] if self.webcams else DEFAULT_WEBCAM,
        )

    def flat_webcam(self) -> JsonObject:
        """Return the first camera in the flat fields that the settings have besides the list."""
        return (self.webcams[0] if self.webcams else DEFAULT_WEBCAM).flat_settings()

    def fetch(self, address: str) -> Shot:
        """Take the picture at an address; raises ValueError where no camera has that."""
        self.fetched.append(address)
        for webcam in self.webcams or (DEFAULT_WEBCAM,):
            if self.camera and address == self.local_url + webcam.path:
                return self.shot(webcam)
        raise ValueError("Failed to capture the picture")

    def shot(self, webcam: Webcam | None = None) -> Shot:
        """Take a picture with a camera, by default with the primary one."""
        webcam = webcam or self.primary_webcam
        tool = self.heaters[self.tool_heater].actual or 0.0
        detail = f"{tool:.0f} °C"
        if self.job and self.phase in ACTIVE:
            detail += f"   layer {self.layer}/{self.job.layers}   {self.printed:.0%}"
        return Shot(
            Scene(
                printer=self.link.name,
                state=self.phase.name.capitalize().replace("_", " "),
                detail=detail,
                printed=self.printed,
                nozzle=(self.extruded * 0.37) % 1.0,
                spaghetti=self.score if self.phase in ACTIVE else 0.0,
                layers=self.job.layers if self.job else 0,
                color=sum(self.link.name.encode()),
                ratio=webcam.stream_ratio,
                moment=round(self.timestamp(), 1),
                closeup="" if webcam is self.primary_webcam else webcam.name,
            ),
            webcam,
        )
