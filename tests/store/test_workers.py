import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from analytics_core.errors import StoreBusy
from analytics_core.store.workers import MOST_WAITING, Workers


def test_the_hundred_and_first_who_would_wait_is_told_to_come_back():
    workers, go = Workers(2), threading.Event()
    arrived = threading.Semaphore(0)

    def wait() -> bool:
        return workers.run(lambda: go.wait(10))

    def queued() -> int:
        return workers._jobs

    with ThreadPoolExecutor(2 + MOST_WAITING) as people:
        waiting = [people.submit(wait) for _ in range(2 + MOST_WAITING)]
        while queued() < 2 + MOST_WAITING:
            arrived.acquire(timeout=0.01)
        with pytest.raises(StoreBusy, match="100 people are ahead of you"):
            workers.run(lambda: True)
        go.set()
        assert all(w.result() for w in waiting)
    assert workers.run(lambda: 1) == 1
    workers.close()


def test_an_error_in_a_job_is_its_askers():
    workers = Workers(1)
    with pytest.raises(ZeroDivisionError):
        workers.run(lambda: 1 // 0)
    assert workers.run(lambda: 2) == 2
    workers.close()
