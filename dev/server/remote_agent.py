"""The server's side of an agent that runs elsewhere, and connects over a websocket."""

from io import BytesIO
import json

from PIL import Image

from ..json_types import JsonObject
from .detection import look_at
from .printer import Printer
from .remote_messages import handle_message
from .sockets import Connection

# A status that is not repeated for so long is forgotten, which no viewer is told.
STATUS_SECONDS = 120.2
# The detection looks at a picture only if more time than this has passed since the last one,
# and since the beginning of the print: of pictures every ten seconds at every second one.
ANALYSIS_SECONDS = 10.0
# Larger pictures are reduced.
MAX_PIXELS = 1296
KEPT_SIZE = (1280, 960)

REPLACED = 4321
CLOSED = 1000


class RemoteAgent:
    """The connection of one printer's agent, and what the agent has sent.

    `score` is what the gauge shows for the next pictures, and `messages` are the last that
    the server has sent. `pictures` and `received` count what the agent has sent.
    """

    def __init__(self, printer: Printer) -> None:
        """Create the side of a printer whose agent has never connected."""
        self.score = 0.0
        self.received = 0
        self.pictures = 0
        self.messages: list[JsonObject] = []
        # What the agent has sent, without the pictures.
        self.heard: list[JsonObject] = []
        self._printer = printer
        self._state = printer.state
        self._connection: Connection | None = None
        self._status_age = 0.0
        self._analysed_at: float | None = None
        self._print_opened_at = 0.0
        self._was_viewed = False

    @property
    def is_connected(self) -> bool:
        """Whether the agent has an open websocket."""
        return self._connection is not None

    async def connected(self, connection: Connection) -> None:
        """Take over a new websocket, and close the one that it replaces."""
        former, self._connection = self._connection, connection
        self._printer.displace_simulated_agent()
        self._send(
            {
                "remote_status": {
                    "viewing": self._is_viewed,
                    "should_watch": self._printer.should_watch,
                }
            }
        )
        if former is not None:
            await former.close(code=REPLACED)

    def disconnected(self, connection: Connection) -> None:
        """Forget the websocket and the status, unless another has replaced it."""
        if self._connection is connection:
            self._connection = None
            self._printer.status = None
            self._printer.push()

    async def close(self, code: int = CLOSED) -> None:
        """Close the agent's websocket, if there is one."""
        if self._connection is not None:
            await self._connection.close(code=code)

    async def handle(self, text: str) -> None:
        """Handle a message; whatever is none is ignored without an answer."""
        if self._state.printers.get(self._printer.id) is not self._printer:
            await self.close()
            return
        try:
            message = json.loads(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        self.received += 1
        self.heard.append(message)
        if "passthru" in message:
            relayed = {"passthru": message["passthru"], "type": "web.message"}
            self._state.sockets.relay(self._printer.id, relayed)
            return
        before = self._printer.current_print
        if handle_message(self._printer, message):
            self._status_age = 0.0
        if self._printer.current_print is not before:
            self._print_opened_at = self._state.clock.elapsed
            self._analysed_at = None

    def tick(self, seconds: float) -> None:
        """Let time pass."""
        self._status_age += seconds
        if self._connection is not None and self._status_age >= STATUS_SECONDS:
            self._printer.status = None
        if self._was_viewed and not self._is_viewed:
            self.viewers_changed()

    def command(self, command: str, arguments: JsonObject, initiator: str) -> None:
        """Send a command, which is lost without a websocket."""
        row: JsonObject = {"cmd": command, "args": arguments, "initiator": initiator}
        self._send({"commands": [row], "type": "printer.message"})

    def passthru(self, message: JsonObject) -> None:
        """Send a viewer's command, which is lost without a websocket."""
        self._send({"passthru": message, "type": "printer.message"})

    def viewers_changed(self) -> None:
        """Tell whether anybody looks, whenever a viewer comes or goes."""
        self._was_viewed = self._is_viewed
        self._send_remote_status(viewing=self._is_viewed)

    def watching_changed(self) -> None:
        """Tell whether the detection watches, whenever that may have changed."""
        self._send_remote_status(should_watch=self._printer.should_watch)

    def picture(self, content: bytes, *, viewing_boost: bool) -> None:
        """Store a picture, and let the detection look at it.

        Raises ValueError for what is no picture.
        """
        content = reduced(content)
        self.pictures += 1
        printer, stamp = self._printer, self._state.file_stamp()
        job = printer.current_print
        if job is None or viewing_boost:
            name = f"snapshots/{printer.id}/latest_unrotated.jpg"
        elif self._is_due:
            name = f"tagged/{printer.id}/{job.id}/{stamp}.jpg"
        else:
            name = f"raw/{printer.id}/{job.id}/{stamp}.jpg"
        printer.show_picture(self._state.media.put(name, lambda: content), content)
        if job is not None and not viewing_boost:
            job.pictures += 1
            if self._is_due:
                self._analysed_at = self._state.clock.elapsed
                if look_at(self._state, printer, job, self.score):
                    printer.command("pause", initiator="system")
        printer.push()

    @property
    def _is_viewed(self) -> bool:
        return self._state.sockets.is_viewed(self._printer.id)

    @property
    def _is_due(self) -> bool:
        """Whether the detection looks at a picture that comes now."""
        since = (
            self._print_opened_at if self._analysed_at is None else self._analysed_at
        )
        return (
            self._printer.should_watch
            and self._printer.is_printing
            and self._state.clock.elapsed - since > ANALYSIS_SECONDS
        )

    def _send_remote_status(self, **status: bool) -> None:
        self._send({"remote_status": dict(status), "type": "printer.message"})

    def _send(self, message: JsonObject) -> None:
        if self._connection is not None:
            self.messages.append(message)
            self._connection.send(json.dumps(message))


def reduced(content: bytes) -> bytes:
    """Return a picture in the size that the server keeps; ValueError for what is none."""
    try:
        with Image.open(BytesIO(content)) as image:
            if max(image.size) <= MAX_PIXELS:
                return content
            image.thumbnail(KEPT_SIZE)
            kept = BytesIO()
            image.convert("RGB").save(kept, "JPEG")
            return kept.getvalue()
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError("no picture") from error
