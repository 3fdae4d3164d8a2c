"""Whether a native window really paints a page."""

import asyncio
import secrets
from dataclasses import replace

from pywry_auth.errors import AuthError
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Depth, Fact, Finding, Outcome
from pywry_auth.window.ladder import look_around
from pywry_auth.window.launching import Launcher, toolkit
from pywry_auth.window.messages import WindowConfig, WindowEvent
from pywry_auth.window.process import ChildProcess


CHECK = "painting"
WITHIN = 20.0  # seconds; a cold engine on a slow disk takes five

PAGE = """<!doctype html><meta charset=utf-8><title>test</title><p>painted</p><script>
const drawn = document.createElement("canvas").getContext("2d");
drawn.fillRect(0, 0, 1, 1);
const dark = drawn.getImageData(0, 0, 1, 1).data[3] === 255;
fetch("/{word}/" + (dark ? "painted" : "blank"), {{method: "POST"}});
</script>"""


class PaintingCheck:
    """Starts a hidden window at a page of ours, which tells whether it was drawn."""

    async def look(self, subject: Subject) -> list[Finding]:
        """Look only where that was asked for, since it takes seconds."""
        if subject.depth is not Depth.DEEP:
            return []
        texts, here = subject.texts, look_around()
        if not (here.has_display and here.toolkits):
            words = texts("There is no window of its own to try.")
            return [Finding(CHECK, Outcome.SKIPPED, words)]
        page = _Page()
        facts: dict[str, Fact] = {}
        try:
            verdict = await page.shown(facts)
        except (AuthError, OSError) as exc:
            verdict = f"the window's process cannot be started ({type(exc).__name__})"
        if verdict:
            words = texts("The sign-in window does not work here; the browser takes its place.")
            return [Finding(CHECK, Outcome.WARNING, words, verdict, facts=facts)]
        words = texts("The sign-in window can show pages.")
        return [Finding(CHECK, Outcome.OK, words, facts=facts)]


class _Page:
    """One page on this machine, with what a window makes of it."""

    def __init__(self) -> None:
        self._word = secrets.token_urlsafe(9)
        self._verdict = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()

    async def shown(self, facts: dict[str, Fact]) -> str:
        """Give "" when the page was drawn, else why not."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        process = None
        try:
            process = self._start(f"http://127.0.0.1:{port}/{self._word}/", facts)
            async with asyncio.timeout(WITHIN):
                return await self._verdict
        except TimeoutError:
            return (
                f"the window showed nothing within {WITHIN:g} seconds: look at its graphics driver"
            )
        finally:
            if process is not None:
                process.kill()
            server.close()

    def _start(self, url: str, facts: dict[str, Fact]) -> ChildProcess:
        launcher = Launcher(WindowConfig(url="", gui=toolkit(None), can_hand_over=False))

        def heard(event: WindowEvent) -> None:
            if event.name == "ready":
                facts["renderer"] = event.fact
            if event.name == "failed":
                self._tell(f"the window's engine failed ({event.fact})")

        def ended(code: int, last_words: str) -> None:
            del last_words
            self._tell(f"the window's process ended with status {code} before it showed anything")

        config = replace(launcher.filled(url), hidden=True)
        return launcher.start(config, on_event=heard, on_end=ended)

    def _tell(self, verdict: str) -> None:
        self._loop.call_soon_threadsafe(self._settle, verdict)

    def _settle(self, verdict: str) -> None:
        if not self._verdict.done():
            self._verdict.set_result(verdict)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target = (await reader.readline()).split(b" ")[1:2]
            body = self._reply_to(target[0].decode("ascii", "replace") if target else "")
            head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            await writer.drain()
        except OSError:
            return
        finally:
            writer.close()

    def _reply_to(self, target: str) -> str:
        match target.removeprefix(f"/{self._word}/"):
            case "":
                return PAGE.format(word=self._word)
            case "painted":
                self._settle("")
            case "blank":
                self._settle("the window's engine draws nothing")
            case _:
                return "nothing"
        return "thank you"
