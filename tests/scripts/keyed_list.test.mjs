import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KeyedList } from "../../static/js/keyed_list.js";
import { nextTask } from "../../static/js/slices.js";

/** As much of an element as a list needs. */
class Node {
  dataset = {};
  children = [];
  parent = null;

  insertBefore(node, place) {
    node.remove();
    const at = place ? this.children.indexOf(place) : this.children.length;
    this.children.splice(at, 0, node);
    node.parent = this;
  }

  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((each) => each !== this);
    this.parent = null;
  }

  contains(node) {
    return node === this || this.children.some((child) => child.contains(node));
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get nextElementSibling() {
    const { children } = this.parent;
    return children[children.indexOf(this) + 1] ?? null;
  }
}

let time = 0;

/** A list of which each element takes long to make. */
function slowList(container) {
  return new KeyedList(container, {
    inSlices: true,
    make(_, rendered) {
      time += 50;
      const element = rendered ?? new Node();
      return { element, update: ({ text }) => (element.text = text) };
    },
  });
}

const items = (ids, text) => ids.map((id) => ({ id: String(id), text }));
const shown = ({ children }) => children.map(({ dataset, text }) => `${dataset.key} ${text}`);
const numbers = Array.from({ length: 20 }, (_, n) => n);

async function made(container, count) {
  while (container.children.length < count || container.children.some(({ text }) => !text))
    await nextTask();
}

beforeEach((t) => {
  const body = new Node();
  globalThis.document = { body, activeElement: body };
  t.mock.method(performance, "now", () => time);
  time += 1_000;
});

test("many that take long are made little by little, in their order", async () => {
  const container = new Node();
  slowList(container).render(items(numbers, "new"));
  assert.ok(container.children.length < numbers.length);
  await made(container, numbers.length);
  assert.deepEqual(
    shown(container),
    numbers.map((n) => `${n} new`),
  );
});

test("a list that comes meanwhile wins", async () => {
  const container = new Node();
  const list = slowList(container);
  list.render(items(numbers, "old"));
  const newer = numbers.filter((n) => n !== 3).reverse();
  list.render(items(newer, "new"));
  await made(container, newer.length);
  assert.deepEqual(
    shown(container),
    newer.map((n) => `${n} new`),
  );
});

test("those that are left can be had at once, and are made once", async () => {
  const container = new Node();
  const list = slowList(container);
  list.render(items(numbers, "new"));
  list.finish();
  assert.equal(container.children.length, numbers.length);
  const before = time;
  await nextTask();
  assert.equal(time, before);
});

test("what the server has rendered stays, where it is wanted", async () => {
  const container = new Node();
  const rendered = numbers.map((n) => Object.assign(new Node(), { dataset: { key: String(n) } }));
  for (const node of rendered) container.insertBefore(node, null);
  slowList(container).render(items(numbers.slice(1), "new"));
  await made(container, numbers.length - 1);
  assert.deepEqual(container.children, rendered.slice(1));
});
