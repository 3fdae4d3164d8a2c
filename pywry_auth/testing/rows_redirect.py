"""Rows of the authorization response: who may end the wait, in which way."""

from pywry_auth.errors import AuthError, AuthFlowTimeout, CallbackError
from pywry_auth.testing.conduct import Conduct
from pywry_auth.testing.edits import Append, Drop, Edit, Put
from pywry_auth.testing.row import ConformanceRow


_SUITE = "fapi2-security-profile-final-client-test"
_ANNOUNCED = "authorization_response_iss_parameter_supported"
_DENIED = Put("access_denied")


def _redirect(
    name: str,
    error: type[AuthError] | None,
    /,
    *repeated: str,
    says: str | None = None,
    **edits: Edit,
) -> ConformanceRow:
    conduct = Conduct(authorization=edits, repeated=repeated)
    last = "userinfo" if error is None else "authorize"
    return ConformanceRow(name, conduct, error, last=last, says=says)


def _unannounced(name: str, error: type[AuthError] | None, iss: Edit) -> ConformanceRow:
    conduct = Conduct(discovery={_ANNOUNCED: Drop()}, authorization={"iss": iss})
    return ConformanceRow(name, conduct, error, last="userinfo" if error is None else "authorize")


AUTHORIZATION_RESPONSE: tuple[ConformanceRow, ...] = (
    _redirect(f"{_SUITE}-invalid-authorization-response-iss", CallbackError, iss=Append()),
    _redirect(f"{_SUITE}-remove-authorization-response-iss", CallbackError, iss=Drop()),
    _redirect(
        f"{_SUITE}-ensure-authorization-response-with-invalid-state-fails",
        AuthFlowTimeout,
        state=Append(),
    ),
    _redirect(
        f"{_SUITE}-ensure-authorization-response-with-invalid-missing-state-fails",
        AuthFlowTimeout,
        state=Drop(),
    ),
    _redirect("own-response-empty-state", AuthFlowTimeout, state=Put("")),
    _redirect("own-response-wrong-state-and-iss", AuthFlowTimeout, state=Append(), iss=Append()),
    _redirect("own-response-error-without-state", AuthFlowTimeout, state=Drop(), error=_DENIED),
    _redirect("own-response-error-wrong-state", AuthFlowTimeout, state=Append(), error=_DENIED),
    _redirect("own-response-repeated-state", AuthFlowTimeout, "state"),
    _redirect("own-response-repeated-code", CallbackError, "code"),
    _redirect("own-response-repeated-iss", CallbackError, "iss"),
    _redirect("own-response-repeated-error", CallbackError, "error", code=Drop(), error=_DENIED),
    _redirect("own-response-no-code", CallbackError, code=Drop()),
    _redirect("own-response-empty-code", CallbackError, code=Put("")),
    _redirect("own-response-empty-iss", CallbackError, iss=Put("")),
    _redirect(
        "own-response-error", CallbackError, says="access_denied", code=Drop(), error=_DENIED
    ),
    _redirect(
        "own-response-error-beside-a-code", CallbackError, says="access_denied", error=_DENIED
    ),
    _redirect(
        "own-response-error-without-iss",
        CallbackError,
        says="access_denied",
        code=Drop(),
        iss=Drop(),
        error=_DENIED,
    ),
    _redirect("own-response-unknown-parameter", None, session_state=Put("x.y")),
    _unannounced("own-response-unannounced-iss-wrong", CallbackError, Append()),
    _unannounced("own-response-unannounced-iss-missing", None, Drop()),
)

#: the OP is asked with ``prompt=none`` and answers that somebody must sign in
FORM_POST_ERROR = ConformanceRow(
    "oidcc-client-test-form-post-error",
    Conduct(
        authorization={
            "code": Drop(),
            "error": Put("login_required"),
            "error_description": Put("no session <script>alert(1)</script>"),
        }
    ),
    CallbackError,
    last="authorize",
    authorize_params={"max_age": "0", "prompt": "none"},
    says="login_required",
)
