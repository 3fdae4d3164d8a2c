from enum import Enum

class MessageFlag(Enum):
    no_auto_start = 2

class MessageType(Enum):
    method_return = 2

class Header:
    flags: MessageFlag
    message_type: MessageType

class Message:
    header: Header
    body: tuple[object, ...]

class DBusAddress:
    def __init__(self, object_path: str, bus_name: str, interface: str) -> None: ...

class Properties:
    def __init__(self, obj: DBusAddress) -> None: ...
    def get(self, name: str) -> Message: ...

def new_method_call(
    remote_obj: DBusAddress, method: str, signature: str | None = None, body: tuple[object, ...] = ()
) -> Message: ...
