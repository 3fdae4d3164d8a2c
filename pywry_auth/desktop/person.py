"""What people see in place of an account: a name, or one or two letters."""

from pywry_auth.account_index import Account
from pywry_auth.desktop.initials import NOBODY, initials


def person_of(account: Account) -> str:
    """Give the name to show for *account*; the provider chose it, so it is one harmless line."""
    name = "".join(c if c.isprintable() else " " for c in account.name)
    return " ".join(name.split()) or account.display_name


def initials_of(account: Account) -> str:
    """Give one or two letters that stand for *account*, for where there is no picture."""
    found = initials(person_of(account))
    return "" if found == NOBODY else found
