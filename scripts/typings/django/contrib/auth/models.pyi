class UserManager:
    def create_user(self, username: str, email: str, password: str, **fields: object) -> User: ...

class User:
    objects: UserManager
    username: str
    email: str
    def get_full_name(self) -> str: ...
