"""An application that registers itself as a client of its provider, once (RFC 7591)."""

import os
from collections.abc import Sequence
from pathlib import Path

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError, DiscoveryError, StoreError
from pywry_auth.lock import record_lock
from pywry_auth.off_loop import off_loop
from pywry_auth.private_files import read_private, replace_private
from pywry_auth.protocol.client_auth import ClientAuth, NoClientAuth, SecretBasic, SecretPost
from pywry_auth.protocol.issuer import same_issuer
from pywry_auth.protocol.registration import (
    ClientMetadata,
    RegisteredClient,
    deletion_request,
    read_registration,
    registration_request,
    require_deleted,
)
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.providers.discovered import DiscoveredProvider
from pywry_auth.providers.oidc import GenericOIDCProvider


REGISTRATION_TIMEOUT = 30.0  # seconds; it is done once, and some servers make keys meanwhile


async def register_client(
    issuer_url: str,
    metadata: ClientMetadata | None = None,
    *,
    initial_access_token: str = "",
) -> RegisteredClient:
    """
    Register a client; by default a native one without a secret, with redirects to loopback.

    Args:
        issuer_url: the provider.
        metadata: what the client says about itself.
        initial_access_token: what a provider gives those who may register (RFC 7591 section 3).

    Raises:
        DiscoveryError: the provider cannot be found out, or takes no registrations.
        TransportError: nobody answered; whether a client was registered is not known.
        RegistrationError: the provider refused, or its answer cannot be used.
        ConfigError: the issuer or the token cannot be sent.
    """
    asked = metadata or ClientMetadata()
    async with _Registrar(issuer_url) as server:
        endpoint = await server.registration_endpoint()
        request = registration_request(endpoint, asked, initial_access_token=initial_access_token)
        reply = await server.ask(request)
        return read_registration(
            reply, issuer=server.issuer_url, registration_url=endpoint, asked=asked
        )


async def delete_client(client: RegisteredClient) -> None:
    """
    Take a registration back (RFC 7592 section 2.3); its tokens may end with it.

    Raises:
        ConfigError: the provider gave no means to do that.
        TransportError: nobody answered.
        RegistrationError: the provider refused; the registration is as it was.
    """
    request = deletion_request(client)
    async with _Registrar(client.issuer) as server:
        require_deleted(await server.ask(request))


def client_auth_of(client: RegisteredClient) -> ClientAuth:
    """
    Give the way in which a registered client proves itself.

    Raises:
        ConfigError: the provider registered a way that takes more than the registration.
    """
    match client.token_endpoint_auth_method:
        case "none":
            return NoClientAuth(client.client_id)
        case "client_secret_basic":
            return SecretBasic(client.client_id, client.client_secret)
        case "client_secret_post":
            return SecretPost(client.client_id, client.client_secret)
        case other:
            raise ConfigError(
                f"the client is registered for {other}, which takes a key of its own",
                hint="give GenericOIDCProvider the client_auth for it",
            )


def provider_for_client(
    client: RegisteredClient, scopes: Sequence[str] | None = None
) -> GenericOIDCProvider:
    """
    Make the provider that people sign in at with this registration.

    Raises:
        ConfigError: the client must prove itself in a way that takes more than the registration.
    """
    return GenericOIDCProvider(
        client.client_id,
        client.client_secret,
        client.issuer,
        scopes,
        client_auth=client_auth_of(client),
    )


class ClientFile:
    """
    Keeps one registration in a file that only its owner can read.

    Args:
        path: the file; its folder is made.
        clock: tells the time.
    """

    def __init__(self, path: str | os.PathLike[str], *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.path = Path(path)
        self._clock = clock

    def load(self) -> RegisteredClient | None:
        """
        Give what is kept; None when there is nothing.

        Raises:
            StoredDataError: the file holds something else.
            StoreError: it cannot be read.
        """
        try:
            content = read_private(self.path)
        except OSError as exc:
            raise StoreError(f"{self.path} cannot be read: {exc.strerror}") from exc
        return None if content is None else RegisteredClient.read(content)

    def save(self, client: RegisteredClient) -> None:
        """
        Keep *client* in place of what was there.

        Raises:
            StoreError: the file cannot be written.
        """
        try:
            replace_private(self.path, client.to_json().encode())
        except OSError as exc:
            raise StoreError(f"{self.path} cannot be written: {exc.strerror}") from exc

    def forget(self) -> None:
        """
        Remove the file; nothing is said to the provider.

        Raises:
            StoreError: it cannot be removed.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as exc:
            raise StoreError(f"{self.path} cannot be removed: {exc.strerror}") from exc

    async def client(
        self,
        issuer_url: str,
        metadata: ClientMetadata | None = None,
        *,
        initial_access_token: str = "",
    ) -> RegisteredClient:
        """
        Give the registration that is kept; register only where there is none, or its secret ended.

        However many processes begin at once, one of them registers.

        Raises:
            ConfigError: the file keeps a registration at another issuer.
            StoreError: the file cannot be read or written.
            AuthError: as ``register_client``.
        """
        async with record_lock(f"client:{self.path.absolute()}", "client"):
            kept = await off_loop(self.load)
            if kept is not None and not same_issuer(kept.issuer, issuer_url):
                raise ConfigError(
                    f"{self.path} keeps a registration at another issuer",
                    hint="name another file for this one",
                )
            if kept is not None and kept.usable_at(self._clock.now()):
                return kept
            client = await register_client(
                issuer_url, metadata, initial_access_token=initial_access_token
            )
            await off_loop(lambda: self.save(client))
            return client


class _Registrar(DiscoveredProvider):
    """The provider as it is to somebody who is no client of it yet."""

    def __init__(self, issuer_url: str) -> None:
        if not issuer_url:
            raise ConfigError("there is no issuer to register at")
        super().__init__("unregistered", issuer_url=issuer_url)

    async def registration_endpoint(self) -> str:
        await self.prepare()
        found = self.metadata.registration_endpoint if self.metadata else None
        if not found:
            raise DiscoveryError(
                "the provider takes no registrations",
                self.name,
                hint="register the application on the provider's own pages",
            )
        return found

    async def ask(self, request: WireRequest) -> WireReply:
        return await self._send(request, within=REGISTRATION_TIMEOUT)
