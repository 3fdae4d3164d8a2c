from oauthlib.common import Request

class OAuth2Validator:
    oidc_claim_scope: dict[str, str] | None
    def get_additional_claims(self, request: Request) -> dict[str, object]: ...
