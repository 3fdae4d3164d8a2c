"""What is written on the bar, in every language there is."""

import pytest

from pywry_auth.ui.catalogue import PACKAGE, shipped
from pywry_auth.ui.texts import texts_for
from pywry_auth.window.engine.phrases import Phrases, for_gtk, unmarked
from pywry_auth.window.engine.trouble import Cause, trouble_with


LANGUAGES = sorted({"en", *shipped(PACKAGE)})


def letter(label: str) -> str:
    """The letter that works with Alt."""
    assert label.count("&") == 1, label
    found = label[label.index("&") + 1]
    assert found.isalnum(), label
    return found.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_has_a_letter_of_its_own(language):
    phrases = Phrases(texts_for(language))
    labels = (phrases.browser, phrases.cancel, phrases.try_again)
    assert len({letter(label) for label in labels}) == len(labels)
    for label in labels:
        assert "&" not in unmarked(label)
        assert unmarked(label).strip()
        assert for_gtk(label).count("_") == 1
    assert "&" not in phrases.back


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", list(Cause))
def test_every_trouble_can_be_said_in_every_language(language, cause):
    trouble = trouble_with("https://op.example/x?state=s3cret", cause, texts=texts_for(language))
    for text in (trouble.headline, trouble.sentence):
        assert text
        assert "{" not in text
        assert "s3cret" not in text
