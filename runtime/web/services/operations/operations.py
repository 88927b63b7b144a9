"""What operators see: of AWS, by a role that only they use, and what the janitor has counted."""

from dataclasses import dataclass
from typing import Self

from runtime.common import aws
from runtime.common.figure_items import FigureItems
from runtime.contract.processes import WebConfig
from runtime.contract.work_queues import decode_queues
from runtime.web.services.figures.accounts import AccountFiguresService
from runtime.web.services.figures.costs import CostService
from runtime.web.services.figures.storage import StorageFiguresService
from runtime.web.services.figures.throughput import ThroughputService
from runtime.web.services.operations.alarms import Alarms
from runtime.web.services.operations.dead_letters import DeadLetters
from runtime.web.services.operations.fleets import Fleets
from runtime.web.services.operations.operator_aws import OperatorAws
from runtime.web.services.operations.queues import QueueFigures
from runtime.web.services.operations.scaling_charts import ScalingCharts


@dataclass(frozen=True)
class Operations:
    """What the pages about queues, groups and figures use."""

    queues: QueueFigures
    dead_letters: DeadLetters
    fleets: Fleets
    alarms: Alarms
    scaling: ScalingCharts
    costs: CostService
    throughput: ThroughputService
    accounts: AccountFiguresService
    storage: StorageFiguresService

    @classmethod
    def connect(cls, config: WebConfig) -> Self:
        """Create the parts that `config` describes."""
        operator_aws = OperatorAws(aws.client("sts"), config.operator_role_arn)
        queues = decode_queues(config.work_queues)
        fleets = Fleets(config.stage, operator_aws)
        figures = FigureItems(aws.table(config.ephemeral_table))
        return cls(
            queues=QueueFigures(queues, operator_aws),
            dead_letters=DeadLetters(operator_aws),
            fleets=fleets,
            alarms=Alarms(config.stage, operator_aws),
            scaling=ScalingCharts(config.stage, config.load_balancer, queues, fleets),
            costs=CostService(
                lambda operator_id: operator_aws.clients(operator_id).cost_explorer,
                figures,
                stage=config.stage,
                budget=config.monthly_budget_usd,
            ),
            throughput=ThroughputService(figures),
            accounts=AccountFiguresService(figures),
            storage=StorageFiguresService(figures),
        )
