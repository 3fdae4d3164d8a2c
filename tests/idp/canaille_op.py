"""canaille as a provider of the tests: alice / ``correct horse``; redirects are exact."""

import datetime as dt
import logging
import os

from serving import serve


JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS = ("authorization_code", "refresh_token", "password", "client_credentials", JWT_BEARER)
REDIRECT = "http://127.0.0.1:1/callback"  # replaced by what a test registers through /__control


def make(issuer, options):
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http on loopback
    from canaille import create_app
    from canaille.oidc.jose import make_default_rsa_jwk

    logging.disable(logging.WARNING)
    life = options.get("accessTtl", 3600)
    app = create_app(
        config={
            "SECRET_KEY": os.urandom(16).hex(),
            "SERVER_NAME": issuer.removeprefix("http://"),
            "PREFERRED_URL_SCHEME": "http",
            "SESSION_COOKIE_SECURE": False,
            "CANAILLE": {"DATABASE": "memory", "ENABLE_INTRUDER_LOCKOUT": False},
            # canaille checks the assertions of programs with the first key of its own.
            "CANAILLE_OIDC": {
                "ACTIVE_JWKS": [options.get("key") or make_default_rsa_jwk().as_dict(private=True)]
            },
            "OAUTH2_TOKEN_EXPIRES_IN": dict.fromkeys(GRANTS, life),
        }
    )
    app.config["SESSION_COOKIE_SECURE"] = False
    fill_database(app)
    add_programs(app)

    def apply(changed):
        if "redirectUris" in changed:
            register(app, changed["redirectUris"])

    return app, apply


def fill_database(app):
    with app.app_context():
        from canaille.app import models
        from canaille.backends import Backend

        alice = models.User(
            user_name="alice",
            given_name="Alice",
            family_name="Doe",
            formatted_name="Alice Doe",
            emails=["alice@example.test"],
            password="correct horse",
        )
        Backend.instance.save(alice)
        client = models.Client(
            client_id="native",
            client_secret="",
            client_name="Native PKCE app",
            client_id_issued_at=dt.datetime.now(dt.UTC),
            contacts=["alice@example.test"],
            redirect_uris=[REDIRECT],
            post_logout_redirect_uris=["http://127.0.0.1:1/logged-out"],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            scope=["openid", "profile", "email", "offline_access"],
            token_endpoint_auth_method="none",
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)


def add_programs(app):
    with app.app_context():
        from canaille.app import models
        from canaille.backends import Backend

        usual = {"client_id_issued_at": dt.datetime.now(dt.UTC), "scope": ["openid", "profile"]}
        robot = models.Client(
            **usual,
            client_id="robot",
            client_secret="robot-secret",
            client_name="Robot",
            client_uri="http://127.0.0.1/",  # trusted by default: no consent is looked for
            grant_types=["client_credentials", JWT_BEARER],
            token_endpoint_auth_method="client_secret_basic",
        )
        terminal = models.Client(
            **usual,
            client_id="terminal",
            client_secret="",
            client_name="Terminal app",
            grant_types=["password", "refresh_token"],
            token_endpoint_auth_method="none",
        )
        for client in (robot, terminal):
            Backend.instance.save(client)
            client.audience = [client]
            Backend.instance.save(client)


def register(app, redirect_uris):
    with app.app_context():
        from canaille.app import models
        from canaille.backends import Backend

        client = Backend.instance.get(models.Client, client_id="native")
        client.redirect_uris = redirect_uris
        Backend.instance.save(client)


if __name__ == "__main__":
    serve(make)
