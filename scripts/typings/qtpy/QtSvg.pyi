from PySide6.QtSvg import QSvgRenderer as QSvgRenderer
