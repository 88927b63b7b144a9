"""What operators see of AWS: queues, dead letters, groups, alarms and metrics."""
