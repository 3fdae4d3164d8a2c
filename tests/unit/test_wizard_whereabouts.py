import pytest

from pywry_auth.desktop.wizard.whereabouts import whereabouts


@pytest.mark.parametrize(
    ("title", "issuer", "said"),
    [
        ("Acme", "", "Acme"),
        ("id.example.com", "https://id.example.com/x", "id.example.com"),
        ("example.com", "https://id.example.net", "example.com (id.example.net)"),
        ("apple.com", "https://\u0430pple.com", "apple.com (xn--pple-43d.com)"),
    ],
)
def test_the_true_host_is_named_in_letters_nobody_can_mistake(title, issuer, said):
    assert whereabouts(title, issuer) == said


def test_a_host_that_is_none_is_not_shown_as_it_is():
    assert whereabouts("Acme", "https://\u0430" + "b" * 80 + ".com").isascii()
