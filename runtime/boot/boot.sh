#!/bin/bash
# Installs the software of this instance, then starts the processes named as arguments.
#
#   GAS_ROOT=/opt/gas boot.sh web
#
# User data has created $GAS_ROOT/environment and $GAS_ROOT/app. With systemd each process runs as a
# unit. Without systemd, or with GAS_FOREGROUND set, the processes run under this script. SIGTERM then
# stops all of them. If one ends, the script stops the others and fails, so the instance is replaced.
# The script can run again on the same root: installed software stays.
#
# install_interpreter and start_agent run only on Amazon Linux 2023, which has dnf.
set -euo pipefail

: "${GAS_ROOT:?is the folder of this instance, e.g. /opt/gas}"
readonly LOCK=$GAS_ROOT/app/runtime/requirements.txt
readonly BOOT=$GAS_ROOT/app/runtime/boot
readonly VENV_PYTHON=$GAS_ROOT/venv/bin/python
readonly HEALTHY_WITHIN_SECONDS=300

# shellcheck source-path=SCRIPTDIR source=instance.sh
source "$BOOT/instance.sh"

fail() {
  say "$*" >&2
  exit 1
}

has_systemd() { [[ -z ${GAS_FOREGROUND:-} && -d /run/systemd/system ]]; }

is_amazon_linux() { command -v dnf >/dev/null; }

prepare_environment() {
  read_environment
  export GAS_REFERENCES_DIR=$GAS_ROOT/references
  export GAS_HTTP_PORT=${GAS_HTTP_PORT:-8080}
  # Without PYTHONSAFEPATH, `python -m` would search the current folder first.
  export PYTHONPATH=$GAS_ROOT/app PYTHONSAFEPATH=1
}

fetch() { aws s3 cp --only-show-errors "$1" "$2"; }

unpack() { "$GAS_PYTHON" -m zipfile -e "$1" "$2"; }

# Whether stamp file $1 says that its step was done for $2.
is_done_for() { [[ -f $GAS_ROOT/$1 && $(<"$GAS_ROOT/$1") == "$2" ]]; }

# Puts wheels and uv into $CACHE/<key of the wheels>. Instances on a laptop share the cache, so there
# is a lock: the first instance fetches, the others wait.
fetch_wheels() {
  mkdir -p "$CACHE"
  local lock part=$WHEELHOUSE.part
  exec {lock}>"$WHEELHOUSE.lock"
  flock "$lock"
  if [[ ! -d $WHEELHOUSE ]]; then
    rm -rf "$part"
    fetch "$GAS_WHEELS_S3_URI" "$part.zip"
    unpack "$part.zip" "$part"
    unpack "$part"/wheels/uv-*.whl "$part/uv"
    mv "$part"/uv/uv-*.data/scripts/uv "$part/bin-uv"
    chmod +x "$part/bin-uv"
    rm -rf "$part.zip" "$part/uv"
    mv "$part" "$WHEELHOUSE"
  fi
  exec {lock}>&-
}

install_packages() {
  if is_done_for venv/installed "$GAS_WHEELS_S3_URI"; then return; fi
  CACHE=${UV_CACHE_DIR:-$GAS_ROOT/cache}
  WHEELHOUSE=$CACHE/$(basename "$GAS_WHEELS_S3_URI" .zip)
  fetch_wheels
  local uv=$WHEELHOUSE/bin-uv
  export UV_CACHE_DIR=$CACHE UV_NO_CONFIG=1 UV_OFFLINE=1
  rm -rf "$GAS_ROOT/venv"
  "$uv" venv --quiet --python "$(command -v "$GAS_PYTHON")" "$GAS_ROOT/venv"
  "$uv" pip install --quiet --python "$VENV_PYTHON" --no-index --find-links "$WHEELHOUSE/wheels" \
    --require-hashes --requirement "$LOCK"
  echo "$GAS_WHEELS_S3_URI" >"$GAS_ROOT/venv/installed"
  rm -rf "$GAS_ROOT/cache"
}

# Fetches the references that the processes need.
install_references() {
  [[ -n ${GAS_REFERENCES_S3_URIS:-} ]] || return 0
  "$VENV_PYTHON" -m runtime.boot.references "$@"
}

# Amazon Linux 2023 only. Its own python3 is too old. Its packages come from S3, without internet.
install_interpreter() {
  if command -v "$GAS_PYTHON" >/dev/null; then return; fi
  dnf install --assumeyes --quiet "$GAS_PYTHON"
}

# Amazon Linux 2023 only. Sends the logs of the boot and of the processes to CloudWatch Logs, and in
# a stage with traces the spans of the processes to X-Ray.
start_agent() {
  dnf install --assumeyes --quiet amazon-cloudwatch-agent
  python3 "$BOOT/cloudwatch_agent.py" ${GAS_TRACES_URL:+--traces} "$GAS_LOG_GROUP" lifecycle "$@" \
    >"$GAS_ROOT/cloudwatch-agent.json"
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
    -c "file:$GAS_ROOT/cloudwatch-agent.json"
}

# Prints the unit names of the processes, with the lifecycle unit if the group has a lifecycle hook.
units_of() {
  if [[ -n ${GAS_LIFECYCLE_HOOK:-} ]]; then echo gas-lifecycle.service; fi
  printf 'gas@%s.service\n' "$@"
}

# Returns when every process is ready; fails if one isn't ready in time.
start_units() {
  [[ $GAS_ROOT == /opt/gas ]] || fail "the units say /opt/gas, GAS_ROOT says $GAS_ROOT"
  id gas >/dev/null 2>&1 || useradd --system --home-dir /nonexistent --shell /sbin/nologin gas
  install -d -m 0755 /var/log/gas
  install -m 0644 "$BOOT"/gas*.service /etc/systemd/system/
  install -D -m 0644 "$BOOT/logrotate.conf" /etc/logrotate.d/gas
  systemctl daemon-reload
  local -a units
  mapfile -t units < <(units_of "$@")
  systemctl enable --quiet "${units[@]}"
  systemctl restart "${units[@]}"
  say "started ${units[*]}"
}

# A web instance has booted when /health answers 200. Later the load balancer asks only whether it answers.
await_health() {
  local answer deadline=$((SECONDS + HEALTHY_WITHIN_SECONDS))
  until answer=$(curl --silent --max-time 10 --write-out '\n%{http_code}' \
    "http://127.0.0.1:$GAS_HTTP_PORT/health") && [[ $answer == *$'\n'200 ]]; do
    ((SECONDS < deadline)) || fail "not healthy after $SECONDS s: $answer"
    sleep 2
  done
}

# Reports a failed boot. First it gives the agent time to send the log.
report_failure() {
  local code=$?
  ((code)) || return 0
  trap - EXIT
  say "failed with code $code after $SECONDS s"
  count_failed_boot
  if is_amazon_linux; then sleep 10; fi
  signal_deployment FAILURE
  give_up_instance
}

boot_units() {
  trap report_failure EXIT
  if is_amazon_linux; then
    start_agent "$@"
    install_interpreter
  fi
  install_software "$@"
  start_units "$@"
  if [[ " $* " == *' web '* ]]; then await_health; fi
  say "booted after $SECONDS s"
  signal_deployment SUCCESS
}

run_in_foreground() {
  local process code=0 stopping=
  cd "$GAS_ROOT"
  local -a pids=()
  trap 'stopping=1; kill -TERM "${pids[@]}" 2>/dev/null || true' TERM INT
  for process in "$@"; do
    [[ -z $stopping ]] || break
    bash "$BOOT/start.sh" "$process" &
    pids+=("$!")
  done
  say "running $*"
  wait -n || code=$? # the first process that ends, or a signal
  trap '' TERM INT
  kill -TERM "${pids[@]}" 2>/dev/null || true
  wait "${pids[@]}" || true
  [[ -n $stopping ]] || fail "a process ended with status $code; the others were stopped"
  say "stopped $*"
}

install_software() {
  install_packages
  install_references "$@" || fail "the references weren't installed; the reason is above"
  say "installed after $SECONDS s"
}

main() {
  (($# > 0)) || fail "no process named"
  prepare_environment
  if has_systemd; then
    boot_units "$@"
  else
    install_software "$@"
    run_in_foreground "$@"
  fi
}

main "$@"
