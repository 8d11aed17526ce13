"""Learned weights of two losses, against numbers worked out by hand."""

import pytest
import torch

from symbreak.benchmark.methods import METHODS
from symbreak.benchmark.methods.gradnorm import SMALLEST_WEIGHT, GradNorm
from symbreak.benchmark.runs.rollout import Rollout
from symbreak.models import Task, build
from symbreak.symmetry import nontrivial_elements


def losses(parameters):
    """``(3 a + 4 b, a^2)`` at ``parameters = (a, b)``."""
    a, b = parameters
    return 3 * a + 4 * b, a**2


def test_two_updates_by_hand():
    """The model has the parameters a = 1/2, b = 1, the losses are L = (3a + 4b, a^2) = (5.5, 0.25).

    First call: w = (1, 1), so the sum is 5.75. The gradients of L are (3, 4) and (2a, 0) = (1, 0), the norms G = (5, 1)
    and their mean 3. No task has moved, so r = (1, 1) and both aim at 3: 5 is too large, 1 too small, and the gradient
    on w is (+5, -1). Adam's first step is 0.1 against its signs: w = (0.9, 1.1), which already adds up to 2.

    Then the model moves to a = 1, b = 0.625: L = (5.5, 1), norms of the gradients 5 and 2.
    Second call: the sum is 0.9 5.5 + 1.1 1 = 6.05. L/L(0) = (1, 4), mean 2.5, r = (0.4, 1.6). G = (4.5, 2.2), mean
    3.35; with a = 1 the aims are (1.34, 5.36): the gradient on w is (+5, -2). Adam with b1 = 0.9, b2 = 0.999 divides
    m = (5, -(0.09 1 + 0.1 2)/0.19 = -1.526316) by the root of v = (25, (0.000999 1 + 0.001 4)/0.001999 = 2.500750),
    1.581376: the steps are 0.1 and 0.1 0.965183, w = (0.8, 1.196518), times 2/1.996518: (0.801395, 1.198605).
    """
    balance = GradNorm(tasks=2, asymmetry=1.0, learning_rate=0.1)
    parameters = torch.tensor([0.5, 1.0], requires_grad=True)
    assert balance.weighted(losses(parameters), [parameters]).item() == pytest.approx(5.75)
    assert balance.weights.tolist() == pytest.approx([0.9, 1.1])
    parameters = torch.tensor([1.0, 0.625], requires_grad=True)
    assert balance.weighted(losses(parameters), [parameters]).item() == pytest.approx(6.05)
    assert balance.weights.tolist() == pytest.approx([0.801395, 1.198605], abs=1e-6)


def test_the_sum_that_is_minimised_has_the_weighted_gradient():
    """At w = (0.5, 1.5): 0.5 (3, 4) + 1.5 (2a, 0) with a = 1/2."""
    balance = GradNorm(tasks=2)
    balance.weights.copy_(torch.tensor([0.5, 1.5]))
    parameters = torch.tensor([0.5, 1.0], requires_grad=True)
    balance.weighted(losses(parameters), [parameters]).backward()
    assert parameters.grad.tolist() == pytest.approx([3.0, 2.0])


def test_equal_pull_is_reached_without_asymmetry():
    """Gradients of length 5 and 1 become equally large at w = (1/3, 5/3)."""
    balance = GradNorm(tasks=2, asymmetry=0.0)
    for _ in range(200):
        parameters = torch.tensor([0.5, 1.0], requires_grad=True)
        balance.weighted(losses(parameters), [parameters])
    assert balance.weights.tolist() == pytest.approx([1 / 3, 5 / 3], abs=0.03)


@pytest.mark.parametrize("model", ["convnet", "equiv-rotation"])
def test_weights_add_up_to_two_and_stay_positive(model):
    """Also for a strict model, whose second loss is nothing but rounding."""
    task = Task(history=1, shape=(16, 16), group="C4")
    rollout, method = Rollout(build(model, task, width=2), task), METHODS["remul-gradnorm"]()
    history, elements = torch.randn(2, 1, 2, 16, 16), nontrivial_elements("C4", (16, 16))
    for _ in range(60):
        loss = method.loss(rollout(history, 1).square().mean(), rollout.model, history, elements)
        weights = method.learned.weights
        assert loss.isfinite() and weights.sum().item() == pytest.approx(2)
        assert weights.min() > 0.9 * SMALLEST_WEIGHT
    assert weights.tolist() != [1, 1]


def test_every_training_has_weights_of_its_own():
    one, other = METHODS["remul-gradnorm"](), METHODS["remul-gradnorm"]()
    one.learned.weights[0] = 7
    assert other.learned.weights.tolist() == [1, 1]


def test_complex_weights_have_the_weighted_gradient():
    """``L = |w|^2 + 2 |w - 1|^2`` pulls at both parts of a complex number."""
    weight = torch.nn.Parameter(torch.tensor([1.0 + 2.0j]))
    parts = weight.abs().square().sum(), 2 * (weight - 1).abs().square().sum()
    GradNorm(tasks=2).weighted(parts, [weight]).backward()
    found, weight.grad = weight.grad.clone(), None
    (weight.abs().square().sum() + 2 * (weight - 1).abs().square().sum()).backward()
    torch.testing.assert_close(found, weight.grad)
