"""CloudWatch alarms and Auto Scaling policies, evaluated and executed each minute."""
