class ApplicationManager:
    def create(self, **fields: object) -> Application: ...

class Application:
    objects: ApplicationManager
