"""Everything an issuer can do, one line for each part."""

from pywry_auth.testing.authorize_endpoint import AUTHORIZE
from pywry_auth.testing.device_endpoint import DEVICE
from pywry_auth.testing.discovery_endpoint import DISCOVERY
from pywry_auth.testing.dpop_checks import DPOP
from pywry_auth.testing.introspect_endpoint import INTROSPECT
from pywry_auth.testing.logout_endpoint import LOGOUT
from pywry_auth.testing.par_endpoint import PAR
from pywry_auth.testing.part import Part
from pywry_auth.testing.program_grants import PROGRAMS
from pywry_auth.testing.registration_endpoint import REGISTRATION
from pywry_auth.testing.resource_checks import RESOURCES
from pywry_auth.testing.revoke_endpoint import REVOKE
from pywry_auth.testing.strength import STRENGTH
from pywry_auth.testing.token_endpoint import TOKEN
from pywry_auth.testing.userinfo_endpoint import USERINFO


#: asked in this order; add a part here and nowhere else
PARTS: tuple[Part, ...] = (
    DISCOVERY,
    PAR,
    RESOURCES,
    DPOP,
    AUTHORIZE,
    TOKEN,
    PROGRAMS,
    USERINFO,
    REVOKE,
    DEVICE,
    LOGOUT,
    INTROSPECT,
    REGISTRATION,
    STRENGTH,
)
