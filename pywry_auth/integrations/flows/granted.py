"""What a token endpoint granted, as the credentials of a provider."""

from collections.abc import Mapping

from pydantic import ValidationError

from pywry_auth.errors import TokenError
from pywry_auth.integrations.credentials.user_credentials import UserCredentials, fields_of
from pywry_auth.json_value import is_mapping
from pywry_auth.tokens import OAuthTokenSet


def known_from(
    credentials: UserCredentials | Mapping[str, object] | None, kind: type[UserCredentials]
) -> UserCredentials:
    """
    Give *credentials* as a model; nothing is a model that holds nothing.

    Raises:
        TypeError: it is neither a mapping nor a model.
        ValidationError: a field cannot be used; it is named, its value is not shown.
    """
    if credentials is None:
        return UserCredentials()  # no empty *kind*: that may demand what nobody has yet
    if isinstance(credentials, UserCredentials):
        return credentials
    return kind.model_validate(_members(credentials))


def credentials_from(
    tokens: OAuthTokenSet,
    kind: type[UserCredentials],
    *,
    separator: str,
    known: UserCredentials | None = None,
) -> UserCredentials:
    """
    Give *tokens* as a *kind*, with those further members of the answer that it has fields for.

    Args:
        tokens: what came.
        kind: the model of the provider.
        separator: what stands between scopes in the provider's answers.
        known: what was held before; what the answer does not say stays.

    Raises:
        TokenError: the answer is not what the model demands.
    """
    before = {} if known is None else known.model_dump(exclude_none=True)
    if known is not None and tokens.refresh_token != known.refresh_token:
        before.pop("refresh_expires_at", None)  # that was the end of another token
    before.pop("expires_at", None)  # where the answer does not say, it is unknown (RFC 6749 5.1)
    said = fields_of(tokens)
    scope = tokens.scope
    for between in (separator, kind.separator):
        scope = scope.replace(between, " ")
    if scope:
        said["scope"] = " ".join(scope.split())
    own = kind.model_fields.keys() - UserCredentials.model_fields.keys()
    further = {name: value for name, value in tokens.raw.items() if name in own}
    try:
        return kind.model_validate({**before, **further, **said})
    except ValidationError as exc:
        wrong = {str(item["loc"][0]) for item in exc.errors() if item["loc"]}
    # Raised here, where no other error is being handled that could tell of the content.
    what = ", ".join(sorted(wrong & set(kind.model_fields))) or "it is no answer of this provider"
    raise TokenError(f"the answer of the token endpoint does not fit: {what}")


def _members(credentials: object) -> dict[str, object]:
    if not is_mapping(credentials):
        raise TypeError(f"credentials are a mapping or a model, not {type(credentials).__name__}")
    return dict(credentials)
