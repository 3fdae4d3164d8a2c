import pytest
from contract.token_slot import TokenSlotContract

from pywry_auth.grants import FileTokenStore, MemoryTokenSlot
from pywry_auth.token_store import JsonFileTokenStore, KeyringTokenStore, MemoryTokenStore
from tests import keyring_env


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def keyring():
    with keyring_env.private_keyring() as env:
        yield env


class TestMemoryTokenSlot(TokenSlotContract):
    @pytest.fixture
    def slot(self):
        return MemoryTokenSlot()


class TestFileTokenStore(TokenSlotContract):
    @pytest.fixture
    def slot(self, tmp_path):
        return FileTokenStore(tmp_path / "deep" / "down" / "tokens.json")


class TestSlotOfMemoryTokenStore(TokenSlotContract):
    @pytest.fixture
    def slot(self):
        return MemoryTokenStore().slot("ada")


class TestSlotOfJsonFileTokenStore(TokenSlotContract):
    @pytest.fixture
    def slot(self, tmp_path):
        return JsonFileTokenStore(tmp_path / "tokens.json").slot("ada")


@pytest.mark.keyring
@pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks())
class TestSlotOfKeyringTokenStore(TokenSlotContract):
    part_size = None

    @pytest.fixture
    def slot(self, request, keyring):
        service = f"pywry-auth:{request.node.name}-{self.part_size}"
        with keyring_env.in_environment(keyring):
            yield KeyringTokenStore(service, part_size=self.part_size).slot("ada")
            keyring_env.wipe(service)


class TestSlotOfKeyringTokenStoreOfWindows(TestSlotOfKeyringTokenStore):
    part_size = 1280  # characters that one entry of the Windows credential store holds
