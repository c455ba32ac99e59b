"""The executors of tests: their threads end by themselves, however busy the machine is."""

from threading import Event

import pytest

from homeassistant.util import executor
from homeassistant.util.executor import InterruptibleThreadPoolExecutor


@pytest.mark.parametrize("workers", [1, 20])
def test_a_job_that_outlives_the_limit_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(executor, "EXECUTOR_SHUTDOWN_TIMEOUT", 0)
    never = Event()
    pool = InterruptibleThreadPoolExecutor(workers)
    jobs = [pool.submit(never.wait, 0.2) for _ in range(workers)]
    pool.shutdown()
    assert [job.result() for job in jobs] == [False] * workers
