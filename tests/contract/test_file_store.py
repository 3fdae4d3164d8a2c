import json

import pytest

from pywry_auth.token_store import JsonFileTokenStore
from tests.contract.token_store import LastingTokenStoreContract


class TestJsonFileTokenStore(LastingTokenStoreContract):
    @pytest.fixture(autouse=True)
    def _own_locks(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "deep" / "down" / "tokens.json"

    @pytest.fixture
    def store(self, path):
        return JsonFileTokenStore(path)

    @pytest.fixture
    def again(self, path):
        return JsonFileTokenStore(str(path))

    @pytest.fixture
    def plant(self, path):
        def put(key, text):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"v": 1, "records": {key: text}}))

        return put

    @pytest.fixture
    def planted(self, path):
        def get(key):
            return json.loads(path.read_text())["records"].get(key)

        return get
