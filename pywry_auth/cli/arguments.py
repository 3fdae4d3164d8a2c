"""What was typed, as one value."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Arguments:
    """Every option of every command; a command reads those it has."""

    version: bool = False
    command: str | None = None
    provider: str | None = None
    provider_option: str | None = None
    config: str | None = None
    json: bool = False
    account: str | None = None
    issuer: str | None = None
    client_id: str | None = None
    client_secret_env: str | None = None
    scopes: str | None = None
    tenant_id: str | None = None
    window: str | None = None
    device: bool = False
    ports: tuple[int, ...] | None = None
    timeout: float | None = None
    if_needed: bool = False
    save: str | None = None
    all: bool = False
    no_revoke: bool = False
    everywhere: bool = False
    gui: str | None = None
    deep: bool = False
    bundle: str | None = None
    env: list[str] | None = None
    child: tuple[str, ...] | None = None
    kind: str | None = None
    operation: str | None = None
    id_token: bool = False
    access_token: bool = False
    role_arn: str | None = None
    region: str | None = None
    session_name: str | None = None
    duration: int | None = None
    sts_url: str | None = None
    grant: str | None = None
    token_url: str | None = None
    username: str | None = None
    password_env: str | None = None
    password_stdin: bool = False
    totp: bool = False
    totp_env: str | None = None
    audience: str | None = None
    auth_method: str | None = None
    private_key_file: str | None = None
    alg: str | None = None
    key_id: str | None = None
    refresh_token_env: str | None = None
    subject_token_env: str | None = None
    subject_token_file: str | None = None
    no_store: bool = False

    @property
    def named(self) -> str | None:
        """The provider's name, in whichever way it was given."""
        return self.provider or self.provider_option

    @property
    def describes_provider(self) -> bool:
        """Whether the flags say which provider it is, rather than how to use it."""
        return self.issuer is not None or self.client_id is not None

    @property
    def registration(self) -> dict[str, object]:
        """What the flags say of a provider, by setting name."""
        found = {
            "issuer_url": self.issuer,
            "client_id": self.client_id,
            "client_secret_env": self.client_secret_env,
            "scopes": self.scopes,
            "tenant_id": self.tenant_id,
            "redirect_ports": None if self.ports is None else list(self.ports),
            "grant": self.grant,
            "token_url": self.token_url,
            "username": self.username,
            "password_env": self.password_env,
            "totp": self.totp or None,
            "totp_env": self.totp_env,
            "audience": self.audience,
            "auth_method": self.auth_method,
            "private_key_file": _from_here(self.private_key_file),
            "alg": self.alg,
            "key_id": self.key_id,
            "refresh_token_env": self.refresh_token_env,
            "subject_token_env": self.subject_token_env,
            "subject_token_file": _from_here(self.subject_token_file),
        }
        return {name: value for name, value in found.items() if value is not None}


def _from_here(path: str | None) -> str | None:
    """Strictly private: a file that was typed is meant from here, not from providers.toml."""
    return path and str(Path(path).expanduser().absolute())
