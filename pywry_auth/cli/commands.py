"""The commands, in words for a person."""

#: every command, with what it does in one line
COMMANDS = {
    "demo": "sign in at a provider that runs on this machine only",
    "login": "sign in, and keep the tokens in the keyring",
    "status": "list who is signed in, and for how long",
    "token": "print a fresh access token",
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
    ),
    "status": ("pywry-auth status", "pywry-auth status work --json"),
    "token": (
        'curl -H "Authorization: Bearer $(pywry-auth token work)" https://api.example.com/me',
        "pywry-auth token work --account alice@example.com",
        "pywry-auth token work --json",
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
