"""What a stage costs: prices, and how much of what a stage and its jobs use."""
