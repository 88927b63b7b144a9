"""`./gas stage`, `synth`, `preflight` and `image`: a stage's settings, synthesis and account."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from local.aws.cdk import failing_lines
from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder, cdk_cli, search_path

SETTINGS_SECONDS = 60.0
SYNTH_SECONDS = 900.0
"""Time limits for a slow machine; the first synthesis downloads the wheels."""

MARKER = "cdk.out"
"""A file in every cloud assembly."""

_WARNING = re.compile(r"^WARNING (.+) \(Annotation\)$")
"""A warning of the stacks' own, as the CDK prints it."""


def describe(stage: str) -> str:
    """Return the settings of a stage as text: value, origin and meaning of each key.

    Raises:
        LocalError: there is no such stage, or its file is wrong; the message names each wrong key.
    """
    return _said_by("stacks.settings", stage)


def costs(stage: str) -> str:
    """Return what a stage costs in a month by item, and what 1,000 jobs add, as text.

    Raises:
        LocalError: there is no such stage, or its file is wrong; the message names each wrong key.
    """
    return _said_by("stacks.costs", stage)


def settings_page() -> str:
    """Return what every key of a stage means, as a page in Markdown."""
    return _said_by("stacks.settings")


def _said_by(module: str, *stage: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", module, *stage],
        cwd=REPOSITORY,
        env={"PATH": search_path(), "PYTHONPATH": str(REPOSITORY)},
        timeout=SETTINGS_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise LocalError(run.stderr.strip())
    return run.stdout


def in_account(module: str, stage: str, region: str | None, *more: str) -> int:
    """Run a module of the stacks that asks the user's account; returns the exit code.

    Unlike all else here it runs in the user's own environment, which leads to the account.
    """
    command = [sys.executable, "-m", module, "--stage", stage, *more]
    if region:
        command += ["--region", region]
    environment = os.environ | {"PATH": search_path(), "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode


def synthesize(folder: Folder, stage: str, out: Path) -> list[str]:
    """Write the cloud assembly of a stage to `out`, and replace one that is there.

    The synthesis gets none of the user's credentials and variables: the same work tree gives the
    same bytes for everybody.

    Returns:
        What the synthesis warns of.

    Raises:
        LocalError: the stage is wrong, `out` has other content, or the synthesis failed.
    """
    describe(stage)
    _clear(out)
    folder.make()
    log = folder.logs / "synth.log"
    command = [
        *(str(cdk_cli()), "synth", "--quiet", "--output", str(out.resolve())),
        *("-c", f"stage={stage}", "--no-notices", "--no-version-reporting"),
    ]
    try:
        with log.open("w") as lines:
            code = subprocess.run(
                command,
                cwd=REPOSITORY,
                env=synthesis_environment(folder),
                timeout=SYNTH_SECONDS,
                stdout=lines,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
    except subprocess.TimeoutExpired as error:
        raise LocalError(
            f"The synthesis took more than {SYNTH_SECONDS:.0f} s. See {log}."
        ) from error
    if code != 0:
        raise LocalError(f"The synthesis failed:\n{failing_lines(log)}\nAll of it: {log}")
    return warnings_in(log)


def warnings_in(log: Path) -> list[str]:
    """Return what the stacks warned of in the log of a synthesis."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [found[1] for line in lines if (found := _WARNING.match(line))]


def _clear(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir() or (any(out.iterdir()) and not (out / MARKER).exists()):
        raise LocalError(f"{out} isn't a cloud assembly. Choose another folder.")
    shutil.rmtree(out)


def synthesis_environment(folder: Folder) -> dict[str, str]:
    """Return all variables of a synthesis: of the user's only those about package indexes."""
    proxies = {name: value for name, value in os.environ.items() if _leads_to_packages(name)}
    return proxies | {
        "PATH": search_path(),
        "HOME": str(folder.home),
        "TMPDIR": str(folder.temporary),
        "CI": "true",
        "NO_COLOR": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "GAS_CACHE_DIR": str(folder.cache),
    }


def _leads_to_packages(name: str) -> bool:
    """Whether a variable tells pip or uv where packages come from, or how to reach that host."""
    return name.startswith(("PIP_", "UV_")) or name.lower().endswith(("_proxy", "_cert_file"))
