"""Where web listens, the paths of the site that others know, and how long connections live."""

HTTP_PORT = 8080
"""Of web on an instance; the laptop gives each of its instances a port of its own."""

HEALTH_PATH = "/health"
"""What the boot script asks: 200 says that the instance can work. It asks tables and buckets."""

ALIVE_PATH = "/alive"
"""What the load balancer asks: 200 says that the process answers. It asks nothing else, because an
outage of DynamoDB or S3 would otherwise end all instances, and new ones wouldn't help."""

HEALTH_INTERVAL_SECONDS = 10
"""How often each zone of the load balancer asks ALIVE_PATH of an instance."""

HEALTH_EVERY_SECONDS = 20
"""How often a web instance asks itself HEALTH_PATH."""

STRIPE_WEBHOOK_PATH = "/webhooks/stripe"
"""Where Stripe sends its events."""

WES_RUNS_PATH = "/ga4gh/wes/v1/runs"
"""Where programs start runs with an attached file, by GA4GH WES."""

KEEP_ALIVE_SECONDS = 60
"""How long web keeps an idle connection open. Longer than the load balancer does: otherwise it
would send requests into connections that web is closing, and answer 502.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""

IDLE_SECONDS = 50
"""How long the load balancer keeps a connection open on which nothing happens."""

DRAIN_SECONDS = 25
"""How long web finishes requests after SIGTERM."""

DEREGISTRATION_SECONDS = 30
"""How long the load balancer waits for the requests of an instance that it has deregistered."""

OPERATOR_PAGES = ("about", "privacy", "terms", "contact")
"""Pages for which the operator of a stage gives texts."""

OPERATOR_FOLDER = "web/operator"
"""Where these are in the code of an instance, below `runtime/`, as HTML."""
