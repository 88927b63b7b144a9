#!/bin/bash
# Becomes the process named as argument: `start.sh web` runs `python -m runtime.web`. The three that
# see to results share a package. gas@.service and boot.sh run this.
set -euo pipefail

: "${GAS_ROOT:?is the folder of this instance, e.g. /opt/gas}"

case $1 in
  archive | restore | thaw) module=(runtime.retention "$1") ;;
  *) module=("runtime.$1") ;;
esac
exec "$GAS_ROOT/venv/bin/python" -m "${module[@]}"
