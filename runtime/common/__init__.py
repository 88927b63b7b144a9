"""What the processes share: settings, AWS clients, jobs, users, messages, the polling loop."""
