"""``pywry-auth demo``: the whole story, against a provider on this machine."""

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output
from pywry_auth.demo.run import DemoMoment, DemoStory


def demo(args: Arguments, output: Output) -> int:
    """Sign in once with a window, and a second time without."""

    def tell(moment: DemoMoment) -> None:
        output.note(moment.sentence)

    report = DemoStory(window=args.window or "auto", gui=args.gui, tell=tell).run()
    needed = "no window" if report.relogin == "silent" else "a window"
    output.data(
        report.as_data(), f"signed in as {report.subject}; the second start needed {needed}"
    )
    return 0 if report.is_success else 1
