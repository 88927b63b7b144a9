"""Where the settings of processes come from."""

from runtime.contract.issuers import Issuer, encode_issuers
from runtime.contract.work_queues import WorkQueue, encode_queues
from stacks.environment_file import Suppliers
from stacks.foundations import Foundations
from stacks.messaging import MessagingStack
from stacks.settings import Stage
from stacks.stage_stack import StageStack
from stacks.storage import StorageStack


def suppliers(stack: StageStack, on: Foundations) -> Suppliers:
    """The value of every setting of every process, by the name of its field."""
    return {
        "region": lambda: stack.region,
        "site_url": lambda: on.network.site_url,
        "load_balancer": lambda: on.network.load_balancer.load_balancer_full_name,
        **_of_stage(stack.stage),
        **_of_storage(on.storage),
        **_of_messaging(on.messaging),
    }


def _of_stage(stage: Stage) -> Suppliers:
    plans, stripe = stage.plans, stage.stripe
    return {
        "stage": lambda: stage.name,
        "docs_url": lambda: stage.docs_url,
        "api_origins": lambda: ",".join(stage.api.origins),
        "mail_sender": lambda: stage.mail.sender,
        "digest_seconds": lambda: stage.mail.digest_seconds,
        "client_tries": lambda: stage.accounts.client_tries,
        "genotype_samples": lambda: stage.annotation.genotype_samples,
        "scale_in_protection": lambda: stage.protects_busy_instances,
        "inputs_days": lambda: stage.data.inputs_days,
        "logs_days": lambda: stage.data.logs_days,
        "free_max_upload_bytes": lambda: plans.free_max_upload_bytes,
        "free_jobs_per_hour": lambda: plans.free_jobs_per_hour,
        "premium_jobs_per_hour": lambda: plans.premium_jobs_per_hour,
        "free_waiting_jobs": lambda: plans.free_waiting_jobs,
        "premium_waiting_jobs": lambda: plans.premium_waiting_jobs,
        "free_retention_seconds": lambda: plans.free_retention_seconds,
        "archive_storage_class": lambda: plans.archive_storage_class,
        "restore_tier": lambda: plans.restore_tier,
        "sign_in_issuers": lambda: encode_issuers(_issuers(stage)),
        "stripe_plan": lambda: stripe.plan,
        "stripe_publishable_key": lambda: stripe.publishable_key,
        "monthly_budget_usd": lambda: stage.budget.monthly_usd if stage.budget else 0,
        "stripe_grace_days": lambda: stripe.grace_days,
        "audit_days": lambda: stage.audit.days,
        "webhooks_any_address": lambda: stage.events.any_address,
        "events_bus": lambda: stage.events.bus,
    }


def _of_storage(storage: StorageStack) -> Suppliers:
    return {
        "inputs_bucket": lambda: storage.inputs.bucket_name,
        "results_bucket": lambda: storage.results.bucket_name,
        "archive_bucket": lambda: storage.archive.bucket_name,
        "annotations_table": lambda: storage.annotations.table_name,
        "users_table": lambda: storage.users.table_name,
        "ephemeral_table": lambda: storage.ephemeral.table_name,
        "owned_items_table": lambda: storage.owned_items.table_name,
        "audit_table": lambda: storage.audit.table_name,
        "audit_bucket": lambda: storage.audit_copies.bucket_name if storage.audit_copies else "",
    }


def _of_messaging(messaging: MessagingStack) -> Suppliers:
    return {
        "work_queues": lambda: encode_queues(
            WorkQueue(name, work.queue.queue_url, work.dlq.queue_url)
            for name, work in messaging.work_queues.items()
        ),
        "job_requests_topic_arn": lambda: messaging.job_requests_topic.topic_arn,
        "job_results_topic_arn": lambda: messaging.job_results_topic.topic_arn,
        "result_moves_topic_arn": lambda: messaging.result_moves_topic.topic_arn,
        "webhooks_queue_url": lambda: messaging.webhooks.queue.queue_url,
        "job_requests_queue_url": lambda: messaging.job_requests.queue.queue_url,
        "job_requests_dlq_url": lambda: messaging.job_requests.dlq.queue_url,
        "job_results_notify_queue_url": lambda: messaging.job_results_notify.queue.queue_url,
        "job_results_archive_queue_url": lambda: messaging.job_results_archive.queue.queue_url,
        "restore_requests_queue_url": lambda: messaging.restore_requests.queue.queue_url,
        "restore_completed_queue_url": lambda: messaging.restore_completed.queue.queue_url,
        "removals_queue_url": lambda: messaging.removals.queue.queue_url,
        "surplus_copies_queue_url": lambda: messaging.surplus_copies.queue.queue_url,
    }


def _issuers(stage: Stage) -> list[Issuer]:
    return [
        Issuer(name=name, label=each.label, url=each.issuer, client_id=each.client_id)
        for name, each in stage.sign_in.issuers.items()
    ]
