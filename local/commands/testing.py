"""`./gas test`: format, lint, types, and all tests in one run of pytest."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from local.errors import LocalError
from local.host import browser
from local.host.folder import REPOSITORY, Folder, search_path, tool
from local.progress import Steps

SOURCES = (
    *("app.py", "bench", "chaos", "client/src", "loadtest", "local", "reference"),
    *("runtime", "scaling", "stacks", "tests"),
)
SHELL_SCRIPTS = ("gas", ".ci/run", "runtime/boot/*.sh", "tests/boot/*.sh")

STYLE_SHEETS = ("runtime/web/static/css/**/*.css",)
SCRIPT_TESTS = "tests/unit/web/scripts/*.test.js"

CHECK_SECONDS = 600.0

MOST_WORKERS = 4
"""Workers of pytest: one has the running platform, each of the others starts an emulator."""

SUITES = ("unit", "stacks", "platform", "boot", "browser")


@dataclass(frozen=True)
class Check:
    """A command that passes with exit code 0."""

    name: str
    command: tuple[str, ...]


def checks() -> list[Check]:
    """The checks before the tests."""
    scripts = [str(path) for glob in SHELL_SCRIPTS for path in sorted(REPOSITORY.glob(glob))]
    return [
        Check("format", ("ruff", "format", "--check", "--quiet", ".")),
        Check("lint", ("ruff", "check", "--quiet", ".")),
        Check("shell", ("shellcheck", *scripts)),
        Check("types", ("mypy", *SOURCES)),
        Check("scripts", ("node", "node_modules/eslint/bin/eslint.js", ".")),
        Check("styles", ("node", "node_modules/stylelint/bin/stylelint.mjs", *STYLE_SHEETS)),
        Check("script-tests", ("node", "--test", SCRIPT_TESTS)),
    ]


NAMES = (*(check.name for check in checks()), *SUITES)
"""The values of `--only`."""


def run_tests(only: Sequence[str], arguments: Sequence[str], console: Console) -> int:
    """Run the named checks and suites; all of them if none is named.

    Every check runs even if another fails. pytest runs last, so that its summary is the last
    line.

    Args:
        only: some of NAMES.
        arguments: for pytest.
        console: for the output.

    Returns:
        The exit code: 0 when all passed.

    Raises:
        LocalError: `only` has an unknown name.
    """
    unknown = sorted(set(only) - set(NAMES))
    if unknown:
        raise LocalError(f"There is no {unknown[0]!r}. Choose from: {', '.join(NAMES)}")
    chosen = set(only or NAMES)
    folder = Folder.of_repository()
    folder.make()
    passed = _run_checks([check for check in checks() if check.name in chosen], console)
    suites = [name for name in SUITES if name in chosen and (REPOSITORY / "tests" / name).exists()]
    if not suites:
        return 0 if passed else 1
    chromium = _provide_chromium(folder, console) if "browser" in suites else None
    tests_passed = _run_pytest(suites, arguments, chromium)
    return 0 if passed and tests_passed else 1


def _run_checks(chosen: list[Check], console: Console) -> bool:
    passed = True
    with Steps(console) as steps:
        for check in chosen:
            try:
                with steps.step(check.name):
                    _run_check(check)
            except LocalError as error:
                passed = False
                console.print(escape(str(error)), highlight=False, soft_wrap=True)
    return passed


def _run_check(check: Check) -> None:
    """Raise LocalError with the command's output if the check fails."""
    command = [str(tool(check.command[0])), *check.command[1:]]
    try:
        run = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=_environment(),
            timeout=CHECK_SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LocalError(f"{check.name} took more than {CHECK_SECONDS:.0f} s.") from error
    if run.returncode != 0:
        raise LocalError((run.stdout + run.stderr).rstrip())


def _provide_chromium(folder: Folder, console: Console) -> Path | None:
    """Find or install a Chromium. Without one the browser tests are skipped, or fail in CI."""
    chromium = browser.find_chromium()
    if chromium is not None:
        return chromium
    log = folder.logs / "chromium.log"
    with Steps(console) as steps, steps.step("install Chromium") as step:
        chromium = browser.install_chromium(log)
        step.detail = str(chromium or f"not possible here, see {log}")
    if chromium is None:
        console.print(f"Without it, tests/browser can't run. {browser.HOW_TO}", soft_wrap=True)
    return chromium


def _run_pytest(suites: list[str], arguments: Sequence[str], chromium: Path | None) -> bool:
    environment = _environment()
    if chromium is not None:
        environment[browser.VARIABLE] = str(chromium)
    workers = _workers(suites)
    # The longest suites are last in SUITES; several workers start with them, to finish together.
    folders = [f"tests/{name}" for name in (reversed(suites) if workers else suites)]
    command = [sys.executable, "-m", "pytest", *folders, *workers, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode == 0


def _workers(suites: list[str]) -> list[str]:
    """Divide several suites among processes, as `tests/conftest.py` says."""
    count = min(MOST_WORKERS, os.cpu_count() or 1)
    if len(suites) == 1 or count == 1:
        return []
    return [f"--numprocesses={count}", "--dist=loadscope", "--no-loadscope-reorder"]


def _environment() -> dict[str, str]:
    return os.environ | {"PATH": f"{search_path()}{os.pathsep}{os.environ.get('PATH', '')}"}
