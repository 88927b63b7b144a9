"""Limits of SQS, and how long a message stays with the process that received it."""

MAX_DELAY_SECONDS = 900
"""The longest that a message, or a queue, delays a delivery.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""

BATCH = 10
"""The most messages that one call takes or gives.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""

MAX_VISIBILITY_SECONDS = 43_200
"""The longest that a message stays invisible after it was received.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html"""

MAX_RETENTION_SECONDS = 1_209_600
"""The longest that a queue keeps a message: 14 days.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"""

LONG_POLL_SECONDS = 20
"""The longest that a poll waits for a message.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html"""

VISIBILITY_SECONDS = 60
"""How long a received message stays invisible. A worker extends it at every third of it, so
this bounds how long the message of a worker that died has to wait."""
