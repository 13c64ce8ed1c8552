// Node and `ws`, with `send` in a loop.
import { WebSocket, WebSocketServer } from "ws";

import { board, port, showWhenQuiet, showsEach } from "./job.js";

const server = new WebSocketServer({ host: "127.0.0.1", port });

function show() {
  const tally = JSON.stringify(board.tally());
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(tally);
  }
}

server.on("connection", (person) => {
  person.on("error", console.error);
  person.on("message", (data) => {
    const message = JSON.parse(data);
    if (message.type === "hello") {
      person.send(JSON.stringify(board.welcome()));
      return;
    }
    person.send(JSON.stringify(board.vote(person, message)));
    if (showsEach) show();
  });
});

showWhenQuiet(show);
