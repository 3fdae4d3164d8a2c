"""``pywry-auth credential kubectl``: a token as kubectl's exec plugins print it."""

import os
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.credential.choosing import presentable_tokens
from pywry_auth.cli.credential.hosts import hosts_of
from pywry_auth.cli.credential.id_token import fresh_id_token
from pywry_auth.cli.grants.grant_plan import account_for
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, select_provider
from pywry_auth.errors import ConfigError


HOSTS = "kubernetes_hosts"
VARIABLE = "KUBERNETES_EXEC_INFO"
GROUP = "client.authentication.k8s.io"
VERSIONS = (f"{GROUP}/v1", f"{GROUP}/v1beta1")


class _Cluster(BaseModel):
    model_config = ConfigDict(extra="ignore")

    server: str = ""


class _Spec(BaseModel):
    model_config = ConfigDict(extra="ignore")

    cluster: _Cluster | None = None


class ExecInfo(BaseModel):
    """What kubectl says of itself, where it says something."""

    model_config = ConfigDict(extra="ignore")

    version: str = Field(VERSIONS[0], alias="apiVersion")
    spec: _Spec = _Spec()

    @property
    def server(self) -> str:
        """The cluster, which is told only where the kubeconfig says ``provideClusterInfo``."""
        return self.spec.cluster.server if self.spec.cluster else ""


def kubectl(args: Arguments, output: Output) -> int:
    """Print a token, with when it ends."""
    info = exec_info(os.environ.get(VARIABLE, ""))
    selected = select_provider(args, output)
    require_allowed(selected, info.server)
    if args.id_token:
        token, end = fresh_id_token(selected, args, output)
    else:
        account = account_for(selected, args.account)
        tokens = presentable_tokens(selected, account, output)
        token, end = tokens.access_token, tokens.expires_at
    status = {"token": token}
    if end is not None:
        status["expirationTimestamp"] = datetime.fromtimestamp(int(end), UTC).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
    output.as_json = True
    output.data({"apiVersion": info.version, "kind": "ExecCredential", "status": status}, "")
    return 0


def exec_info(text: str) -> ExecInfo:
    """
    Read what kubectl says of itself; without a word, the current version is meant.

    Raises:
        ConfigError: it speaks another version.
    """
    try:
        found = ExecInfo.model_validate_json(text) if text else ExecInfo.model_validate({})
    except ValidationError:
        raise ConfigError(f"{VARIABLE} is not what kubectl writes there") from None
    if found.version not in VERSIONS:
        raise ConfigError(
            f"kubectl asks in a version that is not known here, {found.version[:60]}",
            hint=f"apiVersion: {VERSIONS[0]} in the kubeconfig",
        )
    return found


def require_allowed(selected: Selected, server: str) -> None:
    """
    Refuse clusters that the provider's token is not for, where that is said.

    Raises:
        ConfigError: *server* is none of them, or nobody told which it is.
    """
    hosts = hosts_of(selected.settings, HOSTS, f"[providers.{selected.name}] in {selected.path}")
    if hosts is None or (server and hosts.allow(server)):
        return
    raise ConfigError(
        f"the token of {selected.name} is not for {server or 'a cluster that is not named'}",
        hint=f"add it to {HOSTS}" if server else "provideClusterInfo: true in the kubeconfig",
    )
