"""Auto Scaling and EC2: keeps the instances that each Auto Scaling group should have."""
