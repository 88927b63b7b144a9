# shellcheck shell=bash
# Reads facts about this instance and reports its state. boot.sh and unhealthy.sh source this file.

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
readonly METADATA=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}

say() { printf 'boot: %s\n' "$*"; }

# Reads line by line, not with `source`, because the values are data and not shell code.
read_environment() {
  local line
  while IFS= read -r line; do
    export "${line?}"
  done <"$GAS_ROOT/environment"
}

instance_id() {
  local token
  token=$(curl --silent --fail --max-time 5 --request PUT "$METADATA/latest/api/token" \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60')
  curl --silent --fail --max-time 5 "$METADATA/latest/meta-data/instance-id" \
    --header "X-aws-ec2-metadata-token: $token"
}

# Signals the result of the boot to a deployment that waits for this instance. If the group has only
# grown, no deployment waits, and CloudFormation refuses the signal.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html
signal_deployment() {
  [[ -n ${GAS_SIGNAL_STACK:-} ]] || return 0
  aws cloudformation signal-resource --stack-name "$GAS_SIGNAL_STACK" --status "$1" \
    --logical-resource-id "$GAS_SIGNAL_RESOURCE" --unique-id "$(instance_id)" ||
    say "no deployment took the signal $1"
}

# Writes a log line that CloudWatch Logs turns into a metric.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
count_failed_boot() {
  printf '{"_aws":{"Timestamp":%s000,"CloudWatchMetrics":[{"Namespace":"GAS/%s",%s}]},%s}\n' \
    "$(date +%s)" "${GAS_STAGE:-unknown}" \
    '"Dimensions":[[]],"Metrics":[{"Name":"FailedBoots","Unit":"Count"}]' '"FailedBoots":1'
}

# Makes the group replace this instance.
give_up_instance() {
  aws autoscaling set-instance-health --instance-id "$(instance_id)" --health-status Unhealthy \
    --no-should-respect-grace-period || say "the group wasn't told that this instance is unhealthy"
}
