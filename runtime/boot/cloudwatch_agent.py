"""Configuration of the CloudWatch agent, which `cloudwatch_agent.py LOG_GROUP PROCESS...` writes.

With `--traces` the agent also takes spans from the processes, and sends them to X-Ray.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
It runs with the system's Python before anything is installed, so it imports no other module of GAS.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

BOOT_LOG = "/var/log/cloud-init-output.log"
"""Where cloud-init writes what user data prints."""

FLUSH_SECONDS = 5
"""boot.sh waits longer than this before it reports a failed boot."""

SPANS = {"http_endpoint": "127.0.0.1:4318", "grpc_endpoint": "127.0.0.1:4317"}
"""Where it takes spans, as OTLP. The processes use HTTP.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-OpenTelemetry-metrics.html"""


def configuration(log_group: str, names: Sequence[str], *, traces: bool = False) -> dict[str, Any]:
    """Return a log stream for the boot and one for each of `names`, named after the instance.

    Args:
        traces: whether it takes spans, too.
    """
    files = {"boot": BOOT_LOG} | {name: f"/var/log/gas/{name}.log" for name in names}
    collected = {"traces": {"traces_collected": {"otlp": SPANS}}} if traces else {}
    return {
        "agent": {"run_as_user": "root"},
        **collected,
        "logs": {
            "force_flush_interval": FLUSH_SECONDS,
            "logs_collected": {
                "files": {
                    "collect_list": [
                        {
                            "file_path": path,
                            "log_group_name": log_group,
                            "log_stream_name": f"{{instance_id}}/{name}",
                        }
                        for name, path in files.items()
                    ]
                }
            },
        },
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--traces", action="store_true")
    parser.add_argument("log_group")
    parser.add_argument("process", nargs="+")
    given = parser.parse_args()
    written = configuration(given.log_group, given.process, traces=given.traces)
    sys.stdout.write(json.dumps(written, indent=2) + "\n")
