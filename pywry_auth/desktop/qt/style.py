"""How a sign-in button looks among the widgets of a Qt application."""

from dataclasses import dataclass

from qtpy.QtCore import QByteArray, QRectF, Qt
from qtpy.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPalette,
    QPixmap,
)
from qtpy.QtWidgets import QWidget

from pywry_auth.desktop.marks import PLAIN, Brand, Mark


WIDTH = 240  # pixels at 100 %; so that the button stays as it is while its words change
USUAL_FONT = 13.4  # pixels; 10 points at 96 dots an inch
AVATAR = 28  # pixels at 100 %
ARROW = 20  # pixels at 100 % for the arrow of a menu
BAD = {False: "#b3372f", True: "#ff9d94"}


@dataclass(frozen=True, slots=True)
class Look:
    """
    How a button is drawn; lengths are Qt's pixels, which do not depend on the screen.

    Attributes:
        ground: colour behind the words.
        edge: colour of the line round it.
        ink: colour of the words.
        accent: colour of the ring that shows the focus, of initials.
        brand: whose measures it has.
        zoom: how much larger than usual the person wants letters.
        line: width of the line round it.
        font: of the words.
    """

    ground: QColor
    edge: QColor
    ink: QColor
    accent: QColor
    brand: Brand
    zoom: float
    line: float
    font: QFont

    def pixels(self, length: float) -> int:
        """Give what is *length* at 100 %."""
        return round(length * self.zoom)


def look_of(widget: QWidget, mark: Mark | None, *, is_dark: bool | None = None) -> Look:
    """
    Give the look of a button on *widget*, in the colours of its provider or of the application.

    Args:
        widget: whose palette counts.
        mark: of the provider at which the button signs in, or None.
        is_dark: light or dark; as *widget* is when left out.
    """
    palette = widget.palette()
    brand = mark.brand if mark else PLAIN
    contrast = wants_contrast()
    ground, ink = (
        palette.color(QPalette.ColorRole.Button),
        palette.color(QPalette.ColorRole.ButtonText),
    )
    edge = ink if contrast else _mixed(ground, ink, 0.3)
    if brand is not PLAIN and not contrast:
        dark = is_dark_ground(widget) if is_dark is None else is_dark
        colors = brand.dark if dark else brand.light
        ground, edge, ink = QColor(colors.ground), QColor(colors.edge), QColor(colors.ink)
    zoom = max(1.0, QFontInfo(widget.font()).pixelSize() / USUAL_FONT)
    return Look(
        ground=ground,
        edge=edge,
        ink=ink,
        accent=palette.color(QPalette.ColorRole.Highlight),
        brand=brand,
        zoom=zoom,
        line=2.0 if contrast else 1.0,
        font=_font(widget, brand, zoom),
    )


def is_dark_ground(widget: QWidget) -> bool:
    """Tell whether *widget* lies on something dark."""
    palette = widget.palette()
    ground = palette.color(QPalette.ColorRole.Window)
    return ground.lightness() < palette.color(QPalette.ColorRole.WindowText).lightness()


def wants_contrast() -> bool:
    """Tell whether the person has asked the system for high contrast (known from Qt 6.10 on)."""
    try:
        hints = QGuiApplication.styleHints()  # held, or what it gives would go with it
        preference = hints.accessibility().contrastPreference()
    except AttributeError:
        return False
    return preference == Qt.ContrastPreference.HighContrast


def hovered(look: Look, share: float) -> QColor:
    """Give the ground of a button under the pointer (a small *share*) or pressed (a larger one)."""
    return _mixed(look.ground, look.ink, share)


def picture_of(mark: Mark, look: Look, density: float) -> QPixmap | None:
    """
    Give the mark as it is to be drawn; None for none.

    Args:
        mark: of a provider.
        look: of the button.
        density: dots of the screen for one pixel of Qt's.
    """
    size = look.pixels(mark.brand.mark_size)
    if wants_contrast() and not mark.brand.tinted:
        return None  # it may not be recoloured, and would be black on black
    if mark.drawing is not None:
        source = mark.drawing.read_bytes()
        if mark.brand.tinted:
            source = source.replace(b"currentColor", look.ink.name().encode())
        return _drawn(source, size, density)
    is_dark = look.ground.lightness() < look.ink.lightness()
    file = mark.bitmap(size * density, dark=is_dark)
    return _fitted(QPixmap(str(file)), size, density) if file else None


def round_picture(whole: QPixmap, size: int, density: float) -> QPixmap | None:
    """Give the middle of *whole* in a disc of *size* pixels; None where *whole* is no picture."""
    if whole.isNull():
        return None
    side = round(size * density)
    expand, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, _SMOOTH
    scaled = whole.scaled(side, side, expand, smooth)
    disc = _empty(side)
    painter = QPainter(disc)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addEllipse(QRectF(0, 0, side, side))
    painter.setClipPath(path)
    painter.drawPixmap((side - scaled.width()) // 2, (side - scaled.height()) // 2, scaled)
    painter.end()
    disc.setDevicePixelRatio(density)
    return disc


_SMOOTH = Qt.TransformationMode.SmoothTransformation


def _mixed(color: QColor, other: QColor, share: float) -> QColor:
    return QColor(
        round(color.red() + (other.red() - color.red()) * share),
        round(color.green() + (other.green() - color.green()) * share),
        round(color.blue() + (other.blue() - color.blue()) * share),
    )


def _font(widget: QWidget, brand: Brand, zoom: float) -> QFont:
    font = QFont(widget.font())
    if brand.family and QFontDatabase.hasFamily(brand.family):
        font.setFamily(brand.family)
    font.setPixelSize(round(brand.font_size * zoom))
    if brand is not PLAIN:
        font.setWeight(QFont.Weight(brand.weight))
    return font


def _drawn(source: bytes, size: int, density: float) -> QPixmap | None:
    from qtpy.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(source))
    if not renderer.isValid():
        return None
    picture = _empty(round(size * density))
    painter = QPainter(picture)
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    renderer.render(painter)
    painter.end()
    picture.setDevicePixelRatio(density)
    return picture


def _fitted(picture: QPixmap, size: int, density: float) -> QPixmap | None:
    if picture.isNull():
        return None
    scaled = picture.scaledToHeight(round(size * density), _SMOOTH)
    scaled.setDevicePixelRatio(density)
    return scaled


def _empty(side: int) -> QPixmap:
    picture = QPixmap(side, side)
    picture.fill(QColor(0, 0, 0, 0))
    return picture
