"""The requests that the server has received, for tests to inspect."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self, size: int = 2000) -> None:
        """Create a log that keeps at most `size` requests."""
        self._requests: deque[RecordedRequest] = deque(maxlen=size)

    def record(self, request: web.BaseRequest) -> None:
        """Add a request."""
        self._requests.append(
            RecordedRequest(
                method=request.method,
                path=request.path,
                query=request.query,
                headers=request.headers,
            )
        )

    def __iter__(self) -> Iterator[RecordedRequest]:
        """Iterate over the requests, oldest first."""
        return iter(tuple(self._requests))

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self._requests)

    def matching(self, path: str, method: str = "GET") -> list[RecordedRequest]:
        """Return the requests of a path, whatever their query."""
        return [
            request
            for request in self
            if request.path == path and request.method == method
        ]

    def clear(self) -> None:
        """Remove all requests."""
        self._requests.clear()
