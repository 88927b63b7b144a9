#!/bin/bash
# systemd has given up on a process of this instance, so the group replaces the instance.
# gas-unhealthy.service runs this script.
set -euo pipefail

: "${GAS_ROOT:?is the folder of this instance, e.g. /opt/gas}"
# shellcheck source-path=SCRIPTDIR source=instance.sh
source "$(dirname "${BASH_SOURCE[0]}")/instance.sh"

read_environment
say "a process was given up; the group is asked for another instance"
give_up_instance
