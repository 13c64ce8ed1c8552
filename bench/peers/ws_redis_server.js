// Node and `ws`, with ioredis: durable before it is acknowledged. ioredis sends all calls of one
// iteration of the event loop together.
//
// The call is the script with which Stackvote appends a batch, here with a batch of one.
import { readFileSync } from "node:fs";

import { Redis } from "ioredis";
import { WebSocket, WebSocketServer } from "ws";

import { board, port, sendTallyWhenIdle, store } from "./board.js";

const log = "sv:{BENCH2}:log";
const meta = "sv:{BENCH2}:meta";
const batchId = "be0c4be0";

const redis = new Redis(store, { enableAutoPipelining: true });
redis.defineCommand("append", { numberOfKeys: 2, lua: readFileSync(process.env.APPEND, "utf8") });
await redis.hset(meta, "epoch", "be0c4be0c4be");
await redis.xadd(log, "0-*", "t", 1, "e", "{}");

const server = new WebSocketServer({ host: "127.0.0.1", port });
let people = 0;

server.on("connection", (client) => {
  people += 1;
  const by = people.toString(16);
  client.on("error", console.error);
  client.on("message", async (data) => {
    const message = JSON.parse(data);
    if (message.type === "hello") {
      client.send(JSON.stringify(board.welcome()));
      return;
    }
    const entry = JSON.stringify({ by, once: message.id, action: message.ballot });
    await redis.append(log, meta, "sv:{BENCH2}:live", "PUBLISH", batchId, entry);
    client.send(JSON.stringify(board.vote(client, message)));
  });
});

sendTallyWhenIdle(() => {
  const tally = JSON.stringify(board.tally());
  for (const each of server.clients) {
    if (each.readyState === WebSocket.OPEN) each.send(tally);
  }
});
