"""CloudWatch's alarms and Auto Scaling's policies: measured, evaluated and executed each minute."""
