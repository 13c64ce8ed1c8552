"""Ballots as people fill them in, for every method."""

CRITERIA = [{"id": "speed", "name": "Speed", "weight": 3}, {"id": "hiring", "name": "Hiring"}]


def settings_for(method):
    """Return the settings that a method requires."""
    return {"criteria": CRITERIA} if method == "matrix" else {}


def fill_in(random, round_):
    """Fill in a ballot of a round, as its method requires."""
    return METHODS[round_["method"]](random, round_["options"], round_["settings"])


def _some(random, options):
    return random.sample(options, random.randrange(len(options) + 1))


def _dots(random, options, settings):
    dots = {}
    for _ in range(random.randrange(settings["dots"] + 1)):
        option = random.choice(options)
        if dots.get(option, 0) < settings["per_option"]:
            dots[option] = dots.get(option, 0) + 1
    return {"dots": dots}


def _ranking(random, options, _settings):
    groups = []
    for option in _some(random, options):
        if groups and random.random() < 0.3:
            groups[-1].append(option)
        else:
            groups.append([option])
    return {"ranking": groups}


def _scores(random, options, _settings):
    scores = {option: random.randrange(6) for option in _some(random, options)}
    unknown = [option for option in options if option not in scores and random.random() < 0.5]
    return {"scores": scores} | ({"no_opinion": unknown} if unknown else {})


def _matrix(random, options, settings):
    ids = [criterion["id"] for criterion in settings["criteria"]]
    rows = {o: {c: random.randrange(6) for c in _some(random, ids)} for o in _some(random, options)}
    return {"scores": {option: row for option, row in rows.items() if row}}


METHODS = {
    "single": lambda random, options, _: {"choice": random.choice(options)},
    "approval": lambda random, options, _: {"approve": _some(random, options)},
    "dots": _dots,
    "score": _scores,
    "ranked": _ranking,
    "matrix": _matrix,
}


def plain(ballot):
    """Return a ballot in a normal form, in which equivalent ballots are equal."""
    if ballot is None:
        return None
    if "approve" in ballot:
        return {"approve": sorted(ballot["approve"])}
    if "no_opinion" in ballot:
        return ballot | {"no_opinion": sorted(ballot["no_opinion"])}
    if "ranking" in ballot:
        return {"ranking": [sorted(group) for group in ballot["ranking"]]}
    return ballot
