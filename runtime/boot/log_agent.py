"""Configuration of the CloudWatch agent: `log_agent.py LOG_GROUP PROCESS...` writes it as JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
It runs with the system's Python before anything is installed, so it imports no other module of GAS.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

BOOT_LOG = "/var/log/cloud-init-output.log"
"""Where cloud-init writes what user data prints."""

FLUSH_SECONDS = 5
"""boot.sh waits longer than this before it reports a failed boot."""


def configuration(log_group: str, names: Sequence[str]) -> dict[str, Any]:
    """Return a log stream for the boot and one for each of `names`, named after the instance."""
    files = {"boot": BOOT_LOG} | {name: f"/var/log/gas/{name}.log" for name in names}
    return {
        "agent": {"run_as_user": "root"},
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
    sys.stdout.write(json.dumps(configuration(sys.argv[1], sys.argv[2:]), indent=2) + "\n")
