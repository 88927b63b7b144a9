"""What the web app does, without Flask, so that an API can stand beside the pages."""
