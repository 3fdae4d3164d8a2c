class Connection:
    def ensure_connection(self) -> None: ...

connection: Connection
