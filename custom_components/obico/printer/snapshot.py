"""Immutable data of an account: the snapshot, and the result of a poll."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from ..aioobico import Listing, Print, Printer, TunnelUsage, User


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSnapshot:
    """The data of an account that entities show.

    `detection_hours` are the remaining hours of AI detection, None where they are not
    limited. `last_prints` has the last ended print by printer id. `tunnel_usage` is None
    unless an entity shows it.
    """

    user: User
    detection_hours: float | None
    printers: Mapping[int, Printer]
    last_prints: Mapping[int, Print]
    tunnel_usage: TunnelUsage | None

    def with_printer(self, printer: Printer) -> AccountSnapshot:
        """Return a copy with a printer in place of its last state.

        It is twice as fast as dataclasses.replace(), which matters with every push.
        """
        return AccountSnapshot(
            user=self.user,
            detection_hours=self.detection_hours,
            printers={**self.printers, printer.id: printer},
            last_prints=self.last_prints,
            tunnel_usage=self.tunnel_usage,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """The result of a poll, before entities show it.

    `missed` are the ids of printers that have changed without a push. `is_complete` is False
    where items of the list could not be parsed, so that a missing printer may still exist.
    `started_at` is a loop time.
    """

    snapshot: AccountSnapshot
    missed: Collection[int]
    is_complete: bool
    started_at: float


type PollListener = Callable[[Poll], None]
# Called with a printer before and after a push, or an answer, changed steady values of it.
type ChangeListener = Callable[[Printer, Printer], None]
# Brings devices and storage in line with a complete list, and returns the ids of printers
# that exist or, where they are not listed, may exist.
type Reconcile = Callable[[Listing[Printer]], Awaitable[Collection[int]]]
