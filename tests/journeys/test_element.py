"""The sign-in element in a real browser: how it looks, how it is used, who can use it."""

from itertools import product

import pytest

from pywry_auth.desktop.bridge.scripts import element_source
from pywry_auth.desktop.values import AuthState, AuthStatus
from pywry_auth.ui.texts import ENGLISH, Texts
from tests import axe_kit
from tests.axe_kit import SCHEMES, VIEWS, chromium, scrolls_sideways, tab, violations
from tests.fakes.desktop import ADA, BOB, GITHUB, GOOGLE, FakeSignIn
from tests.journeys.element_kit import ORIGIN, STRICT, Element, scenes


pytestmark = pytest.mark.skipif(bool(axe_kit.missing()), reason=axe_kit.missing())

ARABIC = Texts("ar", "rtl")
SCENES = sorted(scenes())
OPEN = "root.querySelector('.main').getAttribute('aria-expanded')"
# One pixel, red.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "78da63f8cfc0000003010100f7034143000000004945454e44ae426082"
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    with tab(browser) as page:
        yield page


def signed_in(page, **more):
    fake = FakeSignIn((GOOGLE, GITHUB), [ADA, BOB])
    fake.signed_in(ADA)
    element = Element(page, fake, **more)
    element.boot()
    return element


def press(element, *keys):
    for key in keys:
        element.page.keyboard.press(key)


def has_menu(element):
    return element.shadow("root.querySelector('.main').hasAttribute('aria-haspopup')")


# who can use it


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("look", [*SCHEMES, "contrast"])
@pytest.mark.parametrize("texts", [ENGLISH, ARABIC], ids=["ltr", "rtl"])
def test_axe_finds_nothing_wrong(browser, name, look, texts):
    scheme = "light" if look == "contrast" else look
    with tab(browser, scheme=scheme, contrast=look == "contrast") as page:
        element = Element(page, scenes(texts)[name])
        element.boot()
        assert violations(page) == []
        if has_menu(element):
            page.locator("pywry-sign-in .main").press("ArrowDown")
            assert violations(page) == []


@pytest.mark.parametrize(("name", "view"), list(product(SCENES, VIEWS)))
def test_it_fits_every_window(browser, name, view):
    with tab(browser, view=view) as page:
        element = Element(page, scenes()[name])
        element.boot()
        assert not scrolls_sideways(page)
        if has_menu(element):
            page.locator("pywry-sign-in .main").press("ArrowDown")
            assert not scrolls_sideways(page)
            width, height, _ = VIEWS[view]
            box = page.locator("pywry-sign-in .menu").bounding_box()
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height


@pytest.mark.parametrize("name", SCENES)
def test_a_compact_button_has_the_same_name(browser, name):
    with tab(browser) as page:
        element = Element(page, scenes()[name], attributes="compact")
        element.boot()
        assert violations(page) == []
        box = page.locator("pywry-sign-in .main").bounding_box()
        assert box["width"] <= 60
        assert box["height"] >= 24  # WCAG 2.2, 2.5.8


@pytest.mark.parametrize("name", SCENES)
def test_every_state_has_a_name_that_stays(page, name):
    fake = scenes()[name]
    Element(page, fake).boot()
    assert page.locator("pywry-sign-in").get_attribute("data-state") == fake.status.state.value


def test_what_happens_is_said_once_and_what_was_there_is_not(page):
    element = signed_in(page)
    said = page.locator("pywry-sign-in .live")
    assert said.text_content() == ""
    element.fake.begin_sign_out(ADA)
    element.push()
    assert said.text_content() == "Signed out"
    assert said.get_attribute("aria-live") == "polite"


# keys


@pytest.mark.parametrize("key", ["Enter", "Space", "ArrowDown"])
def test_a_key_opens_the_menu_at_its_beginning(page, key):
    element = signed_in(page)
    press(element, "Tab", key)
    assert element.shadow(OPEN) == "true"
    assert element.focused() == "Ada Lovelace"


def test_the_menu_is_walked_with_arrows_home_and_end(page):
    element = signed_in(page)
    press(element, "Tab", "ArrowUp")
    assert element.focused() == "Sign out"
    press(element, "ArrowDown")
    assert element.focused() == "Ada Lovelace"
    press(element, "ArrowUp")
    assert element.focused() == "Sign out"
    press(element, "Home")
    assert element.focused() == "Ada Lovelace"
    press(element, "End")
    assert element.focused() == "Sign out"


def test_letters_lead_to_the_words_that_begin_with_them(page):
    element = signed_in(page)
    press(element, "Tab", "Enter", "s")
    assert element.focused() == "Sign out"
    page.wait_for_timeout(650)  # the letters of one word come faster than that
    press(element, "a")
    assert element.focused() == "Ada Lovelace"
    page.wait_for_timeout(650)
    press(element, "a", "d", "d")
    assert element.focused().startswith("Add an account")


def test_escape_closes_the_menu_and_nothing_round_it(page):
    element = signed_in(page)
    element.run(
        "window.heard = 0; addEventListener('keydown', (e) => { heard += e.key === 'Escape'; })"
    )
    press(element, "Tab", "Enter", "Escape")
    assert element.shadow(OPEN) == "false"
    assert element.focused() == "Ada Lovelace"
    assert element.run("heard") == 0
    press(element, "Escape")
    assert element.run("heard") == 1


def test_tab_leaves_the_menu_behind(page):
    element = signed_in(page)
    press(element, "Tab", "Enter", "Tab")
    assert element.shadow(OPEN) == "false"


def test_a_click_elsewhere_closes_the_menu(page):
    element = signed_in(page)
    page.locator("pywry-sign-in .main").click()
    assert element.shadow(OPEN) == "true"
    page.mouse.click(600, 500)
    assert element.shadow(OPEN) == "false"


def test_what_is_pressed_is_said_in_the_words_it_was_given(page):
    element = signed_in(page)
    press(element, "Tab", "Enter", "ArrowDown", "Enter")
    press(element, "ArrowUp", "Enter")
    assert element.said() == ["switch Z29vZ2xlLzI=", "sign_out Z29vZ2xlLzE="]


def test_the_account_in_use_is_not_switched_to(page):
    element = signed_in(page)
    press(element, "Tab", "Enter", "Enter")
    assert element.said() == []
    assert element.shadow(OPEN) == "false"


def test_a_button_under_way_does_nothing_and_keeps_the_focus(page):
    fake = FakeSignIn((GITHUB,))
    element = Element(page, fake)
    element.boot()
    press(element, "Tab", "Enter")
    fake.begin_sign_in("github")
    element.push()
    assert element.focused() == "Signing in…"
    press(element, "Enter")
    assert element.said() == ["sign_in Z2l0aHVi"]
    press(element, "Tab", "Enter")
    assert element.said()[1:] == ["cancel "]


def test_a_change_amid_the_menu_keeps_the_place(page):
    element = signed_in(page)
    press(element, "Tab", "Enter", "ArrowDown")
    assert element.focused() == "Bob"
    element.fake.offline()
    element.push()
    assert element.shadow(OPEN) == "true"
    assert element.focused() == "Bob"


# with the page it is in


def test_it_is_whole_under_the_strictest_policy(page, tmp_path):
    picture = tmp_path / "ada.png"
    picture.write_bytes(PIXEL)
    element = signed_in(page, policy=STRICT, pictures={ADA.key: picture})
    assert page.locator("pywry-sign-in .main").evaluate("e => getComputedStyle(e).display") == (
        "flex"  # and not "inline-block", as without any style
    )
    page.locator("pywry-sign-in .main .avatar canvas").wait_for()
    press(element, "Tab", "Enter", "ArrowDown", "Enter")
    assert element.said() == ["switch Z29vZ2xlLzI="]


def test_a_broken_picture_is_letters(page, tmp_path):
    picture = tmp_path / "ada.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    signed_in(page, pictures={ADA.key: picture})
    page.wait_for_timeout(50)
    avatar = page.locator("pywry-sign-in .main .avatar")
    assert avatar.get_attribute("data-letters") == "AL"
    assert avatar.locator("canvas").count() == 0


def test_before_the_application_is_there_it_takes_its_place_and_says_nothing(page):
    element = Element(page, FakeSignIn((GITHUB,)))
    element.run(element_source())
    assert page.locator("pywry-sign-in").get_attribute("data-state") == "unready"
    assert page.locator("pywry-sign-in .unready").bounding_box()["height"] >= 40
    assert page.locator("pywry-sign-in button").count() == 0
    assert violations(page) == []
    element.boot()
    assert page.locator("pywry-sign-in").get_attribute("data-state") == "signed_out"


def test_the_page_hears_of_each_change_once(page):
    element = signed_in(page)
    element.run(
        "window.heard = []; addEventListener('pywry-auth-change', (e) => heard.push(e.detail))"
    )
    element.push()
    element.fake.show(AuthStatus(AuthState.SIGNED_OUT))
    element.push()
    element.push()
    assert element.run("heard") == [
        {
            "state": "signed_out",
            "account": None,
            "provider": "",
            "needs_sign_in": False,
            "reason": "",
        }
    ]
    assert element.run("document.querySelector('pywry-sign-in').status.state") == "signed_out"


def test_a_button_can_be_for_one_provider(page):
    fake = FakeSignIn((GOOGLE, GITHUB))
    element = Element(page, fake, attributes='provider="github"')
    element.boot()
    assert page.locator("pywry-sign-in .label").text_content() == "Sign in with GitHub"
    element.run("document.querySelector('pywry-sign-in').setAttribute('provider', 'google')")
    assert page.locator("pywry-sign-in .label").text_content() == "Sign in with Google"


def test_the_page_decides_on_light_and_dark(page):
    element = signed_in(page, attributes='appearance="dark"')
    ground = "getComputedStyle(root.querySelector('.main')).backgroundColor"
    assert element.shadow(ground) == "rgb(27, 30, 38)"
    element.run("document.querySelector('pywry-sign-in').setAttribute('appearance', 'light')")
    page.wait_for_timeout(50)
    assert element.shadow(ground) == "rgb(255, 255, 255)"


def test_a_page_gives_it_its_own_colours(page):
    element = signed_in(page)
    element.run(
        "document.querySelector('pywry-sign-in').style.setProperty('--pywry-ground', 'red')"
    )
    ground = "getComputedStyle(root.querySelector('.main')).backgroundColor"
    assert element.shadow(ground) == "rgb(255, 0, 0)"


def test_two_buttons_show_the_same(page):
    element = signed_in(page)
    element.run("document.querySelector('main').append(document.createElement('pywry-sign-in')); 1")
    labels = page.locator("pywry-sign-in .label")
    assert labels.all_text_contents() == ["Ada Lovelace", "Ada Lovelace"]


def test_what_a_page_adds_to_all_objects_by_accident_changes_nothing(page):
    fake = FakeSignIn((GITHUB,))
    element = Element(page, fake)
    element.run(
        "Object.prototype.press = {verb: 'sign_out', key: 'x'}; Object.prototype.github = {};"
        "Object.prototype.faces = {}; Array.prototype.extra = 1; Object.prototype.light = 'x'; 1"
    )
    element.boot()
    assert page.locator("pywry-sign-in .label").text_content() == "Sign in with GitHub"
    press(element, "Tab", "Enter")
    fake.begin_sign_in("github")
    element.push()
    press(element, "Enter")
    assert element.said() == ["sign_in Z2l0aHVi"]


def test_a_page_that_is_not_the_applications_gets_nothing(page):
    element = Element(page, FakeSignIn((GITHUB,)))
    page.unroute_all()
    page.route(
        "**/*", lambda route: route.fulfill(body="<title>x</title>", content_type="text/html")
    )
    page.goto("http://elsewhere.test/")
    element.boot()
    assert element.run("String(customElements.get('pywry-sign-in'))") == "undefined"
    assert page.url != ORIGIN


def test_reduced_motion_stands_still(browser):
    for motion, still in (("reduce", True), ("no-preference", False)):
        context = browser.new_context(reduced_motion=motion)
        element = Element(context.new_page(), scenes()["opening"])
        element.boot()
        name = element.shadow("getComputedStyle(root.querySelector('.spin svg')).animationName")
        assert (name == "none") == still
        context.close()
