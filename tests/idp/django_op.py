"""django-oauth-toolkit as a provider of the tests: alice signs in with ``correct horse``."""

import os
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from serving import serve


SETTINGS = {
    "USE_TZ": True,
    "LOGGING_CONFIG": None,
    "LOGIN_URL": "/login/",
    "ALLOWED_HOSTS": ["127.0.0.1", "localhost"],
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "PASSWORD_HASHERS": [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ],  # quick, so for tests only
    "INSTALLED_APPS": [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    "DATABASES": {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "OPTIONS": {"uri": True},
            "NAME": "file:op?mode=memory&cache=shared",
        }
    },
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {
                            "login.html": "<!doctype html><title>Sign in</title><form method=post>"
                            "{% csrf_token %}{{ form.as_p }}<button>Sign in</button></form>",
                            "oauth2_provider/base.html": "<!doctype html><title>{% block title %}"
                            "{% endblock %}</title>{% block content %}{% endblock %}",
                        },
                    ),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ],
}


def protocol_settings(issuer, options):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "OIDC_ENABLED": True,
        "OIDC_ISS_ENDPOINT": issuer,
        "OIDC_RSA_PRIVATE_KEY": key.decode(),
        "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
        "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
        "SCOPES": {
            "openid": "OpenID",
            "profile": "Profile",
            "email": "E-mail",
            "offline_access": "Stay signed in",
            "api:read": "Read the API",
        },
        "PKCE_REQUIRED": True,
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "ACCESS_TOKEN_EXPIRE_SECONDS": options.get("accessTtl", 3600),
        "REFRESH_TOKEN_EXPIRE_SECONDS": options.get("refreshTtl", 86400),
        "ID_TOKEN_EXPIRE_SECONDS": 3600,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
        "OAUTH_DEVICE_VERIFICATION_URI": f"{issuer}/device/",
        "ALLOW_LOCALHOST_LOOPBACK": True,
    }


def make(issuer, options):
    import django

    protocol = protocol_settings(issuer, options)
    settings.configure(
        **SETTINGS, SECRET_KEY=os.urandom(16).hex(), OAUTH2_PROVIDER=protocol, ROOT_URLCONF=()
    )
    django.setup()
    protocol["OAUTH2_VALIDATOR_CLASS"] = validator()
    settings.ROOT_URLCONF = routes()
    fill_database()
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.settings import oauth2_settings

    def apply(changed):
        if "accessTtl" in changed:
            oauth2_settings.ACCESS_TOKEN_EXPIRE_SECONDS = changed.pop("accessTtl")
        if "rotate" in changed:
            oauth2_settings.ROTATE_REFRESH_TOKEN = changed.pop("rotate")
        if changed:
            sys.stderr.write(f"unknown options: {sorted(changed)}\n")

    return get_wsgi_application(), apply


def validator():
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):
        oidc_claim_scope = None  # also in the ID token, whatever the scope

        def get_additional_claims(self, request):
            user = request.user
            return {"name": user.get_full_name(), "email": user.email, "email_verified": True}

        # Both are abstract upstream; without them ``prompt=none`` is answered with status 500.
        def validate_silent_login(self, _request):
            return False

        def validate_silent_authorization(self, _request):
            return False

    return Validator


def routes():
    from django.contrib.auth.views import LoginView
    from django.urls import include, path

    return (
        path("login/", LoginView.as_view(template_name="login.html")),
        path("", include("oauth2_provider.urls", namespace="oauth2_provider")),
    )


def fill_database():
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from oauth2_provider.models import Application

    connection.ensure_connection()  # the database lives as long as this connection
    call_command("migrate", verbosity=0)
    User.objects.create_user(
        "alice", "alice@example.test", "correct horse", first_name="Alice", last_name="Doe"
    )
    public = {"client_secret": "", "client_type": "public", "algorithm": "RS256"}
    Application.objects.create(
        **public,
        name="Native PKCE app",
        client_id="native",
        authorization_grant_type="authorization-code",
        redirect_uris="http://127.0.0.1/callback http://localhost/callback",  # any port
        post_logout_redirect_uris="http://127.0.0.1/logged-out",
    )
    Application.objects.create(
        **public,
        name="Device app",
        client_id="device",
        authorization_grant_type="urn:ietf:params:oauth:grant-type:device_code",
    )
    Application.objects.create(
        **public,
        name="Terminal app",
        client_id="terminal",
        authorization_grant_type="password",
    )
    Application.objects.create(
        name="Confidential terminal app",
        client_id="terminal-web",
        client_secret="terminal-secret",
        client_type="confidential",
        algorithm="RS256",
        authorization_grant_type="password",
    )
    Application.objects.create(
        name="Resource server",  # asks introspection
        client_id="rs",
        client_secret="rs-secret",
        client_type="confidential",
        algorithm="",
        authorization_grant_type="client-credentials",
    )


if __name__ == "__main__":
    serve(make)
