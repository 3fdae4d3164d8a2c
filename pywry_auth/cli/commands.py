"""The commands, in words for a person."""

#: every command, with what it does in one line
COMMANDS = {
    "demo": "sign in at a provider that runs on this machine only",
    "login": "sign in, and keep the tokens in the keyring",
    "status": "list who is signed in, and for how long",
    "token": "print a fresh access token",
    "exec": "run a command that finds a fresh access token in its environment",
    "credential": "give fresh tokens to git, docker, kubectl, AWS tools",
    "whoami": "ask the provider who is signed in",
    "logout": "revoke the tokens, and forget them",
    "doctor": "find out what keeps people from signing in",
}

EXIT_CODES = """\
exit codes:
  0 done   1 failed   2 wrong usage   3 a person must sign in   4 cancelled or timed out"""

EXAMPLES = {
    "demo": ("pywry-auth demo", "pywry-auth demo --gui gtk", "pywry-auth demo --window browser"),
    "login": (
        "pywry-auth login work",
        "pywry-auth login --issuer https://id.example.com --client-id desktop --save work",
        "pywry-auth login github --client-id Iv1.0123456789abcdef --save github",
        "pywry-auth login work --if-needed --json",
        "pywry-auth login work --window paste --timeout 300",
        "pywry-auth login work --device",
        "pywry-auth login --grant password --issuer URL --client-id ID --save terminal",
        "pywry-auth login terminal --password-stdin --totp",
    ),
    "status": ("pywry-auth status", "pywry-auth status work --json"),
    "token": (
        'curl -H "Authorization: Bearer $(pywry-auth token work)" https://api.example.com/me',
        "pywry-auth token work --account alice@example.com",
        "pywry-auth token work --json",
        "pywry-auth token robot --grant client_credentials --client-secret-env ROBOT_SECRET",
        "pywry-auth token robot --scopes api:write",
        "pywry-auth token robot --no-store",
    ),
    "exec": (
        "pywry-auth exec work -- ./report.py --month 11",
        "pywry-auth exec work --env GITLAB_TOKEN -- glab issue list",
        "pywry-auth exec work --env A_TOKEN --env B_TOKEN -- make release",
    ),
    "credential": (
        "git config credential.https://git.example.com.helper '!pywry-auth credential git'",
        "pywry-auth credential kubectl work --id-token",
        "pywry-auth credential aws work --role-arn arn:aws:iam::123456789012:role/dev",
        "run pywry-auth credential KIND --help for the lines that go into that tool",
    ),
    "whoami": ("pywry-auth whoami work", "pywry-auth whoami work --json"),
    "logout": (
        "pywry-auth logout work",
        "pywry-auth logout work --account alice@example.com",
        "pywry-auth logout --all",
        "pywry-auth logout work --no-revoke",
        "pywry-auth logout work --everywhere",
    ),
    "doctor": (
        "pywry-auth doctor",
        "pywry-auth doctor work --deep",
        "pywry-auth doctor --issuer https://id.example.com --client-id desktop",
        "pywry-auth doctor work --json",
        "pywry-auth doctor work --bundle trouble.zip",
    ),
}

FIRST_STEPS = f"""\
first steps:
  pywry-auth demo
  pywry-auth login --issuer URL --client-id ID --save NAME
  pywry-auth token NAME
  pywry-auth doctor NAME

{EXIT_CODES}"""

#: what to put into the configuration of each tool
IN_TOOLS = {
    "git": """\
in providers.toml, which hosts may be given the token:
  [providers.work]
  git_hosts = ["git.example.com"]    # http is for this machine only: "http://127.0.0.1:3000"
  git_username = "oauth2"            # beside the token, where git sends a password

in git:
  git config --global credential.https://git.example.com.helper '!pywry-auth credential git'

No other host is answered. A token that git says was refused is renewed before the next answer;
whoever is signed in stays so.""",
    "docker": """\
in providers.toml, which registries may be given the token:
  [providers.work]
  docker_hosts = ["registry.example.com"]
  docker_username = "oauth2"         # beside the token

in ~/.docker/config.json, which makes docker run docker-credential-pywry-auth:
  { "credHelpers": { "registry.example.com": "pywry-auth" } }

Where nothing may be given the answer is "credentials not found in native keychain", exit 1.""",
    "kubectl": """\
in the kubeconfig:
  users:
  - name: me
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: pywry-auth
        args: [credential, kubectl, work, --id-token]
        interactiveMode: Never
        provideClusterInfo: true

in providers.toml, if the token is for some clusters only:
  [providers.work]
  kubernetes_hosts = ["kube.example.com:6443"]""",
    "aws": """\
in ~/.aws/config:
  [profile work]
  credential_process = pywry-auth credential aws work --role-arn arn:aws:iam::123456789012:role/dev

or in providers.toml, which the options beat:
  [providers.work]
  aws_role_arn = "arn:aws:iam::123456789012:role/dev"
  aws_region = "eu-central-1"

AWS gives keys for the ID token (AssumeRoleWithWebIdentity); the role must trust the provider.""",
}
