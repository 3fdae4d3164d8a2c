from enum import IntEnum

class IOErrorEnum(IntEnum):
    CONNECTION_REFUSED = 39
    NETWORK_UNREACHABLE = 37
    HOST_UNREACHABLE = 36
    TIMED_OUT = 24

class AsyncResult: ...

class TlsCertificateFlags:
    value_nicks: list[str]
