"""EC2 and Auto Scaling: runs the instances of each Auto Scaling group."""
