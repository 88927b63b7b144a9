"""AWS's answers as its API reference shows them, given to real boto3 clients.

Each answer is checked against the service's own model, so that one that AWS could never give is an
error of the test.
"""

import copy
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.validate import ParamValidator

Answers = dict[tuple[str, str], Any]
"""The answer of an operation, by service and operation; a string is an error's code, and a function
makes the answer of the request."""

Request = Mapping[str, Any]


def instance_types(names: list[str], *, vcpus: int = 2, free: bool = False) -> dict[str, Any]:
    return {
        "InstanceTypes": [
            {
                "InstanceType": name,
                "FreeTierEligible": free,
                "VCpuInfo": {"DefaultVCpus": vcpus},
            }
            for name in names
        ]
    }


def plan(kind: str) -> dict[str, Any]:
    return {
        "accountId": "210987654321",
        "accountPlanType": kind,
        "accountPlanStatus": "ACTIVE",
    }


def zones(region: str, letters: str) -> dict[str, Any]:
    return {
        "AvailabilityZones": [
            {"ZoneName": f"{region}{letter}", "State": "available"} for letter in letters
        ]
    }


def _named(request: Request, which: str) -> list[str]:
    [values] = [each["Values"] for each in request["Filters"] if each["Name"] == which]
    return list(values)


def endpoint_services(letters: str) -> Callable[[Request], dict[str, Any]]:
    """All services that are asked for, in these zones."""
    return lambda request: {
        "ServiceDetails": [
            {
                "ServiceName": name,
                "AvailabilityZones": [f"{name.split('.')[2]}{letter}" for letter in letters],
            }
            for name in _named(request, "service-name")
        ]
    }


def offerings(region: str, letters: str) -> Callable[[Request], dict[str, Any]]:
    """All instance types that are asked for, in these zones."""
    return lambda request: {
        "InstanceTypeOfferings": [
            {
                "InstanceType": name,
                "LocationType": "availability-zone",
                "Location": f"{region}{letter}",
            }
            for name in _named(request, "instance-type")
            for letter in letters
        ]
    }


def quotas(**values: float) -> Callable[[Request], dict[str, Any]]:
    """Quotas by their codes, with underscores for hyphens."""
    return lambda request: {
        "Quota": {
            "QuotaCode": request["QuotaCode"],
            "Value": values[request["QuotaCode"].replace("-", "_")],
        }
    }


def answering(answers: Answers, region: str) -> Callable[..., Any]:
    """Return what makes clients that give these answers; any other operation is refused."""

    def client(service: str, region_name: str | None = None) -> Any:
        made = boto3.client(
            service,  # type: ignore[call-overload] # the stubs want a literal
            region_name=region_name or region,
            aws_access_key_id="none",
            aws_secret_access_key="none",
        )

        def answer(model: Any, params: Request, context: Any, **_: Any) -> Any:
            request = context["api_params"]
            given = answers.get((service, model.name), "AccessDenied")
            given = given(request) if callable(given) else copy.deepcopy(given)
            if isinstance(given, str):
                error = {"Error": {"Code": given, "Message": f"{model.name}: {given}"}}
                return SimpleNamespace(status_code=400), error
            report = ParamValidator().validate(given, model.output_shape)
            assert not report.has_errors(), report.generate_report()
            return SimpleNamespace(status_code=200), given

        def keep(params: Request, context: dict[str, Any], **_: Any) -> None:
            context["api_params"] = params

        made.meta.events.register("before-parameter-build.*.*", keep)
        made.meta.events.register("before-call.*.*", answer)
        return made

    return client
