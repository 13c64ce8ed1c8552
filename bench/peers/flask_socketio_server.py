"""Flask-SocketIO on gevent."""

from gevent import monkey

monkey.patch_all()

from typing import Any  # noqa: E402 - what is imported must find the patches

from board import BOARD, IDLE_SECONDS, PORT, TALLY_PER_VOTE  # noqa: E402
from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, emit  # noqa: E402

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent")


@socketio.on("message")
def on_message(message: dict[str, Any]) -> None:
    if message["type"] == "hello":
        emit("message", BOARD.welcome())
        return
    emit("message", BOARD.vote(request.sid, message))
    if TALLY_PER_VOTE:
        emit("message", BOARD.tally(), broadcast=True)


def send_tally_when_idle() -> None:
    sent = 0
    while not TALLY_PER_VOTE:
        seq = BOARD.seq
        socketio.sleep(IDLE_SECONDS)
        if sent != seq == BOARD.seq:
            sent = seq
            socketio.emit("message", BOARD.tally())


socketio.start_background_task(send_tally_when_idle)
socketio.run(app, host="127.0.0.1", port=PORT)
