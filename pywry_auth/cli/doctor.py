"""``pywry-auth doctor``: what keeps people from signing in here."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from pywry_auth.cli.advice import OTHER_STORE
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.bundle import Bundle, LogLines, describe_system, write_bundle
from pywry_auth.cli.config import providers_file
from pywry_auth.cli.engine import make_provider, read_settings, redirect_ports
from pywry_auth.cli.grants.grant_plan import plan_of
from pywry_auth.cli.output import Mark, Output
from pywry_auth.cli.redaction import Redactor
from pywry_auth.cli.selection import (
    Selected,
    account_index,
    is_in_environment,
    select_provider,
    token_store,
)
from pywry_auth.errors import ConfigError
from pywry_auth.preflight.run import preflight
from pywry_auth.preflight.values import Depth, Finding, Outcome, Redirect, Report
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.ui.texts import Texts, texts_for
from pywry_auth.window.base import WindowKind


SETTINGS = "settings"
#: what matters to sign-ins on a page alone
ON_A_PAGE = {"window", "painting", "loopback", "loopback_proxy", "registration"}
MARKS = {
    Outcome.OK: Mark.GOOD,
    Outcome.WARNING: Mark.DOUBT,
    Outcome.FAILED: Mark.BAD,
    Outcome.SKIPPED: Mark.NONE,
}


@dataclass(frozen=True, slots=True)
class Examined:
    """What is examined, with what was found wrong before anything could be."""

    selected: Selected | None
    provider: OAuthProvider | None
    redirect: Redirect
    window: WindowKind
    settings: Finding | None
    by_page: bool = True


def doctor(args: Arguments, output: Output) -> int:
    """Look at everything, and say what to do about it; 1 when something keeps people out."""
    target = None if args.bundle is None else _new_file(args.bundle)
    lines = LogLines()
    logger = logging.getLogger("pywry_auth")
    before = logger.level
    logger.addHandler(lines)
    if target is not None:
        logger.setLevel(logging.DEBUG)
    try:
        examined, report = _examined(args, output)
    finally:
        logger.removeHandler(lines)
        logger.setLevel(before)
    findings = _all(examined, report)
    facts = _facts(examined, report, findings)
    output.marked(facts, _rows(findings), _title(examined), _verdict(findings, report))
    if target is not None:
        write_bundle(target, _bundle(examined, facts, findings, lines))
        output.note(f"wrote {target}; look into it before you give it away")
    return 1 if any(one.outcome is Outcome.FAILED for one in findings) else 0


def _new_file(name: str) -> Path:
    path = Path(name)
    if path.exists():
        raise ConfigError(f"{path} exists already", hint="name a file that does not")
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"{path} lies in no folder that exists", hint="name another place")
    return path


def _examined(args: Arguments, output: Output) -> tuple[Examined, Report]:
    texts = texts_for()
    output.stand("looking around")
    examined = _examine(args, output, texts)
    seen: list[str] = []

    def found(finding: Finding) -> None:
        seen.append(finding.check)
        output.stand(f"looked at: {', '.join(seen)}")

    try:
        return examined, preflight(
            examined.provider,
            token_store(output),
            window=examined.window,
            redirect=examined.redirect,
            depth=Depth.DEEP if args.deep else Depth.FULL,
            texts=texts,
            on_finding=found,
        )
    finally:
        if examined.provider is not None:
            LOOP.run(examined.provider.close())
        output.stand("")


def _examine(args: Arguments, output: Output, texts: Texts) -> Examined:
    """Strictly private: a broken setting is one more thing that is found, not the end of it."""
    window = WindowKind(args.window or "auto")
    selected = None
    try:
        if _names_none(args):
            return Examined(None, None, Redirect(), window, None)
        selected = select_provider(args, output)
        provider = make_provider(selected)
        chosen = args.window or read_settings(selected).window
        redirect = Redirect(ports=redirect_ports(selected))
        by_page = plan_of(selected) is None
    except ConfigError as exc:
        words = texts("The settings of this provider cannot be used.")
        fix = "; ".join(part for part in (exc.message, exc.hint) if part)
        wrong = Finding(SETTINGS, Outcome.FAILED, words, fix)
        return Examined(selected, None, Redirect(), window, wrong)
    right = Finding(SETTINGS, Outcome.OK, texts("The settings can be used."))
    return Examined(selected, provider, redirect, WindowKind(chosen), right, by_page)


def _names_none(args: Arguments) -> bool:
    """Strictly private: then this machine alone is looked at."""
    if args.named or args.describes_provider or is_in_environment():
        return False
    file = providers_file(args.config)
    # Several, none of them the default: which one is a question, and nothing to be mended.
    return file.default is None and len({one.provider for one in account_index().accounts()}) != 1


def _all(examined: Examined, report: Report) -> tuple[Finding, ...]:
    first = () if examined.settings is None else (examined.settings,)
    return tuple(
        replace(one, fix=one.fix.replace(OTHER_STORE, ""))
        for one in first + report.findings
        if examined.by_page or one.check not in ON_A_PAGE
    )


def _facts(examined: Examined, report: Report, findings: tuple[Finding, ...]) -> dict[str, object]:
    return {
        "ok": not any(one.outcome is Outcome.FAILED for one in findings),
        "provider": None if examined.selected is None else examined.selected.name,
        "window": None if report.window is None else str(report.window),
        "window_reason": report.reason,
        "seconds": round(report.seconds, 3),
        "findings": [
            {
                "check": one.check,
                "outcome": str(one.outcome),
                "sentence": one.sentence,
                "fix": one.fix,
                "seconds": round(one.seconds, 3),
                "facts": dict(one.facts),
            }
            for one in findings
        ],
        "system": describe_system(),
    }


def _rows(findings: tuple[Finding, ...]) -> list[tuple[Mark, str, str, str]]:
    return [
        (
            MARKS[one.outcome],
            one.check.replace("_", " "),
            one.sentence,
            one.fix if one.outcome in {Outcome.WARNING, Outcome.FAILED} else "",
        )
        for one in findings
    ]


def _title(examined: Examined) -> str:
    if examined.selected is None:
        return "this machine; name a provider to look at it too"
    if examined.provider is None:
        return examined.selected.name
    return f"{examined.selected.name} ({examined.provider.origin().issuer})"


def _verdict(findings: tuple[Finding, ...], report: Report) -> str:
    failed = sum(one.outcome is Outcome.FAILED for one in findings)
    doubts = sum(one.outcome is Outcome.WARNING for one in findings)
    took = f"({report.seconds:.1f} s)"
    if failed:
        return f"Nobody can sign in: {failed} to mend, {doubts} to look at. {took}"
    if doubts:
        return f"People can sign in, with {doubts} to look at. {took}"
    return f"People can sign in. {took}"


def _bundle(
    examined: Examined,
    facts: dict[str, object],
    findings: tuple[Finding, ...],
    lines: LogLines,
) -> Bundle:
    selected, provider = examined.selected, examined.provider
    secrets: list[str] = []
    if selected is not None:
        secrets += [str(selected.settings.get("client_secret") or "")]
    if provider is not None:
        secrets += [provider.client_secret]
    return Bundle(
        findings=facts,
        told=[
            f"{one.outcome:8}{one.check:16}{one.sentence}{f' -> {one.fix}' if one.fix else ''}"
            for one in findings
        ],
        settings={} if selected is None else dict(selected.settings),
        log=list(lines.lines),
        redactor=Redactor.here(secrets),
    )
