"""What the page is told: faces, names, pictures; never a token."""

import base64
from collections.abc import Mapping
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.desktop.button_values import ButtonFace, ButtonFacts, MenuItem
from pywry_auth.desktop.marks import Colors, Mark, mark_for
from pywry_auth.desktop.values import AuthStatus, ProviderChoice


MAX_PICTURE = 256 * 1024  # bytes; a larger one is no avatar
_MARK_HEIGHT = 60  # pixels: a mark is 20 high, on screens of up to three pixels for one
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def public_world(
    status: AuthStatus,
    faces: Mapping[str, ButtonFace],
    facts: ButtonFacts,
    pictures: Mapping[str, Path],
) -> dict[str, object]:
    """
    Give all a page is told after a change.

    Args:
        status: of now.
        faces: by the name of the only provider they are for; "" for all providers.
        facts: the language.
        pictures: files by ``Account.key``, in a format browsers read.
    """
    return {
        "status": public_status(status),
        "language": facts.texts.language,
        "direction": facts.texts.direction,
        "pictures": {key: _file(path) for key, path in pictures.items()},
        "faces": {name: public_face(each) for name, each in faces.items()},
    }


def public_status(status: AuthStatus) -> dict[str, object]:
    """Give what an application's own page may know of the sign-in."""
    return {
        "state": status.state.value,
        "account": _account(status.account),
        "provider": status.provider,
        "needs_sign_in": status.needs_sign_in,
        "reason": status.trouble.code if status.trouble else "",
    }


def public_face(face: ButtonFace) -> dict[str, object]:
    """Give one button as the element draws it."""
    return {
        "state": face.state.value,
        "label": face.label,
        "name": face.accessible_name,
        "description": face.description,
        "live": face.live,
        "press": _item(face.press) if face.press else None,
        "can_press": face.can_press,
        "menu": [_item(item) for item in face.menu],
        "menu_name": face.menu_name,
        "beside": [_item(item) for item in face.beside],
        "mark": face.mark,
        "initials": face.initials,
        "has_account": face.account is not None and not face.busy and face.press is None,
        "busy": face.busy,
    }


def public_marks(providers: tuple[ProviderChoice, ...]) -> dict[str, object]:
    """Give the marks and colours of *providers*, by the name of the mark."""
    return {choice.mark: _mark(mark_for(choice)) for choice in providers if choice.mark}


def _mark(mark: Mark) -> dict[str, object]:
    return {
        "light": _file(mark.bitmap(_MARK_HEIGHT, dark=False)),
        "dark": _file(mark.bitmap(_MARK_HEIGHT, dark=True)),
        "colors": {"light": _colors(mark.brand.light), "dark": _colors(mark.brand.dark)},
    }


def _colors(colors: Colors) -> dict[str, str]:
    return {"ground": colors.ground, "edge": colors.edge, "ink": colors.ink}


def _file(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE + 1)
    except OSError:  # the button works without it
        return ""
    if len(content) > MAX_PICTURE or not content.startswith(_PICTURES):
        return ""
    return base64.b64encode(content).decode("ascii")


def _item(item: MenuItem) -> dict[str, object]:
    return {
        "verb": item.verb.value,
        "label": item.label,
        "key": item.key,
        "detail": item.detail,
        "mark": item.mark,
        "is_current": item.is_current,
        "initials": item.initials,
    }


def _account(account: Account | None) -> dict[str, str] | None:
    if account is None:
        return None
    return {
        "key": account.key,
        "provider": account.provider,
        "label": account.display_name,
        "name": account.name,
    }
