"""What the window's process inherits, and how it is started."""

import os
from pathlib import Path

import pytest

from pywry_auth.errors import ConfigError
from pywry_auth.window import freeze
from pywry_auth.window.environment import CHILD_MARK, child_arguments, child_environment
from pywry_auth.window.messages import WindowConfig, WindowEvent
from pywry_auth.window.packaging import hook_directories
from pywry_auth.window.profiles import folder_name, forget_profile, profile_folder


HERE = Path("/opt/somewhere")


def environment(parent, **changes):
    return child_environment(
        parent, **{"as_root": False, "package": HERE, "marked": False, **changes}
    )


def test_developer_switches_of_the_application_do_not_reach_the_window():
    parent = {
        "PATH": "/bin",
        "QTWEBENGINE_REMOTE_DEBUGGING": "9222",
        "WEBKIT_INSPECTOR_SERVER": "127.0.0.1:9222",
        "PYWEBVIEW_LOG": "debug",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--proxy-server=p:1 --remote-debugging-port=9222"
        " --ignore-certificate-errors --remote-allow-origins=*",
    }
    env = environment(parent)
    assert env["PATH"] == "/bin"
    assert env["QTWEBENGINE_CHROMIUM_FLAGS"] == "--proxy-server=p:1 --log-level=3"
    assert not {"QTWEBENGINE_REMOTE_DEBUGGING", "WEBKIT_INSPECTOR_SERVER", "PYWEBVIEW_LOG"} & set(
        env
    )


@pytest.mark.parametrize("as_root", [True, False])
def test_only_root_goes_without_the_sandbox(as_root):
    assert ("QTWEBENGINE_DISABLE_SANDBOX" in environment({}, as_root=as_root)) is as_root


@pytest.mark.parametrize("marked", [True, False])
def test_only_a_frozen_copy_is_marked(marked):
    assert (environment({}, marked=marked).get(CHILD_MARK) == "1") is marked


def test_the_child_finds_the_same_package():
    assert environment({})["PYTHONPATH"] == str(HERE)
    both = environment({"PYTHONPATH": "/first"})["PYTHONPATH"]
    assert both == os.pathsep.join(["/first", str(HERE)])


def test_an_installed_package_is_not_put_before_the_standard_library():
    assert "PYTHONPATH" not in environment({}, package=Path("/usr/lib/site-packages"))


def test_the_command_never_looks_into_the_current_folder():
    command = child_arguments(None, executable="/bin/python", frozen=False)
    assert command == ("/bin/python", "-P", "-m", "pywry_auth.window.child")


def test_a_frozen_application_starts_itself_and_a_named_command_beats_both():
    assert child_arguments(None, executable="/opt/app", frozen=True) == ("/opt/app",)
    assert child_arguments(("/x", "y"), executable="/opt/app", frozen=True) == ("/x", "y")
    assert child_arguments(None, executable="", frozen=False) == ()


def test_freeze_support_does_nothing_in_the_application_itself(monkeypatch):
    monkeypatch.delenv(CHILD_MARK, raising=False)
    assert freeze.freeze_support() is None


def test_the_packaging_hook_is_where_the_packager_is_told():
    folder = Path(*hook_directories())
    assert (folder / "hook-pywry_auth.py").is_file()


def test_a_configuration_survives_its_line():
    config = WindowConfig(url="https://x/?state=s3cret", title="Anmelden ü", gui="gtk", width=10)
    read, write = os.pipe()
    with os.fdopen(read, "rb") as source:
        os.write(write, config.line())
        os.close(write)
        assert WindowConfig.read(source) == config
    assert "s3cret" not in repr(config)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense\n",
        b"[]\n",
        b"{}\n",
        b'{"event": 1}\n',
        b"\xff\n",
        WindowConfig(url="u").line().replace(b"500", b'"500"'),
        WindowConfig(url="u").line().replace(b'"gui": null', b'"gui": "tk"'),
        WindowConfig(url="u").line().replace(b'"storage": null', b'"storage": 1'),
    ],
)
def test_a_line_of_another_kind_is_refused(line, tmp_path):
    file = tmp_path / "line"
    file.write_bytes(line)
    with file.open("rb") as source, pytest.raises(ConfigError):
        WindowConfig.read(source)


def test_an_event_survives_its_line():
    event = WindowEvent("closed", "user")
    assert WindowEvent.read(event.line()) == event
    with pytest.raises(ConfigError):
        WindowEvent.read(b"chatter of an engine\n")


def test_two_profiles_never_share_a_folder():
    names = ["work", "Work", "a@b.example", "a_b.example", "../../etc", "..", "con/x", "ü", "WORK "]
    folders = {folder_name(name) for name in names}
    assert len(folders) == len(names)
    assert all("/" not in folder and folder not in {".", ".."} for folder in folders)
    with pytest.raises(ConfigError):
        folder_name("")


def test_a_profile_is_private_and_can_be_forgotten(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = profile_folder("a@b.example")
    assert folder.is_relative_to(tmp_path / "pywry-auth" / "profiles")
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "cookies").write_text("x")
    forget_profile("a@b.example")
    forget_profile("a@b.example")
    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize("named", ["no_proxy", "NO_PROXY"])
def test_no_proxy_stands_between_the_window_and_this_machine(named):
    env = environment({"http_proxy": "http://proxy:1", named: "intern.example, 127.0.0.1"})
    assert env["no_proxy"] == env["NO_PROXY"] == "intern.example,127.0.0.1,localhost,::1"
    assert env["http_proxy"] == "http://proxy:1"
    assert "no_proxy" not in environment({"PATH": "/bin"})


def test_an_isolated_application_has_an_isolated_window():
    parent = {"PYTHONPATH": "/somewhere", "PYTHONHOME": "/else", "PATH": "/bin"}
    env = environment(parent, is_isolated=True)
    assert env["PYTHONPATH"] == str(HERE)
    assert "PYTHONHOME" not in env
    assert env["PYTHONNOUSERSITE"] == "1"
    assert env["PATH"] == "/bin"


def test_webkit_draws_in_the_way_that_works_everywhere_unless_somebody_says_otherwise():
    name = "WEBKIT_DISABLE_DMABUF_RENDERER"
    assert environment({})[name] == "1"
    assert environment({name: "0"})[name] == "0"
