from enum import Enum

class EllipsizeMode(Enum):
    START = 1
