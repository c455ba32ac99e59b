"""The commands of viewers that wait for their agent, and replies that come later."""

from collections import deque
from collections.abc import Callable

from ..json_types import JsonObject, JsonValue
from .calls import Call

# Seconds for which an agent waits for what it has passed on.
GIVE_UP_SECONDS = 30.0
# An agent answers each reference of a passthru command once.
REMEMBERED_REFS = 100


class Passthru:
    """The commands of viewers to one agent, and its replies."""

    def __init__(
        self,
        run: Callable[[str, str, Call], JsonValue],
        relay: Callable[[JsonObject], None],
    ) -> None:
        """Run commands with `run`, and send replies with `relay`."""
        self._run = run
        self._relay = relay
        self._refs: deque[str] = deque(maxlen=REMEMBERED_REFS)
        self._elapsed = 0.0
        # Replies that come later, and when.
        self._late: list[tuple[float, JsonObject]] = []

    def receive(self, message: JsonObject) -> None:
        """Run a command and answer it; one with a repeated reference is not answered."""
        ref = message.get("ref")
        if not ref or not isinstance(ref, str) or ref in self._refs:
            return
        self._refs.append(ref)
        answer: JsonObject = {"ref": ref}
        func, call = str(message.get("func")), Call(message)
        try:
            answer["ret"] = self._run(str(message.get("target")), func, call)
        except ValueError as error:
            answer["error"] = str(error)
        except LookupError:
            return
        if call.seconds > GIVE_UP_SECONDS:
            # The agent gives up, and what it asked for goes on.
            verb = call.kwargs.get("verb", "get")
            answer = {"ref": ref, "error": f'Error in calling "{func}" - "{verb}"'}
        if call.seconds:
            due = self._elapsed + min(call.seconds, GIVE_UP_SECONDS)
            self._late.append((due, answer))
        else:
            self._answer(answer)

    def pass_time(self, seconds: float, *, is_talking: bool) -> None:
        """Let a moment pass, and send the replies that are due if the agent can."""
        self._elapsed += seconds
        due = [answer for at, answer in self._late if at <= self._elapsed]
        self._late = [late for late in self._late if late[0] > self._elapsed]
        if is_talking:
            for answer in due:
                self._answer(answer)

    def _answer(self, answer: JsonObject) -> None:
        self._relay({"passthru": answer, "type": "web.message"})
