"""Environment variables as the fields of models, from which the variables' names derive."""

from pydantic import BaseModel, ConfigDict

SET_BY_BOOT = "set by the boot script"
"""Marks a field that the boot script exports on the instance; no stack writes it."""


def variable_name(field: str) -> str:
    """Return the name of the environment variable that holds a field.

    The region's is the name that boto3 reads; it knows no AWS_REGION.
    https://docs.aws.amazon.com/boto3/latest/guide/configuration.html#using-environment-variables
    """
    return "AWS_DEFAULT_REGION" if field == "region" else f"GAS_{field.upper()}"


class Environment(BaseModel):
    """Settings that are read from environment variables, a variable a field."""

    model_config = ConfigDict(frozen=True, alias_generator=variable_name, validate_by_name=True)

    @classmethod
    def supplied(cls) -> set[str]:
        """Return the fields that a stack must supply: the boot script doesn't, and no default."""
        return {
            name
            for name, field in cls.model_fields.items()
            if field.is_required() and SET_BY_BOOT not in field.metadata
        }

    @classmethod
    def variables(cls, **values: object) -> dict[str, str]:
        """Return the variables that hold `values`, which are given by the names of fields.

        Raises:
            ValueError: naming the values that are no fields of these settings.
        """
        unknown = set(values) - set(cls.model_fields)
        if unknown:
            raise ValueError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
        return {variable_name(name): as_text(value) for name, value in values.items()}

    def to_variables(self) -> dict[str, str]:
        """Return the variables that hold these settings, but for fields that hold None."""
        return self.variables(**{name: value for name, value in self if value is not None})


def as_text(value: object) -> str:
    """Return a setting as its variable holds it; a flag is `on` or `off`."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
