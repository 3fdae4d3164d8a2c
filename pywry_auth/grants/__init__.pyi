from pywry_auth.grants.events import TokenEvent as TokenEvent
from pywry_auth.grants.events import TokenEventName as TokenEventName
from pywry_auth.grants.grant import DEFAULT_CLIENT_ID as DEFAULT_CLIENT_ID
from pywry_auth.grants.grant import TokenGrant as TokenGrant
from pywry_auth.token_store.slot import TokenSlot as TokenSlot
