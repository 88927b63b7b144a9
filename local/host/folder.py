"""Where the laptop cloud keeps its things: the folder `.gas` and what lies in it."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Folder:
    """The layout of `.gas`. Tests have a folder of their own and share `cache`."""

    root: Path
    cache: Path

    @classmethod
    def of_repository(cls) -> "Folder":
        """The folder of this work tree."""
        root = REPOSITORY / ".gas"
        return cls(root=root, cache=root / "cache")

    @property
    def logs(self) -> Path:
        """What the parts of the laptop cloud wrote; emptied by each `up`."""
        return self.root / "logs"

    @property
    def state(self) -> Path:
        """What outlives a run: the emulator's state and the demo user. `./gas reset` deletes it."""
        return self.root / "state"

    @property
    def demo_file(self) -> Path:
        """Email address and password of the demo user; only the owner of the file can read it."""
        return self.state / "demo.json"

    @property
    def stripe_file(self) -> Path:
        """Customers and subscriptions at what stands for Stripe; part of the state."""
        return self.state / "stripe.pickle"

    @property
    def instances(self) -> Path:
        """A folder an instance, its GAS_ROOT."""
        return self.root / "instances"

    @property
    def home(self) -> Path:
        """HOME of the CDK CLI, which caches accounts there that are none of the user's business."""
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        """TMPDIR of everything that is started."""
        return self.root / "tmp"

    @property
    def assembly(self) -> Path:
        """What the CDK synthesizes. Assets that are there already aren't bundled again."""
        return self.root / "cdk.out"

    @property
    def outputs_file(self) -> Path:
        """The outputs of the deployed stacks, as the CDK writes them."""
        return self.root / "outputs.json"

    @property
    def activities_file(self) -> Path:
        """What Auto Scaling has done; part of the state."""
        return self.state / "activities.jsonl"

    @property
    def run_file(self) -> Path:
        """Describes the run that is going on, or that was ended from outside."""
        return self.root / "run.json"

    @property
    def lock_file(self) -> Path:
        """Locked as long as `up` runs."""
        return self.root / "lock"

    def make(self) -> None:
        """Create the folders.

        Raises:
            OSError: the place can't be written.
        """
        for path in (self.logs, self.state, self.instances, self.home, self.temporary, self.cache):
            path.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o700)


def tool(name: str) -> Path:
    """Path of a program of the virtual environment, such as `node` or `aws`."""
    return REPOSITORY / ".venv" / "bin" / name


def cdk_cli() -> Path:
    """Path of the CDK command line, which package-lock.json pins."""
    return REPOSITORY / "node_modules" / ".bin" / "cdk"


def search_path() -> str:
    """PATH for what the laptop cloud starts: the virtual environment first, then the system."""
    system = ("/usr/local/bin", "/usr/bin", "/bin")
    return os.pathsep.join([str(REPOSITORY / ".venv" / "bin"), *system])
