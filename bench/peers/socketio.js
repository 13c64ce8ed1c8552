// socket.io with its Redis adapter.
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

import { board, port, showWhenQuiet, showsEach, store } from "./job.js";

const publisher = createClient({ socket: { path: store } });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const io = new Server({ adapter: createAdapter(publisher, subscriber) });

function show() {
  io.emit("message", board.tally());
}

io.on("connection", (person) => {
  person.on("message", (message) => {
    if (message.type === "hello") {
      person.emit("message", board.welcome());
      return;
    }
    person.emit("message", board.vote(person, message));
    if (showsEach) show();
  });
});

io.listen(port);
showWhenQuiet(show);
