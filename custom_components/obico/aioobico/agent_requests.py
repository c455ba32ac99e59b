"""Requests to a printer's agent and its replies, over an open push connection."""

import asyncio
from collections.abc import Awaitable, Callable
import uuid

import orjson

from .exceptions import (
    ObicoAgentSilentError,
    ObicoError,
    ObicoPushError,
    ObicoTooLargeError,
)
from .replies import AgentReply, refusal_of

# The usual reply takes less than 100 ms; heating up the serial line takes longer.
_REPLY_SECONDS = 10.0
# The target of requests that Klipper's agent passes on to Moonraker.
MOONRAKER = "moonraker_api"


class AgentRequests:
    """Sends requests to one agent, and hands its replies to those who wait for them.

    Every request raises
    - ObicoAgentSilentError when no reply comes: the agent is offline, or does not know the
      command. An agent that was frozen executes the command later;
    - ObicoAgentRefusedError, or a subclass that tells why, when the agent reports a failure;
    - ObicoTooLargeError for a reply of more than 16 MiB;
    - ObicoConnectionError, mostly ObicoPushError, when there is no connection or it is lost;
    - ValueError, before anything is sent, for a text that cannot be sent.
    """

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send commands with `send`."""
        self._send = send
        # By reference; the result is a reply, or the error to raise instead.
        self._waiting: dict[str, asyncio.Future[AgentReply | ObicoError]] = {}

    @property
    def is_waiting(self) -> bool:
        """Return whether a reply is awaited."""
        return any(not waiting.done() for waiting in self._waiting.values())

    def handle_reply(self, reply: AgentReply) -> None:
        """Hand a reply to the command that waits for it; replies to others are ignored."""
        ref = reply.ref if reply.unread is None else self._awaited_in(reply.unread)
        if ref in self._waiting:
            self._settle(ref, reply.read())

    def handle_lost(self, error: ObicoError | None = None) -> None:
        """End all waiting because the connection was lost; `error` is why, if it is known."""
        for ref in self._waiting:
            self._settle(
                ref,
                ObicoTooLargeError(str(error))
                if isinstance(error, ObicoTooLargeError)
                else ObicoPushError("The push connection was lost"),
            )

    def _awaited_in(self, message: bytes) -> str | None:
        """Return the awaited reference that stands in a message, without parsing it."""
        for ref in self._waiting:
            if f'"{ref}"'.encode() in message:
                return ref
        return None

    def _settle(self, ref: str, outcome: AgentReply | ObicoError) -> None:
        """End the waiting for a reply, unless it has ended already."""
        if not (waiting := self._waiting[ref]).done():
            waiting.set_result(outcome)

    async def _call(
        self,
        target: str,
        func: str,
        *args: object,
        within: float | None = None,
        **kwargs: object,
    ) -> object:
        """Send a command and return its result; `within` is in seconds, 10 if not given."""
        seconds = _REPLY_SECONDS if within is None else within
        return await self._request(target, func, *args, within=seconds, **kwargs)

    async def _request(
        self,
        target: str,
        func: str,
        *args: object,
        within: float,
        **kwargs: object,
    ) -> object:
        """Send a request and return its result; `within` is in seconds."""
        ref = uuid.uuid4().hex
        command = {
            "target": target,
            "func": func,
            "ref": ref,
            "args": args,
            "kwargs": kwargs,
        }
        try:
            message = orjson.dumps({"passthru": command}).decode()
        except orjson.JSONEncodeError:
            raise ValueError("A text with half a character cannot be sent") from None
        waiting = self._waiting[ref] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                await self._send(message)
                outcome = await waiting
        except TimeoutError:
            raise ObicoAgentSilentError(
                f"The printer's agent did not reply within {within:g} s"
            ) from None
        finally:
            del self._waiting[ref]
        if isinstance(outcome, ObicoError):
            raise outcome
        if outcome.error is not None:
            raise refusal_of(outcome.error)
        return outcome.value
