"""What a person is shown in a browser: assets found, pages filled, every value escaped."""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(__name__, {"Texts": "pywry_auth.ui.texts"})
