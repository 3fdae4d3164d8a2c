"""Credential helpers as docker, kubectl and the tools of AWS run them."""

import base64
import json
import os
import stat
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pywry_auth.account_index import Account
from pywry_auth.cli.credential.docker import NOT_FOUND
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from tests import keyring_env
from tests.cli_kit import LIMIT, Ended
from tests.journeys.tools_kit import Cluster, Registry, Sts, certified, missing, serving
from tests.providers_kit import DjangoOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

TOKEN = "canary-access-token"
ORIGIN = TokenOrigin("https://id.example.com", "desktop", "1")
ROLE = "arn:aws:iam::123456789012:role/dev"


def id_token(life):
    parts = ({"alg": "none"}, {"sub": "1", "exp": int(time.time() + life)})
    coded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
    return ".".join((*coded, "canary"))


@pytest.fixture
def shell(new_shell):
    shell = new_shell
    programs = shell.home / "bin"
    programs.mkdir()
    shell.env["PATH"] = f"{programs}:{os.environ['PATH']}"
    put(shell, "pywry-auth", "from pywry_auth.cli import main as run")
    put(
        shell,
        "docker-credential-pywry-auth",
        "from pywry_auth.cli.credential import for_docker as run",
    )
    return shell


def put(shell, name, imported):
    """Put a program on the path, as an installation of the package does."""
    path = shell.home / "bin" / name
    path.write_text(f"#!{sys.executable}\nimport sys\n{imported}\nsys.exit(run())\n")
    path.chmod(0o755)


def signed_in(shell, more="", **members):
    shell.configure(
        '[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "desktop"\n' + more
    )
    tokens = OAuthTokenSet(TOKEN, **{"expires_in": 3600, "origin": ORIGIN, **members})
    shell.put("work/1", tokens)
    shell.accounts_are(Account("work", "1", "alice@example.com"))
    shell.secrets |= {secret for secret in (TOKEN, tokens.id_token) if secret}
    return tokens


def run(shell, *words, said="", **env):
    ended = subprocess.run(
        words,
        env=shell.environment | env,
        input=said,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        cwd=shell.home,
    )
    return shell.judged(Ended(ended.returncode, ended.stdout, ended.stderr))


# docker


def helper(shell, operation, said=""):
    return run(shell, "docker-credential-pywry-auth", operation, said=said)


def test_docker_s_own_store_gets_lists_and_erases(shell):
    from docker.credentials import Store
    from docker.credentials.errors import CredentialsNotFound, StoreError

    signed_in(shell, 'docker_hosts = ["registry.example.com"]\n', refresh_token="canary-refresh")
    with keyring_env.in_environment(shell.environment):
        store = Store("pywry-auth", environment=shell.environment)
        found = {"Username": "oauth2", "Secret": TOKEN}
        for server in ("registry.example.com", "https://registry.example.com/v2/"):
            assert store.get(server) == {"ServerURL": server, **found}
        assert store.list() == {"registry.example.com": "oauth2"}
        for stranger in (
            "index.docker.io",
            "http://registry.example.com",
            "registry.example.com:5000",
        ):
            with pytest.raises(CredentialsNotFound):
                store.get(stranger)
        store.store("registry.example.com", "oauth2", TOKEN)  # what docker does after it signed in
        with pytest.raises(StoreError, match="keeps no passwords"):
            store.store("registry.example.com", "bob", "hunter2")
        with pytest.raises(StoreError):
            store.store("index.docker.io", "oauth2", "x")
        store.erase("registry.example.com")
    assert not shell.stored("work/1").access_valid()  # renewed when it is wanted next
    assert shell("status").code == 0  # and still signed in


@pytest.mark.skipif(bool(missing("docker")), reason=missing("docker"))
def test_docker_shows_a_registry_the_token(shell):
    with serving(certified(Registry(), shell.home)) as registry:
        name = f"127.0.0.1:{registry.port}"
        signed_in(shell, f'docker_hosts = ["{name}"]\ndocker_username = "oauth2accesstoken"\n')
        config = shell.home / ".docker" / "config.json"
        config.parent.mkdir()
        config.write_text(json.dumps({"credHelpers": {name: "pywry-auth"}}))
        env = {"DOCKER_CONFIG": str(config.parent), "SSL_CERT_FILE": str(registry.certificate)}
        run(shell, "docker", "manifest", "inspect", f"{name}/notes:latest", **env)
        # What is there is no image, so docker fails afterwards; it was let in.
        shown = [one for one in registry.seen if one.authorization]
        assert {one.pair for one in shown} == {("oauth2accesstoken", TOKEN)}
        assert "/v2/notes/manifests/latest" in {one.path for one in shown}


def test_the_words_docker_knows_are_those(shell):
    signed_in(shell, 'docker_hosts = ["registry.example.com"]\n')
    for server in (
        "index.docker.io",
        "registry.example.com.evil.example",
        "x@registry.example.com",
    ):
        ended = helper(shell, "get", server)
        assert (ended.code, ended.out, ended.err) == (1, f"{NOT_FOUND}\n", "")
    for operation in ("get", "erase"):
        ended = helper(shell, operation, "\n")
        assert (ended.code, ended.out) == (1, "no credentials server URL\n")
    ended = helper(shell, "store", '{"ServerURL": "", "Username": "x", "Secret": "canary"}')
    assert (ended.code, ended.out) == (1, "no credentials server URL\n")
    ended = helper(shell, "store", '{"ServerURL": "x", "Username": "", "Secret": "canary"}')
    assert (ended.code, ended.out) == (1, "no credentials username\n")
    ended = helper(shell, "store", '{"ServerURL": "x", "Username": 3, "Secret": "canary"}')
    assert ended.code == 1
    assert "canary" not in ended.out + ended.err
    assert helper(shell, "burn").code == 1
    assert helper(shell, "version").out.startswith("docker-credential-pywry-auth ")


def test_docker_goes_on_without_where_nobody_is_signed_in(shell):
    signed_in(shell, 'docker_hosts = ["registry.example.com"]\n')
    shell.accounts_are()
    ended = helper(shell, "get", "registry.example.com")
    assert (ended.code, ended.out) == (1, f"{NOT_FOUND}\n")
    assert "hint: run pywry-auth login work" in ended.err
    assert helper(shell, "list").out == "{}\n"


def test_other_trouble_is_told_where_docker_reads_it(shell):
    shell.configure("[providers.work\n")
    ended = helper(shell, "get", "registry.example.com")
    assert ended.code == 1
    assert "no TOML" in ended.out


# kubectl


def kubeconfig(shell, cluster, *args, **members):
    path = shell.home / "kubeconfig"
    command = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "pywry-auth",
        "args": ["credential", "kubectl", "work", *args],
        "interactiveMode": "Never",
        **members,
    }
    trusted = {"certificate-authority": str(cluster.certificate)}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": cluster.url, **trusted}}],
        "users": [{"name": "u", "user": {"exec": command}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }
    path.write_text(json.dumps(config))  # YAML, too
    return str(path)


@pytest.mark.skipif(bool(missing("kubectl")), reason=missing("kubectl"))
@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_kubectl_shows_a_cluster_the_token(shell, version):
    token = id_token(3600)
    with serving(certified(Cluster(), shell.home)) as cluster:
        signed_in(shell, f'kubernetes_hosts = ["{cluster.url}"]\n', id_token=token)
        how = {
            "apiVersion": f"client.authentication.k8s.io/{version}",
            "provideClusterInfo": True,
        }
        for args, shown in (((), TOKEN), (("--id-token",), token)):
            path = kubeconfig(shell, cluster, *args, **how)
            ended = run(shell, "kubectl", "--kubeconfig", path, "get", "--raw", "/version")
            assert ended.code == 0, ended.err
            assert json.loads(ended.out) == {"asked": "/version"}
            assert cluster.shown[-1] == f"Bearer {shown}"


@pytest.mark.skipif(bool(missing("kubectl")), reason=missing("kubectl"))
def test_a_cluster_that_is_not_allowed_is_shown_nothing(shell):
    with serving(certified(Cluster(), shell.home)) as cluster:
        signed_in(shell, 'kubernetes_hosts = ["kube.example.com:6443"]\n')
        for how in ({"provideClusterInfo": True}, {}):
            path = kubeconfig(shell, cluster, **how)
            ended = run(shell, "kubectl", "--kubeconfig", path, "get", "--raw", "/version")
            assert ended.code != 0
            assert "is not for" in ended.err
        assert cluster.shown == []


def kubectl(shell, *words, info=""):
    return run(shell, "pywry-auth", "credential", "kubectl", *words, KUBERNETES_EXEC_INFO=info)


def test_kubectl_hears_the_token_with_its_end(shell):
    tokens = signed_in(shell)
    end = datetime.fromtimestamp(int(tokens.expires_at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    status = {"token": TOKEN, "expirationTimestamp": end}
    kind = {"kind": "ExecCredential", "status": status}
    assert kubectl(shell).json == {"apiVersion": "client.authentication.k8s.io/v1", **kind}
    for version in ("v1", "v1beta1"):
        group = f"client.authentication.k8s.io/{version}"
        info = {"apiVersion": group, "kind": "ExecCredential", "spec": {"interactive": False}}
        assert kubectl(shell, info=json.dumps(info)).json == {"apiVersion": group, **kind}


def test_a_token_without_an_end_has_no_time(shell):
    signed_in(shell, expires_in=None)
    assert kubectl(shell).json["status"] == {"token": TOKEN}


@pytest.mark.parametrize(
    "info",
    [
        "{",
        "[]",
        '{"apiVersion": "client.authentication.k8s.io/v1alpha1"}',
        '{"apiVersion": 3}',
        '{"spec": {"cluster": {"server": 3}}}',
    ],
)
def test_what_kubectl_never_says_is_refused(shell, info):
    signed_in(shell)
    ended = kubectl(shell, info=info)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")


# ID tokens


def test_an_id_token_that_ended_and_cannot_be_renewed_needs_a_person(shell):
    signed_in(shell, id_token=id_token(30))
    ended = kubectl(shell, "--id-token")
    assert (ended.code, ended.out) == (3, "")
    assert "the ID token has ended" in ended.err


@pytest.mark.parametrize("token", [None, "canary", "a.b.c", "a.e30.c"])
def test_what_is_no_id_token_is_told(shell, token):
    signed_in(shell, id_token=token)
    ended = kubectl(shell, "--id-token")
    assert (ended.code, ended.out) == (1, "")
    assert "ID token" in ended.err


@pytest.fixture(scope="module")
def op():
    yield from running(DjangoOP)


def with_life(token, life):
    """Give the claims of *token* another end; the signature does not fit any more."""
    head, claims, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    coded = json.dumps(said | {"exp": int(time.time() + life)}).encode()
    return ".".join((head, base64.urlsafe_b64encode(coded).decode().rstrip("="), signature))


def test_an_id_token_that_is_about_to_end_is_renewed_before_its_access_token(shell, op):
    shell = shell.browsing()
    words = ("--issuer", op.issuer, "--client-id", "native", "--save", "work")
    assert shell("login", *words).code == 0
    [account] = shell("status", "--json").json["accounts"]
    key = f"work/{account['account']}"
    tokens = shell.stored(key)
    first = kubectl(shell, "--id-token").json["status"]
    assert first["token"] == tokens.id_token
    shell.put(key, replace(tokens, id_token=with_life(tokens.id_token, 20)))
    second = kubectl(shell, "--id-token")
    assert second.code == 0, second.err
    assert second.json["status"]["token"] == shell.stored(key).id_token
    assert second.json["status"]["expirationTimestamp"] >= first["expirationTimestamp"]
    assert shell.stored(key).access_token != tokens.access_token


# AWS


@pytest.fixture
def sts():
    with serving(Sts()) as sts:
        yield sts


def aws_config(shell, line):
    path = shell.home / "aws"
    path.write_text(f"[profile work]\nregion = eu-central-1\ncredential_process = {line}\n")
    return {
        "AWS_CONFIG_FILE": str(path),
        "AWS_SHARED_CREDENTIALS_FILE": str(shell.home / "none"),
        "AWS_PROFILE": "work",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_the_sdk_of_aws_gets_keys_for_the_id_token(shell, sts):
    token = id_token(3600)
    signed_in(shell, f'aws_sts_url = "{sts.url}/"\naws_role_arn = "{ROLE}"\n', id_token=token)
    line = "pywry-auth credential aws work --duration 900"
    code = f"""
import json
from botocore.session import Session
session = Session()
found = session.get_credentials()
keys = found.get_frozen_credentials()
caller = session.create_client("sts", endpoint_url={sts.url!r}).get_caller_identity()
print(json.dumps([found.method, *keys[:3], caller["Arn"]]))
"""
    ended = run(shell, sys.executable, "-c", code, **aws_config(shell, line))
    assert ended.code == 0, ended.err
    method, *keys, caller = json.loads(ended.out)
    assert method == "custom-process"
    assert keys == ["ASgeIAIOSFODNN7EXAMPLE", "canary-secret+key/", "canary-session+token/=="]
    assert caller == "arn:aws:sts::123456789012:assumed-role/dev/alice"
    first, signed = sts.seen
    assert first.form == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "RoleSessionName": "alice@example.com",
        "WebIdentityToken": token,
        "DurationSeconds": "900",
    }
    assert first.authorization == ""
    assert "Credential=ASgeIAIOSFODNN7EXAMPLE/" in signed.authorization


@pytest.mark.skipif(bool(missing("aws")), reason=missing("aws"))
def test_the_command_line_of_aws_gets_keys(shell, sts):
    signed_in(shell, id_token=id_token(3600))
    line = (
        f"pywry-auth credential aws work --role-arn {ROLE} --sts-url {sts.url}/ --session-name me"
    )
    words = ("sts", "get-caller-identity", "--endpoint-url", sts.url)
    ended = run(shell, "aws", *words, **aws_config(shell, line))
    assert ended.code == 0, ended.err
    assert "assumed-role/dev/alice" in ended.out
    assert sts.seen[0].form["RoleSessionName"] == "me"


def aws(shell, sts, *words):
    where = ("--role-arn", ROLE, "--sts-url", f"{sts.url}/")
    return run(shell, "pywry-auth", "credential", "aws", "work", *where, *words)


def test_keys_come_with_the_time_at_which_they_end(shell, sts):
    signed_in(shell, id_token=id_token(3600))
    assert aws(shell, sts).json == {
        "Version": 1,
        "AccessKeyId": "ASgeIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": "canary-secret+key/",
        "SessionToken": "canary-session+token/==",
        "Expiration": "2099-10-24T23:00:23Z",
    }


def test_the_access_token_is_shown_where_that_was_asked_for(shell, sts):
    signed_in(shell)
    assert aws(shell, sts).code == 1  # there is no ID token
    assert sts.seen == []
    assert aws(shell, sts, "--access-token").code == 0
    assert sts.seen[0].form["WebIdentityToken"] == TOKEN


def test_a_token_that_sts_does_not_believe_needs_a_person_and_is_not_repeated(shell, sts):
    token = id_token(3600)
    signed_in(shell, id_token=token)
    sts.refused.add(token)
    ended = aws(shell, sts)  # whose answer repeats the token
    assert (ended.code, ended.out) == (3, "")
    assert "STS answered 400: ExpiredTokenException: Token expired: [removed]" in ended.err
    assert "hint: run pywry-auth login work" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("--role-arn", "dev"),
        ("--role-arn", ""),
        ("--sts-url", "http://sts.example.com/"),
        ("--sts-url", "ftp://127.0.0.1/"),
        ("--session-name", "a b"),
        ("--session-name", "a"),
        ("--sts-url", "", "--region", "evil.example/"),
    ],
)
def test_what_aws_would_not_take_is_wrong_usage(shell, sts, words):
    signed_in(shell, id_token=id_token(3600))
    ended = aws(shell, sts, *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")
    assert sts.seen == []


# all of them


def test_every_program_is_one_of_the_package():
    import tomllib

    root = Path(__file__).parents[2]
    scripts = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts["docker-credential-pywry-auth"] == "pywry_auth.cli.credential:for_docker"


def test_no_file_is_left_behind_that_others_can_read(shell, sts):
    signed_in(shell, 'docker_hosts = ["registry.example.com"]\n', id_token=id_token(3600))
    helper(shell, "get", "registry.example.com")
    kubectl(shell, "--id-token")
    aws(shell, sts)
    for path in shell.home.rglob("*"):
        if path.is_file():
            assert b"canary" not in path.read_bytes(), path
            assert not stat.S_IMODE(path.stat().st_mode) & 0o002
