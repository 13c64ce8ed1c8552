from server.domain import actions as act
from support.wait import eventually
from support.worker import worker


async def round_with_a_revoked_invitation(server, **settings):
    """Have an invitation vote twice and be taken back; give code, host and the voter's name."""
    code, key = await server.board()
    host = await server.host(code, key)
    _, made = await server.api(
        f"/api/boards/{code}/invites", {"count": 1}, headers={"Authorization": f"Bearer {key}"}
    )
    (invite,) = made["invites"]
    page = await server.page(code, cookie=await server.seated(invite["link"]))
    await host.done("open_round", method="approval", settings=settings)
    for option in ("flask", "django"):
        await page.done("vote", round=1, ballot={"approve": [option]})
    board = server.hub.rooms[code].board
    (voter,) = board.round.ballots
    await host.done("revoke_invite", invite=invite["id"])
    await page.receive("welcome", after=1)
    return code, host, voter


async def votes(server, code):
    page = await server.hub.log.read(code, 0)
    entries = [act.decode(payload) for _, _, payload in page.entries]
    return [entry for entry in entries if isinstance(entry.action, act.Vote)]


async def test_in_a_secret_round_the_ballot_goes_and_the_log_forgets_what_it_said(embedded):
    async with worker(embedded) as server, worker(embedded, own=True) as other:
        code, host, voter = await round_with_a_revoked_invitation(server)
        board = server.hub.rooms[code].board
        await eventually(lambda: not board.round.ballots)
        while await votes(server, code):
            await server.hub.log.drained()
        # Whoever reads what is left comes to the same.
        page = await other.page(code)
        assert page.welcome["tally"] == {"round": 1, "voters": 0}
        # What was on its way when the invitation was taken back goes, too.
        late = act.Vote(round=1, ballot={"approve": ["flask"]})
        server.hub.rooms[code]._submissions.submit(act.Entry(by=voter, action=late))
        seen = len(host.frames)
        await host.receive("tally", lambda f: f["tally"]["voters"] == 0, after=seen)
        while await votes(server, code):
            await server.hub.log.drained()


async def test_with_open_names_it_goes_and_the_log_keeps_it(embedded):
    async with worker(embedded) as server:
        code, _, voter = await round_with_a_revoked_invitation(
            server, names="open", visibility="live"
        )
        board = server.hub.rooms[code].board
        await eventually(lambda: not board.round.ballots)
        assert [entry.by for entry in await votes(server, code)] == [voter, voter]


async def test_where_its_leaving_would_give_it_away_it_stays(embedded):
    async with worker(embedded) as server:
        code, host, voter = await round_with_a_revoked_invitation(server, visibility="live")
        await host.done("lock_round", round=1)
        assert list(server.hub.rooms[code].board.round.ballots) == [voter]
        assert len(await votes(server, code)) == 2
        await host.done("reveal_round", round=1)
        await host.done("open_round", method="approval")
        assert server.hub.rooms[code].board.round.voters == 0
