"""The table of what a relying party must accept or refuse, by the name of its section."""

from collections.abc import Mapping

from pywry_auth.testing.row import ConformanceRow
from pywry_auth.testing.rows_basic import BASIC
from pywry_auth.testing.rows_config import CONFIG
from pywry_auth.testing.rows_dpop import DPOP
from pywry_auth.testing.rows_par import FAPI2, PUSHED, RESOURCE_NAMES
from pywry_auth.testing.rows_redirect import AUTHORIZATION_RESPONSE, FORM_POST_ERROR
from pywry_auth.testing.rows_refresh import REFRESH
from pywry_auth.testing.rows_step_up import STEP_UP
from pywry_auth.testing.rows_tokens import STRICT_ID_TOKEN, TOKEN_ANSWER, USERINFO


SECTIONS: Mapping[str, tuple[ConformanceRow, ...]] = {
    "basic": BASIC,
    "config": CONFIG,
    "refresh": REFRESH,
    "authorization_response": AUTHORIZATION_RESPONSE,
    "form_post": (*BASIC, *AUTHORIZATION_RESPONSE, FORM_POST_ERROR),
    "strict_id_token": STRICT_ID_TOKEN,
    "token_answer": TOKEN_ANSWER,
    "userinfo": USERINFO,
    "fapi2": FAPI2,
    "par": PUSHED,
    "resources": RESOURCE_NAMES,
    "dpop": DPOP,
    "step_up": STEP_UP,
}
