from pywry_auth.http_auth.httpx_auth import HttpxAuth as HttpxAuth
from pywry_auth.http_auth.requests_auth import RequestsAuth as RequestsAuth
