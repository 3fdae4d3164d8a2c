"""The demo's identity provider as a web application, made of django-oauth-toolkit."""

import importlib.util
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from pywry_auth.demo.events import LOG, PAGES, Speaker
from pywry_auth.errors import ConfigError


CLIENT_ID = "demo-app"
USER = "alice"
PASSWORD = "correct horse"  # of a person who exists only while the demo runs

SCOPES = {
    "openid": "Know that it is you",
    "profile": "See your name",
    "email": "See your e-mail address",
    "offline_access": "Stay signed in",
}

_SERVED = frozenset({"authorize", "token", "revoke-token"})


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """
    What differs from one start to the next.

    Attributes:
        issuer: the address it listens on.
        access_ttl: life of an access token, in seconds.
        speaker: hears of every answered request.
    """

    issuer: str
    access_ttl: int
    speaker: Speaker


def missing_extra() -> ConfigError | None:
    """Say what to install, or None when everything is there."""
    if importlib.util.find_spec("oauth2_provider") is not None:
        return None
    return ConfigError(
        "the demo's identity provider needs django-oauth-toolkit",
        hint='pip install "pywry-auth[demo]"',
    )


def wsgi_site(options: SiteOptions) -> WSGIApplication:
    """Make the web application; once per process, because Django's settings are global."""
    import django
    from django.conf import settings

    LOG.speaker = options.speaker
    protocol = _protocol_settings(options)
    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=["127.0.0.1"],
        USE_TZ=True,
        LOGGING_CONFIG=None,
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.ScryptPasswordHasher"],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "pywry_auth.demo.events.tell",
            "pywry_auth.demo.events.strict_headers",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[_templates()],
        DATABASES={"default": _database()},
        OAUTH2_PROVIDER=protocol,
        ROOT_URLCONF=(),
    )
    django.setup()
    # Both can be made only after set-up, because they stand on Django's models.
    protocol["OAUTH2_VALIDATOR_CLASS"] = _validator_class()
    settings.ROOT_URLCONF = _routes()
    _fill_database()
    return _one_at_a_time()


def _protocol_settings(options: SiteOptions) -> dict[str, object]:
    return {
        "OIDC_ENABLED": True,
        "OIDC_ISS_ENDPOINT": options.issuer,
        "OIDC_RSA_PRIVATE_KEY": _signing_key(),
        "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
        "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
        "SCOPES": SCOPES,
        "PKCE_REQUIRED": True,
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "ACCESS_TOKEN_EXPIRE_SECONDS": options.access_ttl,
        "ID_TOKEN_EXPIRE_SECONDS": 3600,
        "REFRESH_TOKEN_EXPIRE_SECONDS": 86400,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
    }


def _signing_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _templates() -> dict[str, object]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the application's own folder, so that its pages look like ours.
        "DIRS": [str(PAGES)],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }


def _database() -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "OPTIONS": {"uri": True},
        "NAME": "file:pywry-auth-demo?mode=memory&cache=shared",
    }


def _validator_class() -> type:
    from oauth2_provider.oauth2_validators import OAuth2Validator
    from oauthlib.common import Request

    class Validator(OAuth2Validator):
        """Says who alice is, and that nobody is signed in without seeing a page."""

        oidc_claim_scope = None  # also in the ID token, whatever the scope

        def get_additional_claims(self, request: Request) -> dict[str, object]:
            """Give the claims beside those of the protocol."""
            user = request.user
            return {
                "sub": user.username,
                "name": user.get_full_name(),
                "email": user.email,
                "email_verified": True,
            }

        # Both are abstract upstream; without them ``prompt=none`` is answered with status 500.
        def validate_silent_login(self, _request: Request) -> bool:
            """Refuse ``prompt=none`` (OIDC Core 3.1.2.1)."""
            return False

        def validate_silent_authorization(self, _request: Request) -> bool:
            """Refuse ``prompt=none`` (OIDC Core 3.1.2.1)."""
            return False

    return Validator


def _routes() -> tuple[object, ...]:
    from django.contrib.auth.views import LoginView
    from django.urls import include, path
    from oauth2_provider import urls

    account = {"user_name": USER, "password": PASSWORD}
    # Managing applications, registration and devices have no place in a demo.
    served = [route for route in urls.base_urlpatterns if route.name in _SERVED]
    protocol = [*urls.metadata_urlpatterns, *served, *urls.oidc_urlpatterns]
    return (
        path("login/", LoginView.as_view(template_name="login.html", extra_context=account)),
        path("", include((protocol, "oauth2_provider"))),
    )


def _fill_database() -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from oauth2_provider.models import Application

    connection.ensure_connection()  # the database lives as long as this connection
    call_command("migrate", verbosity=0)
    User.objects.create_user(
        USER, "alice@example.test", PASSWORD, first_name="Alice", last_name="Doe"
    )
    Application.objects.create(
        name="Demo",
        client_id=CLIENT_ID,
        client_secret="",
        client_type="public",
        authorization_grant_type="authorization-code",
        algorithm="RS256",
        redirect_uris="http://127.0.0.1/callback",  # any port (RFC 8252 section 7.3)
        post_logout_redirect_uris="http://127.0.0.1/logged-out",
    )


def _one_at_a_time() -> WSGIApplication:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    turn = threading.Lock()

    def serve(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        # Connections that share one in-memory database fail at once where they would have to wait.
        with turn:
            return application(environ, start)

    return serve
