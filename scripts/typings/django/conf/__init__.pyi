class LazySettings:
    ROOT_URLCONF: object
    def configure(self, **options: object) -> None: ...

settings: LazySettings
