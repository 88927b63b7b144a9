"""What the web app does, without Flask, so that pages and an API can both use it."""
