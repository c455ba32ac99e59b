"""Replies of agents, and what their refusals mean."""

from dataclasses import dataclass, field
import re
from typing import Self

from .exceptions import (
    ObicoAgentBusyError,
    ObicoAgentNotFoundError,
    ObicoAgentRefusedError,
    ObicoAgentUnexplainedError,
    ObicoAgentUnsupportedError,
    ObicoError,
    ObicoTooLargeError,
)
from .parsing import JsonObject, parse_json, section, text, to_object

# Some 17,000 files of one folder. Parsing it blocks for 0.1 s, on a small computer for 0.5 s.
MAX_REPLY_BYTES = 16 * 1024 * 1024

_NO_REASON = "no reason given"
# An agent's text may name what could not be downloaded, with a signature that opens it to
# anybody.
_ADDRESS = re.compile(r"[a-z]+://\S+", re.IGNORECASE)

# What agents say, in the words of their own code or of a library's error, and what it means.
# The first is Python's, about a folder of which not even the top was found.
_REFUSALS: tuple[tuple[re.Pattern[str], type[ObicoAgentRefusedError], str], ...] = (
    (
        re.compile(
            r"max\(\) (?:arg|iterable argument) is (?:an )?empty"
            r"|\bdoes not exist\b|\bNo such file or directory\b"
        ),
        ObicoAgentNotFoundError,
        "The printer has no such file or folder",
    ),
    (
        re.compile(r"^(?:The )?printer (?:is )?(?:currently )?busy\b", re.IGNORECASE),
        ObicoAgentBusyError,
        "The printer is busy",
    ),
    (
        re.compile(r"^(?:Request n|N)ot supported\b"),
        ObicoAgentUnsupportedError,
        "The printer's agent does not know the command",
    ),
    (
        re.compile(r"^Error in calling \""),
        ObicoAgentUnexplainedError,
        "Klipper's Moonraker refused it or did not answer, without a reason",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReply:
    """A reply to somebody's command; everybody who watches the printer gets it."""

    ref: str | None
    value: object
    error: str | None
    """The agent's own words, without addresses; None if it did what it was asked for."""
    unread: bytes | None = field(default=None, repr=False)
    """A message that is too large to be parsed for others: all else is unknown then."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `passthru` with a `ref`."""
        value = data.get("ret")
        failure = data.get("error")
        if failure is None and isinstance(value, dict):
            # Some functions report their failure as a result.
            failure = value.get("error") or None
        return cls(
            ref=text(data.get("ref")),
            value=value,
            error=None
            if failure is None
            else _ADDRESS.sub("…", text(failure) or _NO_REASON),
        )

    @classmethod
    def from_unread(cls, message: bytes) -> Self:
        """Keep a large message, which is parsed only by whoever waits for it."""
        return cls(ref=None, value=None, error=None, unread=message)

    def read(self) -> AgentReply | ObicoError:
        """Return the reply in an unread message, or why it cannot be read."""
        if self.unread is None:
            return self
        if len(self.unread) > MAX_REPLY_BYTES:
            return ObicoTooLargeError(
                f"The reply of the printer's agent is larger than {MAX_REPLY_BYTES} bytes"
            )
        try:
            data = to_object(parse_json(self.unread), "The message")
        except ObicoError as err:
            return err
        return AgentReply.from_dict(section(data.get("passthru")))


def refusal_of(words: str) -> ObicoAgentRefusedError:
    """Return the error for what an agent says."""
    for pattern, kind, sentence in _REFUSALS:
        if pattern.search(words):
            return kind(sentence, detail=words)
    return ObicoAgentRefusedError(words, detail=None if words == _NO_REASON else words)
