"""Invalid HTTP: valid requests with a few errors in them."""

from fuzz import answers
from fuzz.fuzz_server import Case

METHODS = [
    *(b"GET", b"GET", b"POST", b"POST", b"HEAD", b"PUT", b"DELETE", b"PATCH", b"OPTIONS"),
    *(b"TRACE", b"CONNECT", b"get", b"G\x00T", b"", b"X" * 300, b"PRI"),
]
PATHS = [
    *(b"/", b"/?code=@board@", b"/b/@board@", b"/b/@board@/screen", b"/b/@other@/host?key=@key@"),
    *(b"/b/@other@/invites", b"/b/@board@/live", b"/b/@board@?invite=x-1.y", b"/api/boards"),
    *(b"/api/boards/@board@", b"/api/boards/@other@/actions", b"/api/boards/@board@/actions"),
    *(b"/api/boards/@board@/comments?limit=5&sort=support", b"/api/boards/@other@/rounds"),
    *(b"/api/boards/@other@/hosts", b"/api/boards/@other@/invites", b"/api/templates"),
    *(b"/api/boards/@board@/history", b"/api/openapi.json", b"/healthz", b"/readyz", b"/metrics"),
    *(b"/static/0/js/main.js", b"/favicon.ico", b"*", b"http://127.0.0.1:@port@/", b"//", b"/b//"),
]
INTO_PATHS = [
    *(b"%", b"%2", b"%00", b"%FF", b"%C0%AE", b"%0d%0a", b"..", b"/../", b"%2e%2e/", b";", b"?"),
    *(b"#", b"&", b"=", b"\\", b"\xff", b"\x00", b" ", b"\t", b"@", b"[", b"%u0041", b"a" * 9000),
    *("é".encode(), b"limit=9&limit=x", b"&before=", b"&view=host", b"key=", b"%F0%9F%91%8D"),
]
HEADERS = [
    (b"Host", [b"127.0.0.1:@port@", b"", b"[::1", b"a, b", b"x" * 3000, b"\xff", b"evil.example"]),
    (b"Cookie", [b"@guest@", b"stackvote_browser=x", b";;=;", b'a="\\', b"\xff=\xfe", b"=" * 999]),
    (b"Cookie", [b"stackvote_invite_@other@=x-1.y", b"stackvote_host_@other@=@key@", b"a=" * 500]),
    (b"Authorization", [b"Bearer @key@", b"Bearer", b"Bearer \xff", b"Basic eA==", b"x" * 5000]),
    (b"Content-Type", [b"application/json", b"multipart/form-data; boundary=x", b"text/plain"]),
    (
        b"Content-Type",
        [b"application/x-www-form-urlencoded", b"multipart/form-data", b";", b"\xff"],
    ),
    (
        b"Content-Length",
        [b"0", b"-1", b"1e9", b"99999999999999999999", b"5, 5", b"+5", b"0x5", b""],
    ),
    (b"Transfer-Encoding", [b"chunked", b"gzip, chunked", b"identity", b"chunked, chunked", b"x"]),
    (b"Content-Encoding", [b"gzip", b"deflate", b"br"]),
    (b"Expect", [b"100-continue", b"200-ok"]),
    (b"Connection", [b"close", b"keep-alive", b"Upgrade", b"x" * 999]),
    (b"Upgrade", [b"websocket", b"h2c", b"\xff"]),
    (b"Sec-WebSocket-Key", [b"dGhlIHNhbXBsZSBub25jZQ==", b"x", b""]),
    (b"Sec-WebSocket-Version", [b"13", b"8", b"x"]),
    (b"Sec-WebSocket-Extensions", [b"permessage-deflate", b";;", b"x" * 999]),
    (b"Sec-WebSocket-Protocol", [b"stackvote.v1", b",", b"\xff"]),
    (
        b"Origin",
        [b"null", b"http://[::1", b"https://evil.example", b"http://127.0.0.1:@port@", b"x"],
    ),
    (b"Sec-Fetch-Site", [b"same-origin", b"cross-site", b"none", b"\xff"]),
    (
        b"X-Forwarded-For",
        [b"1.2.3.4", b"x", b"::1", b"1.2.3.4, 5.6.7.8", b",", b"\xff", b"9" * 999],
    ),
    (b"X-Forwarded-Proto", [b"https", b"gopher", b"https,http", b"\xff"]),
    (b"X-Real-Ip", [b"1.2.3.4", b"nobody", b"%00"]),
    (b"Accept-Language", [b"de;q=x", b"*" * 999, b"\xff"]),
    (b"If-None-Match", [b"*", b'W/"x', b'"' * 99]),
    (b"If-Modified-Since", [b"yesterday", b"Sun, 32 Foo 99999 99:99:99 GMT"]),
    (b"Range", [b"bytes=0-", b"bytes=-1", b"bytes=9-1", b"bytes=x", b"bytes=0-1,5-6"]),
    (b"bad name", [b"x"]),
    (b"", [b"x"]),
    (b"X" * 70_000, [b"x"]),
    (b"X-Lines", [b"a\r\n b", b"a\nB: c", b"\r"]),
]
BODIES = [
    *(
        b"",
        b"{}",
        b'{"title":"T","options":[{"name":"A"}]}',
        b'{"template":"databases"}',
        b"[" * 9000,
    ),
    *(b'{"type":"vote","id":"a","round":1,"ballot":{"approve":["ant"]}}', b"\xff\xfe", b"null"),
    *(
        b'{"type":"vote","id":"\xff"}',
        b'{"type":"\xff","id":"a"}',
        b'{"name":"Li"}',
        b'{"count":2}',
    ),
    *(b"template=databases", b"title=T&options=A%0AB", b"title=%FF&options=%00", b"a=" * 3000),
    b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\r\n--x--\r\n',
    b"--x\r\nContent-Disposition: form-data\r\n\r\nT\r\n--x--\r\n",
    b"--x\r\nContent-Disposition: form-data; name=\"a\"; filename*=utf-''%FF\r\n\r\nT\r\n--x--",
    b"--x--" * 500,
    b" " * 17_000,
    b"5\r\nhello\r\n0\r\n\r\n",
    b"ffffffffffffffff\r\nx\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"5;x=y\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
    b"zz\r\n",
]


def case(dice):
    """Make a case: one request, or several on one connection."""
    data = b"".join(_request(dice) for _ in range(dice.choice((1, 1, 1, 2, 5))))
    if dice.random() < 0.25:
        data = _scratch(dice, data)
    cuts = [dice.randrange(len(data) + 1) for _ in range(dice.choice((0, 0, 0, 3, 40)))]
    return Case(data, cuts, dice.choice(("leave", "half", "half", "half", "reset")))


def _request(dice):
    path = dice.choice(PATHS)
    if dice.random() < 0.4:
        at = dice.randrange(len(path) + 1)
        path = path[:at] + dice.choice(INTO_PATHS) + path[at + dice.choice((0, 0, 1, 3)) :]
    method = dice.choice(METHODS[:4] if dice.random() < 0.7 else METHODS)
    body = dice.choice(BODIES) if method == b"POST" or dice.random() < 0.1 else b""
    headers = {} if dice.random() < 0.05 else {b"Host": b"127.0.0.1:@port@"}
    if b"other@" in path and dice.random() < 0.8:
        headers[b"Authorization"] = b"Bearer @key@"
    if body:
        headers[b"Content-Length"] = str(len(body)).encode()
        if b"=" in body:
            headers[b"Content-Type"] = b"application/x-www-form-urlencoded"
        if body.startswith(b"--x"):
            headers[b"Content-Type"] = b"multipart/form-data; boundary=x"
    lines = list(headers.items())
    for _ in range(dice.choice((0, 1, 2, 5))):
        name, values = dice.choice(HEADERS)
        lines.insert(dice.randint(0, len(lines)), (name, dice.choice(values)))
    version = b"HTTP/1.1" if dice.random() < 0.95 else dice.choice((b"HTTP/1.0", b"HTTP/9", b""))
    head = b"".join(name + b": " + value + b"\r\n" for name, value in lines)
    return method + b" " + path + b" " + version + b"\r\n" + head + b"\r\n" + body


def _scratch(dice, data):
    data = bytearray(data)
    for _ in range(dice.choice((1, 2, 8))):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(4):
            case 0:
                data[at : at + 1] = dice.randbytes(1)
            case 1:
                del data[at : at + dice.choice((1, 5, 100))]
            case 2:
                data[at:at] = dice.choice((b"\r\n", b"\n", b"\x00", b"\xff", b": ", b"\r"))
            case 3:
                data[at:at] = data[: dice.randrange(200)]
    return bytes(data)


def check(case, came):
    """Raise AssertionError for an invalid answer."""
    answers.check(came, closed_by_client=True)
