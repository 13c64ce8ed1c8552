"""What a host does over HTTP, and another host on a console."""

import asyncio
import json

from tornado.httpclient import AsyncHTTPClient

from model.clients import Person


async def fetch(crowd, server, path, body=None, **more):
    """Ask as the first host: status, JSON or text, and headers."""
    if body is not None:
        more |= {"method": "POST", "body": json.dumps(body)}
    got = await AsyncHTTPClient().fetch(
        f"{server.address}{path}",
        headers=more.pop("headers", {"Authorization": f"Bearer {crowd.host_key}"}),
        raise_error=False,
        follow_redirects=False,
        **more,
    )
    is_json = got.headers.get("Content-Type", "").startswith("application/json")
    return got.code, json.loads(got.body) if is_json else got.body.decode(), got.headers


def path_of(link):
    """Links carry the machine's address in its network; the tests stay on the loop."""
    return f"/b/{link.partition('/b/')[2]}"


async def history(crowd, server):
    _, told, _ = await fetch(crowd, server, f"/api/boards/{crowd.code}/history")
    return [f"{event['who']} {event['what']}" for event in told["history"]]


async def another_host(crowd, server, name):
    """Add a host, and open the console in whatever process takes the line."""
    _, added, _ = await fetch(crowd, server, f"/api/boards/{crowd.code}/hosts", {"name": name})
    cookies = {f"stackvote_host_{crowd.code}": added["host_key"]}
    console = Person(crowd, server.address, name, "host", cookies)
    crowd.all.append(console)
    await console.arrive()
    return added["host"], console


async def at_once(*letters):
    """Wait for all answers, and give their codes; None for an ack."""
    return [answer.code for answer in await asyncio.gather(*letters)]
