from pywry_auth.session.events import SessionEvent as SessionEvent
from pywry_auth.session.events import SessionEventName as SessionEventName
from pywry_auth.session.manager import SessionManager as SessionManager
from pywry_auth.session.web import SessionStore as SessionStore
from pywry_auth.session.web import WebSession as WebSession
