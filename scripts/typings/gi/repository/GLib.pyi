from collections.abc import Callable

class Error(Exception):
    domain: str
    code: int
    message: str
    def matches(self, domain: int, code: int) -> bool: ...

def quark_to_string(quark: int) -> str: ...
def timeout_add(interval: int, function: Callable[..., bool], *data: object) -> int: ...
