"""What every small model of an answer has in common."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Reply(BaseModel):
    """A part of an answer that is worth a name; the rest of it is kept as further fields."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)


class CamelReply(Reply):
    """The same for servers that write names as ``nextPageToken``."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
