"""G-code files, and what is known of them."""

from dataclasses import dataclass
from hashlib import sha1


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A G-code file; lengths in mm, times in seconds, temperatures in °C."""

    path: str
    seconds: float
    layers: int
    size: int
    filament: float
    layer_height: float = 0.2
    width: float = 40.0
    depth: float = 40.0
    tool: float = 205.0
    bed: float = 60.0
    # Bytes before the first layer: the position that OctoPrint reports while heating.
    header: int = 163
    # Whether the agent knows length, time and filament of the file.
    analysed: bool = True
    # Whether the agent registers the file with the server.
    registered: bool = True

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]

    @property
    def height(self) -> float:
        """The height of what is printed."""
        return round(self.layers * self.layer_height, 3)

    @property
    def estimate(self) -> float:
        """The print time that an analysis of the file estimates."""
        return self.seconds * 0.931

    @property
    def hash(self) -> str:
        """The file's hash, as OctoPrint reports it."""
        return sha1(self.path.encode(), usedforsecurity=False).hexdigest()


SHORT = Job(
    path="short.gcode",
    seconds=45,
    layers=5,
    size=1792,
    filament=16.0,
    width=27,
    depth=79,
)
MEDIUM = Job(
    path="medium.gcode", seconds=240, layers=10, size=7543, filament=80.0, depth=128
)
LONG = Job(
    path="long.gcode", seconds=1700, layers=40, size=44364, filament=480.0, depth=128
)
CUBE = Job(
    path="parts/voron_cube.gcode",
    seconds=4000,
    layers=150,
    size=3982475,
    filament=5918.0,
    tool=245.0,
    bed=105.0,
    width=30,
    depth=30,
    header=2048,
    registered=False,
)
