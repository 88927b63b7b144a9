"""The load tests of the site: the users, their number, the duration, and the original's figures."""

from dataclasses import dataclass

from scaling.simulate.loads import HOME_PAGE, REGISTER_PAGE


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The totals of a Locust run. Response times in ms."""

    requests: int
    failures: int
    median_ms: float
    average_ms: float
    maximum_ms: float
    requests_per_s: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A load test of the site.

    `fleets` are those whose capacity it may change. `original` is None where the original had no
    such test.
    """

    name: str
    title: str
    user_class: str
    users: int
    users_per_s: float
    seconds: int
    fleets: tuple[str, ...]
    original: Figures | None = None


HOME = Profile(
    name="home",
    title="Home page",
    user_class="HomePage",
    users=HOME_PAGE.users,
    users_per_s=HOME_PAGE.users_per_s,
    seconds=HOME_PAGE.duration_s,
    fleets=("web",),
    original=Figures(
        requests=HOME_PAGE.requests,
        failures=55,
        median_ms=17,
        average_ms=45,
        maximum_ms=9707,
        requests_per_s=HOME_PAGE.requests_per_s,
    ),
)
REGISTER = Profile(
    name="register",
    title="Registration page",
    user_class="RegisterPage",
    users=REGISTER_PAGE.users,
    users_per_s=REGISTER_PAGE.users_per_s,
    seconds=REGISTER_PAGE.duration_s,
    fleets=("web",),
    original=Figures(
        requests=REGISTER_PAGE.requests,
        failures=0,
        median_ms=19,
        average_ms=20,
        maximum_ms=234,
        requests_per_s=REGISTER_PAGE.requests_per_s,
    ),
)
RESEARCHER = Profile(
    name="researcher",
    title="Researchers",
    user_class="Researcher",
    users=5,
    users_per_s=1,
    seconds=120,
    fleets=("web", "annotator"),
)
