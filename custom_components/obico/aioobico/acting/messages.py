"""What a server sends to an agent (`/ws/dev/`)."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..exceptions import ObicoResponseError
from ..parsing import JsonObject, boolean, parse_json, rows, section, text


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteStatus:
    """Whether anybody looks, and whether the AI is to watch; None for what did not change.

    `viewing` comes each time a viewer comes or goes, also unchanged. It is a hint: the server
    forgets viewers that send nothing.
    """

    viewing: bool | None
    should_watch: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that is neither queued nor confirmed: `pause`, `resume` or `cancel`.

    `initiator` is "api" for a person, "system" for the AI.
    """

    command: str
    arguments: JsonObject
    initiator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassthruRequest:
    """A viewer's question, which is always to be answered, once for each `ref`.

    `ref` is text or a number, None where nobody waits for the answer.
    """

    target: str
    function: str
    arguments: tuple[object, ...]
    ref: str | int | float | None


type ServerMessage = RemoteStatus | Command | PassthruRequest


def read_messages(data: bytes | str) -> list[ServerMessage]:
    """Return what a message of the server says; what is not known is left out."""
    try:
        message = section(parse_json(data))
    except ObicoResponseError:
        return []
    return list(_read(message))


def _read(message: JsonObject) -> Iterator[ServerMessage]:
    status = section(message.get("remote_status"))
    if status:
        yield RemoteStatus(
            viewing=boolean(status.get("viewing")),
            should_watch=boolean(status.get("should_watch")),
        )
    for row in map(section, rows(message.get("commands"))):
        if command := text(row.get("cmd")):
            yield Command(
                command=command,
                arguments=section(row.get("args")),
                initiator=text(row.get("initiator")) or "unknown",
            )
    if request := section(message.get("passthru")):
        ref = request.get("ref")
        yield PassthruRequest(
            target=text(request.get("target")) or "",
            function=text(request.get("func")) or "",
            arguments=tuple(rows(request.get("args"))),
            ref=ref
            if isinstance(ref, str | int | float) and not isinstance(ref, bool)
            else None,
        )
