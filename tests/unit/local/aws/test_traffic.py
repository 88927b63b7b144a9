"""What the load balancer counts."""

import pytest

from local.aws.traffic import Count, Traffic


@pytest.mark.parametrize(
    ("status", "successes"), [(199, 0), (200, 1), (204, 1), (299, 1), (302, 0), (404, 0), (500, 0)]
)
def test_should_count_a_success_when_the_answer_is_2xx(status: int, successes: int) -> None:
    traffic = Traffic()

    traffic.answered(status, 0.5)

    assert traffic.take() == Count(successes, [0.5])


def test_should_begin_at_zero_when_the_count_was_taken() -> None:
    traffic = Traffic()
    traffic.answered(200, 0.1)
    traffic.take()

    assert traffic.take() == Count()
