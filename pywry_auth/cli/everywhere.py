"""A sign-out that goes on to the provider's own page."""

from collections.abc import Callable

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.engine import let_the_window_go, read_settings, redirect_ports
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected
from pywry_auth.flow.logout import LOGOUT_TIMEOUT, LogoutFlow
from pywry_auth.flow.values import CallbackOptions, LogoutResult, LogoutState
from pywry_auth.runtime import LOOP
from pywry_auth.session.manager import SessionManager
from pywry_auth.window.base import WindowKind


_NOTES = {
    LogoutState.UNCONFIRMED: "what came back from {name} was not the answer to this sign-out",
    LogoutState.CLOSED: "nobody finished on the sign-out page of {name}",
    LogoutState.TIMED_OUT: "nobody finished on the sign-out page of {name} in time",
    LogoutState.NOT_SHOWN: "the sign-out page of {name} could not be shown: {reason}",
    LogoutState.UNSUPPORTED: "{name} has no sign-out page of its own",
}


def sign_out_everywhere(
    selected: Selected,
    session: SessionManager,
    args: Arguments,
    output: Output,
    *,
    is_over: Callable[[], bool],
) -> LogoutResult:
    """
    End *session* here, show the provider's page, say how far it came.

    Args:
        selected: the provider, with what is known of it.
        session: ends first.
        args: what was typed.
        output: where to say things.
        is_over: whether the part here is done, should the person press Ctrl-C.
    """
    seconds = args.timeout or LOGOUT_TIMEOUT
    # Nothing said leaves it to PYWRY_AUTH_WINDOW: about this machine, not about the provider.
    settings = read_settings(selected)
    window = args.window or (settings.window if "window" in selected.settings else None)
    flow = LogoutFlow(
        session,
        window=WindowKind(window) if window else None,
        callback=CallbackOptions(ports=redirect_ports(selected)),
        timeout=seconds,
        on_notice=output.note,
    )
    output.note(f"signing out at {selected.name}; waiting up to {seconds:g} s for its page")
    try:
        result = flow.run(revoke=not args.no_revoke)
    except KeyboardInterrupt:
        if not is_over():
            raise
        let_the_window_go()
        result = LogoutResult(LogoutState.CLOSED)
    finally:
        LOOP.run(session.provider.close())
    note = _NOTES.get(result.state)
    if note is not None:
        output.note("note: " + note.format(name=selected.name, reason=result.reason))
    return result
