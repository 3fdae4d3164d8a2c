"""
A pywebview application that greets whoever signed in.

What belongs to the sign-in is ``main``, the element ``<pywry-sign-in>``, and what the page does
with the event ``pywry-auth-change``. The page learns names, never a token.
"""

import webview

from pywry_auth import (
    AuthStatus,
    ConnectedApps,
    DesktopAuth,
    OAuth2Settings,
    create_provider_from_settings,
    freeze_support,
)
from pywry_auth.desktop import connect


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Acme Notes</title>
<style>
  :root {
    color-scheme: light dark;
    --ground: #f4f5f8; --card: #fff; --text: #1b1f29; --soft: #5b6372; --line: #dfe2ea;
  }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #12141a; --card: #1b1e26; --text: #eef0f5; --soft: #a3abba; --line: #343a47; }
  }
  body {
    display: flex; flex-direction: column; gap: 20px; box-sizing: border-box; height: 100vh;
    margin: 0; padding: 28px; background: var(--ground); color: var(--text);
    font: 16px/1.5 system-ui, sans-serif;
  }
  h1 { margin: 0; font-size: 26px; line-height: 1.25; overflow-wrap: anywhere; }
  p { margin: 4px 0 0; color: var(--soft); }
  textarea {
    flex: 1; padding: 14px; border: 1px solid var(--line); border-radius: 10px; resize: none;
    background: var(--card); color: inherit; font: inherit;
  }
</style>
<header><h1>Acme Notes</h1><p>Sign in to write.</p></header>
<pywry-sign-in></pywry-sign-in>
<textarea aria-label="Note" disabled></textarea>
<script>
  document.addEventListener("pywry-auth-change", ({ detail: { account } }) => {
    const [title, words, page] = document.querySelectorAll("h1, p, textarea");
    title.textContent = account ? `Good day, ${account.name}` : "Acme Notes";
    words.textContent = account ? "What is on your mind?" : "Sign in to write.";
    page.disabled = !account;
  });
</script>
"""


def tell(status: AuthStatus) -> None:
    """Print what becomes of the sign-in."""
    print(status.state, status.account.display_name if status.account else "", flush=True)


def main() -> None:
    """Show the window until it is closed."""
    freeze_support()
    provider = create_provider_from_settings(OAuth2Settings.load())
    with DesktopAuth("Acme Notes", {"Acme": provider}) as auth:
        window = webview.create_window("Acme Notes", html=PAGE, width=560, height=480)
        connect(window, auth, manage=ConnectedApps(auth).begin, avatar=auth.picture)
        auth.watch(tell)
        webview.start(auth.begin_silent)


if __name__ == "__main__":
    main()
