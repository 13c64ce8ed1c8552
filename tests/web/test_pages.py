import re
import time
from urllib.parse import urlencode

import pytest

from server.app import default_board_opener
from server.domain.limits import LONGEST_COMMENT
from server.security import secret
from support.worker import KEY, worker


async def post_form(server, **fields):
    return await server.fetch("/", urlencode(fields).encode())


async def test_home_offers_the_templates_and_a_list(embedded):
    async with worker(embedded) as server:
        page = await server.fetch("/")
        assert page.code == 200
        html = page.body.decode()
        for template in server.site.templates.values():
            assert template.id in html
        assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    "form",
    [
        {"title": "Which <one>?", "context": "", "options": "Flask\n\n  Django  \nC++\n"},
        {"template": "databases"},
    ],
)
async def test_a_form_makes_a_board_and_its_maker_the_host(embedded, form):
    async with worker(embedded) as server:
        made = await post_form(server, **form)
        assert made.code == 303
        address = made.headers["Location"]
        code = re.match(r"/b/([2-9A-Z]{6})/host\?key=", address)[1]
        taken = await server.fetch(address)
        assert (taken.code, taken.headers["Location"]) == (303, f"/b/{code}/host")
        cookies = "; ".join(c.partition(";")[0] for c in taken.headers.get_list("Set-Cookie"))
        host = await server.fetch(f"/b/{code}/host", headers={"Cookie": cookies})
        assert host.code == 200
        if "title" in form:
            html = host.body.decode()
            assert "Which &lt;one&gt;?" in html
            assert "<one>" not in html
            _, state = await server.api(f"/api/boards/{code}")
            assert [o["id"] for o in state["board"]["options"]] == [
                "flask",
                "django",
                "c-plus-plus",
            ]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"template": "nothing"}, 404),
        ({"title": "T"}, 422),
        ({"title": "", "options": "A\nB"}, 422),
        ({"title": "x" * 201, "options": "A\nB"}, 422),
        ({"title": "T", "options": "A\na"}, 422),
        ({"title": "T", "options": "\n".join(f"o{n}" for n in range(51))}, 422),
    ],
)
async def test_a_form_that_is_wrong_comes_back_with_words_and_what_was_typed(
    embedded, form, status
):
    async with worker(embedded) as server:
        page = await post_form(server, **form)
        assert page.code == status
        assert page.headers["Content-Type"].startswith("text/html")
        assert 'role="alert"' in page.body.decode()
        if form.get("title") == "T":
            assert 'value="T"' in page.body.decode()


@pytest.mark.parametrize("typed", ["{}", "{lower}", "{dash}", " {blank} "])
async def test_a_code_is_read_as_people_type_it(embedded, typed):
    async with worker(embedded) as server:
        code, _ = await server.board()
        forms = {
            "lower": code.lower(),
            "dash": f"{code[:3]}-{code[3:]}",
            "blank": f"{code[:3]} {code[3:]}",
        }
        asked = typed.format(code, **forms)
        joined = await server.fetch(f"/?{urlencode({'code': asked})}")
        assert (joined.code, joined.headers["Location"]) == (303, f"/b/{code}")
        for ending in ("", "/screen", "/host?key=x"):
            path = f"/b/{asked.replace(' ', '%20')}{ending}"
            page = await server.fetch(path)
            if asked == code:
                assert page.code in {200, 403}
            else:
                assert (page.code, page.headers["Location"]) == (302, f"/b/{code}{ending}")


@pytest.mark.parametrize("typed", ["", "ZZZZZZ", "%3Cb%3E", "no/such", "%00", "x" * 99])
async def test_a_code_that_no_board_has_is_answered_in_words(embedded, typed):
    async with worker(embedded) as server:
        home = await server.fetch(f"/?code={typed}")
        assert home.code == 404
        assert "There is no board with this code." in home.body.decode()
        assert "<b>" not in home.body.decode()
        for ending in ("", "/screen", "/host"):
            assert (await server.fetch(f"/b/{typed or '-'}{ending}")).code == 404


async def test_the_first_visit_names_the_browser_and_no_later_one_does(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        first = await server.fetch(f"/b/{code}")
        cookie = first.headers["Set-Cookie"]
        for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag.lower() in cookie.lower()
        assert "secure" not in cookie.lower()
        again = await server.fetch(f"/b/{code}", headers={"Cookie": cookie.partition(";")[0]})
        assert "Set-Cookie" not in again.headers
        assert "Set-Cookie" not in (await server.fetch(f"/b/{code}/screen")).headers


async def test_behind_https_cookies_stay_on_https(embedded):
    async with worker(embedded, public_url="https://vote.example.org") as server:
        code, key = await server.board()
        for address in (f"/b/{code}", f"/b/{code}/host?key={key}"):
            for cookie in (await server.fetch(address)).headers.get_list("Set-Cookie"):
                assert "secure" in cookie.lower()
        page = (await server.fetch(f"/b/{code}/screen")).body.decode()
        assert "vote.example.org" in page


async def test_the_hosts_page_takes_the_key_once(embedded, caplog):
    caplog.set_level("DEBUG", logger="server")
    async with worker(embedded) as server:
        code, key = await server.board()
        (other, _) = await server.board()
        assert (await server.fetch(f"/b/{code}/host")).code == 403
        assert (await server.fetch(f"/b/{code}/host?key=wrong")).code == 403
        assert (await server.fetch(f"/b/{other}/host?key={key}")).code == 403
        taken = await server.fetch(f"/b/{code}/host?key={key}")
        cookies = taken.headers.get_list("Set-Cookie")
        held = next(c for c in cookies if c.startswith(f"stackvote_host_{code}="))
        assert "httponly" in held.lower()
        assert "samesite=lax" in held.lower()
        header = {"Cookie": held.partition(";")[0]}
        host = await server.fetch(f"/b/{code}/host", headers=header)
        assert host.code == 200
        assert f"/b/{code}/host?key={key}" in host.body.decode()
        assert (await server.fetch(f"/b/{other}/host", headers=header)).code == 403
        bearer = {"Authorization": f"Bearer {key}"}
        assert (await server.fetch(f"/b/{code}/host", headers=bearer)).code == 200
        for page in ("", "/screen"):
            shown = await server.fetch(f"/b/{code}{page}", headers=header)
            assert key not in shown.body.decode()
        assert key not in "".join(r.getMessage() for r in caplog.records if "server" in r.name)


async def test_pages_can_be_read_without_a_script(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(context="For the <shop>.")
        host = await server.host(code, key)
        await host.done(
            "open_round", method="approval", settings={"visibility": "live", "names": "open"}
        )
        ann = await server.page(code, name="<Ann>")
        await ann.done("vote", round=1, ballot={"approve": ["flask"]})
        said = {"option": "flask", "kind": "pro", "comment": "c1"}
        await ann.done("comment", text="Small & <quick>.", **said)
        ballot = (await server.fetch(f"/b/{code}")).body.decode()
        for text in (
            "Django",
            "Flask",
            "Tornado",
            "For the &lt;shop&gt;.",
            "Small &amp; &lt;quick&gt;.",
        ):
            assert text in ballot
        screen = (await server.fetch(f"/b/{code}/screen")).body.decode()
        assert "<svg" in screen
        assert f"{code[:3]}-{code[3:]}" in screen
        for page in (ballot, screen):
            assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)[^>]*>\s*\w", page)
            assert "<quick>" not in page


async def test_many_wrong_keys_and_codes_are_stopped(embedded):
    async with worker(embedded, public_url="http://other.example") as server:
        code, _ = await server.board()
        began, wrong = time.monotonic(), 0
        while (status := (await server.fetch(f"/b/{code}/host?key={wrong}")).code) == 403:
            wrong += 1
        assert status == 429
        # One more is allowed each second.
        assert 60 <= wrong <= 61 + time.monotonic() - began
        # Right or wrong, it is told nothing any more.
        assert (await server.fetch("/b/ZZZZZZ")).code == 429
        assert (await server.fetch(f"/b/{code}")).code == 429


CRITERIA = [{"id": "speed", "name": "Speed", "weight": 3}]


@pytest.mark.parametrize(
    ("method", "settings", "ballot", "words"),
    [
        ("single", {}, {"choice": "flask"}, ["You chose Flask."]),
        ("approval", {}, {"approve": []}, ["You could live with none of these."]),
        ("approval", {}, {"approve": ["flask"]}, ["You could live with Flask."]),
        ("dots", {}, {"dots": {"flask": 2}}, ["Flask: 2"]),
        (
            "score",
            {},
            {"scores": {"flask": 0, "django": 3}},
            ["Flask: 0", "Tornado: left blank, which counts 0"],
        ),
        ("score", {}, {"scores": {"django": 3}, "no_opinion": ["flask"]}, ["Flask: no opinion"]),
        ("ranked", {}, {"ranking": [["flask", "django"]]}, ["1. Django, Flask", "Below all: "]),
        ("matrix", {"criteria": CRITERIA}, {"scores": {"flask": {"speed": 4}}}, ["Flask: Speed 4"]),
    ],
)
async def test_a_ballot_says_without_a_script_what_was_sent(
    embedded, method, settings, ballot, words
):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method=method, settings=settings)
        ann = await server.page(code)
        await ann.done("vote", round=1, ballot=ballot)
        page = (await server.fetch(f"/b/{code}", headers={"Cookie": ann.cookie})).body.decode()
        for text in words:
            assert text in page
        await host.done("reveal_round", round=1)
        page = (await server.fetch(f"/b/{code}", headers={"Cookie": ann.cookie})).body.decode()
        for text in (*words, "How this was counted", "1 ballot is in."):
            assert text in page


async def test_a_page_lists_options_in_the_seats_order_with_further_discussion_last(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        settings = {"further_discussion": True, "options": ["django", "flask", "tornado"]}
        await host.done("open_round", method="score", settings=settings)
        orders = set()
        for _ in range(12):
            page = await server.fetch(f"/b/{code}")
            order = re.findall(r'<li class="card[^>]*data-key="([^"]+)"', page.body.decode())
            *ballot, last = order[:4]
            assert (sorted(ballot), last) == (["django", "flask", "tornado"], "further-discussion")
            orders.add(tuple(ballot))
        assert len(orders) > 1


@pytest.mark.parametrize("ending", ["", "/screen", "/record"])
@pytest.mark.parametrize(
    "tail",
    [
        "/",
        ".",
        ")",
        ",",
        ">",
        "%3E",
        "%20",
        "%29.",
        ").",
        "/.",
        "%0A",
        "*",
        "%E2%80%8B",
        '"',
        "%22",
    ],
)
async def test_a_link_finds_its_board_with_what_a_sentence_left_at_its_end(embedded, ending, tail):
    async with worker(embedded) as server:
        code, _ = await server.board()
        for typed in (code, code.lower(), f"{code[:3]}-{code[3:]}"):
            got = await server.fetch(f"/b/{typed}{ending}{tail}?a=b")
            assert (got.code, got.headers["Location"]) == (302, f"/b/{code}{ending}?a=b")
        lost = await server.fetch(f"/b/{code}{ending}x{tail}", follow_redirects=True)
        assert lost.code == 404
        assert (await server.fetch(f"/b/{code}{ending}/{tail}", b"")).code in {403, 404, 405}


@pytest.mark.parametrize("tail", ["", "/", ".", ")", ",", "%3E", "%20", ").", "*", "%22"])
async def test_a_link_that_carries_a_right_works_with_it_too(embedded, tail):
    async with worker(embedded) as server:
        code, key = await server.board()
        taken = await server.fetch(f"/b/{code}/host?key={key}{tail}")
        assert (taken.code, taken.headers["Location"]) == (303, f"/b/{code}/host")
        host = {"Authorization": f"Bearer {key}"}
        path = f"/api/boards/{code}/invites"
        _, made = await server.api(path, {"count": 1}, headers=host)
        cookie = await server.seated(made["invites"][0]["link"] + tail)
        _, moving = await server.api(
            f"/api/boards/{code}/seat/move", {}, headers={"Cookie": cookie}
        )
        moved, other = await server.open_link(moving["link"] + tail)
        assert moved.code == 200
        moved, _ = await server.answer_form(moved, other)
        assert moved.code == 303
        assert (await server.fetch(f"/b/{code}/host?key={key[:-1]}{tail}")).code == 403
        assert (await server.fetch(f"/b/{code}/seat{tail}")).code in {200, 302}


async def test_a_typed_code_is_found_as_a_link_is(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        for typed in (f"{code}.", f"%3C{code}%3E", f"https%3A%2F%2Fx.example%2Fb%2F{code}%2F"):
            got = await server.fetch(f"/?code={typed}")
            assert (got.code, got.headers["Location"]) == (303, f"/b/{code}")


async def test_a_pasted_list_is_read_before_anything_is_made(embedded):
    async with worker(embedded) as server:
        text = "- Django\r\n| x\r\n1. [Flask](https://flask.org/)\r\n"
        page = await post_form(server, title="T", options=text, check="1")
        html = page.body.decode()
        assert page.code == 200
        assert "3 options understood" in html
        assert "<b>Flask</b>" in html
        assert "https://flask.org/" in html
        assert 'value="T"' in html
        wrong = await post_form(server, title="T", options="- A\r\n\r\n- a")
        assert wrong.code == 422
        html = wrong.body.decode()
        assert "Line 3, “- a”: name “a” is already in the list." in html
        assert "<b>A</b>" in html


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("a.csv", "name;strapline\r\nDjango;Größe\r\nFlask;\r\n", "cp1252"),
        ("a.csv", "Django,Größe\r\nFlask,\r\n", "utf-8-sig"),
        ("a.txt", "Django\tGröße\r\nFlask\r\n", "utf-16"),
        ("a.yaml", "title: x\noptions:\n- {name: Django, strapline: Größe}\n- Flask\n", "utf-8"),
        ("a.json", '{"options": [{"name": "Django", "strapline": "Größe"}, "Flask"]}', "utf-8"),
    ],
)
async def test_a_file_makes_a_board_without_a_script(embedded, name, content, encoding):
    async with worker(embedded) as server:
        parts = [
            b'Content-Disposition: form-data; name="title"\r\n\r\nFrom a file\r\n',
            b'Content-Disposition: form-data; name="options"\r\n\r\n\r\n',
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
            + content.encode(encoding)
            + b"\r\n",
        ]
        body = b"".join(b"--x\r\n" + part for part in parts) + b"--x--\r\n"
        made = await server.fetch(
            "/", body, headers={"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert made.code == 303
        code = re.match(r"/b/([2-9A-Z]{6})/host", made.headers["Location"])[1]
        _, state = await server.api(f"/api/boards/{code}")
        assert state["board"]["title"] == "From a file"
        assert [(o["name"], o["strapline"]) for o in state["board"]["options"]] == [
            ("Django", "Größe"),
            ("Flask", ""),
        ]


async def test_the_ballot_says_how_long_a_comment_may_be(embedded):
    async with worker(embedded) as server:
        options = [{"name": "A"}, {"name": "B"}]
        _, made = await server.api("/api/boards", {"title": "T", "options": options})
        page = await server.fetch(f"/b/{made['code']}")
        assert f'data-longest-comment="{LONGEST_COMMENT}"' in page.body.decode()


async def test_folded_cards_show_two_facts_of_every_option_or_of_none(embedded):
    chips = re.compile(r'data-part="chips">(.*?)</ul>')
    facts = ["Fast", "Small", "x" * 40, "Old"]
    async with worker(embedded) as server:
        for second, shown in ((facts, 2), (facts[:1], 0), (["x" * 40, "y" * 40], 0)):
            options = [{"name": "A", "features": facts}, {"name": "B", "features": second}]
            _, made = await server.api("/api/boards", {"title": "T", "options": options})
            html = (await server.fetch(f"/b/{made['code']}")).body.decode()
            lists = chips.findall(html.partition('<template id="option-card"')[0])
            assert [each.count("<li") for each in lists] == [shown, shown]


async def test_home_tells_the_operator_which_files_are_left_out(embedded, tmp_path):
    (tmp_path / "bad.yaml").write_text("title: C #1\noptions: [{name: A}]\n")
    async with worker(embedded, boards=str(tmp_path)) as server:
        keep = default_board_opener(server.site, KEY)
        await keep()
        assert "bad.yaml" not in (await server.fetch("/")).body.decode()
        key = secret.host_key(KEY, "FRAMEWORKS")
        taken = await server.fetch(f"/b/FRAMEWORKS/host?key={key}")
        cookies = "; ".join(c.partition(";")[0] for c in taken.headers.get_list("Set-Cookie"))
        page = await server.fetch("/", headers={"Cookie": cookies})
        assert "bad.yaml:1: title: YAML ends it at “C”" in page.body.decode()
        other = {"Cookie": "stackvote_host_FRAMEWORKS=forged"}
        assert "bad.yaml" not in (await server.fetch("/", headers=other)).body.decode()
