from pywry_auth.flow.device import DeviceFlow as DeviceFlow
from pywry_auth.flow.manager import AuthFlowManager as AuthFlowManager
from pywry_auth.flow.values import AuthFlowResult as AuthFlowResult
from pywry_auth.flow.values import AuthFlowState as AuthFlowState
from pywry_auth.flow.values import CallbackOptions as CallbackOptions
from pywry_auth.flow.values import NotSilent as NotSilent
from pywry_auth.flow.values import SignInOptions as SignInOptions
