"""Where the address and the token come from, and who else could read them."""

import io
import stat
from pathlib import Path

import pytest

from gas_client.errors import UsageError
from gas_client.settings import Settings, config_file, read_settings, save_settings
from tests.unit.client.conftest import Run
from tests.unit.client.fake_service import TOKEN, URL

SAVED = Settings("https://gas.example.org", "gas_saved")


def test_should_be_readable_for_its_owner_alone_when_it_is_saved(home: Path) -> None:
    path = save_settings(SAVED)

    assert path == home / "config/gas-client/config.ini"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_settings() == SAVED


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_should_refuse_the_file_when_others_may_read_or_change_it(home: Path, mode: int) -> None:
    path = save_settings(SAVED)
    path.chmod(mode)

    with pytest.raises(UsageError, match=f"Run: chmod 600 {path}"):
        read_settings()
    path.chmod(0o600)
    assert read_settings() == SAVED


def test_should_prefer_the_variables_when_there_is_a_file_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(SAVED)
    monkeypatch.setenv("GAS_TOKEN", "gas_other")

    assert read_settings() == Settings(SAVED.url, "gas_other")
    monkeypatch.setenv("GAS_URL", "https://other.example.org/")
    assert read_settings() == Settings("https://other.example.org", "gas_other")


def test_should_keep_the_files_token_from_another_address(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(SAVED)

    with pytest.raises(UsageError, match="no token for https://other"):
        read_settings("https://other.example.org")
    assert read_settings(SAVED.url + "/") == SAVED


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("gas.example.org", "isn't an address"),
        ("ftp://gas.example.org", "isn't an address"),
        ("http://gas.example.org", "Use https"),
        ("http://127.0.0.1.example.org", "Use https"),
        ("http://[", "isn't an address"),
    ],
)
def test_should_send_no_token_to_an_address_that_is_not_right(
    home: Path, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    monkeypatch.setenv("GAS_TOKEN", TOKEN)

    with pytest.raises(UsageError, match=sentence):
        read_settings(url)


@pytest.mark.parametrize("text", ["", "[gas]\nurl = https://x.org\n", "no section", "[gas]\n\x00"])
def test_should_say_what_to_do_when_the_file_is_not_right(home: Path, text: str) -> None:
    path = save_settings(SAVED)
    path.write_text(text)

    with pytest.raises(UsageError, match="Run gas-client login again"):
        read_settings()


def test_should_say_what_to_do_when_there_are_no_settings(home: Path) -> None:
    with pytest.raises(UsageError, match="Run gas-client login, or set GAS_URL"):
        read_settings()


def test_should_try_the_token_before_login_keeps_it(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("gas_wrong\n"))
    assert run("login", "--url", URL).code == 3
    assert not config_file().exists()

    monkeypatch.setattr("sys.stdin", io.StringIO(TOKEN + "\n"))
    ran = run("login", "--url", URL)
    assert ran.code == 0
    assert "who@example.org" in ran.out
    assert TOKEN not in ran.out + ran.err
    for name in ("GAS_URL", "GAS_TOKEN"):
        monkeypatch.delenv(name)
    assert read_settings() == Settings(URL, TOKEN)


def test_should_not_show_the_token_when_settings_are_printed() -> None:
    assert "gas_saved" not in repr(SAVED)
