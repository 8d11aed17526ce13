"""The example rollout that a run stores."""

import numpy as np

from symbreak.benchmark.runs.execute import shortened


def test_stored_rollouts_have_the_digits_of_half_precision_and_the_range_of_single():
    flow = np.random.default_rng(0).normal(size=(4, 2, 5, 7)).astype(np.float32)
    assert np.array_equal(shortened(flow), flow.astype(np.float16))
    for scale in (1e-30, 1e-8, 1e6, 1e37):
        scaled = (np.float32(scale) * flow).astype(np.float32)
        stored = shortened(scaled)
        assert stored.dtype == np.float32 and (np.abs(stored - scaled) <= 2.0**-11 * np.abs(scaled)).all()
    lost = np.array([np.inf, -np.inf, np.nan, 0.0], dtype=np.float32)
    assert np.array_equal(shortened(lost), lost, equal_nan=True)
