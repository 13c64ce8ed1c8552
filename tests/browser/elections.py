"""The same small electorate for every method: what five people think of four options."""

TEAM = {
    "title": "What do we build on?",
    "options": [{"name": name} for name in ("Django", "Flask", "FastAPI", "Tornado")],
}
CRITERIA = [
    {"id": "speed", "name": "Speed", "weight": 3},
    {"id": "hiring", "name": "Hiring", "weight": 1},
]
SETTINGS = {"matrix": {"criteria": CRITERIA}}

_SCORES = [
    {"django": 1, "flask": 3, "fastapi": 5, "tornado": 0},
    {"django": 2, "flask": 3, "fastapi": 5, "tornado": 5},
    {"django": 4, "flask": 2, "fastapi": 4, "tornado": 0},
    {"django": 5, "flask": 1, "fastapi": 3, "tornado": 5},
    {"flask": 2, "fastapi": 4},
]

BALLOTS = {
    "single": [
        {"choice": choice} for choice in ("fastapi", "fastapi", "django", "django", "fastapi")
    ],
    "approval": [
        {"approve": [option for option, score in scores.items() if score > 2]} for scores in _SCORES
    ],
    "dots": [
        {"dots": {"fastapi": 3, "tornado": 2}},
        {"dots": {"fastapi": 3}},
        {"dots": {"django": 3, "flask": 1, "fastapi": 1}},
        {"dots": {"tornado": 3, "django": 2}},
        {"dots": {"fastapi": 2, "flask": 2}},
    ],
    "score": [
        {"scores": scores, "no_opinion": [option for option in _SCORES[0] if option not in scores]}
        for scores in _SCORES
    ],
    "ranked": [
        {"ranking": [["fastapi"], ["flask"], ["django"]]},
        {"ranking": [["fastapi", "tornado"], ["flask"], ["django"]]},
        {"ranking": [["django"], ["fastapi"], ["flask"]]},
        {"ranking": [["tornado"], ["django"], ["fastapi"]]},
        {"ranking": [["fastapi"], ["flask"]]},
    ],
    "matrix": [
        {"scores": {o: {"speed": score, "hiring": 5 - score} for o, score in scores.items()}}
        for scores in _SCORES
    ],
}
METHODS = tuple(BALLOTS)
