"""The layout of the folder `.gas`, where the laptop cloud keeps its files."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Folder:
    """A folder like `.gas`. Tests have one of their own, and share `cache`."""

    root: Path
    cache: Path

    @classmethod
    def of_repository(cls) -> "Folder":
        """The folder of this work tree."""
        root = REPOSITORY / ".gas"
        return cls(root=root, cache=root / "cache")

    @property
    def logs(self) -> Path:
        """The logs of the laptop cloud's parts; each `up` empties it."""
        return self.root / "logs"

    @property
    def state(self) -> Path:
        """The state between runs: the emulator's and the demo user. `./gas reset` deletes it."""
        return self.root / "state"

    @property
    def demo_file(self) -> Path:
        """Email address and password of the demo user; only the owner of the file can read it."""
        return self.state / "demo.json"

    @property
    def stripe_file(self) -> Path:
        """Customers and subscriptions of the Stripe stand-in; part of the state."""
        return self.state / "stripe.pickle"

    @property
    def outbox_file(self) -> Path:
        """The emails of the last run, as the emulator listed them; part of the state."""
        return self.state / "outbox.json"

    @property
    def instances(self) -> Path:
        """A folder for each instance, its GAS_ROOT."""
        return self.root / "instances"

    @property
    def home(self) -> Path:
        """HOME of the CDK CLI, so that its cache of accounts stays out of the user's HOME."""
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        """TMPDIR of all processes."""
        return self.root / "tmp"

    @property
    def assembly(self) -> Path:
        """The cloud assembly. The CDK doesn't bundle assets again that are already there."""
        return self.root / "cdk.out"

    @property
    def outputs_file(self) -> Path:
        """The outputs of the deployed stacks, as the CDK writes them."""
        return self.root / "outputs.json"

    @property
    def activities_file(self) -> Path:
        """The scaling activities; part of the state."""
        return self.state / "activities.jsonl"

    @property
    def instances_file(self) -> Path:
        """The instances of the current run, as the emulator lists them."""
        return self.root / "instances.json"

    @property
    def run_file(self) -> Path:
        """Describes the current run, or one that was killed."""
        return self.root / "run.json"

    @property
    def lock_file(self) -> Path:
        """Locked while `up` runs."""
        return self.root / "lock"

    def make(self) -> None:
        """Create the folders.

        Raises:
            OSError: the folder can't be written.
        """
        for path in (self.logs, self.state, self.instances, self.home, self.temporary, self.cache):
            path.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o700)


def tool(name: str) -> Path:
    """The path of a program in the virtual environment, such as `node` or `aws`."""
    return REPOSITORY / ".venv" / "bin" / name


def cdk_cli() -> Path:
    """The path of the CDK command line, which package-lock.json pins."""
    return REPOSITORY / "node_modules" / ".bin" / "cdk"


def search_path() -> str:
    """PATH for the processes of the laptop cloud: the virtual environment, then the system."""
    system = ("/usr/local/bin", "/usr/bin", "/bin")
    return os.pathsep.join([str(REPOSITORY / ".venv" / "bin"), *system])
