"""What can go wrong with what is kept, or looked up by name."""

from pywry_auth.errors.tree import AuthError


class CredentialMissingError(AuthError):
    """Nothing is stored, given or configured under that name."""

    code = "credential_missing"


class ProviderNotFoundError(AuthError, KeyError, ValueError):
    """No provider of that name is configured."""

    code = "provider_not_found"


class StoreError(AuthError):
    """The token store did not do what was asked."""

    code = "store_error"


class StoreUnavailableError(StoreError):
    """The token store is locked, refuses, is too slow or cannot be reached."""

    code = "store_unavailable"
    retryable = True


class StoredDataError(StoreError):
    """What is stored cannot be read; it was set aside, not deleted."""

    code = "stored_data_error"


class EncryptionUnavailableError(StoreError):
    """No store that protects secrets exists on this machine."""

    code = "encryption_unavailable"
