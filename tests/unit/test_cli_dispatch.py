import inspect
import io
import json
import logging
import os
import signal
import sys
import threading

import pytest

from pywry_auth import errors
from pywry_auth.cli import dispatch, main
from pywry_auth.cli.dispatch import CANCELLED, DONE, FAILED, SIGN_IN, USAGE, exit_code, run
from pywry_auth.cli.interrupts import interruptible
from pywry_auth.cli.notices import warnings_shown
from pywry_auth.cli.output import Output


CODES = {
    "AuthError": FAILED,
    "ConfigError": USAGE,
    "TransportError": FAILED,
    "HTTPStatusError": FAILED,
    "RateLimitError": FAILED,
    "QuotaExceededError": FAILED,
    "NotFoundError": FAILED,
    "ServerError": FAILED,
    "AuthenticationError": FAILED,
    "AuthFlowCancelled": CANCELLED,
    "InputCancelledError": CANCELLED,
    "AuthFlowTimeout": CANCELLED,
    "CallbackError": FAILED,
    "DiscoveryError": FAILED,
    "DiscoveryTransportError": FAILED,
    "WindowError": FAILED,
    "TokenError": FAILED,
    "TokenTransportError": FAILED,
    "TokenExpiredError": SIGN_IN,
    "TokenRefreshError": FAILED,
    "RefreshTransportError": FAILED,
    "ReauthRequiredError": SIGN_IN,
    "CredentialMissingError": SIGN_IN,
    "ProviderNotFoundError": USAGE,
    "StoreError": FAILED,
    "StoreUnavailableError": FAILED,
    "StoredDataError": FAILED,
    "EncryptionUnavailableError": FAILED,
    "RegistrationError": FAILED,
    "StepUpError": FAILED,
}


def error_classes():
    return {
        name: kind
        for name, kind in vars(errors).items()
        if inspect.isclass(kind)
        and issubclass(kind, errors.AuthError)
        and name == kind.__name__  # some have a second name
    }


@pytest.fixture
def failing(monkeypatch):
    def put(error):
        def command(*_arguments):
            raise error

        monkeypatch.setattr(dispatch, "_command", lambda _name: command)

    return put


def test_every_error_has_an_exit_code():
    assert {name: exit_code(kind("x")) for name, kind in error_classes().items()} == CODES


@pytest.mark.parametrize("name", CODES)
def test_every_error_ends_a_command_in_two_lines_at_most(name, failing, capsys):
    failing(error_classes()[name]("what happened", hint="what to do"))
    assert run(["status"]) == CODES[name]
    assert capsys.readouterr().err == "error: what happened\nhint: what to do\n"
    failing(error_classes()[name]("what happened", hint="what to do"))
    assert run(["status", "--json"]) == CODES[name]
    said = capsys.readouterr()
    wanted = {
        "code": error_classes()[name].code,
        "message": "what happened",
        "hint": "what to do",
    }
    assert json.loads(said.out) == {"error": wanted}
    assert said.err == ""


@pytest.mark.parametrize("kind", ["TokenRefreshError", "CallbackError", "RegistrationError"])
def test_what_a_server_said_is_told_to_programs(kind, failing, capsys):
    said = {"error": "invalid_grant", "error_description": "no such user"}
    failing(error_classes()[kind]("x", **said))
    run(["status", "--json"])
    found = json.loads(capsys.readouterr().out)["error"]
    assert {name: found[name] for name in said} == said
    failing(error_classes()[kind]("x", error="invalid_grant"))
    run(["status", "--json"])
    assert "error_description" not in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (errors.TokenExpiredError("x", "work"), "run pywry-auth login work"),
        (errors.ReauthRequiredError("x"), "run pywry-auth login"),
        (errors.TokenExpiredError("x", "default"), "run pywry-auth login again, with the same"),
        (errors.RefreshTransportError("x"), "check the address and the network"),
        (errors.AuthFlowTimeout(timeout=3), "--timeout"),
        (errors.DiscoveryError("x"), "issuer"),
        (errors.CallbackError("x", error="access_denied"), "said no"),
        (errors.CallbackError("x", error="invalid_scope"), "--scopes"),
        (errors.TokenError("x", error="invalid_client"), "client_id"),
        (
            errors.EncryptionUnavailableError(
                "x", hint="run a keyring; or choose another store by name"
            ),
            "hint: run a keyring\n",
        ),
    ],
)
def test_an_error_without_advice_gets_some_that_can_be_followed_here(error, hint, failing, capsys):
    failing(error)
    run(["status"])
    assert hint in capsys.readouterr().err


def test_ctrl_c_ends_with_one_word(failing, capsys):
    before = signal.getsignal(signal.SIGINT)
    failing(KeyboardInterrupt())
    try:
        assert run(["status"]) == CANCELLED
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "error: cancelled\n"


def test_ctrl_c_before_anything_is_ready_is_cancelled_too(monkeypatch):
    def interrupted(_argv):
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch, "run", interrupted)
    assert main(["status"]) == CANCELLED


def test_a_mistake_of_ours_is_no_traceback_and_quotes_nothing(failing, capsys, monkeypatch):
    monkeypatch.delenv("PYWRY_AUTH_DEBUG", raising=False)
    failing(RuntimeError("canary"))
    assert run(["status"]) == FAILED
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "PYWRY_AUTH_DEBUG=1" in said
    assert "canary" not in said
    monkeypatch.setenv("PYWRY_AUTH_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run(["status"])


def test_a_package_that_is_missing_is_named(failing, capsys):
    failing(ModuleNotFoundError("No module", name="tomlkit"))
    assert run(["status"]) == FAILED
    assert "error: the package tomlkit is missing" in capsys.readouterr().err


def test_a_reader_that_left_is_no_error_of_ours(failing, capsys):
    failing(BrokenPipeError())
    assert run(["status"]) == FAILED
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_system_may_end_a_command_as_ctrl_c_does(number):
    before = signal.getsignal(number)

    def command():
        with interruptible():
            os.kill(os.getpid(), number)
            threading.Event().wait(5)

    with pytest.raises(KeyboardInterrupt):
        command()
    assert signal.getsignal(number) is before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_signal_that_was_switched_off_stays_off():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_left_alone_off_the_main_thread():
    seen = []

    def work():
        with interruptible():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_a_warning_of_the_package_is_a_sentence(capsys):
    logger = logging.getLogger("pywry_auth.somewhere")
    with warnings_shown(Output()):
        logger.warning("token_store.unreadable", extra={"key": "work/1", "reason": "x"})
        logger.warning("event.nobody.has.words.for")
        logger.info("flow.began")
        logging.getLogger("keyring.backend").error("canary of another package")
    said = capsys.readouterr().err
    assert "canary" not in said
    assert said.splitlines()[0] == (
        "note: what was stored for work/1 cannot be read, so it counts as nothing"
    )
    assert "nobody.has" not in said
    assert "began" not in said


def test_a_command_s_own_ways_of_telling_end_with_it():
    root, package = logging.root.handlers[:], logging.getLogger("pywry_auth").handlers[:]
    with warnings_shown(Output()):
        assert logging.getLogger("pywry_auth").handlers != package
    assert (logging.root.handlers, logging.getLogger("pywry_auth").handlers) == (root, package)


def test_everything_that_is_logged_is_shown_when_asked_for(capsys):
    with warnings_shown(Output(), everything=True):
        logging.getLogger("pywry_auth.flow").info("flow.began", extra={"provider": "work"})
    assert capsys.readouterr().err == "info: flow.began provider=work\n"
    assert logging.getLogger("pywry_auth").level == logging.NOTSET


def test_a_name_the_terminal_cannot_show_is_no_error(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    Output().data({}, "Zoë")
    assert stream.buffer.getvalue() == b"Zo\\xeb\n"


def test_done_is_nothing(capsys):
    assert (DONE, FAILED, USAGE, SIGN_IN, CANCELLED) == (0, 1, 2, 3, 4)
    assert run(["--version"]) == DONE
    assert capsys.readouterr().err == ""
