"""What a window asks of the listener, on whichever thread the window lives."""

from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.runtime import LOOP


def offer_pasted(listener: CallbackListener, text: str) -> bool:
    """Let *listener* judge a redirect that a person pasted; not called on the loop."""
    try:
        params = CallbackParams.from_text(text)
    except ValueError:
        return False

    async def offer() -> bool:
        return listener.offer(params)

    return LOOP.run(offer())


def private_address(listener: CallbackListener, url: str) -> str:
    """Give an address of *listener*'s that leads the browser to *url*; not called on the loop."""

    async def begin() -> str:
        return listener.begin_at(url)

    return LOOP.run(begin())
