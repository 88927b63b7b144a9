"""Where web listens, and the paths of the site that others know."""

HTTP_PORT = 8080
"""Of web on an instance; the laptop gives each of its instances a port of its own."""

HEALTH_PATH = "/health"
"""What the load balancer and the boot script ask: 200 says that the instance can work."""

STRIPE_WEBHOOK_PATH = "/webhooks/stripe"
"""Where Stripe sends its events."""
