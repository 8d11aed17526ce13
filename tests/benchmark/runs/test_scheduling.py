"""Workers that are lost on the way: the rest goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from joblib import Parallel, delayed
from joblib.externals.loky import ProcessPoolExecutor

from symbreak.benchmark.aggregation.long_table import load_results
from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.runs import scheduling
from symbreak.benchmark.runs.scheduling import run_all

from ..conftest import QUIET


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
from symbreak.benchmark.runs.scheduling import run_all

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


@pytest.fixture
def cluster():
    """A Ray cluster on this machine whose head has one core, and which more nodes can join."""
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, connect=True, head_node_args={"num_cpus": 1})
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def test_ray_without_a_gpu(cluster):
    calls = [(number,) for number in range(4)]
    assert dict(run_all(square_or_die, calls, 2, "ray")) == {number: number**2 for number in range(4)}
    with pytest.raises(ValueError, match="expected a GPU in the Ray cluster for --device cuda, got none"):
        next(run_all(square_or_die, calls, 2, "ray", "cuda"))


def place(_: int) -> tuple[str, float]:
    """The Ray node of a call, and what part of a GPU it was given."""
    import ray

    context = ray.get_runtime_context()
    return context.get_node_id(), context.get_assigned_resources().get("GPU", 0)


@pytest.mark.slow
@pytest.mark.parametrize("device, share", [("cpu", 0), ("auto", 0.25), ("cuda", 0.25)])
def test_ray_puts_several_calls_on_one_gpu(cluster, device, share):
    """Of two nodes the second has a GPU, as Ray is told: all calls that need one go there, a quarter of it each."""
    node = cluster.add_node(num_cpus=4, num_gpus=1)
    outcomes = dict(run_all(place, [(number,) for number in range(8)], 4, "ray", device))
    assert {given for _, given in outcomes.values()} == {share}
    assert device == "cpu" or {where for where, _ in outcomes.values()} == {node.node_id}


def metrics(folder: Path) -> str:
    return load_results(folder).drop(columns="train_seconds").to_csv()


@pytest.mark.slow
def test_a_grid_outlives_a_killed_ray_node(cluster, tiny, machine, tmp_path):
    """Two nodes of one core each; the second is killed when two runs are done and both nodes are at the next. The
    table equals that of one process, character by character."""
    import ray

    node = cluster.add_node(num_cpus=1)
    preset = replace(tiny, seeds=(0, 1))
    left = []

    def kill():
        wait_until(lambda: len(list(tmp_path.glob("ray/runs/*.json"))) >= 2)
        wait_until(lambda: ray.available_resources().get("CPU", 0) == 0)
        cluster.remove_node(node, allow_graceful=False)
        left.append(len(preset.runs()) - len(list(tmp_path.glob("ray/runs/*.json"))))

    killer = threading.Thread(target=kill)
    killer.start()
    run_grid(preset, tmp_path / "ray", replace(machine, backend="ray"), QUIET)
    killer.join()
    assert left[0] >= 4
    wait_until(lambda: [each["NodeID"] for each in ray.nodes() if not each["Alive"]] == [node.node_id])
    run_grid(preset, tmp_path / "loky", machine, QUIET)
    assert metrics(tmp_path / "ray") == metrics(tmp_path / "loky")


def my_process(_: int) -> int:
    time.sleep(0.2)
    return os.getpid()


@pytest.mark.parametrize("calls, workers", [(1, 40), (3, 40), (4, 2)])
def test_no_more_processes_than_calls_are_started(monkeypatch, calls, workers):
    """40 workers for four runs took 3.8 GB."""
    started = []

    def pool(max_workers, env):
        started.append(max_workers)
        return ProcessPoolExecutor(max_workers, env=env)

    monkeypatch.setattr(scheduling, "ProcessPoolExecutor", pool)
    outcomes = dict(run_all(my_process, [(number,) for number in range(calls)], workers, "loky"))
    assert started == [min(calls, workers)]
    assert os.getpid() not in outcomes.values() and len(outcomes) == calls


def test_the_pool_of_joblib_is_left_alone():
    """With which data are simulated: joblib reuses any pool of loky that it finds."""
    assert dict(run_all(square_or_die, [(2,), (3,)], 2, "loky")) == {0: 4, 1: 9}
    assert Parallel(n_jobs=2)(delayed(square_or_die)(number) for number in (2, 3)) == [4, 9]


def test_calls_that_are_no_longer_waited_for_are_ended():
    """As after Ctrl-C: the workers do not train on."""
    outcomes = run_all(nap, [(0.0,), (300.0,), (300.0,)], 2, "loky")
    _, process = next(outcomes)
    outcomes.close()
    wait_until(lambda: not is_alive(process))


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()
