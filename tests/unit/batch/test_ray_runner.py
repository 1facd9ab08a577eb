"""Tasks on Ray are as many as the cluster has room for, while it grows and shrinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.batch.job import Job
from cnilog.batch.runners import ray
from cnilog.batch.runners.ray import A_TASK, WINDOW, _Queue, _slots

if TYPE_CHECKING:
    import pytest


class _Cluster:
    """A cluster that has no worker yet, then two processors, then eight, then four."""

    def __init__(self) -> None:
        self.sizes = iter((None, 2.0, 8.0, 4.0))

    def cluster_resources(self) -> dict[str, float]:
        size = next(self.sizes)
        return {"memory": 1e9} | ({"CPU": size} if size else {})


def test_tasks_follow_the_size_of_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "LOOK_S", 0.0)
    slots = _slots(_Cluster())

    assert [next(slots) for _ in range(4)] == [WINDOW, 2 * WINDOW, 8 * WINDOW, 4 * WINDOW]


def test_the_size_is_not_asked_for_with_every_task() -> None:
    slots = _slots(_Cluster())

    assert [next(slots) for _ in range(100)] == [WINDOW] * 100


def test_the_first_tasks_have_one_bundle_and_the_rest_several() -> None:
    jobs = [Job(str(number), 1, "1") for number in range(2 + A_TASK + 1)]
    queue = _Queue(iter(jobs), 2)

    assert [len(queue.take()) for _ in range(5)] == [1, 1, A_TASK, 1, 0]
