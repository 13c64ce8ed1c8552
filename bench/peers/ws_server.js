// Node and `ws`, with `send` in a loop.
import { WebSocket, WebSocketServer } from "ws";

import { board, port, sendTallyWhenIdle, tallyPerVote } from "./board.js";

const server = new WebSocketServer({ host: "127.0.0.1", port });

function sendTally() {
  const tally = JSON.stringify(board.tally());
  for (const each of server.clients) {
    if (each.readyState === WebSocket.OPEN) each.send(tally);
  }
}

server.on("connection", (client) => {
  client.on("error", console.error);
  client.on("message", (data) => {
    const message = JSON.parse(data);
    if (message.type === "hello") {
      client.send(JSON.stringify(board.welcome()));
      return;
    }
    client.send(JSON.stringify(board.vote(client, message)));
    if (tallyPerVote) sendTally();
  });
});

sendTallyWhenIdle(sendTally);
