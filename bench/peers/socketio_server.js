// socket.io with its Redis adapter.
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

import { board, port, sendTallyWhenIdle, store, tallyPerVote } from "./board.js";

const publisher = createClient({ socket: { path: store } });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const io = new Server({ adapter: createAdapter(publisher, subscriber) });

function sendTally() {
  io.emit("message", board.tally());
}

io.on("connection", (client) => {
  client.on("message", (message) => {
    if (message.type === "hello") {
      client.emit("message", board.welcome());
      return;
    }
    client.emit("message", board.vote(client, message));
    if (tallyPerVote) sendTally();
  });
});

io.listen(port);
sendTallyWhenIdle(sendTally);
