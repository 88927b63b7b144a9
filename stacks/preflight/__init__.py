"""What a deployment needs of an account and its region, and what is there."""
