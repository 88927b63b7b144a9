"""CloudFormation: deploys all stacks to the emulator with the real CDK command line."""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import TimeoutExpired
from types import MappingProxyType

from local.aws.account import ACCOUNT_ID, REGION, Account
from local.aws.outputs import Outputs
from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder, cdk_cli, search_path
from local.host.processes import SupervisedProcess

STAGE = "local"

SYNTH_SECONDS = 300.0
BOOTSTRAP_SECONDS = 120.0
DEPLOY_SECONDS = 300.0
"""Time limits for a slow machine; the first synthesis downloads the wheels."""

STOP_SECONDS = 5.0
POLL_SECONDS = 0.2

BUCKET_OF_ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT_ID}-{REGION}"
"""Created by `cdk bootstrap`; the name contains the CDK's default qualifier.
https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html"""

_DEPLOYED = re.compile(r"^\s*✅\s+(\S+)")
_FAULT = re.compile(
    r"❌|\berror\b|\bfailed\b|Traceback|Exception|CREATE_FAILED|UPDATE_FAILED", re.I
)

TEMPLATE = ".template.json"
"""How the names of templates end in a cloud assembly."""

OnStack = Callable[[str], None]


DOWNLOAD_VARIABLES = {
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "XDG_CONFIG_HOME"),
}
"""Proxies are written in lower case too."""


class Cdk:
    """The CDK command line on this work tree, with a HOME, a log and an output folder of its own.

    Args:
        folder: where those are.
        account: where it deploys.
    """

    def __init__(self, folder: Folder, account: Account) -> None:
        self._folder = folder
        self._account = account
        self._running: set[SupervisedProcess] = set()

    def stop(self) -> None:
        """Stop the commands that run now, in any thread."""
        for process in tuple(self._running):
            process.ask_to_stop()

    def bootstrap(self) -> None:
        """Create the bucket for assets, unless it exists."""
        s3 = self._account.client("s3")
        buckets = s3.list_buckets()["Buckets"]
        if BUCKET_OF_ASSETS in (bucket["Name"] for bucket in buckets):
            return
        # Without --app, the command would synthesize first.
        self._run(
            ["bootstrap", f"aws://{ACCOUNT_ID}/{REGION}", "--app", ""],
            log=self._folder.logs / "bootstrap.log",
            seconds=BOOTSTRAP_SECONDS,
        )
        # The policy refuses requests without TLS, and the emulator speaks plain HTTP.
        s3.delete_bucket_policy(Bucket=BUCKET_OF_ASSETS)

    def synthesize(
        self, site_url: str, references: Sequence[str] = (), like: str | None = None
    ) -> None:
        """Write the cloud assembly of stage `local` for a site at `site_url`.

        Args:
            site_url: the address of the site.
            references: S3 URIs of what it offers beside its own.
            like: a stage whose fleets, network, firewall and monitoring it has.
        """
        context = ["-c", f"stage={STAGE}", "-c", f"site_url={site_url}"]
        if like:
            context += ["-c", f"like={like}"]
        if references:
            context += ["-c", f"references={','.join(references)}"]
        self._run(
            ["synth", "--quiet", "--output", str(self._folder.assembly), *context],
            log=self._folder.logs / "synth.log",
            seconds=SYNTH_SECONDS,
            variables=download_variables(),
        )

    def refuse_other_stacks(self) -> None:
        """Refuse to deploy beside stacks of other fleets, which an earlier run has left.

        Raises:
            LocalError: naming them.
        """
        templates = self._folder.assembly.glob(f"*{TEMPLATE}")
        ours = {path.name.removesuffix(TEMPLATE) for path in templates}
        pages = self._account.client("cloudformation").get_paginator("describe_stacks").paginate()
        found = {stack["StackName"] for page in pages for stack in page["Stacks"]}
        if others := sorted(name for name in found - ours if name.startswith(f"gas-{STAGE}-")):
            raise LocalError(
                f"The state of the last run has the stacks {', '.join(others)}, because it ran "
                "with another --stage-like. Use the same one again, or run ./gas reset, which "
                "deletes all users, jobs and results."
            )

    def deploy(self, on_stack: OnStack) -> Outputs:
        """Deploy the synthesized stacks.

        Args:
            on_stack: called with the name of each deployed stack.

        Returns:
            The outputs of all stacks.
        """
        outputs = self._folder.outputs_file
        outputs.unlink(missing_ok=True)
        self._run(
            [
                *("deploy", "--all", "--app", str(self._folder.assembly)),
                *("--require-approval", "never", "--method", "direct", "--concurrency", "4"),
                *("--outputs-file", str(outputs), "--progress", "events"),
            ],
            log=self._folder.logs / "deploy.log",
            seconds=DEPLOY_SECONDS,
            on_line=lambda line: _report_stack(line, on_stack),
        )
        return Outputs.of_stacks(json.loads(outputs.read_text()))

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": search_path(),
            "HOME": str(self._folder.home),
            "TMPDIR": str(self._folder.temporary),
            "CI": "true",
            "NO_COLOR": "1",
            # ./gas test validates; here it would double the time of a synthesis.
            "CDK_VALIDATION": "false",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DEFAULT_ACCOUNT": ACCOUNT_ID,
            "CDK_DEFAULT_REGION": REGION,
            # The CDK library unpacks 200 MB there: once for all clouds, each of which has a HOME.
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(self._folder.cache / "jsii"),
            "GAS_CACHE_DIR": str(self._folder.cache),
            "UV_CACHE_DIR": str(self._folder.cache / "uv"),
            **self._account.root_variables,
        }

    def _run(
        self,
        arguments: list[str],
        *,
        log: Path,
        seconds: float,
        on_line: Callable[[str], None] = lambda _: None,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        log.write_bytes(b"")
        process = SupervisedProcess(
            [cdk_cli(), *arguments, "--no-notices", "--no-version-reporting"],
            env={**self._environment(), **variables},
            cwd=REPOSITORY,
            log=log,
            grace_seconds=STOP_SECONDS,
        )
        self._running.add(process)
        try:
            code = _follow(process, seconds=seconds, on_line=on_line)
        finally:
            process.stop()
            self._running.discard(process)
        if code != 0:
            raise LocalError(
                f"`cdk {arguments[0]}` failed:\n{failing_lines(log)}\nAll of it: {log}"
            )


def download_variables(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what pip needs to reach the package registries: proxies, certificates, settings.

    A synthesis downloads wheels. It asks nothing of the emulator, so no proxy comes in between.
    """
    return {
        name: value
        for name, value in environ.items()
        if name.startswith("PIP_") or name.upper() in DOWNLOAD_VARIABLES
    }


def _follow(process: SupervisedProcess, *, seconds: float, on_line: Callable[[str], None]) -> int:
    """Hand each line of the process's log to `on_line` until it ends; return the exit code."""
    waited = 0.0
    with process.log.open(errors="replace") as lines:
        while waited < seconds:
            try:
                code: int | None = process.wait(POLL_SECONDS)
            except TimeoutExpired:
                code, waited = None, waited + POLL_SECONDS
            for line in lines:
                on_line(line)
            if code is not None:
                return code
    raise LocalError(f"The CDK command line took more than {seconds:.0f} s. See {process.log}.")


def _report_stack(line: str, on_stack: OnStack) -> None:
    match = _DEPLOYED.match(line)
    if match:
        on_stack(match.group(1))


def failing_lines(log: Path, limit: int = 20) -> str:
    """Return the lines of a CDK log that mention a failure; if there are none, its last lines."""
    lines = [line.rstrip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    failures = [line for line in lines if _FAULT.search(line)]
    return "\n".join((failures or lines)[-limit:])
