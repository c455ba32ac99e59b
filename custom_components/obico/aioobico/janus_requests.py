"""Requests to the agent's Janus: a message, and what Janus answers to it."""

import asyncio
from secrets import token_hex
from typing import Final

import aiohttp
import orjson

from .exceptions import (
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoConnectionError,
    ObicoError,
)
from .parsing import JsonObject, integer, section, to_id

# Seconds. Janus answers at once; one that is away must not keep a viewer from the next attempt.
ANSWER_SECONDS: Final = 5.0


class JanusRequests:
    """Sends messages of one session, and hands the answers to those who wait for them.

    A subclass receives, and calls `_handle_reply` and `_handle_asked`.
    """

    def __init__(self) -> None:
        """Start without a connection and without a session."""
        self._socket: aiohttp.ClientWebSocketResponse[bool] | None = None
        # The ids of the session, and of its handle of the plug-in.
        self._id: int | None = None
        self._handle: int | None = None
        self._replies: dict[str, asyncio.Future[JsonObject]] = {}
        self._event: asyncio.Future[JsonObject] | None = None

    def _text(self, message: JsonObject, transaction: str) -> str:
        """Return a message with the ids of this session, as far as it has them."""
        sent = message | {"transaction": transaction}
        if self._id is not None:
            sent["session_id"] = self._id
        if self._handle is not None and message["janus"] in ("message", "trickle"):
            sent["handle_id"] = self._handle
        return orjson.dumps(sent).decode()

    async def _send(self, message: JsonObject, transaction: str | None = None) -> None:
        if self._socket is None:
            raise ObicoConnectionError("There is no connection to the relay")
        try:
            await self._socket.send_str(
                self._text(message, transaction or token_hex(8))
            )
        except ConnectionError:
            raise ObicoConnectionError("The connection to the relay is lost") from None

    async def _request(self, message: JsonObject) -> JsonObject:
        """Send a message, and return what Janus answers to it.

        Raises ObicoAgentSilentError without an answer, ObicoAgentRefusedError for an error.
        """
        transaction = token_hex(8)
        reply: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._replies[transaction] = reply
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(message, transaction)
                answer = await reply
        except TimeoutError:
            raise ObicoAgentSilentError("The agent's Janus does not answer") from None
        finally:
            del self._replies[transaction]
        if answer.get("janus") == "error":
            raise _refusal(integer(section(answer.get("error")).get("code")))
        return answer

    async def _ask(self, body: JsonObject, seconds: float) -> JsonObject:
        """Ask the plugin, and return the next event of this viewing.

        Raises as `_request` does.
        """
        event: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._event = event
        try:
            # That it has arrived; what comes of it is an event of its own.
            await self._request({"janus": "message", "body": body})
            async with asyncio.timeout(seconds):
                answer = await event
        except TimeoutError:
            raise ObicoAgentSilentError("The agent's Janus does not answer") from None
        finally:
            self._event = None
        if (code := error_code_of(answer)) is not None:
            raise _refusal(code)
        return answer

    def _handle_reply(self, message: JsonObject) -> None:
        """Hand over an answer to a message; those to other viewers' messages are dropped."""
        transaction = message.get("transaction")
        reply = self._replies.get(transaction) if isinstance(transaction, str) else None
        if reply is not None and not reply.done():
            reply.set_result(message)

    def _handle_asked(self, message: JsonObject) -> bool:
        """Hand over an event of the plug-in, and return whether somebody waited for one."""
        if self._event is None or self._event.done():
            return False
        self._event.set_result(message)
        return True

    def _give_up(self, error: ObicoError) -> None:
        """Raise an error for all who wait."""
        waiting = [*self._replies.values()]
        if self._event is not None:
            waiting.append(self._event)
        for future in waiting:
            if not future.done():
                future.set_exception(error)
                # Who waits for a reply no longer waits for the event that was to follow:
                # asyncio would log an error that nobody has looked at.
                future.exception()


def id_of(answer: JsonObject) -> int:
    """Return the id of a new session or handle."""
    return to_id(section(answer.get("data")).get("id"), "The answer of Janus")


def error_code_of(event: JsonObject) -> int | None:
    """Return the error that an event of the plug-in tells, None if it tells none."""
    data = section(section(event.get("plugindata")).get("data"))
    return (integer(data["error_code"]) or 0) if "error_code" in data else None


def _refusal(code: int | None) -> ObicoAgentRefusedError:
    """Return the error for what Janus refuses: 458 for an unknown session, 455 for a stream."""
    return ObicoAgentRefusedError(f"The agent's Janus refuses (error {code})")
