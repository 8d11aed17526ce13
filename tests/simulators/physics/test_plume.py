"""The step: exact cases, invariants, and the same step in PhiFlow, with our pressure solve and with its own."""

import pytest
import torch
from phi.physics import advect, fluid
from phiml.math import Solve, jit_compile

from symbreak.simulators import Box, Draws, divergence, pressure_solve, simulate, stack_draws, still
from symbreak.simulators.physics.plume import cells, faces, phiflow_on, plume_step, staggered
from symbreak.simulators.physics.state import one_draw
from symbreak.simulators.scenarios.scenario import inflow, law

BOUNDARIES = [("closed", "closed"), ("periodic", "closed"), ("closed", "half-open"), ("periodic", "periodic")]


def two_plumes(buoyancy=0.02):
    return stack_draws([one_draw((5.0, 4.0), (0.0, 1.0), buoyancy), one_draw((3.0, 7.0), (1.0, 0.0), buoyancy / 2)])


def run(box, draws, steps, **breaking):
    return list(simulate(still(box, len(draws.center)), law(box, draws, **breaking), box, steps))


def test_without_force_smoke_piles_up_where_it_enters():
    """Nothing moves, so after k steps the smoke is k times the inflow."""
    box, draws = Box((10, 14)), two_plumes()
    *_, last = run(box, draws, 7, force=torch.zeros(1, 2, 1, 1, dtype=torch.float64))
    torch.testing.assert_close(last.smoke, 7 * inflow(box, draws), rtol=0, atol=1e-13)
    assert last.velocity.abs().max() == 0


def test_first_velocity_is_the_projected_buoyancy():
    """From rest, ``u_1 = P(s_1 force)`` with ``s_1`` the inflow: linear in the force."""
    box = Box((10, 14))
    weak, strong = (run(box, two_plumes(buoyancy), 1)[0] for buoyancy in (0.01, 0.03))
    torch.testing.assert_close(3 * weak.velocity, strong.velocity, rtol=0, atol=1e-15)
    assert weak.velocity[0, 1, 5, 4] > 0, "the first plume rises along y"
    assert weak.velocity[1, 0, 3, 7] > 0, "the second along x"


@pytest.mark.parametrize("boundary", BOUNDARIES, ids="-".join)
def test_invariants(boundary):
    """No divergence, no flow through closed walls, periodic ends alike; smoke never falls below 0 and its maximum grows
    by at most the inflow of 1 per step, because MacCormack advection is limited by the surrounding values. Its total is
    *not* conserved by semi-Lagrangian schemes."""
    box = Box((10, 14), boundary)
    for number, state in enumerate(run(box, two_plumes(), 25), start=1):
        assert divergence(state.faces).abs().max() < 1e-12
        assert state.smoke.min() >= 0
        assert state.smoke.max() <= number + 1e-9
        for wall, across in zip(boundary, (state.velocity_x.mT, state.velocity_y), strict=True):
            lower, upper = across[..., 0], across[..., -1]
            if wall in ("closed", "half-open"):
                assert lower.abs().max() < 1e-14
            if wall == "closed":
                assert upper.abs().max() < 1e-14
            if wall == "periodic":
                torch.testing.assert_close(lower, upper, rtol=0, atol=1e-14)


def test_drag_takes_its_share_of_the_velocity():
    """A uniform drag commutes with the projection: one step from rest loses exactly its share."""
    box = Box((10, 14))
    free, damped = run(box, two_plumes(), 1)[0], run(box, two_plumes(), 1, drag_x=0.25, drag_y=0.25)[0]
    torch.testing.assert_close(0.75 * free.velocity, damped.velocity, rtol=0, atol=1e-15)


def phiflow_loop(box, draws, steps):
    """The plume as PhiFlow's documentation writes it, with its own pressure solver; compiled as far as that can be."""
    state, plume_law = still(box, len(draws.center)), law(box, draws)
    with phiflow_on("cpu"):
        smoke, velocity = cells(state.smoke, box), staggered(state.faces, box)
        source, force = cells(plume_law.inflow, box), cells(plume_law.force.movedim(1, -1), box)

        @jit_compile
        def carried(smoke, velocity):
            smoke = advect.mac_cormack(smoke, velocity, 1.0) + source
            return smoke, advect.semi_lagrangian(velocity, velocity, 1.0) + (smoke * force).at(velocity)

        for _ in range(steps):
            smoke, velocity = carried(smoke, velocity)
            velocity, _ = fluid.make_incompressible(velocity, solve=Solve("scipy-direct"))
        return smoke.values.native("b,x,y"), *faces(velocity, box)


@pytest.mark.parametrize(
    "boundary",
    [("closed", "closed"), ("periodic", "periodic"), ("periodic", "closed"), ("open", "half-open")],
    ids="-".join,
)
def test_agrees_with_phiflow_after_60_steps(boundary):
    """The plumes are slow enough for PhiFlow's look-ups across the seam of a half-periodic box, which are wrong from
    more than a cell away."""
    box, draws = Box((10, 14), boundary), two_plumes(0.01)
    expected = phiflow_loop(box, draws, 60)
    *_, got = run(box, draws, 60)
    assert got.velocity.abs().max() > 0.3, "the flow must reach other cells"
    for ours, theirs in zip(got, expected, strict=True):
        assert (ours - theirs).abs().max() <= 1e-8 * theirs.abs().max()


def porous(openness):
    """All faces of a 10 x 14 box across x let that share through, except for closed ends."""
    weights = torch.full((11,), openness, dtype=torch.float64)
    weights[0] = weights[-1] = 0
    return weights


LAWS = {
    "drag": {"drag_x": torch.linspace(0, 0.2, 11)[None, :, None].double(), "drag_y": 0.1},
    "tilted": {"force": torch.tensor([0.01, 0.02]).double()[None, :, None, None]},
    "porous": {"open_x": porous(0.7)},
    "half-time": {"velocity_time": 0.5},
}


def agrees_with_reference(box, breaking, steps):
    """One step from a developed flow to 1e-9, and all steps from rest to 1e-8."""
    draws = two_plumes(0.05)
    plume_law = law(box, draws, **breaking)
    solve, expected = pressure_solve(box, plume_law.open_x, plume_law.open_y), still(box, 2)
    got = run(box, draws, steps, **breaking)
    with phiflow_on("cpu"):
        for _ in range(steps):
            expected = plume_step(expected, plume_law, solve, box)
        last = plume_step(got[-2], plume_law, solve, box)
    assert got[-1].velocity.abs().max() > (0.1 if steps < 60 else 0.5), "the flow must reach other cells"
    for ours, one, all_steps in zip(got[-1], last, expected, strict=True):
        assert (ours - one).abs().max() <= 1e-9 * one.abs().max()
        assert (ours - all_steps).abs().max() <= 1e-8 * all_steps.abs().max()


STEPS = pytest.mark.parametrize("steps", [8, pytest.param(60, marks=pytest.mark.slow)])


@STEPS
@pytest.mark.parametrize("boundary", [*BOUNDARIES, ("half-open", "open"), ("open", "periodic")], ids="-".join)
def test_is_the_phiflow_step(boundary, steps):
    agrees_with_reference(Box((10, 14), boundary), {}, steps)


@STEPS
@pytest.mark.parametrize("name", LAWS)
def test_is_the_phiflow_step_under_laws_that_break_symmetries(name, steps):
    agrees_with_reference(Box((10, 14)), LAWS[name], steps)


@STEPS
def test_is_the_phiflow_step_with_a_porous_seam(steps):
    open_x = torch.ones(11, dtype=torch.float64)
    open_x[0] = open_x[-1] = 0.3
    agrees_with_reference(Box((10, 14), ("periodic", "closed")), {"open_x": open_x}, steps)


@pytest.mark.parametrize("boundary", BOUNDARIES, ids="-".join)
@pytest.mark.parametrize("shape", [(10, 14), (17, 16), (64, 64)], ids=str)
def test_result_does_not_depend_on_the_batch(shape, boundary):
    """To the last bit; this is why the number of workers and of simulations cannot change a data set."""
    box, draws = Box(shape, boundary), two_plumes()
    alone = [run(box, Draws(*(part[i : i + 1] for part in draws)), 12)[-1] for i in range(2)]
    for pairs in (1, 2, 5):
        together = run(box, stack_draws([draws] * pairs), 12)[-1]
        for number in range(2 * pairs):
            for a, b in zip(together, alone[number % 2], strict=True):
                assert torch.equal(a[number], b[0])


def test_threads_and_denormals_are_put_back():
    threads = torch.get_num_threads()
    run(Box((10, 14)), two_plumes(), 1)
    assert torch.get_num_threads() == threads
    assert (torch.tensor(5e-308, dtype=torch.float64) / 10).item() > 0


def test_says_when_the_flow_blows_up():
    box = Box((10, 14))
    with pytest.raises(FloatingPointError, match="expected a finite flow, got NaN or infinity in step"):
        run(box, two_plumes(), 3, force=torch.full((1, 2, 1, 1), float("nan"), dtype=torch.float64))
