from collections.abc import Callable
from typing import Literal, Self

from webview.menu import Menu

class WebViewException(Exception): ...

class Event:
    def __iadd__(self, handler: Callable[..., object]) -> Self: ...

class EventContainer:
    initialized: Event
    before_show: Event
    closing: Event
    loaded: Event

class Window:
    uid: str
    title: str
    html: str
    real_url: str | None
    native: object
    events: EventContainer
    def destroy(self) -> None: ...
    def load_url(self, url: str) -> None: ...
    def hide(self) -> None: ...
    def run_js(self, script: str) -> object: ...
    def restore(self) -> None: ...
    def show(self) -> None: ...
    def get_current_url(self) -> str | None: ...

settings: dict[str, bool | str | int | None]

def create_window(
    title: str,
    *,
    html: str | None = None,
    x: int | None = None,
    y: int | None = None,
    width: int = 800,
    height: int = 600,
    min_size: tuple[int, int] = (200, 100),
    resizable: bool = True,
    hidden: bool = False,
    text_select: bool = False,
    zoomable: bool = False,
    menu: list[Menu] = ...,
) -> Window: ...
def start(
    *,
    gui: Literal["qt", "gtk"] | None = None,
    debug: bool = False,
    private_mode: bool = True,
    storage_path: str | None = None,
) -> None: ...
