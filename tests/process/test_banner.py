from server.process.banner import greeting
from server.settings import Settings


def test_it_shows_all_addresses_for_the_room_and_for_this_machine():
    shown = greeting(Settings(public_url="https://vote.example.org"), "KEY", "Data in /srv.")
    for base in ("https://vote.example.org", "http://127.0.0.1:8888"):
        assert f"Vote           {base}/b/FRAMEWORKS\n" in shown
        assert f"{base}/b/FRAMEWORKS/screen\n" in shown
        assert f"{base}/b/FRAMEWORKS/host?key=KEY\n" in shown
    assert "Data in /srv." in shown
    assert "Ctrl-C" in shown
    assert "Only this machine" not in shown


def test_it_says_when_no_phone_can_come_in():
    for host in ("127.0.0.1", "::1", "localhost"):
        shown = greeting(Settings(host=host), "KEY", "")
        assert shown.count("/screen") == 1
        assert "Only this machine" in shown


def test_one_address_for_all_is_shown_once():
    shown = greeting(Settings(host="192.0.2.7"), "KEY", "")
    assert shown.count("http://192.0.2.7:8888/b/FRAMEWORKS/screen") == 1
    assert "Only this machine" not in shown
