"""Flask-SocketIO on gevent."""

from gevent import monkey

monkey.patch_all()

from typing import Any  # noqa: E402 - what is imported must find the patches

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, emit  # noqa: E402
from job import BOARD, PORT, QUIET, SHOWS_EACH  # noqa: E402

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent")


@socketio.on("message")
def hear(message: dict[str, Any]) -> None:
    if message["type"] == "hello":
        emit("message", BOARD.welcome())
        return
    emit("message", BOARD.vote(request.sid, message))
    if SHOWS_EACH:
        emit("message", BOARD.tally(), broadcast=True)


def show_when_quiet() -> None:
    shown = 0
    while not SHOWS_EACH:
        seq = BOARD.seq
        socketio.sleep(QUIET)
        if shown != seq == BOARD.seq:
            shown = seq
            socketio.emit("message", BOARD.tally())


socketio.start_background_task(show_when_quiet)
socketio.run(app, host="127.0.0.1", port=PORT)
