"""Boards with must-haves, and what is known of their options."""

from server.domain import actions as act
from server.domain.gates import Standing
from support.decisions import meeting
from support.strategies import GATES


def gated(**more):
    made = meeting(**more)
    made.do(act.SetGates(gates=GATES), "host")
    return made


def answer(made, option, says=Standing.FAIL, gate="licence", evidence=""):
    said = act.AnswerGate(gate=gate, option=option, answer=says, evidence=evidence)
    return made.do(said, "host")
