"""The languages the operating system was told to use."""

import sys
from collections.abc import Sequence


UTF_8 = 0x08000100  # kCFStringEncodingUTF8
LONGEST = 256  # bytes; no tag comes near
BY_NAME = 8  # MUI_LANGUAGE_NAME: "de-DE" instead of a number


def system_languages() -> Sequence[str]:
    """Give BCP 47 tags, the preferred one first; none where the environment alone says it."""
    if sys.platform == "darwin":
        return _of_macos()
    if sys.platform == "win32":
        return split_names(_of_windows())
    return ()


def split_names(names: str) -> list[str]:
    """Split what Windows gives: names that end in NUL, one after another."""
    return [name for name in names.split("\0") if name]


def _of_windows() -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    # The language of menus, which need not be that of dates or the keyboard.
    ask = ctypes.windll.kernel32.GetUserPreferredUILanguages
    count, length = ctypes.c_ulong(), ctypes.c_ulong()
    if not ask(BY_NAME, ctypes.byref(count), None, ctypes.byref(length)):
        return ""
    names = ctypes.create_unicode_buffer(length.value)
    if not ask(BY_NAME, ctypes.byref(count), names, ctypes.byref(length)):
        return ""
    return ctypes.wstring_at(names, length.value)


def _of_macos() -> list[str]:
    if sys.platform != "darwin":
        return []
    import ctypes
    import ctypes.util

    found = ctypes.util.find_library("CoreFoundation")
    if not found:
        return []
    foundation = ctypes.CDLL(found)
    pointer, number = ctypes.c_void_p, ctypes.c_long
    # AppleLanguages, with what the person chose for this application alone.
    foundation.CFLocaleCopyPreferredLanguages.restype = pointer
    foundation.CFArrayGetCount.argtypes = [pointer]
    foundation.CFArrayGetCount.restype = number
    foundation.CFArrayGetValueAtIndex.argtypes = [pointer, number]
    foundation.CFArrayGetValueAtIndex.restype = pointer
    foundation.CFStringGetCString.argtypes = [pointer, ctypes.c_char_p, number, ctypes.c_uint32]
    foundation.CFStringGetCString.restype = ctypes.c_ubyte
    foundation.CFRelease.argtypes = [pointer]
    languages = foundation.CFLocaleCopyPreferredLanguages()
    if not languages:
        return []
    tags: list[str] = []
    for index in range(foundation.CFArrayGetCount(languages)):
        text = ctypes.create_string_buffer(LONGEST)
        item = foundation.CFArrayGetValueAtIndex(languages, index)
        if foundation.CFStringGetCString(item, text, LONGEST, UTF_8):
            tags.append(text.value.decode("utf-8"))
    foundation.CFRelease(languages)
    return tags
