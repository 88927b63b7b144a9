# shellcheck shell=bash
# The first steps of user data, before there is a boot script. stacks/user_data.py writes instance.sh
# and this file into user data.

# Fetches the code from $1 and unpacks it. A new instance may be faster than its role and its routes,
# so it tries for a minute.
fetch_code() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if aws s3 cp --no-progress "$1" "$GAS_ROOT/runtime.zip"; then break; fi
    say "attempt $attempt to fetch the code failed"
    ((attempt < 5)) || return 1
    sleep $((attempt * 6))
  done
  rm -rf "$GAS_ROOT/app"
  python3 -m zipfile -e "$GAS_ROOT/runtime.zip" "$GAS_ROOT/app"
}

# Reports that the instance failed before the boot script. Otherwise it would stay in service and do
# nothing. `exec` of the boot script, which reports its own failures, doesn't run the trap.
report_early_failure() {
  local code=$?
  trap - EXIT
  say "user data failed with code $code before the boot script"
  signal_deployment FAILURE
  give_up_instance
  exit "$code"
}

read_environment
# On a laptop an instance is a process: its end is report enough.
if [[ -z ${GAS_FOREGROUND:-} ]]; then trap report_early_failure EXIT; fi
