"""Workers that are lost on the way: the rest goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symbreak.benchmark.scheduling import run_all


def square_or_die(number: int) -> int:
    if number < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def die_once(number: int, marker: Path) -> int:
    if number == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def test_everything_is_called_once_and_numbered():
    outcomes = dict(run_all(square_or_die, [(number,) for number in range(5)], 1, "loky"))
    assert outcomes == {number: number**2 for number in range(5)}


def test_the_call_that_kills_its_process_is_found_and_the_rest_goes_on():
    outcomes = dict(run_all(square_or_die, [(1,), (2,), (-3,), (4,), (5,)], 2, "loky"))
    assert outcomes == {0: 1, 1: 4, 2: None, 3: 16, 4: 25}


def test_a_process_that_is_killed_once_is_forgiven(tmp_path):
    outcomes = dict(run_all(die_once, [(number, tmp_path / "died") for number in range(5)], 2, "loky"))
    assert outcomes == {number: number**2 for number in range(5)}


ORPHANS = """
import os, sys, time
from symbreak.benchmark.scheduling import run_all

def wait(folder):
    open(os.path.join(folder, str(os.getpid())), "w").close()
    time.sleep(300)

if __name__ == "__main__":
    list(run_all(wait, [(sys.argv[1],), (sys.argv[1],)], 2, "loky"))
"""


def is_alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().split()[2] != "Z"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="expected /proc, got none")
def test_workers_end_with_a_parent_that_is_killed_alone(tmp_path):
    (tmp_path / "orphans.py").write_text(ORPHANS)
    (tmp_path / "workers").mkdir()
    parent = subprocess.Popen([sys.executable, tmp_path / "orphans.py", tmp_path / "workers"])
    wait_until(lambda: len(list((tmp_path / "workers").iterdir())) == 2)
    workers = [int(path.name) for path in (tmp_path / "workers").iterdir()]
    assert all(map(is_alive, workers))
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(map(is_alive, workers)))


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def slow_square(number: int) -> int:
    time.sleep(1)
    return number**2


@pytest.fixture
def ray():
    ray = pytest.importorskip("ray")
    yield ray
    ray.shutdown()


def test_ray(ray):
    outcomes = dict(run_all(square_or_die, [(number,) for number in range(4)], 2, "ray"))
    assert outcomes == {number: number**2 for number in range(4)}


@pytest.mark.slow
def test_a_ray_node_that_is_killed_does_not_lose_its_calls(ray):
    """Two nodes of one core each; the second is killed after the first result."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    second = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False)
    try:
        outcomes = run_all(slow_square, [(number,) for number in range(8)], 2, "ray")
        first = next(outcomes)
        cluster.remove_node(second, allow_graceful=False)
        assert dict([first, *outcomes]) == {number: number**2 for number in range(8)}
    finally:
        ray.shutdown()
        cluster.shutdown()
