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

# Enough for some 17,000 files of one folder. Parsing it blocks for 0.1 s, and for half a second
# on a small computer.
MAX_REPLY_BYTES = 16 * 1024 * 1024

_NO_REASON = "no reason given"
# An agent's text may contain the signed address of a download that failed, which is a secret.
_ADDRESS = re.compile(r"[a-z]+://\S+", re.IGNORECASE)

# The texts of agents, or of errors in their libraries, and what they mean. The first is
# Python's error over a missing folder, in two of its versions.
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
    """A reply to a command, which is sent to everybody who watches the printer."""

    ref: str | None
    value: object
    error: str | None
    """The agent's text about a failure, without addresses; None if there was none."""
    unread: bytes | None = field(default=None, repr=False)
    """A large message that is not parsed yet: the other fields are None then."""

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
        """Keep a large message, which read() parses when it turns out to be waited for."""
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
    """Return the error for an agent's text about a failure."""
    for pattern, kind, sentence in _REFUSALS:
        if pattern.search(words):
            return kind(sentence, detail=words)
    return ObicoAgentRefusedError(words, detail=None if words == _NO_REASON else words)
