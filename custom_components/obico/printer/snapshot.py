"""What is known of an account at one moment, and what a poll brought."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..aioobico import Print, Printer, TunnelUsage, User


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSnapshot:
    """What is known of an account at one moment.

    `detection_hours` are the hours of AI detection left, None where they do not run out.
    `last_prints` has the latest print that ended, for printers that have one.
    `tunnel_usage` is None unless an entity shows it.
    """

    user: User
    detection_hours: float | None
    printers: Mapping[int, Printer]
    last_prints: Mapping[int, Print]
    tunnel_usage: TunnelUsage | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """What a poll brought, right before it is shown.

    `missed` are the printers that changed without a push. `is_complete` is False where
    rows of the list could not be read: a printer that is missing may still be there.
    `started_at` is a loop time.
    """

    snapshot: AccountSnapshot
    missed: Collection[int]
    is_complete: bool
    started_at: float
