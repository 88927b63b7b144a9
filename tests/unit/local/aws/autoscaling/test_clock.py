"""Minutes that are shorter than a minute."""

import pytest

from local.aws.autoscaling.clock import TIME_SCALES, Clock


@pytest.mark.parametrize("scale", TIME_SCALES)
def test_should_have_whole_seconds_in_a_minute_when_the_scale_is_allowed(scale: int) -> None:
    clock = Clock(scale, wall=lambda: 1_000_000.5)

    assert clock.minute_seconds * scale == 60
    assert clock.wall_start(clock.minute()) <= 1_000_000.5 < clock.wall_start(clock.minute() + 1)
    assert clock.minute_at(clock.wall_start(clock.minute())) == clock.minute()
    assert clock.now_s() // 60 == clock.minute()


@pytest.mark.parametrize("scale", [0, 7, 61, -1])
def test_should_be_refused_when_a_minute_is_not_whole_seconds(scale: int) -> None:
    with pytest.raises(ValueError, match=f"20.*got {scale}"):
        Clock(scale)
