"""``pywry-auth credential aws``: keys of AWS for a sign-in (``credential_process``)."""

import re

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.credential.choosing import presentable_tokens
from pywry_auth.cli.credential.id_token import fresh_id_token
from pywry_auth.cli.credential.sts import RoleRequest, read_keys
from pywry_auth.cli.grants.grant_plan import account_for
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, select_provider
from pywry_auth.errors import ConfigError
from pywry_auth.http import HttpClient
from pywry_auth.protocol.wire import WireReply, WireRequest, require_safe_url
from pywry_auth.runtime import LOOP


TIMEOUT = 30.0  # seconds
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_ARN = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}")
_SESSION = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_NO_SESSION = re.compile(r"[^\w+=,.@-]", re.ASCII)


def aws(args: Arguments, output: Output) -> int:
    """Print keys, with when they end."""
    selected = select_provider(args, output)
    account = account_for(selected, args.account)
    role = role_request(args, selected, account.display_name)
    if args.access_token:
        token = presentable_tokens(selected, account, output).access_token
    else:
        token, _ = fresh_id_token(selected, args, output)
    reply = LOOP.run(_sent(role.request(token)))
    keys = read_keys(reply, token=token, provider=selected.name)
    output.as_json = True
    output.data(keys.as_data(), "")
    return 0


def role_request(args: Arguments, selected: Selected, who: str) -> RoleRequest:
    """
    Say which role is asked for, of whom.

    Args:
        args: what was typed, which beats the provider's settings.
        selected: the provider.
        who: what the logs of AWS may show, unless something else was typed.

    Raises:
        ConfigError: no role is named, or something is none.
    """
    arn = _said(args.role_arn, selected, "aws_role_arn")
    if not _ARN.fullmatch(arn):
        raise ConfigError(
            "no role of AWS is named" if not arn else "that is no role of AWS",
            hint="--role-arn arn:aws:iam::123456789012:role/NAME, or aws_role_arn in "
            f"[providers.{selected.name}]",
        )
    session = _said(args.session_name, selected, "aws_session_name")
    name = session or _NO_SESSION.sub("-", who)[:64].rjust(2, "-")
    if not _SESSION.fullmatch(name):
        raise ConfigError(
            "that cannot be the name of a session at AWS",
            hint="2 to 64 letters, digits, or one of +=,.@-_",
        )
    return RoleRequest(_sts_url(args, selected, arn), arn, name, args.duration)


def _sts_url(args: Arguments, selected: Selected, arn: str) -> str:
    url = _said(args.sts_url, selected, "aws_sts_url")
    if url:
        return require_safe_url(url, "--sts-url")
    region = _said(args.region, selected, "aws_region")
    if region and not _REGION.fullmatch(region):
        raise ConfigError("that is no region of AWS", hint="for example --region eu-central-1")
    is_china = arn.startswith("arn:aws-cn:")
    if not region:
        region = "cn-north-1" if is_china else ""
    host = f"sts.{region}.amazonaws.com" if region else "sts.amazonaws.com"
    return f"https://{host}{'.cn' if is_china else ''}/"


def _said(typed: str | None, selected: Selected, setting: str) -> str:
    found = selected.settings.get(setting, "") if typed is None else typed
    if not isinstance(found, str):
        raise ConfigError(f"{setting} of {selected.name} is no text")
    return found


async def _sent(request: WireRequest) -> WireReply:
    client = HttpClient()
    try:
        return await client.send(request, within=TIMEOUT)
    finally:
        await client.close()
