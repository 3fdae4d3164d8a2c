pytest_plugins = ["pywry_auth.testing.pytest"]
