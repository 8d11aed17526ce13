"""Every registered network: the contract, and the symmetry that its family promises."""

import copy
from functools import partial
from importlib.util import find_spec

import pytest
import torch

from symbreak.models import (
    Task,
    build,
    check_model,
    count_parameters,
    get_model,
    kernels_built_once,
    list_models,
)
from symbreak.models.check import default_task
from symbreak.models.conv_stack import ChannelForecaster, ConvStack, channel_layers
from symbreak.models.families.fno import PaddedOperator
from symbreak.models.layers import PlainConv2d
from symbreak.models.layers.box import BOUNDARIES
from symbreak.models.model_error import measurable_groups, model_error
from symbreak.models.probe_fields import probe_environment, probe_fields
from symbreak.models.task import moved_environment
from symbreak.simulators.physics.box import OUTER_FACES_FLOW
from symbreak.symmetry import PointElement, assert_equivariant, point_group, probes

INSTALLED = [entry for entry in list_models() if entry.usable]
NAMES = [entry.name for entry in INSTALLED if entry.has_width]
POINT_GROUP_ENTRIES = [entry for entry in list_models() if {"rotation", "reflection"} & set(entry.symmetries)]
SINGLE = [entry.name for entry in POINT_GROUP_ENTRIES if len(entry.symmetries) == 1]
START_EQUIVARIANT = [name for name in SINGLE if not name.startswith(("lift", "combo"))]
LEAVE_IT = [entry.name for entry in POINT_GROUP_ENTRIES if entry.family == "relaxed"]
RELAXED = [entry.name for entry in list_models() if entry.family == "relaxed"]
SCALING = [entry.name for entry in list_models() if entry.symmetry == "scaling"]
ROTATION = Task(history=2, shape=(12, 12), group="C4")


def small_task(name, **changes):
    entry = next(entry for entry in list_models() if entry.name == name)
    settings = vars(default_task(entry, cells=12)) | changes
    return Task(**settings)


def small_model(name, **changes):
    torch.manual_seed(0)
    return build(name, small_task(name, **changes), width=2)


def perturb(model):
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize("name", [entry.name for entry in INSTALLED])
def test_every_model_obeys_the_contract(name):
    report = check_model(name, width=2)
    assert report.passed, str(report)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", START_EQUIVARIANT)
def test_starts_equivariant_under_the_simulators_action(name, dtype):
    model = small_model(name)
    shape = model.task.shape
    assert_equivariant(model, probe_fields(3, 2, shape), probes(model.task.group, shape), dtype=dtype)


@pytest.mark.parametrize("group", ["C4", "D4", "mirror"])
def test_strict_models_stay_equivariant_whatever_their_weights(group):
    task = Task(history=2, shape=(12, 12), group=group)
    model = perturb(build("equiv-reflection" if group == "mirror" else "equiv-rotation", task, width=2))
    assert_equivariant(model, probe_fields(3, 2, (12, 12)), probes(group, (12, 12)))


@torch.no_grad()
@pytest.mark.parametrize("family", ["equiv", "rpp", "rgroup", "rsteer", "clcnn"])
def test_starts_equivariant_under_turns_and_mirrors(family):
    torch.manual_seed(0)
    model = build(f"{family}-rotation", Task(history=2, shape=(12, 12), group="D4"), width=1)
    assert_equivariant(model, probe_fields(3, 2, (12, 12)), probes("D4", (12, 12)))


@torch.no_grad()
def test_lift_keeps_turns_and_mirrors_without_its_encoder():
    torch.manual_seed(0)
    model = build("lift-rotation", Task(history=2, shape=(12, 12), group="D4"), width=1).double()
    history = probe_fields(3, 2, (12, 12)).double()
    assert model_error(model, history, "D4") > 0.02
    model.network.encoder.register_forward_hook(lambda *call: torch.zeros_like(call[-1]))
    assert model_error(model, history, "D4") < 1e-10


@pytest.mark.parametrize("name", ["rgroup-translation", "rpp-translation", "rsteer-translation-rotation"])
def test_translation_models_start_equivariant_and_can_leave(name):
    model = small_model(name, boundary=("periodic", "periodic"))
    history = probe_fields(3, 2, model.task.shape)
    groups = ["shift-x", "C4"] if name.endswith("rotation") else ["shift-x"]
    assert all(model_error(model, history, group) < 1e-5 for group in groups)
    perturb(model)
    assert all(model_error(model, history, group) > 0.02 for group in groups)


@pytest.mark.parametrize("name", SCALING)
def test_scale_models_feel_a_dilation_less_than_plain_networks(name):
    """Measured over 32 seeds: 0.69 and 0.68 (RGroup) against 0.81 with 3 x 3 kernels and 1.03 with 5 x 5; over 8 seeds
    0.69 (Lift), 0.66 (Combo) and 0.71 (CLCNN) against 0.80."""
    task = Task(history=1, shape=(48, 48), group="dilation")

    def plain():
        plans = channel_layers(task, 12)
        return ChannelForecaster(task, ConvStack(*(plan.build(PlainConv2d, kernel_size=5) for plan in plans)))

    def mean_error(make):
        errors = []
        for seed in range(8):
            torch.manual_seed(seed)
            errors.append(model_error(make(), probe_fields(2, 1, (48, 48), passes=2), "dilation"))
        return sum(errors) / len(errors)

    error = mean_error(lambda: build(name, task, width=4))
    assert error < mean_error(lambda: build("convnet", task, width=12))
    assert error < 0.85 * mean_error(plain)


@pytest.mark.skipif(find_spec("neuralop") is not None, reason="neuraloperator is installed")
def test_fno_says_what_to_install():
    entry = get_model("fno")
    assert not entry.usable and entry.note == "needs pip install 'symbreak[fno]'"
    assert get_model("convnet").usable and get_model("convnet").note == ""
    with pytest.raises(ValueError, match=r"fno: expected the module neuralop, got none .*symbreak\[fno\]"):
        build("fno", ROTATION)


def test_the_state_of_fno_holds_tensors_only():
    """Around a network that puts a dictionary there, as neuraloperator 2 does."""

    class Operator(torch.nn.Conv2d):
        def state_dict(self, *args, **options):
            state = super().state_dict(*args, **options)
            state["_metadata"] = {"modes": 8}
            return state

    padded = PaddedOperator(Operator(2, 2, 1), ROTATION)
    assert set(padded.state_dict()) == {"operator.weight", "operator.bias"}


@pytest.mark.parametrize(
    "dtype, seen",
    [(torch.bfloat16, torch.float32), (torch.float32, torch.float32), (torch.float64, torch.float64)],
)
def test_fno_transforms_in_full_precision_under_autocast(dtype, seen):
    """Around a network that computes as neuraloperator does: a product in the Fourier domain and one by channel."""

    class Operator(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.channels = torch.nn.Conv2d(4, 2, 1)

        def forward(self, frames):
            fields = torch.fft.irfft2(torch.fft.rfft2(self.channels(frames)), s=frames.shape[-2:])
            assert frames.dtype == fields.dtype == seen
            return fields

    padded, frames = PaddedOperator(Operator().to(seen), ROTATION), torch.randn(3, 4, 12, 12).to(dtype)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = padded(frames)
    torch.testing.assert_close(output, padded.operator.channels(frames.to(seen)))


def test_unet_says_which_grids_it_can_halve_twice():
    with pytest.raises(ValueError, match="shape: expected sides that are multiples of 4 for unet, got 12 x 10"):
        build("unet", Task(history=1, shape=(12, 10), group="mirror"))


@pytest.mark.parametrize("name", ["convnet", "resnet", "mlp"])
def test_grids_with_unequal_sides(name):
    task = Task(history=2, shape=(5, 7), group="shift-x", boundary=("periodic", "closed"))
    history = probe_fields(3, 2, (5, 7))
    assert build(name, task, width=2)(history).shape == (3, 2, 5, 7)
    assert (model_error(build(name, task, width=2), history, "shift-x") < 1e-5) == (name != "mlp")


def test_half_open_boxes():
    """Models take them; turns do not map them onto themselves, nor the mirror one that is half open along x."""
    assert set(BOUNDARIES) == set(OUTER_FACES_FLOW), "the simulator's"
    task = Task(history=2, shape=(12, 12), group="mirror", boundary=("closed", "half-open"))
    assert build("equiv-reflection", task, width=2)(probe_fields(3, 2, (12, 12))).shape == (3, 2, 12, 12)
    assert measurable_groups(task) == ["mirror", "dilation"]
    assert measurable_groups(Task(**vars(task) | {"boundary": ("half-open", "half-open")})) == ["dilation"]
    assert measurable_groups(Task(**vars(task) | {"boundary": ("open", "open")})) == ["C4", "D4", "mirror", "dilation"]


def test_linear_extrapolation():
    """A flow that changes by the same amount each step is predicted exactly."""
    change = probe_fields(2, 1, (12, 12))
    history = torch.cat((change, 2 * change, 3 * change), 1)
    for predicts, expected in (("frame", 4 * change[:, 0]), ("increment", change[:, 0] / 0.5)):
        task = Task(history=3, shape=(12, 12), group="C4", predicts=predicts, increment_scale=0.5)
        torch.testing.assert_close(build("linear", task)(history), expected)
    assert build("linear", Task(history=1, shape=(12, 12), group="C4"))(change).abs().max() == 0


@pytest.mark.parametrize("name", LEAVE_IT)
def test_relaxed_models_can_leave_the_symmetry(name):
    model = perturb(small_model(name))
    assert model_error(model, probe_fields(3, 2, model.task.shape), model.task.group) > 0.02


@pytest.mark.parametrize("group", ["C4", "mirror"])
def test_convnet_has_no_point_group(group):
    model = small_model("convnet")
    assert model_error(model, probe_fields(3, 2, (12, 12)), group) > 0.5


def test_persistence_predicts_that_nothing_moves():
    history = probe_fields(3, 2, (12, 12))
    assert build("persistence", ROTATION)(history).abs().max() == 0
    frames = Task(history=2, shape=(12, 12), group="C4", predicts="frame")
    assert torch.equal(build("persistence", frames)(history), history[:, -1])


@pytest.mark.parametrize("name", NAMES)
def test_one_step_of_training_lowers_the_loss(name):
    model = small_model(name)
    history, target = probe_fields(4, 2, model.task.shape), probe_fields(4, 1, model.task.shape, seed=1)[:, 0]
    optimiser = torch.optim.Adam(model.parameters(), 1e-4)
    losses = []
    for _ in range(5):
        optimiser.zero_grad()
        with kernels_built_once(model):
            loss = (
                model(history, *probe_environment(model, len(history))) - target
            ).square().mean() + model.relaxation_penalty()
            loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", NAMES)
def test_trains_under_autocast(name):
    model = small_model(name)
    history = probe_fields(2, 2, model.task.shape)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = (
            model(history, *probe_environment(model, len(history))).float().square().mean() + model.relaxation_penalty()
        )
    loss.backward()
    assert loss.isfinite() and all(parameter.grad.isfinite().all() for parameter in model.parameters())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", NAMES)
def test_agrees_on_cuda(name):
    model = small_model(name).double()
    history = probe_fields(2, 2, model.task.shape).double()
    expected = model(history)
    torch.testing.assert_close(model.cuda()(history.cuda()).cpu(), expected)


def train_a_step_under_autocast(name, device):
    """One step as the trainer takes it: bfloat16, kernels built once for two frames, backward, fused Adam."""
    model = perturb(small_model(name)).to(device)
    history = probe_fields(2, 2, model.task.shape).to(device)
    told = [each.to(device) for each in probe_environment(model, 2)]
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimiser = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    with torch.autocast(device, dtype=torch.bfloat16), kernels_built_once(model):
        first = history[:, -1] + model(history, *told)
        second = first + model(torch.stack((history[:, -1], first), 1), *told)
        loss = (second - history[:, 0]).float().square().mean() + model.relaxation_penalty()
    loss.backward()
    optimiser.step()
    same = [name for (name, now), old in zip(model.named_parameters(), before, strict=True) if torch.equal(now, old)]
    assert loss.isfinite() and not same, f"{loss.item()}, not changed: {same}"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", NAMES)
def test_trains_on_cuda(name):
    train_a_step_under_autocast(name, "cuda")


@pytest.mark.parametrize("name", NAMES)
def test_a_step_under_autocast_changes_every_parameter(name):
    train_a_step_under_autocast(name, "cpu")


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides_the_weights(name):
    first, second = small_model(name).state_dict(), small_model(name).state_dict()
    assert first and all(torch.equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize("name", START_EQUIVARIANT)
def test_a_box_that_the_group_does_not_map_onto_itself_is_an_error(name):
    if "reflection" in name:
        build(name, small_task(name, shape=(12, 10), boundary=("periodic", "closed")), width=1)
        return
    with pytest.raises(ValueError, match="boundary: expected the same along x and y for C4, got periodic and closed"):
        build(name, small_task(name, boundary=("periodic", "closed")), width=1)


@pytest.mark.parametrize("name", START_EQUIVARIANT)
def test_on_a_grid_of_unequal_sides_half_turns_are_left(name):
    model = small_model(name, shape=(12, 10))
    assert model_error(model, probe_fields(3, 2, (12, 10)), model.task.group) < 1e-5


@pytest.mark.parametrize("name", [*NAMES, "persistence", "linear"])
def test_another_history_is_an_error(name):
    model = small_model(name)
    with pytest.raises(ValueError, match=r"history: expected shape \[B, 2, 2, 12, 12\], got \[2, 3, 2, 12, 12\]"):
        model(probe_fields(2, 3, (12, 12)))


@pytest.mark.parametrize("name", [*RELAXED, "convnet", "equiv-rotation"])
def test_penalties_enter_once(name):
    """The model's penalty is the sum of its five layers' penalties, each counted once; others have none."""
    model = perturb(small_model(name))
    if name not in RELAXED or name.startswith(("lift", "combo")):
        assert model.relaxation_penalty() == 0
        return
    assert len(model.network.layers) == 5
    expected = sum(layer.relaxation_penalty() for layer in model.network.layers)
    assert expected > 0 and model.relaxation_penalty().item() == pytest.approx(expected.item())


def test_parameters_do_not_include_constants():
    model = build("equiv-rotation", ROTATION, width=2)
    names = {name for name, _ in model.named_parameters()}
    assert set(model.state_dict()) == names and count_parameters(model) == sum(p.numel() for p in model.parameters())


def test_d4_has_mirrors_that_c4_has_not():
    history = probe_fields(3, 2, (12, 12))
    for group in ("C4", "D4"):
        model = perturb(build("equiv-rotation", Task(history=2, shape=(12, 12), group=group), width=2))
        assert len(point_group(group)) == model.network.layers[0].target.size
        assert (model_error(model, history, "mirror") < 1e-5) == (group == "D4")


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_loaded_from_the_state_computes_the_same(name):
    model, other = small_model(name), build(name, small_task(name), width=2)
    history = probe_fields(2, 2, model.task.shape)
    other.load_state_dict(copy.deepcopy(model.state_dict()))
    assert torch.equal(model(history), other(history))


@pytest.mark.parametrize("name", [entry.name for entry in INSTALLED if entry.family == "informed"])
def test_what_an_informed_model_is_told_moves_with_the_flow(name):
    """Equivariant if the environment moves, on unequal sides too; another environment gives another prediction."""
    model = perturb(small_model(name, shape=(12, 10)))
    history = probe_fields(2, model.task.history, (12, 10))
    (environment,) = probe_environment(model, 2)
    seen = 2 * model.task.history
    both, elements = torch.cat((history.flatten(1, 2), environment), 1), probes(model.task.group, (12, 10))

    def told(inputs):
        return model.to(inputs.dtype)(inputs[:, :seen].unflatten(1, (-1, 2)), inputs[:, seen:])

    def moved(element, inputs, move=moved_environment):
        flow = element.vector(inputs[:, :seen].unflatten(1, (-1, 2))).flatten(1, 2)
        return torch.cat((flow, move(element, inputs[:, seen:])), 1)

    assert_equivariant(told, both, elements, act_on_input=moved)
    with pytest.raises(AssertionError):
        assert_equivariant(told, both, elements, act_on_input=partial(moved, move=lambda _, fields: fields))


def test_no_environment_is_that_of_the_symmetric_law():
    model = perturb(small_model("oracle-rotation"))
    history = probe_fields(2, model.task.history, model.task.shape)
    assert torch.equal(model(history), model(history, torch.zeros(2, 4, *model.task.shape)))


def test_force_turns_and_scalars_move():
    """A force along x and a drag in the lower left corner, a quarter turn: a force along y, in the lower right."""
    environment = torch.zeros(1, 4, 5, 5)
    environment[0, 0, 0, 0] = environment[0, 2, 0, 0] = 1
    moved = moved_environment(PointElement(1), environment)
    assert moved[0, 1, 4, 0] == moved[0, 2, 4, 0] == 1 and moved.sum() == 2
