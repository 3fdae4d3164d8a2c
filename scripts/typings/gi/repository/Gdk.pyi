from enum import IntFlag
from typing import Final

from gi.repository.GObject import Object

KEY_Escape: Final[int]
KEY_Left: Final[int]
KEY_Right: Final[int]

class ModifierType(IntFlag):
    MOD1_MASK = 8

class EventKey:
    keyval: int
    state: ModifierType

class FrameClock(Object): ...

class Screen(Object):
    @staticmethod
    def get_default() -> Screen | None: ...

class RGBA:
    red: float
    green: float
    blue: float
