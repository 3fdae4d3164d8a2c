from gi.repository.GObject import Object

class Value(Object):
    def to_string(self) -> str: ...
