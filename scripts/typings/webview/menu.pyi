from collections.abc import Callable, Sequence

class MenuAction:
    def __init__(self, title: str, function: Callable[[], object]) -> None: ...

class Menu:
    def __init__(self, title: str, items: Sequence[MenuAction] = ()) -> None: ...
