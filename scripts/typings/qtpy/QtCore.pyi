from PySide6.QtCore import QObject as QObject
from PySide6.QtCore import QPointF as QPointF
from PySide6.QtCore import QRectF as QRectF
from PySide6.QtCore import QSizeF as QSizeF
from PySide6.QtCore import QUrl as QUrl
from PySide6.QtCore import Signal as Signal
from PySide6.QtCore import Qt as Qt
