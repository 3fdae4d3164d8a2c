"""How long a sign-in waits, unless the application says otherwise."""

SILENT_TIMEOUT = 5.0  # seconds; a cold engine takes two, redirects that know the person one
SPARE = 30.0  # seconds that a program which asks may take besides those of the person
AUTH_TIMEOUT = 120.0  # seconds; long enough for a password manager and a second factor
