from pywry_auth.ui.texts import Texts as Texts
