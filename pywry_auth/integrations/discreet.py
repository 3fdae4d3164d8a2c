"""What every model that may hold secrets has in common."""

from typing import NoReturn, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError


class DiscreetModel(BaseModel):
    """A frozen model whose errors know which field was wrong, and nothing of what was in it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_to_itself(cls, values: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as exc:
            # Hidden is hidden from texts only: programs log `errors()`, too.
            found = [
                InitErrorDetails(
                    type=_kind(one["type"], one["msg"]), loc=one["loc"], input="[hidden]"
                )
                for one in exc.errors(include_url=False, include_input=False)
            ]
        # Raised here, where no other error is being handled that could tell of the content.
        raise ValidationError.from_exception_data(cls.__name__, found, hide_input=True)

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            _refuse(type(self).__name__, name)


def wrong_fields(wrong: ValueError) -> str:
    """Name the fields that *wrong* is about; "" where it is about none."""
    found = wrong.errors() if isinstance(wrong, ValidationError) else []
    return ", ".join(sorted({str(one["loc"][0]) for one in found if one["loc"]}))


def _kind(kind: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(kind, message)  # pyright: ignore[reportArgumentType] - pydantic's own


def _refuse(model: str, name: str) -> NoReturn:
    # Not by pydantic, whose error for this shows the value that was to be set.
    error = InitErrorDetails(type="frozen_instance", loc=(name,), input="[hidden]")
    raise ValidationError.from_exception_data(model, [error], hide_input=True)
